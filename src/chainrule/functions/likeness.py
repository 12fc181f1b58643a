"""Tensors in another's likeness: zeros_like and its kin have its shape, new_zeros its type.

Apart from creation, where sizes and types are said.
"""

from __future__ import annotations

import numpy

from chainrule._core.core import Tensor
from chainrule._core.kernels import call_quietly
from chainrule._core.layouts import contiguous_format
from chainrule._core.types import dtype_of
from chainrule._core.wrapped import Wrapped
from chainrule.functions.creation import empty_strided
from chainrule.functions.declare import method, public
from chainrule.functions.factory import (
    allocated,
    check_place,
    filled,
    filling,
    finished,
    kind_of,
    number,
    ones,
    shape_in_one,
    shape_of,
    type_for,
)

# ---------------------------------------------------------------------- in another's shape


def _like(name, make, input, dtype, place, requires_grad, memory_format):
    """An array of the same shape, and the same order in memory, as a tensor's."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{name}(): argument 'input' (position 1) must be Tensor, not {kind_of(input)}"
        )
    if place != (None, None, False):
        check_place(*place)
    wanted = type_for(name, dtype, default=input.dtype).numpy
    array = input._array
    if isinstance(array, Wrapped):
        return _for_each_member(name, allocated(make, array.shape, wanted), input, requires_grad)
    if array.flags.c_contiguous or memory_format is contiguous_format:
        return finished(name, allocated(make, array.shape, wanted), requires_grad)
    # NumPy's K puts an expanded dimension, of stride 0, innermost; PyTorch keeps it in its place.
    order = "C" if 0 in array.strides and not array.flags.forc else "K"
    made = numpy.empty_like(array, wanted, order)
    made[...] = make((), wanted)
    return finished(name, made, requires_grad)


def _for_each_member(name, array, like, requires_grad) -> Tensor:
    """A new array, to be written to: inside vmap every member has its own, as `like` has."""
    if isinstance(like._array, Wrapped):
        from chainrule.transforms.batch import repeated

        array = repeated(array, like._array)
    return finished(name, array, requires_grad)


@public
def zeros_like(
    input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False,
    memory_format=None,
) -> Tensor:  # fmt: skip
    """Zeros in the shape, the dtype and the order in memory of a tensor.

    >>> import chainrule as torch
    >>> torch.zeros_like(torch.tensor([1, 2]))
    tensor([0, 0])

    See https://docs.pytorch.org/docs/2.13/generated/torch.zeros_like.html
    """
    place = (device, layout, pin_memory)
    return _like("zeros_like", numpy.zeros, input, dtype, place, requires_grad, memory_format)


@public
def ones_like(
    input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False,
    memory_format=None,
) -> Tensor:  # fmt: skip
    """Ones in the shape, the dtype and the order in memory of a tensor.

    >>> import chainrule as torch
    >>> torch.ones_like(torch.tensor([0.5, 2]))
    tensor([1., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.ones_like.html
    """
    place = (device, layout, pin_memory)
    return _like("ones_like", ones, input, dtype, place, requires_grad, memory_format)


@public
def empty_like(
    input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False,
    memory_format=None,
) -> Tensor:  # fmt: skip
    """Whatever the memory held before, in the shape, the dtype and the order of a tensor.

    >>> import chainrule as torch
    >>> torch.empty_like(torch.ones(2, 3)).shape
    torch.Size([2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.empty_like.html
    """
    place = (device, layout, pin_memory)
    return _like("empty_like", numpy.empty, input, dtype, place, requires_grad, memory_format)


@public
def full_like(
    input, fill_value, *, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False, memory_format=None,
) -> Tensor:  # fmt: skip
    """One number in the shape, the dtype and the order in memory of a tensor.

    >>> import chainrule as torch
    >>> torch.full_like(torch.ones(2), 3)
    tensor([3., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.full_like.html
    """
    value = number("full_like", "fill_value", 2, fill_value)

    def make(shape, wanted):
        array = numpy.empty(shape, wanted)
        call_quietly(array.fill, filling(value, dtype_of(array)))
        return array

    place = (device, layout, pin_memory)
    return _like("full_like", make, input, dtype, place, requires_grad, memory_format)


# -------------------------------------------------------------------------- in another's type


def _new(name, make):
    def new(
        self, *sizes, size=None, dtype=None, device=None, layout=None, pin_memory=False,
        requires_grad=False,
    ):  # fmt: skip
        shape = shape_of(name, sizes, size)
        check_place(device, layout, pin_memory)
        wanted = type_for(name, dtype, default=self.dtype)
        return _for_each_member(name, allocated(make, shape, wanted.numpy), self, requires_grad)

    new.__name__ = new.__qualname__ = name
    new.__doc__ = (
        f"A tensor as torch.{name.removeprefix('new_')} makes it, in this tensor's dtype unless "
        "another is given.\n\n"
        f"See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.{name}.html"
    )
    return method(new)


new_zeros = _new("new_zeros", numpy.zeros)
new_ones = _new("new_ones", ones)
new_empty = _new("new_empty", numpy.empty)


@method
def new_full(
    self, size, fill_value, *, dtype=None, device=None, layout=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A tensor of one number, in this tensor's dtype unless another is given.

    >>> import chainrule as torch
    >>> torch.ones(1, dtype=torch.int64).new_full((2,), 2.5)
    tensor([2, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.new_full.html
    """
    shape = shape_in_one("new_full", size)
    check_place(device, layout, pin_memory)
    wanted = type_for("new_full", dtype, default=self.dtype)
    value = number("new_full", "fill_value", 2, fill_value)
    return _for_each_member("new_full", filled(shape, value, wanted), self, requires_grad)


@method
def new_empty_strided(
    self, size, stride, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A tensor as torch.empty_strided makes it, in this tensor's dtype unless another is given."""
    return empty_strided(
        size, stride, dtype=self.dtype if dtype is None else dtype, layout=layout, device=device,
        pin_memory=pin_memory, requires_grad=requires_grad,
    )  # fmt: skip
