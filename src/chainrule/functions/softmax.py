"""Sums of exponentials that do not overflow: PyTorch's names for ops.softmax.

Apart from reduction.py and running.py, to neither of which all of them belong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions.declare import deliver, method, public
from chainrule.functions.reduction_arguments import (
    FLOAT,
    check_type,
    dims_of,
    in_type,
    one_dim,
)
from chainrule.ops import softmax as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


@public
@method
def logsumexp(input: Tensor, dim, keepdim: bool = False, *, out=None) -> Tensor:
    """log(sum(exp(input))) over dimensions, without overflow.

    >>> import chainrule as torch
    >>> torch.logsumexp(torch.zeros(2), 0)
    tensor(0.6931)

    See https://docs.pytorch.org/docs/2.13/generated/torch.logsumexp.html
    """
    if input.dtype.category < FLOAT:
        input = input.float()
    dim = dims_of(dim, input.ndim, "logsumexp")
    return deliver(ops.logsumexp(input, dim=dim, keepdim=keepdim), out, "logsumexp")


@public
@method
def softmax(input: Tensor, dim: int, dtype=None, *, out=None) -> Tensor:
    """exp(input) / sum(exp(input)) along one dimension. NotImplementedError for integers.

    >>> import chainrule as torch
    >>> torch.softmax(torch.zeros(2), 0)
    tensor([0.5000, 0.5000])

    See https://docs.pytorch.org/docs/2.13/generated/torch.softmax.html
    """
    if dtype is not None:
        input = in_type(input, dtype)
    check_type(input, "softmax")
    found = ops.softmax(input, dim=one_dim(dim, input.ndim, "softmax"))
    return found if out is None else deliver(found, out, "softmax")


@public
@method
def log_softmax(input: Tensor, dim: int, dtype=None, *, out=None) -> Tensor:
    """log(softmax(input)) along one dimension, exact where softmax is small.

    NotImplementedError for integers.

    >>> import chainrule as torch
    >>> torch.log_softmax(torch.zeros(2), 0)
    tensor([-0.6931, -0.6931])

    See https://docs.pytorch.org/docs/2.13/generated/torch.log_softmax.html
    """
    if dtype is not None:
        input = in_type(input, dtype)
    check_type(input, "log_softmax")
    found = ops.log_softmax(input, dim=one_dim(dim, input.ndim, "log_softmax"))
    return found if out is None else deliver(found, out, "log_softmax")
