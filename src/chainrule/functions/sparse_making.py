"""sparse_coo_tensor: a sparse tensor of places and values, checked.

Apart from sparse.py, whose functions take sparse tensors that exist: here is all that may be wrong
with one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.types import as_dtype, get_default_dtype
from chainrule.functions.conversion import to
from chainrule.functions.declare import public
from chainrule.functions.elements import array_of
from chainrule.functions.factory import ask_for_gradient, check_place
from chainrule.ops import sparse as ops
from chainrule.ops.coo import CooArray

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


@public
def sparse_coo_tensor(
    indices=None,
    values=None,
    size: Sequence[int] | None = None,
    *,
    dtype=None,
    device=None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    check_invariants: bool | None = None,
    is_coalesced: bool | None = None,
) -> Tensor:
    """A sparse tensor: `values[k]` at the place `indices[:, k]`, zero where there is none.

    `indices` is of shape (sparse dimensions, nnz); what `values` has after its first dimension
    are the dense dimensions. Without `size`, the smallest that holds all. The values of a place
    that comes twice are added. RuntimeError where sizes do not go together, and (always:
    `check_invariants` changes nothing) for places outside of `size`.

    >>> import chainrule as torch
    >>> torch.sparse_coo_tensor([[0, 2]], [1.0, 5.0], (4,))
    tensor(indices=tensor([[0, 2]]),
           values=tensor([1., 5.]),
           size=(4,), nnz=2, layout=torch.sparse_coo)

    See https://docs.pytorch.org/docs/2.13/generated/torch.sparse_coo_tensor.html
    """
    check_place(device, pin_memory=pin_memory)
    wanted = None if dtype is None else as_dtype(dtype, "sparse_coo_tensor")
    if values is None:
        made = _empty(indices if size is None else size, wanted)
    else:
        places = _as_places(indices)
        given = _as_values(values, wanted)
        shape = _checked_shape(places, given, size)
        made = ops.coo_tensor(
            given, wrap_array(places), shape=shape, coalesced=_is_coalesced(is_coalesced, places)
        )
    if requires_grad is not False:
        ask_for_gradient("sparse_coo_tensor", made, requires_grad)
    return made


def _empty(size, wanted) -> Tensor:
    shape = _as_shape(size, 1)
    kind = (wanted or get_default_dtype()).numpy
    places = numpy.empty((len(shape), 0), numpy.int64)
    empty: Any = CooArray(places, numpy.empty(0, kind), shape, True)
    return wrap_array(empty)


def _as_shape(size, position: int) -> tuple[int, ...]:
    if not isinstance(size, (tuple, list)) or not all(isinstance(n, int) for n in size):
        raise TypeError(
            f"sparse_coo_tensor(): argument 'size' (position {position}) must be tuple of ints, "
            f"but found {size!r}"
        )
    if any(extent < 0 for extent in size):
        raise RuntimeError(
            f"Trying to create tensor with negative dimension {min(size)}: {list(size)}"
        )
    return tuple(size)


def _as_places(indices) -> numpy.ndarray:
    array = indices._array if isinstance(indices, Tensor) else array_of(indices, None)
    if array.ndim != 2:
        raise RuntimeError(
            "indices must be sparse_dim x nnz, but got: shape "
            f"{list(array.shape)} of {array.ndim} dimensions, expected 2"
        )
    return array.astype(numpy.int64, copy=False)


def _as_values(values, wanted) -> Tensor:
    if not isinstance(values, Tensor):
        values = wrap_array(array_of(values, wanted))
    elif wanted is not None:
        values = to(values, wanted)
    return values if values.ndim else values.reshape(1)


def _checked_shape(places: numpy.ndarray, values: Tensor, size) -> tuple[int, ...]:
    """The size given, or the smallest; RuntimeError where the parts do not go together."""
    sparse, count, dense = *places.shape, tuple(values.shape[1:])
    lowest = places.min(axis=1) if count else numpy.zeros(sparse, numpy.int64)
    for dim in numpy.flatnonzero(lowest < 0):
        raise RuntimeError(f"found negative index {lowest[dim]} for dim {dim}")
    largest = places.max(axis=1) if count else numpy.full(sparse, -1)
    if size is None:
        size = (*(largest + 1).tolist(), *dense)
    size = _as_shape(size, 3)
    if len(size) != sparse + len(dense):
        raise RuntimeError(
            f"'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = {len(size)}, "
            f"sparse_dim = {sparse}, dense_dim = {len(dense)}"
        )
    if count != values.shape[0]:
        raise RuntimeError(
            "indices and values must have same nnz, but got nnz from indices: "
            f"{count}, nnz from values: {values.shape[0]}"
        )
    if dense != size[sparse:]:
        raise RuntimeError(
            f"values has incorrect size, expected {[count, *size[sparse:]]}, got "
            f"{list(values.shape)}"
        )
    for dim in numpy.flatnonzero(largest >= size[:sparse]):
        raise RuntimeError(
            f"size is inconsistent with indices: for dim {dim}, size is {size[dim]} but found "
            f"index {largest[dim]}"
        )
    return size


def _is_coalesced(claimed: bool | None, places: numpy.ndarray) -> bool:
    """Whether every place comes once and in order, where that is claimed."""
    if not claimed:
        return False
    order = numpy.lexsort(places[::-1]) if len(places) else numpy.arange(places.shape[1])
    steps = places[:, 1:] != places[:, :-1]
    if (order[1:] < order[:-1]).any() or not steps.any(axis=0).all():
        raise RuntimeError(
            "cannot set is_coalesced to true if indices correspond to uncoalesced COO tensor"
        )
    return True
