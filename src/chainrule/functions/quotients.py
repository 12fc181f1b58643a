"""Quotients and what they leave: div, floor_divide, remainder, fmod.

Apart from arithmetic.py, because integers are not divided by zero, and because quotients may be
rounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.core import Tensor
from chainrule.functions.declare import alias, deliver, method, pointwise, public
from chainrule.functions.operands import NUMBERS, check_divisor, checked
from chainrule.ops import arithmetic as ops

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.operation import Op

reciprocal = pointwise(
    ops.reciprocal,
    "1 / input.",
    "torch.tensor([0.5, 2.0])",
    "tensor([2.0000, 0.5000])",
)


def _quotient(input, other, rounding_mode) -> Op:
    """The op for a rounding mode, once it is known that it may divide by `other`."""
    if rounding_mode is None:
        return ops.div
    if rounding_mode not in ("floor", "trunc"):
        raise RuntimeError(
            "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found "
            f"'{rounding_mode}'"
        )
    check_divisor(input, other)
    return ops.div_floor if rounding_mode == "floor" else ops.div_trunc


@public
@method
def div(
    input: Tensor, other, *, rounding_mode: str | None = None, out: Tensor | None = None
) -> Tensor:
    """input / other; rounded down ("floor") or towards zero ("trunc") where asked.

    Without rounding integers become the default float. Integers divided by zero with rounding
    raise RuntimeError.

    >>> import chainrule as torch
    >>> torch.div(torch.tensor([7, -7]), 2, rounding_mode="trunc")
    tensor([ 3, -3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.div.html
    """
    input = checked("div", input, other)
    return deliver(_quotient(input, other, rounding_mode)(input, other), out, "div")


@method(name="div_")
def _div_in_place(self, other, *, rounding_mode=None):
    """Divide in place."""
    return _quotient(self, other, rounding_mode).in_place(self, other)


alias(div, "divide", "true_divide")


@public
@method
def floor_divide(input: Tensor, other, *, out: Tensor | None = None) -> Tensor:
    """The largest integer not above input / other; it has no derivative.

    RuntimeError where integers are divided by zero.

    >>> import chainrule as torch
    >>> torch.floor_divide(torch.tensor([7, -7]), 2)
    tensor([ 3, -4])

    See https://docs.pytorch.org/docs/2.13/generated/torch.floor_divide.html
    """
    input = checked("floor_divide", input, other)
    check_divisor(input, other)
    return deliver(ops.floor_divide(input, other), out, "floor_divide")


@public
@method
def remainder(input: Tensor, other, *, out: Tensor | None = None) -> Tensor:
    """What is left of input / other, with the sign of other.

    input - floor(input / other) * other, elementwise; shapes broadcast and types promote.
    RuntimeError where integers are divided by zero.

    >>> import chainrule as torch
    >>> torch.remainder(torch.tensor([5.0, -5.0]), torch.tensor([2.0, 3.0]))
    tensor([1., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.remainder.html
    """
    input = checked("remainder", input, other)
    check_divisor(input, other)
    return deliver(ops.remainder(input, other), out, "remainder")


@public
@method
def fmod(input: Tensor, other, *, out: Tensor | None = None) -> Tensor:
    """What is left of input / other, with the sign of input.

    input - trunc(input / other) * other, elementwise; shapes broadcast and types promote.
    RuntimeError where integers are divided by zero.

    >>> import chainrule as torch
    >>> torch.fmod(torch.tensor([5.0, -5.0]), torch.tensor([2.0, 3.0]))
    tensor([ 1., -2.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.fmod.html
    """
    input = checked("fmod", input, other)
    check_divisor(input, other)
    return deliver(ops.fmod(input, other), out, "fmod")


def _in_place(op: Op):
    """The op written into its first operand, integers not divided by zero."""

    def write(self, other):
        check_divisor(self, other)
        return op.in_place(self, other)

    return write


floor_divide_in_place = method(_in_place(ops.floor_divide), name="floor_divide_")
remainder_in_place = method(_in_place(ops.remainder), name="remainder_")
fmod_in_place = method(_in_place(ops.fmod), name="fmod_")


def operator_of(op: Op) -> Callable:
    """The operator of an op (`//`, `%`), to which Python may offer anything."""
    operands = (Tensor, *NUMBERS, numpy.ndarray)

    def apply(input, other):
        if not isinstance(input, operands) or not isinstance(other, operands):
            return NotImplemented
        check_divisor(input, other)
        return op(input, other)

    return apply
