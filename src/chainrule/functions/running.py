"""Running totals and extremes along a dimension: cumsum, cumprod, logcumsumexp, cummax, cummin.

Apart from reduction.py and extremes.py: these keep the shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.types import as_dtype
from chainrule.functions.activation_arguments import check_tensor
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.picking import pairs_at, rows_of
from chainrule.functions.reduction_arguments import (
    check_computed_type,
    check_type,
    one_dim,
    summed_type,
)
from chainrule.ops import running as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor
    from chainrule._core.operation import Op

# -------------------------------------------------------------------------------------- totals


@public
@method
def cumsum(input: Tensor, dim: int, *, dtype=None, out=None) -> Tensor:
    """Running sums along a dimension: out_k = sum of input_0 ... input_k.

    >>> import chainrule as torch
    >>> torch.cumsum(torch.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])

    See https://docs.pytorch.org/docs/2.13/generated/torch.cumsum.html
    """
    check_tensor(input, "cumsum")
    input = summed_type(input, dtype)
    return deliver(ops.cumsum(input, dim=one_dim(dim, input.ndim, "cumsum")), out, "cumsum")


@public
@method
def cumprod(input: Tensor, dim: int, *, dtype=None, out=None) -> Tensor:
    """Running products along a dimension. The derivative is exact at zeros.

    >>> import chainrule as torch
    >>> torch.cumprod(torch.tensor([1, 2, 3]), 0)
    tensor([1, 2, 6])

    See https://docs.pytorch.org/docs/2.13/generated/torch.cumprod.html
    """
    check_tensor(input, "cumprod")
    input = summed_type(input, dtype)
    return deliver(ops.cumprod(input, dim=one_dim(dim, input.ndim, "cumprod")), out, "cumprod")


@method(name="cumsum_")
def _cumsum_in_place(self, dim, *, dtype=None):
    """Running sums in place."""
    return _totalled(ops.cumsum, self, dim, dtype)


@method(name="cumprod_")
def _cumprod_in_place(self, dim, *, dtype=None):
    """Running products in place."""
    return _totalled(ops.cumprod, self, dim, dtype)


def _totalled(op: Op, x: Tensor, dim, dtype) -> Tensor:
    """An op into its own input, whose type is kept."""
    name = f"{op.name}_"
    axis = one_dim(dim, x.ndim, name)
    if dtype is not None and as_dtype(dtype) is not x.dtype:
        raise RuntimeError(
            f"Bad in-place call: input tensor dtype {x.dtype} and output tensor dtype {dtype} "
            "should match"
        )
    check_computed_type(x, name)
    return op.in_place(x, dim=axis)


@public
@method
def logcumsumexp(input: Tensor, dim: int, *, out=None) -> Tensor:
    """Running log(sum(exp(input))) along a dimension. NotImplementedError for integers.

    >>> import chainrule as torch
    >>> torch.logcumsumexp(torch.zeros(2), 0)
    tensor([0.0000, 0.6931])

    See https://docs.pytorch.org/docs/2.13/generated/torch.logcumsumexp.html
    """
    check_type(input, "logcumsumexp")
    found = ops.logcumsumexp(input, dim=one_dim(dim, input.ndim, "logcumsumexp"))
    return deliver(found, out, "logcumsumexp")


# ------------------------------------------------------------------------------------ extremes


def _running(input, dim, name, better):
    """Running extremes: the place of the latest best so far, then the elements there."""
    check_computed_type(input, name)
    axis = one_dim(dim, input.ndim, name)
    array = numpy.moveaxis(rows_of(input), axis, 0)
    places = numpy.zeros_like(array, numpy.int64)
    best = array[:1].copy()
    for place in range(1, len(array)):
        new = better(array[place], best[0]) & (best[0] == best[0])
        new |= array[place] != array[place]
        places[place] = numpy.where(new, place, places[place - 1])
        best[0] = numpy.where(new, array[place], best[0])
    return pairs_at(input, axis, numpy.moveaxis(places, 0, axis), name)


@public
@method
def cummax(input: Tensor, dim: int, *, out=None) -> tuple[Tensor, Tensor]:
    """Running maxima along a dimension, and where they were. A NaN stays.

    >>> import chainrule as torch
    >>> torch.cummax(torch.tensor([1.0, 3.0, 2.0]), 0).values
    tensor([1., 3., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.cummax.html
    """
    return deliver(_running(input, dim, "cummax", numpy.greater_equal), out, "cummax")


@public
@method
def cummin(input: Tensor, dim: int, *, out=None) -> tuple[Tensor, Tensor]:
    """Running minima along a dimension, and where they were. A NaN stays.

    >>> import chainrule as torch
    >>> torch.cummin(torch.tensor([3.0, 1.0, 2.0]), 0).values
    tensor([3., 1., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.cummin.html
    """
    return deliver(_running(input, dim, "cummin", numpy.less_equal), out, "cummin")
