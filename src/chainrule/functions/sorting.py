"""Sorting, and what is found by it: sort, argsort, topk, kthvalue, unique, searchsorted.

Apart from extremes.py, which needs no order. Indices come first, from NumPy; the values are then
taken by them, and so is the derivative.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.gathering import along
from chainrule.functions.identity import checked_dim
from chainrule.functions.results import result_type
from chainrule.ops.indexing import take_index

Sorted = result_type("sort", ("values", "indices"))
Top = result_type("topk", ("values", "indices"))
Kth = result_type("kthvalue", ("values", "indices"))
sort_op = take_index.named("SortBackward0")
topk_op = take_index.named("TopkBackward0")
kth_op = take_index.named("KthvalueBackward0")


def _order(array: numpy.ndarray, axis: int, descending: bool) -> numpy.ndarray:
    """The places that put an array in order; equal elements keep theirs, NaN is largest."""
    if not descending:
        return numpy.argsort(array, axis=axis, kind="stable")
    flipped = numpy.flip(array, axis)
    order = numpy.flip(numpy.argsort(flipped, axis=axis, kind="stable"), axis)
    return array.shape[axis] - 1 - order


def _taken(op, input, order, dim):
    if input.ndim == 0:
        return input.clone(), wrap_array(order.reshape(()))
    return op(input, index=along(order, dim)), wrap_array(numpy.ascontiguousarray(order))


@public
@method
def sort(
    input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False, *, out=None
) -> tuple:
    """The elements in order along a dimension, and where each came from.

    >>> import chainrule as torch
    >>> torch.sort(torch.tensor([3.0, 1.0, 2.0])).values
    tensor([1., 2., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.sort.html
    """
    dim = checked_dim(dim, input.ndim)
    order = _order(numpy.atleast_1d(input._array), dim, descending)
    return deliver(Sorted(*_taken(sort_op, input, order, dim)), out, "sort")


@public
@method
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The places that put the elements in order along a dimension.

    >>> import chainrule as torch
    >>> torch.argsort(torch.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])

    See https://docs.pytorch.org/docs/2.13/generated/torch.argsort.html
    """
    return sort(input.detach(), dim, descending, stable)[1]


@public
@method
def msort(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements in order along the first dimension."""
    return deliver(sort(input, 0)[0], out, "msort")


@public
@method
def topk(
    input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True, *, out=None
) -> tuple:
    """The k largest (or smallest) elements along a dimension, and where they are.

    RuntimeError where there are fewer than k.

    >>> import chainrule as torch
    >>> torch.topk(torch.tensor([3.0, 1.0, 2.0]), 2).values
    tensor([3., 2.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.topk.html
    """
    dim = checked_dim(dim, input.ndim)
    array = numpy.atleast_1d(input._array)
    if not 0 <= k <= array.shape[dim]:
        raise RuntimeError(f"selected index k out of range: {k} of {array.shape[dim]}")
    order = numpy.take(_order(array, dim, largest), range(k), dim)
    return deliver(Top(*_taken(topk_op, input, order, dim)), out, "topk")


@public
@method
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False, *, out=None) -> tuple:
    """The k-th smallest element along a dimension, and where it is.

    >>> import chainrule as torch
    >>> torch.kthvalue(torch.tensor([3.0, 1.0, 2.0]), 2).values
    tensor(2.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.kthvalue.html
    """
    dim = checked_dim(dim, input.ndim)
    array = numpy.atleast_1d(input._array)
    if not 1 <= k <= array.shape[dim]:
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {dim}")
    order = numpy.take(_order(array, dim, False), [k - 1], dim)
    values, places = _taken(kth_op, input, order, dim)
    if not keepdim and input.ndim:
        values, places = values.squeeze(dim), places.squeeze(dim)
    return deliver(Kth(values, places), out, "kthvalue")


@public
@method
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Tensor | tuple:
    """The different elements (or members along a dimension), in order.

    >>> import chainrule as torch
    >>> torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.unique.html
    """
    array = input._array
    values, inverse, counts = numpy.unique(
        array, return_inverse=True, return_counts=True, axis=dim, equal_nan=False
    )
    found = [wrap_array(values)]
    if return_inverse:
        found.append(wrap_array(inverse.reshape(array.shape if dim is None else -1)))
    if return_counts:
        found.append(wrap_array(counts))
    return tuple(found) if len(found) > 1 else found[0]


@public
def searchsorted(
    sorted_sequence: Tensor, input, *, out_int32: bool = False, right: bool = False, side=None
) -> Tensor:
    """Where elements would be put into a sequence in order, so that it stays in order.

    >>> import chainrule as torch
    >>> torch.searchsorted(torch.tensor([1.0, 3.0]), torch.tensor([2.0]))
    tensor([1])

    See https://docs.pytorch.org/docs/2.13/generated/torch.searchsorted.html
    """
    values = input._array if isinstance(input, Tensor) else numpy.asarray(input)
    side = side or ("right" if right else "left")
    rows = sorted_sequence._array
    if rows.ndim == 1:
        found = numpy.asarray(numpy.searchsorted(rows, values, side))
    else:
        flat = zip(rows.reshape(-1, rows.shape[-1]), values.reshape(-1, values.shape[-1]))
        found = numpy.stack([numpy.searchsorted(a, b, side) for a, b in flat])
        found = found.reshape(values.shape)
    return wrap_array(found.astype(numpy.int32 if out_int32 else numpy.int64))


@public
def bucketize(input, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """Which of the intervals between boundaries each element lies in."""
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
