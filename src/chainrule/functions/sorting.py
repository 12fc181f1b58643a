"""Sorting, and what is found by it: sort, argsort, msort, topk, kthvalue.

Apart from extremes.py, which needs no order. Places come first, from NumPy; the values are then
taken there, and so is the derivative (picking.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.cuts import mark
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.factory import integer
from chainrule.functions.picking import pair_at, pairs_at, rows_of
from chainrule.functions.reduction_arguments import check_computed_type, check_type, one_dim

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


def _order(array: numpy.ndarray, axis: int, descending: bool) -> numpy.ndarray:
    """The places that put an array in order; equal elements keep theirs, NaN is largest."""
    if not descending:
        return numpy.argsort(array, axis=axis, kind="stable")
    order = numpy.argsort(numpy.flip(array, axis), axis=axis, kind="stable")
    return array.shape[axis] - 1 - numpy.flip(order, axis)


@public
@method
def sort(
    input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool | None = None, out=None
) -> tuple[Tensor, Tensor]:
    """The elements in order along a dimension, and where each came from; equal ones keep order.

    RuntimeError for complex numbers.

    >>> import chainrule as torch
    >>> torch.sort(torch.tensor([3.0, 1.0, 2.0])).values
    tensor([1., 2., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.sort.html
    """
    check_type(input, "sort")
    dim = one_dim(dim, input.ndim, "sort")
    places = _order(rows_of(input), dim, descending)
    name = "sort" if stable is None else "stable sort"
    return deliver(pairs_at(input, dim, places, name), out, "sort")


@public
@method
def argsort(
    input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = False
) -> Tensor:
    """The places that put the elements in order along a dimension.

    RuntimeError for complex numbers.

    >>> import chainrule as torch
    >>> torch.argsort(torch.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])

    See https://docs.pytorch.org/docs/2.13/generated/torch.argsort.html
    """
    check_type(input, "sort")
    places = _order(rows_of(input), one_dim(dim, input.ndim, "argsort"), descending)
    return mark(wrap_array(places.reshape(input._array.shape)), input, "indices")


@public
@method
def msort(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements in order along the first dimension.

    >>> import chainrule as torch
    >>> torch.msort(torch.tensor([3, 1, 2]))
    tensor([1, 2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.msort.html
    """
    return deliver(sort(input, 0)[0], out, "msort")


@public
@method
def topk(
    input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True, *, out=None
) -> tuple[Tensor, Tensor]:
    """The k largest (or smallest) elements along a dimension, in order, and where they are.

    Which of equal elements are taken is not promised. RuntimeError where there are fewer than k,
    and for booleans and complex numbers.

    >>> import chainrule as torch
    >>> torch.topk(torch.tensor([3.0, 1.0, 2.0]), 2).values
    tensor([3., 2.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.topk.html
    """
    check_type(input, "topk")
    k, dim = integer("topk", "k", 2, k), one_dim(dim, input.ndim, "topk")
    array = rows_of(input)
    size = array.shape[dim]
    if not 0 <= k <= size:
        raise RuntimeError(f"selected index k out of range: k is {k}, and there are {size}")
    return deliver(pairs_at(input, dim, _first(array, k, dim, largest), "topk"), out, "topk")


def _first(array, k, axis, largest):
    """The places of the first k in order; of few among many without sorting all."""
    size = array.shape[axis]
    if size < 1024 or 8 * k > size or (array != array).any():
        return numpy.take(_order(array, axis, largest), range(k), axis)
    chosen = range(size - k, size) if largest else range(k)
    some = numpy.argpartition(array, size - k - 1 if largest else k, axis)
    some = numpy.sort(numpy.take(some, chosen, axis), axis)
    order = _order(numpy.take_along_axis(array, some, axis), axis, largest)
    return numpy.take_along_axis(some, order, axis)


@public
@method
def kthvalue(
    input: Tensor, k: int, dim: int = -1, keepdim: bool = False, *, out=None
) -> tuple[Tensor, Tensor]:
    """The k-th smallest element along a dimension, and where it is.

    Which of equal elements is taken is not promised. RuntimeError where there are fewer than k,
    IndexError where there are none.

    >>> import chainrule as torch
    >>> torch.kthvalue(torch.tensor([3.0, 1.0, 2.0]), 2).values
    tensor(2.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.kthvalue.html
    """
    check_computed_type(input, "kthvalue")
    k, dim = integer("kthvalue", "k", 2, k), one_dim(dim, input.ndim, "kthvalue")
    array = rows_of(input)
    size = array.shape[dim]
    if size == 0:
        raise IndexError(f"kthvalue(): Expected reduction dim {dim} to have non-zero size.")
    if not 1 <= k <= size:
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {dim}")
    places = numpy.take(_order(array, dim, False), k - 1, dim)
    return deliver(pair_at(input, dim, places, keepdim, "kthvalue"), out, "kthvalue")
