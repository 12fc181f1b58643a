"""x[...] and x[...] = value.

Apart from gathering.py and sorting.py, the functions that take elements by index tensors: here
Python's index is read, checked, and turned into views and at most one copy.
"""

from __future__ import annotations

import numpy

from chainrule._core.core import Tensor
from chainrule._core.operation import bind_late
from chainrule._core.types import dtype_of
from chainrule._core.writes import bump_version, check_may_write
from chainrule.functions.declare import method, public
from chainrule.functions.identity import checked_dim
from chainrule.ops import indexing as ops
from chainrule.ops.shape import expand, unsqueeze, view

select_op = ops.part
slice_op = ops.part.named("SliceBackward0")
alias_op = view.named("AliasBackward0")


# --------------------------------------------------------------------------- reading an index


def _read(index) -> list:
    """The parts of an index: a tuple's members, or the one thing it is."""
    if isinstance(index, tuple):
        return list(index)
    return [index]


def _as_part(entry):
    """An entry as a slice, an int, None, Ellipsis, or an integer or boolean array."""
    if entry is None or entry is Ellipsis or isinstance(entry, (bool, slice)):
        return entry
    if isinstance(entry, (int, numpy.integer)):
        return int(entry)
    if isinstance(entry, Tensor):
        array = entry._array
        if array.ndim == 0 and array.dtype.kind in "iub":
            return array.item() if array.dtype != numpy.uint8 else bool(array)
    elif isinstance(entry, (list, tuple, range)):
        array = numpy.asarray(_plain(entry))
        array = array.astype(numpy.int64) if array.size == 0 else array
    elif isinstance(entry, numpy.ndarray):
        array = entry
    elif isinstance(entry, str):
        raise TypeError("new(): invalid data type 'str'")
    else:
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are "
            f"valid indices (got {type(entry).__name__})"
        )
    return _checked_kind(array)


def _checked_kind(array):
    if array.dtype == numpy.uint8:
        return array.astype(bool)
    if array.dtype.kind not in "iub":
        raise IndexError(
            "tensors used as indices must be long, int, byte or bool tensors, not "
            f"{dtype_of(array)}"
        )
    return array


def _plain(entry):
    """A list of numbers, with 0-dim tensors in it read out."""
    if isinstance(entry, Tensor):
        return entry._array
    return [_plain(e) if isinstance(e, (list, tuple, Tensor)) else e for e in entry]


def _parts(index, ndim) -> list:
    """The parts, one for each dimension and each None, the Ellipsis written out."""
    parts = [_as_part(entry) for entry in _read(index)]
    taken = sum(_dims_taken(entry) for entry in parts)
    if taken > ndim:
        if ndim == 0 and len(parts) == 1:
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` in Python to convert a "
                "0-dim tensor to a number"
            )
        raise IndexError(f"too many indices for tensor of dimension {ndim}")
    full, seen = [slice(None)] * (ndim - taken), False
    out = []
    for entry in parts:
        if entry is Ellipsis:
            out += [] if seen else full
            seen = True
        else:
            out.append(entry)
    return out


def _dims_taken(entry) -> int:
    if entry is None or entry is Ellipsis or isinstance(entry, bool):
        return 0
    if isinstance(entry, numpy.ndarray) and entry.dtype == bool:
        return entry.ndim
    return 1


def _slice_bounds(entry: slice, size: int) -> slice:
    step = 1 if entry.step is None else int(entry.step)
    if step == 0:
        raise ValueError("slice step cannot be zero")
    if step < 0:
        raise ValueError(f"step must be greater than zero; got {step}")
    return slice(*slice(_whole(entry.start), _whole(entry.stop), step).indices(size))


def _whole(bound):
    return None if bound is None else bound.__index__()


def _in_bounds(place: int, dim: int, size: int) -> int:
    if not -size <= place < size:
        raise IndexError(f"index {place} is out of bounds for dimension {dim} with size {size}")
    return place + size if place < 0 else place


# ------------------------------------------------------------------------------------- views


def getitem(self: Tensor, index) -> Tensor:
    """x[index]: a view where only integers, slices, None and ... index, else a copy."""
    kind = type(index)
    if kind is int and self.ndim:
        place = _in_bounds(index, 0, self._array.shape[0])
        return select_op(self, index=(place,))
    if kind is slice and self.ndim:
        return slice_op(self, index=(_slice_bounds(index, self._array.shape[0]),))
    viewed, arrays = _viewed(self, index)
    if arrays is not None:
        return ops.take_index(viewed, index=arrays)
    return alias_op(self, shape=self._array.shape) if viewed is self else viewed


def _viewed(self, index):
    """The view that the basic parts of an index make, and what is left for a copy, or None."""
    dim, out, arrays, original = 0, self, [], 0
    for entry in _parts(index, self.ndim):
        size = out._array.shape[dim] if dim < out.ndim else 0
        if isinstance(entry, bool):
            out = unsqueeze(out, dim=dim)
            entry = numpy.array([entry])
        if entry is None:
            out = unsqueeze(out, dim=dim)
        elif isinstance(entry, slice):
            bounds = _slice_bounds(entry, size)
            if bounds != slice(0, size, 1):
                out = slice_op(out, index=(slice(None),) * dim + (bounds,))
        elif isinstance(entry, int):
            place = _in_bounds(entry, original, size)
            out = select_op(out, index=(slice(None),) * dim + (place,))
            dim -= 1
        else:
            arrays += [slice(None)] * (dim - len(arrays))
            found = _array_parts(entry, out._array.shape, dim, original)
            arrays += found
            dim += len(found) - 1
        dim += 1
        original += entry is not None
    if any(isinstance(entry, numpy.ndarray) for entry in arrays):
        return out, _together(arrays)
    return out, None


def _array_parts(entry, shape, dim, original) -> list:
    """An index array, checked and counted from the front; a mask as one array a dimension."""
    if entry.dtype == bool:
        if entry.shape != shape[dim : dim + entry.ndim]:
            raise IndexError(
                f"The shape of the mask {list(entry.shape)} at index {original} does not match "
                f"the shape of the indexed tensor {list(shape)} at index {original}"
            )
        return list(entry.nonzero())
    size = shape[dim]
    wrong = (entry < -size) | (entry >= size)
    if wrong.any():
        raise IndexError(
            f"index {entry[wrong].flat[0]} is out of bounds for dimension {original} with size "
            f"{size}"
        )
    return [numpy.where(entry < 0, entry + size, entry) if (entry < 0).any() else entry]


def _together(arrays) -> tuple:
    """Index arrays must broadcast."""
    try:
        numpy.broadcast_shapes(*(a.shape for a in arrays if isinstance(a, numpy.ndarray)))
    except ValueError:
        shapes = ", ".join(str(list(a.shape)) for a in arrays if isinstance(a, numpy.ndarray))
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None
    return tuple(arrays)


@public
@method
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """A view of one member along a dimension.

    >>> import chainrule as torch
    >>> torch.eye(2).select(0, 1)
    tensor([0., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.select.html
    """
    if input.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim = checked_dim(dim, input.ndim)
    size = input._array.shape[dim]
    if not -size <= index < size:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at "
            f"dimension {dim}"
        )
    return select_op(input, index=(slice(None),) * dim + (int(index) % size,))


# ---------------------------------------------------------------------------------- assigning


def _value(self, value) -> Tensor:
    if isinstance(value, Tensor):
        return value
    if isinstance(value, (bool, int, float, complex, numpy.generic)):
        from chainrule.functions.creation import scalar_tensor

        return scalar_tensor(value, dtype=self.dtype)
    raise TypeError(f"can't assign a {type(value).__name__} to a torch.{self.dtype.legacy}Tensor")


def setitem(self: Tensor, index, value) -> None:
    """x[index] = value: written through a view, or at an index of arrays."""
    value = _value(self, value)
    viewed, arrays = _viewed(self, index)
    if arrays is None:
        if viewed is self:
            viewed = alias_op(self, shape=self._array.shape)
        copy_(viewed, _without_ones(value, viewed.ndim))
        return
    write_at(viewed, arrays, value)


def write_at(target, arrays, value, accumulate=False) -> Tensor:
    """Write (or add) a value at an index of arrays, in place."""
    place = target._array[arrays].shape
    value = _without_ones(value, len(place))
    try:
        numpy.broadcast_to(value._array, place)
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(value.shape)} cannot be broadcast to "
            f"indexing result of shape {list(place)}"
        ) from None
    if value.dtype is not target.dtype:
        value = value.to(target.dtype)
    op = ops.index_add if accumulate else ops.index_put
    return op.in_place(target, value, index=arrays)


def _without_ones(value, ndim) -> Tensor:
    """Leading dimensions of 1 that the target has not are left out, as PyTorch does."""
    while value.ndim > ndim and value._array.shape[0] == 1:
        value = value.reshape(value.shape[1:])
    return value


bind_late({"getitem": getitem, "setitem": setitem})


# ------------------------------------------------------------------------------ whole tensors


@method
def copy_(self: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """Write the values of another tensor into this one: broadcast, and in this one's type.

    >>> import chainrule as torch
    >>> torch.zeros(2).copy_(torch.tensor([1, 2]))
    tensor([1., 2.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.copy_.html
    """
    src = _value(self, src)
    if src._array.shape != self._array.shape:
        from chainrule.functions.shape import check_expansion

        check_expansion(tuple(src.shape), tuple(self.shape))
    return ops.copy.in_place(self, src)


@method
def fill_(self: Tensor, value) -> Tensor:
    """Every element set to one value (a number or a 0-dim tensor).

    >>> import chainrule as torch
    >>> torch.zeros(2).fill_(3)
    tensor([3., 3.])
    """
    if isinstance(value, Tensor):
        if value.ndim:
            raise RuntimeError(
                "fill_ only supports 0-dimension value tensor but got tensor with "
                f"{value.ndim} dimensions."
            )
        return copy_(self, value)
    return ops.fill.in_place(self, value=value)


@method
def zero_(self: Tensor) -> Tensor:
    """Every element set to 0.

    >>> import chainrule as torch
    >>> torch.ones(2).zero_()
    tensor([0., 0.])
    """
    if self.requires_grad:
        return ops.zero.in_place(self)
    check_may_write(self)
    self._array.fill(0)
    bump_version(self)
    return self


def expanded(value: Tensor, shape) -> Tensor:
    """A value repeated to fill a shape."""
    return value if tuple(value.shape) == tuple(shape) else expand(value, shape=tuple(shape))
