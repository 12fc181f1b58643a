"""x[...] = value, and index_put, which is the same by name.

Apart from indexing.py, which takes what these write.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.modes import is_grad_enabled
from chainrule._core.operation import bind_late
from chainrule.functions.copying import assign, number_for
from chainrule.functions.declare import PUBLIC
from chainrule.functions.factory import kind_of
from chainrule.functions.index_reading import (
    Reading,
    combined,
    entries_of,
    in_bounds,
)
from chainrule.functions.indexing import (
    as_tensor,
    basic_part,
    followed,
    member_numbers,
    no_first_member,
    numbers_out_of_bounds,
    plain_view,
)
from chainrule.functions.writing import Write, both_forms, write
from chainrule.ops import indexing as ops
from chainrule.ops.places import add_members, put_members, selection_shape
from chainrule.ops.shape import view

add_op = ops.index_add.named("IndexPutBackward0")


def setitem(self: Tensor, index, value) -> None:
    """x[index] = value: written through a view, or at an index of lists and tensors."""
    is_tensor = isinstance(value, Tensor)
    if not is_tensor:
        value = _number(self, value)
    if self._base is not None:
        _check_leaf(self)
    if index is False:
        return
    target, numbers, dims = _located(self, index)
    if numbers is None:
        assign(target, _without_ones(value, target.ndim) if is_tensor else value)
        return
    try:
        write(target, put_of(target, numbers, dims, value, False))
    except IndexError:
        raise numbers_out_of_bounds(target, numbers, dims) from None


def _check_leaf(self) -> None:
    """Refuse to write to a view that asks for a gradient itself; parts of it do not know."""
    if self.requires_grad and self.is_leaf and is_grad_enabled():
        raise RuntimeError(
            "a view of a leaf Variable that requires grad is being used in an in-place operation."
        )


def _located(self, index) -> tuple:
    """The view to write to, and, for lists and tensors, the members of it: numbers and dims."""
    kind = type(index)
    if kind is int:
        return plain_view(self, _first(self._array, index)), None, None
    if kind is tuple:
        array = basic_part(self._array, index) if index else None
        if array is not None and array.shape != self._array.shape:
            return plain_view(self, array), None, None
    else:
        numbers = member_numbers(self, index)
        if numbers is not None:
            return self, numbers, (0,)
    reading = Reading(self._array, index)
    if reading.entries:
        numbers, dims = combined(reading.entries, reading.array.shape)
        return followed(self, reading), as_tensor(numbers), dims
    return (plain_view(self, reading.array) if reading.steps else self), None, None


def _first(array, index):
    try:
        return array[index, ...]
    except IndexError:
        raise no_first_member(array.shape, index) from None


def _number(self, value):
    """A number that may be assigned."""
    if type(value) is float or type(value) is int:
        return value
    if isinstance(value, (int, float, complex)):
        return value
    if isinstance(value, numpy.integer):
        return int(value)
    raise TypeError(f"can't assign a {kind_of(value)} to a torch.{self.dtype.legacy}Tensor")


def _without_ones(value: Tensor, ndim: int) -> Tensor:
    """A value without the leading dimensions of 1 that its place has not, as PyTorch has it."""
    shape = value._array.shape
    start = 0
    while len(shape) - start > ndim and shape[start] == 1:
        start += 1
    return view(value, shape=shape[start:]) if start else value


def put_of(
    target: Tensor, numbers: Tensor, dims: tuple[int, ...], value, accumulate: bool
) -> Write:
    """The write of a value over (or onto) the members that numbers name."""
    array, where = target._array, numbers._array
    if isinstance(value, Tensor):
        place = selection_shape(array.shape, where.shape, dims)
        value = _without_ones(value, len(place))
        _check_value(value, target, place)
    else:
        value = wrap_array(numpy.array(number_for(array, value), array.dtype))
    values = value._array
    put = add_members if accumulate else put_members
    return Write(
        add_op if accumulate else ops.index_put, (value, numbers), {"dims": dims},
        lambda out: put(numpy, out, where, dims, values),
    )  # fmt: skip


def _check_value(value, target, place) -> None:
    if value.dtype is not target.dtype:
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{target.dtype.legacy} for the destination and {value.dtype.legacy} for the source."
        )
    shape = value._array.shape
    if len(shape) > len(place) or any(
        mine not in (1, theirs) for mine, theirs in zip(shape[::-1], place[::-1])
    ):
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(shape)} cannot be broadcast to indexing "
            f"result of shape {list(place)}"
        )


@both_forms
def index_put(input: Tensor, indices, values: Tensor, accumulate: bool = False) -> Write:
    """input with values written (or added) where a tuple of index tensors says.

    As ``input[indices] = values``; with `accumulate`, as often as a place is named.

    >>> import chainrule as torch
    >>> torch.zeros(3).index_put((torch.tensor([1]),), torch.tensor(5.0))
    tensor([0., 5., 0.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.index_put_.html
    """
    if not isinstance(values, Tensor):
        raise TypeError(
            f"index_put(): argument 'values' (position 2) must be Tensor, not {kind_of(values)}"
        )
    if not isinstance(indices, (tuple, list)):
        raise TypeError(
            "index_put(): argument 'indices' (position 1) must be tuple of Tensors, not "
            f"{kind_of(indices)}"
        )
    shape = input._array.shape
    numbers, dims = combined(entries_of(indices, len(shape)), shape)
    numbers = as_tensor(numbers)
    if len(dims) == 1:
        in_bounds(numbers._array, 0, shape[dims[0]])
    return put_of(input, numbers, dims, values, accumulate)


PUBLIC["index_put_"] = vars(Tensor)["index_put_"]


bind_late({"setitem": setitem})
