"""Whole tensors written over: copy_, fill_, zero_, and assignment to a part that is a view.

Apart from indexing.py, which finds the part.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import is_transformed, wrap_array
from chainrule._core.core import Tensor, blank
from chainrule._core.kernels import call_quietly
from chainrule._core.recording import record_call
from chainrule._core.types import dtype_of
from chainrule._core.writes import (
    bump_version,
    check_may_write,
    check_write,
    in_place_call,
    rewrite,
    share,
)
from chainrule.functions.broadcasting import check_expansion, common_shape
from chainrule.functions.declare import method
from chainrule.functions.factory import filling, kind_of, number
from chainrule.ops import filling as ops
from chainrule.ops.conversion import representable
from chainrule.ops.shape import expand

SMALL = 6e4  # numbers below fit every floating type

fill_op = ops.fill.named("FillBackward2")
fill_tensor_op = ops.fill_tensor.named("FillBackward3")
assigned_number_op = ops.fill.named("FillBackward3")
copied_number_op = ops.fill.named("CopyBackwards")
zero_op = ops.fill.named("ZeroBackward0")


def _convert(target: numpy.ndarray, source: numpy.ndarray) -> None:
    """Write an array's values, broadcast and in the target's type."""
    call_quietly(numpy.copyto, target, representable(source, target.dtype), casting="unsafe")


def _record(op, self, others, parameters) -> Tensor:
    """Put a write over all of `self` on the tape."""
    if self._base is not None:
        # Nothing is left of the view: over its base lies the new value, or a constant.
        bump_version(self)
        return rewrite(self, others[0] if others else share(blank(Tensor), self))
    value = share(blank(Tensor), self)
    record_call(op, (self, *others), parameters, value)
    bump_version(self)
    return rewrite(self, value)


def number_for(array: numpy.ndarray, value: complex) -> complex:
    """A Python number as an array may hold it. (Most need no look at the limits: 0.8 us.)"""
    if type(value) is float and -SMALL < value < SMALL and array.dtype.kind == "f":
        return value
    if type(value) is int and 0 <= value < 128 and array.dtype.kind in "fiu":
        return value
    if isinstance(value, complex) and value.imag == 0 and array.dtype.kind != "c":
        value = value.real
    return filling(value, dtype_of(array))


def fill_with(self: Tensor, value, op=fill_op) -> Tensor:
    """Write one Python number over all of a tensor."""
    array = self._array
    value = number_for(array, value)
    if is_transformed(self):
        return in_place_call(op, self, (), {"value": value})
    recorded = check_write(self, ())
    array.fill(value)
    if recorded:
        return _record(op, self, (), {"value": value})
    bump_version(self)
    return self


def copy_from(self: Tensor, source: Tensor, op=ops.copy) -> Tensor:
    """Write a tensor that broadcasts to this one's shape over all of it."""
    if is_transformed(self, source):
        return in_place_call(op, self, (source,), None)
    mine, theirs = self._array, source._array
    recorded = check_write(self, (source,))
    if mine.dtype is theirs.dtype:
        mine[...] = theirs
    else:
        _convert(mine, theirs)
    if not recorded:
        bump_version(self)
        return self
    if self._base is not None and source.shape != self.shape:
        source = expand(source, shape=tuple(self.shape))
    return _record(op, self, (source,), None)


@method
def copy_(self: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """Write the values of another tensor into this one: broadcast, and in this one's type.

    RuntimeError where the shapes do not go together, or both share some of their memory.

    >>> import chainrule as torch
    >>> torch.zeros(2).copy_(torch.tensor([1, 2]))
    tensor([1., 2.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.copy_.html
    """
    if src is self:
        return self
    if not isinstance(src, Tensor):
        if not isinstance(src, (bool, int, float, complex)):
            raise TypeError(
                f"copy_(): argument 'other' (position 1) must be Tensor, not {kind_of(src)}"
            )
        src = wrap_array(numpy.asarray(src))
    mine, theirs = self._array.shape, src._array.shape
    if mine != theirs and common_shape(mine, theirs) != mine:
        raise RuntimeError(
            f"output with shape {list(mine)} doesn't match the broadcast shape "
            f"{list(common_shape(mine, theirs))}"
        )
    return copy_from(self, src)


def check_broadcast(source: Tensor, target: Tensor) -> None:
    """Refuse a source that cannot be expanded to the target's shape."""
    have, wanted = source._array.shape, target._array.shape
    if have == wanted:
        return
    if len(have) > len(wanted):
        kind = dtype_of(source._array).legacy
        raise RuntimeError(
            f"expand(torch.{kind}Tensor{{{list(have)}}}, size={list(wanted)}): the number of "
            f"sizes provided ({len(wanted)}) must be greater or equal to the number of "
            f"dimensions in the tensor ({len(have)})"
        )
    check_expansion(have, wanted)


@method
def fill_(self: Tensor, value) -> Tensor:
    """Every element set to one value: a number, or a tensor without dimensions.

    RuntimeError where a number does not fit the type.

    >>> import chainrule as torch
    >>> torch.zeros(2).fill_(3)
    tensor([3., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.fill_.html
    """
    if not isinstance(value, Tensor):
        return fill_with(self, number("fill_", "value", 1, value))
    if value.ndim:
        raise RuntimeError(
            "fill_ only supports 0-dimension value tensor but got tensor with "
            f"{value.ndim} dimensions."
        )
    return copy_from(self, value, fill_tensor_op)


@method
def zero_(self: Tensor) -> Tensor:
    """Every element set to 0.

    >>> import chainrule as torch
    >>> torch.ones(2).zero_()
    tensor([0., 0.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.zero_.html
    """
    if self.requires_grad or is_transformed(self):
        return fill_with(self, 0, zero_op)
    check_may_write(self)
    self._array.fill(0)  # 300 ns; by fill_with 540, at each parameter of each training step
    bump_version(self)
    return self


# ---------------------------------------------------------------------------------- assignment


def assign(target: Tensor, value) -> None:
    """Write a value (a tensor or a number) over all of a tensor, as x[...] = value does."""
    scalar = not target._array.ndim
    if not isinstance(value, Tensor):
        fill_with(target, value, copied_number_op if scalar else assigned_number_op)
    elif scalar or value._array.ndim:
        check_broadcast(value, target)
        copy_from(target, value)
    else:
        copy_from(target, value, fill_tensor_op)
