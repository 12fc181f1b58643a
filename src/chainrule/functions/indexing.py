"""x[...]: views by numbers, slices and None, copies by lists and tensors.

Apart from index_reading.py, which says what an index means, and from assigning.py, which writes
there.
"""

from __future__ import annotations

import math

import numpy

from chainrule._core.apply import is_transformed, view_call, view_of, wrap_array
from chainrule._core.core import Tensor
from chainrule._core.cuts import mark
from chainrule._core.modes import is_grad_enabled
from chainrule._core.operation import bind_late
from chainrule._core.recording import record_call
from chainrule.functions.declare import method, public
from chainrule.functions.identity import checked_dim
from chainrule.functions.index_reading import (
    INT64,
    Reading,
    bounds_of,
    combined,
    in_bounds,
    no_member,
    out_of_bounds,
    parts_of,
)
from chainrule.ops import indexing as ops
from chainrule.ops.places import take_members

JUST_INT = {int}


def getitem(self: Tensor, index) -> Tensor:
    """x[index]: a view where only integers, slices, None and ... index, else a copy."""
    kind = type(index)
    if kind is int:
        return _member(self, index)
    if kind is slice:
        return _slice(self, index)
    if index is Ellipsis:
        return alias(self)
    if kind is tuple and not (self.requires_grad and is_grad_enabled()) and type(self) is Tensor:
        array = basic_part(self._array, index)
        if array is not None:
            return plain_view(self, array)
    numbers = member_numbers(self, index)
    if numbers is not None:
        return _taken(self, numbers, (0,))
    return _marked(_read(self, index), index)


def _read(self: Tensor, index) -> Tensor:
    """x[index] for any index."""
    reading = Reading(self._array, index)
    if not reading.entries:
        return followed(self, reading) if reading.steps else alias(self)
    numbers, dims = combined(reading.entries, reading.array.shape)
    return _taken(followed(self, reading), as_tensor(numbers), dims)


def _marked(out: Tensor, index) -> Tensor:
    """The result, with the marks of the tensors that chose it (`w[x.argmax()]`, `w[x > 0]`)."""
    for part in parts_of(index):
        if isinstance(part, Tensor):
            mark(out, part, "index")
    return out


def member_numbers(self: Tensor, index) -> Tensor | None:
    """The commonest index of members: a tensor or a list of integers, as a tensor; else None."""
    kind = type(index)
    if kind is Tensor:
        if index.dtype is INT64 and index.ndim and self.ndim:
            return index
    elif kind is list and self.ndim and {*map(type, index)} == JUST_INT:
        return wrap_array(numpy.array(index, numpy.int64))
    return None


def alias(self: Tensor) -> Tensor:
    """x[...]: a view of all of it."""
    return view_call(ops.alias, self, None, self._array)


def _member(self, index):
    """x[3]. (At once, not by its op: 0.4 us against 0.9.)"""
    try:
        array = self._array[index, ...]
    except IndexError:
        raise no_first_member(self._array.shape, index) from None
    return view_call(ops.select, self, {"dim": 0, "index": index}, array)


def no_first_member(shape: tuple[int, ...], index: int) -> IndexError:
    """The error of x[index] where there is none such."""
    if shape:
        return no_member(index, 0, shape[0])
    return IndexError(
        "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in "
        "C++ to convert a 0-dim tensor to a number"
    )


def _slice(self, part):
    """x[1:3]."""
    array = self._array
    if not array.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    start, end, step = bounds_of(part, array.shape[0])
    parameters = {"dim": 0, "start": start, "end": end, "step": step}
    return view_call(ops.slice_, self, parameters, array[start:end:step])


def basic_part(array: numpy.ndarray, index: tuple) -> numpy.ndarray | None:
    """What NumPy makes of a tuple of numbers, slices and None; None for anything else."""
    for part in index:
        kind = type(part)
        if kind is slice:
            if part.step is not None:
                return None
        elif kind is not int and part is not None:
            return None
    try:
        return array[(*index, ...)]
    except (IndexError, TypeError):
        return None  # Reading knows how to say what is wrong


def plain_view(self: Tensor, array: numpy.ndarray) -> Tensor:
    """A view, with no node yet."""
    return view_of(self, array)


def followed(self: Tensor, reading: Reading) -> Tensor:
    """The view that the steps of an index lead to, one node each where a graph is recorded."""
    if type(self) is not Tensor:
        for op, parameters, _ in reading.steps:
            self = op(self, **parameters)
        return self
    if not (self.requires_grad and is_grad_enabled()):
        return plain_view(self, reading.array) if reading.steps else self
    for op, parameters, array in reading.steps:
        self = view_call(op, self, parameters, array)
    return self


def as_tensor(numbers: Tensor | numpy.ndarray) -> Tensor:
    """Numbers as the tensor that an op takes."""
    return numbers if isinstance(numbers, Tensor) else wrap_array(numbers)


def _taken(self, numbers, dims):
    """A copy of members. (At once, not by its op: 1.2 us against 2.2.)"""
    try:
        if type(self) is not Tensor:
            return ops.index(self, numbers, dims=dims)
        if is_transformed(self, numbers):  # past its end, one member's numbers are another's
            in_bounds(numbers._array, 0, math.prod(self._array.shape[dim] for dim in dims))
            return ops.index(self, numbers, dims=dims)
        array = take_members(numpy, self._array, numbers._array, dims)
    except IndexError:
        raise numbers_out_of_bounds(self, numbers, dims) from None
    out = wrap_array(array)
    if self.requires_grad and is_grad_enabled():
        record_call(ops.index, (self, numbers), {"dims": dims}, out)
        return out
    return mark(out, self, "members")


def numbers_out_of_bounds(self: Tensor, numbers: Tensor, dims: tuple[int, ...]) -> IndexError:
    """The error of numbers that are no members of a tensor."""
    return out_of_bounds(numbers._array, 0, self._array.shape[dims[0]])


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
    index = int(index)
    if not -size <= index < size:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at "
            f"dimension {dim}"
        )
    return ops.select(input, dim=dim, index=index)


bind_late({"getitem": getitem})
