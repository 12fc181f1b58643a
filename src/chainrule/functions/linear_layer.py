"""The linear layer's product: input @ weight.T + bias.

Apart from matmul.py, because the transposed factor and the sum are parts of one operation.
"""

from __future__ import annotations

from chainrule._core.core import Tensor
from chainrule.functions.matmul import (
    are_tensors,
    check_tensors,
    flat_view,
    matmul,
    rows_of,
    unsafe_view,
)
from chainrule.ops import arithmetic
from chainrule.ops import matmul as ops
from chainrule.ops import sums_of_products as sums


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias: (..., k) with (m, k) and (m) gives (..., m).

    >>> import chainrule as torch
    >>> torch.nn.functional.linear(torch.ones(1, 2), torch.ones(3, 2), torch.ones(3))
    tensor([[3., 3., 3.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.linear.html
    """
    if are_tensors(input, weight) and input.ndim == weight.ndim == 2:
        if bias is None:
            return ops.times_turned(input, weight)
        if isinstance(bias, Tensor):
            return sums.linear(bias, input, weight)
    check_tensors("linear", input=input, weight=weight)
    if bias is not None:
        check_tensors("linear", input=input, weight=weight, bias=bias)
    return _linear_of_many(input, weight, bias)


def _linear_of_many(input, weight, bias):
    """The linear map of vectors, or of batches of more than one dimension."""
    if input.ndim == 0 or weight.ndim == 0:
        raise RuntimeError(
            "both arguments to linear need to be at least 1D, but they are "
            f"{input.ndim}D and {weight.ndim}D"
        )
    if weight.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {weight.ndim}D")
    if weight.ndim == 1:
        product = matmul(input, weight)
        return product if bias is None else arithmetic.add(product, bias)
    shape = (*input.shape[:-1], weight.shape[0])
    rows = rows_of(input)
    if bias is not None and bias.ndim <= 1:
        return flat_view(sums.linear(bias, rows, weight), shape=shape)
    product = unsafe_view(ops.times_turned(rows, weight), shape=shape)
    return product if bias is None else arithmetic.add(product, bias)
