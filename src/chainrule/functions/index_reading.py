"""What stands between the brackets of x[...]: read, checked, and taken apart.

Apart from indexing.py, which acts on it. As in PyTorch, numbers, slices and None make views, one
step each, from left to right; what is left, lists and tensors, is one index of the last view.
"""

from __future__ import annotations

import operator
import warnings

import numpy

from chainrule._core.core import Tensor
from chainrule._core.types import DTYPES
from chainrule._core.wrapped import Wrapped
from chainrule.functions.elements import array_of, is_sequence
from chainrule.functions.factory import kind_of
from chainrule.ops import indexing as ops
from chainrule.ops.places import from_front
from chainrule.ops.shape import unsqueeze

FULL = slice(None)
BOOL, INT64 = DTYPES["bool"], DTYPES["int64"]
LONGEST_TUPLE = 31  # longer lists are numbers, whatever they hold


class Reading:
    """An index, read up to some part.

    `array` is the view so far, `steps` how it was made (op, parameters, array), `entries` the
    arrays that will index the last view: (its dimension, array, the tensor it is from or None).
    """

    __slots__ = ("array", "dim", "entries", "place", "steps")

    def __init__(self, array: numpy.ndarray, index) -> None:
        self.array, self.dim, self.place = array, 0, 0
        self.steps: list = []
        self.entries: list = []
        parts = parts_of(index)
        left = array.ndim
        for part in parts:
            left -= 1 if type(part) is int or type(part) is slice else dims_taken(part)
        if left < 0:
            raise IndexError(f"too many indices for tensor of dimension {array.ndim}")
        for part in parts:
            kind = type(part)
            if kind is int:
                self.take_member(part)
            elif kind is slice:
                self.take_slice(part)
            elif part is None:
                self.add_dim()
                self.dim += 1
            elif part is Ellipsis:
                self.dim, self.place = self.dim + left, self.place + left
            else:
                self.read(part)

    def read(self, part) -> None:
        """A list, a tensor, a boolean, or another kind of number."""
        array, tensor = (numpy.array(part), None) if isinstance(part, bool) else _plain(part)
        if type(array) is int:
            self.take_member(array)
            return
        if array.ndim == 0 and array.dtype == bool:  # one boolean: a mask of a new dimension
            self.add_dim()
            array = array.reshape(1)
        self.entries.append((self.dim, array, tensor))
        taken = array.ndim if array.dtype == bool else 1
        self.dim, self.place = self.dim + taken, self.place + taken

    def step(self, op, array: numpy.ndarray, **parameters) -> None:
        """Note one view."""
        self.steps.append((op, parameters, array))
        self.array = array

    def add_dim(self) -> None:
        """None: a new dimension of 1."""
        self.step(unsqueeze, self.array[(FULL,) * self.dim + (None,)], dim=self.dim)

    def take_member(self, index: int) -> None:
        """A number: a dimension less."""
        size = self.array.shape[self.dim]
        if not -size <= index < size:
            raise no_member(index, self.place, size)
        self.step(
            ops.select, self.array[(FULL,) * self.dim + (index, ...)], dim=self.dim, index=index
        )
        self.place += 1

    def take_slice(self, part: slice) -> None:
        """A slice; no step where it takes everything."""
        bounds = bounds_of(part, self.array.shape[self.dim])
        if bounds != (0, self.array.shape[self.dim], 1):
            start, end, step = bounds
            view = self.array[(FULL,) * self.dim + (slice(*bounds),)]
            self.step(ops.slice_, view, dim=self.dim, start=start, end=end, step=step)
        self.dim, self.place = self.dim + 1, self.place + 1


def bounds_of(part: slice, size: int) -> tuple[int, int, int]:
    """Start, end and step of a slice; ValueError where it goes backwards."""
    bounds = part.indices(size)
    if bounds[2] < 0:
        raise ValueError(f"step must be greater than zero, but it is {bounds[2]}")
    return bounds


def no_member(index: int, dim: int, size: int) -> IndexError:
    """The error of an index that is out of bounds."""
    if size == 0:
        return IndexError("index is out of bounds for dimension with size 0")
    return IndexError(f"index {index} is out of bounds for dimension {dim} with size {size}")


# ------------------------------------------------------------------------------------ parts


def parts_of(index) -> tuple:
    """The index as a tuple: itself, or the one part it is.

    A list that holds anything but numbers is a tuple as well.
    """
    if isinstance(index, tuple):
        return index
    if isinstance(index, (Tensor, numpy.ndarray, range)) or not is_sequence(index):
        return (index,)
    if len(index) <= LONGEST_TUPLE and any(map(_makes_tuple, index)):
        return tuple(index)
    return (index,)


def _makes_tuple(part) -> bool:
    if part is None or part is Ellipsis or isinstance(part, (Tensor, slice)):
        return True
    return is_sequence(part)


def dims_taken(part) -> int:
    """How many dimensions a part takes up; a list, as PyTorch counts, just one."""
    if part is None or part is Ellipsis or isinstance(part, bool):
        return 0
    if isinstance(part, Tensor) and part.dtype.name in ("bool", "uint8"):
        return part.ndim
    return 1


def _plain(part) -> tuple:
    """A part as an int, or as an array of int64 or bool; and the tensor that it is, if it is."""
    if isinstance(part, Tensor):
        return _plain_tensor(part)
    if isinstance(part, numpy.ndarray):
        return _plain_array(part), None
    if hasattr(part, "__index__"):
        return operator.index(part), None
    if is_sequence(part):
        return _array_of_numbers(part), None
    raise IndexError(
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are "
        f"valid indices (got {kind_of(part)})"
    )


def _plain_tensor(tensor) -> tuple:
    array, kind = tensor._array, tensor.dtype
    is_number = array.ndim == 0 and kind.category == 1 and kind.name != "uint8"
    if is_number and not isinstance(array, Wrapped):
        return int(array), None
    return as_index(tensor)


def as_index(tensor: Tensor) -> tuple:
    """An index tensor as an array of int64 or bool; and the tensor, if it is of int64 itself."""
    array, kind = tensor._array, tensor.dtype
    if kind is INT64:
        return array, tensor
    if kind.name == "int32":
        return array.astype(numpy.int64), None
    if kind is BOOL:
        return array, None
    if kind.name == "uint8":
        warnings.warn(
            "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool "
            "instead.",
            stacklevel=5,
        )
        return array.astype(bool), None
    raise IndexError(
        "tensors used as indices must be long, int, byte or bool tensors; this one is of "
        f"{kind.legacy} type"
    )


def _plain_array(array):
    if array.ndim == 0 and array.dtype.kind in "iu":
        return int(array)
    return array if array.dtype == bool else array_of(array, INT64)


def _array_of_numbers(part) -> numpy.ndarray:
    """Nested lists of booleans as a mask, of anything else as integers."""
    kinds = set(map(type, part))
    if kinds == {int}:
        return numpy.array(part, numpy.int64)
    if kinds and kinds <= {bool, list, tuple}:
        array = array_of(part)
        if array.dtype == bool:
            return array
    return array_of(part, INT64)


# ----------------------------------------------------------------------------------- entries


def entries_of(indices, ndim: int) -> list:
    """Index tensors, one for each of the first dimensions, as entries."""
    entries, dim = [], 0
    for position, index in enumerate(indices):
        if not isinstance(index, Tensor):
            raise TypeError(
                f"expected Tensor as element {position} in argument 0, but got {kind_of(index)}"
            )
        array, tensor = as_index(index)
        entries.append((dim, array, tensor))
        dim += array.ndim if array.dtype == bool else 1
    if dim > ndim or not entries:
        raise IndexError(f"too many indices for tensor of dimension {ndim} (got {dim})")
    return entries


def combined(entries: list, shape: tuple[int, ...]) -> tuple:
    """Entries as one index: numbers that count along some dimensions together, and these.

    The numbers are an array, or the one tensor they came from.
    """
    entries = [_members(entry, shape) for entry in entries]
    if len(entries) == 1:
        dims, array, tensor = entries[0]
        return (array if tensor is None else tensor), dims
    whole, numbers = (), None
    for dims, array, _ in entries:
        size = _extent(shape, dims)
        array = in_bounds(array, len(whole), size)
        numbers = array if numbers is None else _appended(numbers, size, array, entries)
        whole += dims
    return numbers, whole


def _members(entry, shape) -> tuple:
    """An entry as (the dimensions it counts along, array, tensor); a mask becomes numbers."""
    dim, array, tensor = entry
    if array.dtype != bool:
        return (dim,), array, tensor
    dims = tuple(range(dim, dim + array.ndim))
    if array.shape != shape[dim : dim + array.ndim]:
        wrong = next(k for k in dims if k >= len(shape) or array.shape[k - dim] != shape[k])
        raise IndexError(
            f"The shape of the mask {list(array.shape)} at index {wrong - dim} does not match "
            f"the shape of the indexed tensor {list(shape)} at index {wrong}"
        )
    return dims, numpy.flatnonzero(array), None


def _extent(shape, dims) -> int:
    size = 1
    for dim in dims:
        size *= shape[dim]
    return size


def in_bounds(array: numpy.ndarray, dim: int, size: int) -> numpy.ndarray:
    """Numbers counted from the front; IndexError where they are out of bounds.

    `dim` is for the message: as in PyTorch, it counts the index tensors only.
    """
    if array.size and not (array.min() >= -size and array.max() < size):
        raise out_of_bounds(array, dim, size)
    return from_front(numpy, array, size)


def out_of_bounds(array: numpy.ndarray, dim: int, size: int) -> IndexError:
    """The error of numbers some of which are out of bounds."""
    wrong = array[(array < -size) | (array >= size)]
    return no_member(wrong.flat[0], dim, size)


def _appended(numbers, size, array, entries) -> numpy.ndarray:
    """Numbers that count along one entry's dimensions more."""
    try:
        return numbers * size + array
    except ValueError:
        shapes = [[list(array.shape)] * len(dims) for dims, array, _ in entries]
        named = ", ".join(str(shape) for part in shapes for shape in part)
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {named}"
        ) from None
