"""Powers and roots: pow in all its forms, square, sqrt, rsqrt.

Apart from arithmetic.py, because by exponent and type there are several ways to a power.
"""

from __future__ import annotations

from chainrule._core.core import Tensor
from chainrule._core.kernels import result_dtype
from chainrule.functions.declare import deliver, method, pointwise, public
from chainrule.functions.factory import fitting
from chainrule.functions.operands import NUMBERS, check_tensor, refuse_combination, refuse_writing
from chainrule.ops import arithmetic as ops

sqrt = pointwise(
    ops.sqrt,
    "The square root.",
    "torch.tensor([0.5, 2.0])",
    "tensor([0.7071, 1.4142])",
)
rsqrt = pointwise(
    ops.rsqrt,
    "1 / sqrt(input).",
    "torch.tensor([0.5, 2.0])",
    "tensor([1.4142, 0.7071])",
)


@public
@method
def square(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input ** 2, elementwise.

    >>> import chainrule as torch
    >>> torch.square(torch.tensor([0.5, 2.0]))
    tensor([0.2500, 4.0000])

    See https://docs.pytorch.org/docs/2.13/generated/torch.square.html
    """
    check_tensor(input, "square")
    return deliver(power(input, 2), out, "square")


@public
@method
def square_(input: Tensor) -> Tensor:
    """The square, in place."""
    return power_in_place(input, 2)


def power(input, exponent) -> Tensor:
    """input ** exponent, by the op made for this exponent."""
    if isinstance(exponent, Tensor) or not isinstance(input, Tensor):
        return _to_tensor(input, exponent)
    if input.dtype.category > 1 and isinstance(exponent, (int, float)):
        return ops.power_of(input, exponent)
    if not isinstance(exponent, NUMBERS):
        return NotImplemented
    dtype, exponent = _in_common(input, exponent)
    if input.dtype.category < 2:
        input = input.to(dtype)
    return ops.power_of(input, exponent)


def _in_common(input: Tensor, exponent):
    """The type of a power, and the number that is its exponent as one of that type."""
    dtype = result_dtype(input, exponent)
    if dtype.category < 2 and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return dtype, fitting(exponent, dtype)


def _to_tensor(input, exponent) -> Tensor:
    if not isinstance(input, (Tensor, *NUMBERS)):
        return NotImplemented
    return _op_for(input, exponent)(input, exponent)


def _op_for(input, exponent: Tensor):
    """Integers have a power of their own, since an exponent may be negative.

    So have real numbers to complex ones, whose logarithm is complex where they are negative.
    """
    if exponent.dtype.category == 1 and result_dtype(input, exponent).category == 1:
        return ops.pow_integers
    if exponent.dtype.is_complex and isinstance(input, Tensor) and not input.dtype.is_complex:
        return ops.pow_of_real
    return ops.pow


@public
def pow(input, exponent, *, out: Tensor | None = None) -> Tensor:
    """input ** exponent; either may be a number. Shapes broadcast and types promote.

    RuntimeError for integers to a number that is a negative integer; to tensors of such they
    give what is left of 1 / input ** -exponent: 1, -1 or 0. At 0 the derivative in x of x ** 0
    is 0, and so is that of 0 ** y in y.

    >>> import chainrule as torch
    >>> torch.pow(torch.tensor([1.0, 2.0]), 3)
    tensor([1., 8.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.pow.html
    """
    found: object = NotImplemented
    if isinstance(input, Tensor) or isinstance(exponent, Tensor):
        found = power(input, exponent)
    if found is NotImplemented:
        refuse_combination("pow", input, exponent)
    return deliver(found, out, "pow")


method(power, name="pow")


@method(name="pow_")
def power_in_place(self, exponent) -> Tensor:
    """Raise to a power in place."""
    if isinstance(exponent, Tensor):
        return _op_for(self, exponent).in_place(self, exponent)
    if not isinstance(exponent, NUMBERS):
        refuse_combination("pow_", self, exponent)
    dtype, exponent = _in_common(self, exponent)
    if dtype is not self.dtype:
        refuse_writing(dtype, self)
    if exponent == 2:
        return ops.square.in_place(self)
    if exponent == 0:
        return ops.pow_zero.in_place(self)
    return ops.pow_number.in_place(self, exponent=exponent)
