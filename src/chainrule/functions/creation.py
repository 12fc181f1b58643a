"""Tensors of a size: zeros, ones, full, empty, eye.

Apart from values, where what is given are the elements, from ranges, where they follow from
bounds, and from likeness, where another tensor says what is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.layouts import channels_last, channels_last_3d, contiguous_format
from chainrule.functions.declare import public
from chainrule.functions.factory import (
    allocated,
    check_place,
    filled,
    finished,
    integer,
    number,
    shape_in_one,
    shape_of,
    type_for,
    type_of,
)
from chainrule.functions.factory import ones as make_ones

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


def _filled(name, make, sizes, size, out, dtype, place, requires_grad):
    """The tensor of zeros(), ones() and empty()."""
    shape = shape_of(name, sizes, size)
    if place != (None, None, False):
        check_place(*place)
    wanted = type_for(name, dtype, out)
    return finished(name, allocated(make, shape, wanted.numpy), requires_grad, out)


@public
def zeros(
    *sizes, size=None, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A tensor of zeros; the sizes one by one or as one sequence.

    TypeError for sizes that are no integers, RuntimeError for negative ones.

    >>> import chainrule as torch
    >>> torch.zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.zeros.html
    """
    place = (device, layout, pin_memory)
    return _filled("zeros", numpy.zeros, sizes, size, out, dtype, place, requires_grad)


@public
def ones(
    *sizes, size=None, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A tensor of ones; the sizes one by one or as one sequence.

    TypeError for sizes that are no integers, RuntimeError for negative ones.

    >>> import chainrule as torch
    >>> torch.ones(3, dtype=torch.int64)
    tensor([1, 1, 1])

    See https://docs.pytorch.org/docs/2.13/generated/torch.ones.html
    """
    place = (device, layout, pin_memory)
    return _filled("ones", make_ones, sizes, size, out, dtype, place, requires_grad)


@public
def empty(
    *sizes, size=None, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False, memory_format=contiguous_format,
) -> Tensor:  # fmt: skip
    """A tensor of whatever its memory held before; the sizes one by one or as one sequence.

    >>> import chainrule as torch
    >>> torch.empty(2, 3).shape
    torch.Size([2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.empty.html
    """
    place = (device, layout, pin_memory)
    made = _filled("empty", numpy.empty, sizes, size, out, dtype, place, requires_grad)
    if memory_format is contiguous_format:
        return made
    order = _order(memory_format, made.ndim)
    return finished("empty", _laid_out(made.shape, made.dtype, order), requires_grad)


def _order(memory_format, ndim: int) -> tuple[int, ...]:
    """The dimensions from the widest stride to the narrowest, of a memory format."""
    ranks = {channels_last: 4, channels_last_3d: 5}
    if memory_format not in ranks:
        raise RuntimeError(f"unsupported memory format option {memory_format}")
    if ndim != ranks[memory_format]:
        raise RuntimeError(
            f"required rank {ranks[memory_format]} tensor to use "
            f"{str(memory_format).rpartition('.')[2]} format"
        )
    return (0, *range(2, ndim), 1)


def _laid_out(shape, dtype, order):
    """An array whose dimensions follow each other in memory in some order."""
    array = numpy.empty([shape[axis] for axis in order], dtype.numpy)
    return array.transpose(numpy.argsort(order))


@public
def full(
    size, fill_value, *, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A tensor of one number; its type is the number's: bool, int64 or the default float.

    RuntimeError where the number does not fit a given dtype.

    >>> import chainrule as torch
    >>> torch.full((2,), 1), torch.full((2,), 1.5)
    (tensor([1, 1]), tensor([1.5000, 1.5000]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.full.html
    """
    shape = shape_in_one("full", size)
    check_place(device, layout, pin_memory)
    value = number("full", "fill_value", 2, fill_value)
    wanted = type_for("full", dtype, out, type_of(value))
    return finished("full", filled(shape, value, wanted), requires_grad, out)


@public
def scalar_tensor(
    s, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
) -> Tensor:
    """A 0-dim tensor of a number, in the default dtype unless another is given.

    >>> import chainrule as torch
    >>> torch.scalar_tensor(2)
    tensor(2.)
    """
    check_place(device, layout, pin_memory)
    wanted = type_for("scalar_tensor", dtype)
    array = filled((), number("scalar_tensor", "s", 1, s), wanted)
    return finished("scalar_tensor", array, requires_grad)


@public
def eye(
    n, m=None, *, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A matrix of n rows and m (or n) columns with ones on its diagonal and zeros elsewhere.

    >>> import chainrule as torch
    >>> torch.eye(2)
    tensor([[1., 0.],
            [0., 1.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.eye.html
    """
    sizes = [integer("eye", "n", 1, n)]
    sizes.append(sizes[0] if m is None else integer("eye", "m", 2, m))
    for name, extent in zip("nm", sizes):
        if extent < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {extent}")
    check_place(device, layout, pin_memory)
    wanted = type_for("eye", dtype, out)
    return finished("eye", numpy.eye(*sizes, dtype=wanted.numpy), requires_grad, out)


@public
def empty_strided(
    size, stride, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
) -> Tensor:
    """A tensor of whatever its memory held before, with given strides, counted in elements.

    >>> import chainrule as torch
    >>> torch.empty_strided((2, 3), (1, 2)).stride()
    (1, 2)

    See https://docs.pytorch.org/docs/2.13/generated/torch.empty_strided.html
    """
    shape, stride = shape_in_one("empty_strided", size), tuple(stride)
    if len(shape) != len(stride):
        raise RuntimeError(
            f"dimensionality of sizes ({len(shape)}) must match dimensionality of strides "
            f"({len(stride)})"
        )
    if any(step < 0 for step in stride):
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={list(shape)} and "
            f"strides={list(stride)}: strides may not be negative"
        )
    check_place(device, layout, pin_memory)
    wanted = type_for("empty_strided", dtype)
    return finished("empty_strided", _strided(shape, stride, wanted), requires_grad)


def _strided(shape, stride, wanted):
    reach = 1 + sum((extent - 1) * step for extent, step in zip(shape, stride))
    memory = numpy.empty(0 if 0 in shape else reach, wanted.numpy)
    return numpy.ndarray(
        shape, wanted.numpy, memory, 0, [step * memory.itemsize for step in stride]
    )


@public
def empty_permuted(
    size, physical_layout, *, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A tensor of whatever its memory held before, its dimensions laid out in a given order.

    >>> import chainrule as torch
    >>> torch.empty_permuted((2, 3, 4), (2, 0, 1)).stride()
    (3, 1, 6)

    See https://docs.pytorch.org/docs/2.13/generated/torch.empty_permuted.html
    """
    shape, order = shape_in_one("empty_permuted", size), tuple(physical_layout)
    if sorted(order) != list(range(len(shape))):
        raise RuntimeError(
            f"Number of dimensions in size does not match the physical_layout {list(order)}: "
            f"it must name each of the {len(shape)} dimensions once"
        )
    check_place(device, layout, pin_memory)
    wanted = type_for("empty_permuted", dtype)
    return finished("empty_permuted", _laid_out(shape, wanted, order), requires_grad)
