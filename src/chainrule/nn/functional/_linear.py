"""Linear and bilinear maps, tables of vectors, padding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule._core.modes import switch_grad
from chainrule.functions import einsum
from chainrule.functions import embedding as look_up
from chainrule.functions import linear as linear_map
from chainrule.functions.activation import check_tensor

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``input @ weight.T + bias``: (..., in) with (out, in) and (out) gives (..., out).

    >>> import chainrule as torch
    >>> torch.nn.functional.linear(torch.ones(1, 2), torch.ones(3, 2))
    tensor([[2., 2., 2.]])

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
    """
    return linear_map(input, weight, bias)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``input1 @ weight[k] @ input2 + bias[k]`` for each k: (..., i), (..., j), (k, i, j)."""
    for position, (name, value) in enumerate(
        {"input1": input1, "input2": input2, "weight": weight}.items(), 1
    ):
        check_tensor(value, "bilinear", name, position)
    check_bilinear(input1, input2, weight)
    result = einsum("...i,kij,...j->...k", input1, weight, input2)
    return result if bias is None else result + bias


def check_bilinear(input1: Tensor, input2: Tensor, weight: Tensor) -> None:
    if input1.shape[:-1] != input2.shape[:-1]:
        raise RuntimeError(
            "bilinear(): input batch dimensions do not match: got "
            f"{list(input1.shape[:-1])} and {list(input2.shape[:-1])}"
        )
    for number, (input, size) in enumerate(zip((input1, input2), weight.shape[1:]), 1):
        if input.shape[-1] != size:
            raise RuntimeError(
                f"bilinear(): input{number} size does not match weight size: got "
                f"{input.shape[-1]} but expected {size}"
            )


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Row `i` of the weight for each number `i`; the row `padding_idx` gets no gradient.

    With `max_norm`, rows that are looked up and longer are first brought to that norm, in
    place.

    >>> import chainrule as torch
    >>> torch.nn.functional.embedding(torch.tensor([1]), torch.eye(2))
    tensor([[0., 1.]])

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html
    """
    if sparse:
        raise NotImplementedError(
            "embedding(sparse=True): chainrule has no sparse tensors; the gradient is dense"
        )
    if padding_idx is not None:
        rows = weight.shape[0]
        if not -rows <= padding_idx < rows:
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx %= rows
    if max_norm is not None:
        shorten(weight, input, max_norm, norm_type)
    return look_up(weight, input, -1 if padding_idx is None else padding_idx, scale_grad_by_freq)


def shorten(weight: Tensor, rows: Tensor, max_norm: float, norm_type: float) -> None:
    """Bring the rows that are named to a norm of at most `max_norm`, in place."""
    before = switch_grad(False)
    try:
        rows = rows.unique() if hasattr(rows, "unique") else rows.flatten()
        found = weight[rows]
        norms = found.norm(norm_type, dim=1, keepdim=True)
        weight[rows] = found * (max_norm / (norms + 1e-7)).clamp(max=1)
    finally:
        switch_grad(before)
