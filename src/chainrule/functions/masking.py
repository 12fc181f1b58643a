"""By masks, and by numbers in the flattened tensor: masked_fill, masked_select, take, put, ...

Apart from indexing.py, which reads masks between brackets.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import is_transformed, wrap_array
from chainrule._core.core import Tensor
from chainrule.functions.broadcasting import common_shape
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.factory import fitting, number
from chainrule.functions.gathering import check_tensor
from chainrule.functions.index_reading import INT64
from chainrule.functions.writing import Write, both_forms, raised, write
from chainrule.ops import filling
from chainrule.ops import indexing as ops
from chainrule.ops.places import add_members, from_front, put_members
from chainrule.ops.shape import expand, narrow, view

masked_select_op = ops.index.named("MaskedSelectBackward0")
masked_scatter_op = ops.index_put.named("MaskedScatterBackward0")
take_op = ops.index.named("TakeBackward0")
put_op = ops.index_put.named("PutBackward0")
put_add_op = ops.index_add.named("PutBackward0")


def _check_in_place(self: Tensor, mask: Tensor) -> None:
    """A mask may not be larger than the tensor written to."""
    shape = common_shape(self._array.shape, mask._array.shape)
    if shape != self._array.shape:
        raise RuntimeError(
            f"output with shape {list(self.shape)} doesn't match the broadcast shape {list(shape)}"
        )


def _marked(input: Tensor, mask: Tensor) -> tuple:
    """The tensor, as large as the mask, and the flat numbers of the elements where that holds."""
    shape = common_shape(mask._array.shape, input._array.shape)
    x = input if shape == input._array.shape else expand(input, shape=shape)
    x = raised(x)
    marks = mask._array if mask._array.shape == shape else numpy.broadcast_to(mask._array, shape)
    return x, wrap_array(numpy.flatnonzero(marks)), tuple(range(x.ndim))


# -------------------------------------------------------------------------------------- masks


def _filling(input, mask, value) -> tuple:
    """The op, its other inputs and parameters, and the array, of a fill."""
    check_tensor(mask, "masked_fill", "mask", 2)
    if mask.dtype.category != 0:
        raise RuntimeError(
            "masked_fill_ only supports boolean masks, but got mask with dtype "
            f"{C_NAMES.get(mask.dtype.name, mask.dtype.name)}"
        )
    if not isinstance(value, Tensor):
        value = fitting(number("masked_fill", "value", 3, value), input.dtype)
        return filling.masked_fill, (mask,), {"value": value}, value
    if value.ndim:
        raise RuntimeError(
            "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.ndim} dimension(s)."
        )
    if value.dtype.is_complex and not input.dtype.is_complex:
        fitting(value.item(), input.dtype)
    if not (input.dtype.is_floating_point or input.dtype.is_complex):
        value = value.detach()
    return filling.masked_fill_tensor, (mask, value), {}, value._array


C_NAMES = {"int64": "long int", "uint8": "unsigned char", "float32": "float", "float64": "double"}


@public
@method
def masked_fill(input: Tensor, mask: Tensor, value: complex | Tensor) -> Tensor:
    """One value where a mask holds, input elsewhere; both broadcast.

    >>> import chainrule as torch
    >>> torch.ones(2).masked_fill(torch.tensor([True, False]), 0)
    tensor([0., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.masked_fill_.html
    """
    op, others, parameters, _ = _filling(input, mask, value)
    common_shape(mask._array.shape, input._array.shape)
    return op(input, *others, **parameters)


@method
def masked_fill_(self: Tensor, mask: Tensor, value: complex | Tensor) -> Tensor:
    """masked_fill, in place."""
    op, others, parameters, new = _filling(self, mask, value)
    _check_in_place(self, mask)
    marks = mask._array

    def put(array):
        numpy.copyto(array, new, where=marks, casting="unsafe")

    return write(self, Write(op, others, parameters, put))


@public
@method
def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements where a mask holds, as a vector; both broadcast.

    >>> import chainrule as torch
    >>> torch.masked_select(torch.tensor([1, 2, 3]), torch.tensor([True, False, True]))
    tensor([1, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.masked_select.html
    """
    check_tensor(mask, "masked_select", "mask", 2)
    if mask.dtype.category != 0:
        raise RuntimeError(
            f"masked_select: expected BoolTensor for mask, but got {mask.dtype.legacy}"
        )
    if is_transformed(mask):
        raise RuntimeError(
            "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask). We cannot "
            "support this because for each batch this would return a differently shaped Tensor: "
            "torch.where keeps the shape"
        )
    x, numbers, dims = _marked(input, mask)
    return deliver(masked_select_op(x, numbers, dims=dims), out, "masked_select")


def _check_scatter(input, mask, source) -> None:
    check_tensor(source, "masked_scatter", "source", 2)
    if mask.dtype.category != 0:
        raise RuntimeError(
            "masked_scatter_ only supports boolean masks, but got mask with dtype "
            f"{mask.dtype.legacy}"
        )
    if source.dtype is not input.dtype:
        raise RuntimeError(
            "masked_scatter: expected self and source to have same dtypes but got "
            f"{input.dtype.legacy} and {source.dtype.legacy}"
        )


def _check_enough(source, count) -> None:
    if count > source._array.size:
        raise RuntimeError(
            f"Number of elements of source < number of ones in mask: {source._array.size} < {count}"
        )


def _scattered_by_member(input, mask, source) -> Tensor:
    """masked_scatter where each member of a batch has a mask of its own."""
    _check_scatter(input, mask, source)
    shape = common_shape(mask._array.shape, input._array.shape)
    mask = expand(mask, shape=shape)
    places = mask.reshape(-1).cumsum(0) - 1
    _check_enough(source, int(places._array.max()) + 1 if places.numel() else 0)
    if not source.numel():
        return expand(input, shape=shape).clone()
    values = source.reshape(-1)[places.clamp(min=0)].reshape(shape)
    return values.where(mask, input)


def _scattered(input, mask, source) -> tuple:
    """What masked_scatter writes, and where."""
    _check_scatter(input, mask, source)
    x, numbers, dims = _marked(input, mask)
    count = numbers._array.size
    _check_enough(source, count)
    values = source if source.ndim == 1 else source.reshape(-1)
    values = values if count == source._array.size else narrow(values, dim=0, start=0, length=count)
    return x, numbers, dims, values


@public
@method
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """input with the elements of source, one after the other, where a mask holds.

    >>> import chainrule as torch
    >>> torch.zeros(3).masked_scatter(torch.tensor([True, False, True]), torch.tensor([5.0, 6.0]))
    tensor([5., 0., 6.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.masked_scatter_.html
    """
    if is_transformed(mask):
        return _scattered_by_member(input, mask, source)
    x, numbers, dims, values = _scattered(input, mask, source)
    found = masked_scatter_op(x, values, numbers, dims=dims)
    return found if input.ndim or mask.ndim else view(found, shape=())


@method
def masked_scatter_(self: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """masked_scatter, in place."""
    _check_in_place(self, mask)
    if is_transformed(mask):
        return self.copy_(_scattered_by_member(self, mask, source))
    x, numbers, dims, values = _scattered(self, mask, source)
    where, new = numbers._array, values._array
    write(x, Write(
        masked_scatter_op, (values, numbers), {"dims": dims},
        lambda out: put_members(numpy, out, where, dims, new),
    ))  # fmt: skip
    return self


# --------------------------------------------------------------------------------------- flat


def _flat(input, index, name) -> Tensor:
    """Numbers in a flattened tensor, checked and counted from the front."""
    check_tensor(index, name, "index", 2)
    if index.dtype is not INT64:
        raise RuntimeError(
            f"{name}(): Expected a long tensor for index, but got {index.dtype.legacy}"
        )
    array, size = index._array, input._array.size
    if array.size == 0 or array.view(numpy.uint64).max() < size:
        return index
    if size == 0:
        raise IndexError(f"{name}(): tried to {name.rstrip('_')} from an empty tensor")
    if array.min() < -size or array.max() >= size:
        wrong = array[(array < -size) | (array >= size)].flat[0]
        raise IndexError(
            f"out of range: tried to access index {wrong} on a tensor of {size} elements."
        )
    return wrap_array(from_front(numpy, array, size))


@public
@method
def take(input: Tensor, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements of the flattened tensor that numbers name, in the shape of the numbers.

    >>> import chainrule as torch
    >>> torch.take(torch.tensor([[5, 6], [7, 8]]), torch.tensor([0, 3]))
    tensor([5, 8])

    See https://docs.pytorch.org/docs/2.13/generated/torch.take.html
    """
    numbers, x = _flat(input, index, "take"), raised(input)
    return deliver(take_op(x, numbers, dims=tuple(range(x.ndim))), out, "take")


@both_forms
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Write:
    """input with values written (or added) where numbers in the flattened tensor say.

    >>> import chainrule as torch
    >>> torch.zeros(2, 2).put(torch.tensor([0, 3]), torch.tensor([5.0, 6.0]))
    tensor([[5., 0.],
            [0., 6.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.put_.html
    """
    check_tensor(source, "put_", "source", 3)
    if source.dtype is not input.dtype:
        raise RuntimeError(
            "put_(): self and source expected to have the same dtype, but got self.dtype = "
            f"{input.dtype.legacy} and source.dtype = {source.dtype.legacy}"
        )
    numbers = _flat(input, index, "put_")
    if source.numel() != index.numel():
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got "
            f"source.numel() = {source.numel()}, index.numel() = {index.numel()}"
        )
    values = source if source.shape == index.shape else source.reshape(index.shape)
    dims, where, new = tuple(range(input.ndim)), numbers._array, values._array
    write_there = add_members if accumulate else put_members
    return Write(
        put_add_op if accumulate else put_op, (values, numbers), {"dims": dims},
        lambda out: write_there(numpy, out, where, dims, new),
    )  # fmt: skip
