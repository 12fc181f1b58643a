"""Arithmetic: PyTorch's names for ops.arithmetic, and Python's operators.

Apart from the records, which hold the formulas: here are signatures, forms and examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.kernels import result_dtype
from chainrule.functions.declare import PUBLIC, alias, deliver, method, pairwise, pointwise, public
from chainrule.ops import arithmetic as ops

if TYPE_CHECKING:
    from chainrule._core.types import dtype

neg = pointwise(
    ops.neg,
    "-input.",
    "torch.tensor([0.5, 2.0])",
    "tensor([-0.5000, -2.0000])",
)
reciprocal = pointwise(
    ops.reciprocal,
    "1 / input.",
    "torch.tensor([0.5, 2.0])",
    "tensor([2.0000, 0.5000])",
)
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
square = pointwise(
    ops.square,
    "input ** 2.",
    "torch.tensor([0.5, 2.0])",
    "tensor([0.2500, 4.0000])",
)
abs = pointwise(
    ops.abs,
    "The absolute value; for complex numbers their modulus.",
    "torch.tensor([-1.5, 2.5])",
    "tensor([1.5000, 2.5000])",
)
sign = pointwise(
    ops.sign,
    "-1, 0 or 1, with the sign of input; 0 for NaN.",
    "torch.tensor([-1.5, 2.5])",
    "tensor([-1.,  1.])",
)
floor = pointwise(
    ops.floor,
    "The largest integer not above.",
    "torch.tensor([-1.5, 2.5])",
    "tensor([-2.,  2.])",
)
ceil = pointwise(
    ops.ceil,
    "The smallest integer not below.",
    "torch.tensor([-1.5, 2.5])",
    "tensor([-1.,  3.])",
)
trunc = pointwise(
    ops.trunc,
    "The integer part.",
    "torch.tensor([-1.5, 2.5])",
    "tensor([-1.,  2.])",
)
frac = pointwise(
    ops.frac,
    "What trunc takes away.",
    "torch.tensor([-1.5, 2.5])",
    "tensor([-0.5000,  0.5000])",
)
mul = pairwise(
    ops.mul,
    "input * other.",
    "torch.tensor([1.0, 5.0]), torch.tensor([3.0, 3.0])",
    "tensor([ 3., 15.])",
)
remainder = pairwise(
    ops.remainder,
    "What is left of input / other, with the sign of other.",
    "torch.tensor([5.0, -5.0]), torch.tensor([2.0, 3.0])",
    "tensor([1., 1.])",
)
fmod = pairwise(
    ops.fmod,
    "What is left of input / other, with the sign of input.",
    "torch.tensor([5.0, -5.0]), torch.tensor([2.0, 3.0])",
    "tensor([ 1., -2.])",
)
maximum = pairwise(
    ops.maximum,
    "The larger; NaN where either is.",
    "torch.tensor([1.0, 5.0]), torch.tensor([3.0, 3.0])",
    "tensor([3., 5.])",
    in_place=False,
    numbers=False,
)
minimum = pairwise(
    ops.minimum,
    "The smaller; NaN where either is.",
    "torch.tensor([1.0, 5.0]), torch.tensor([3.0, 3.0])",
    "tensor([1., 3.])",
    in_place=False,
    numbers=False,
)
fmax = pairwise(
    ops.fmax,
    "The larger; NaN only where both are.",
    "torch.tensor([1.0, 5.0]), torch.tensor([3.0, 3.0])",
    "tensor([3., 5.])",
    in_place=False,
    numbers=False,
)
fmin = pairwise(
    ops.fmin,
    "The smaller; NaN only where both are.",
    "torch.tensor([1.0, 5.0]), torch.tensor([3.0, 3.0])",
    "tensor([1., 3.])",
    in_place=False,
    numbers=False,
)

alias(abs, "absolute")
alias(neg, "negative")
alias(mul, "multiply")
alias(trunc, "fix")


@public
@method
def positive(input: Tensor) -> Tensor:
    """The tensor itself; RuntimeError for booleans.

    >>> import chainrule as torch
    >>> torch.positive(torch.tensor([-1.0]))
    tensor([-1.])
    """
    if input.dtype.category == 0:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


@public
@method
def sgn(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sign of real numbers, input / abs(input) of complex ones, 0 at 0.

    >>> import chainrule as torch
    >>> torch.sgn(torch.tensor([3 + 4j]))
    tensor([0.6000+0.8000j])

    See https://docs.pytorch.org/docs/2.13/generated/torch.sgn.html
    """
    return deliver(ops.sign_or_phase(input), out, "sgn")


@method
def sgn_(self) -> Tensor:
    """The sign, in place."""
    return ops.sign_or_phase.in_place(self)


# ------------------------------------------------------------------- sums and differences


def _scaled(other, alpha, input):
    """alpha * other, with PyTorch's checks of alpha."""
    integral = not isinstance(other, Tensor) or other.dtype.category < 2
    if isinstance(alpha, float) and input.dtype.category < 2 and integral:
        raise RuntimeError(
            "For integral input tensors, argument alpha must not be a floating point number."
        )
    if not isinstance(other, Tensor):
        return other * alpha
    return other if isinstance(alpha, int) and other.dtype.category == 0 else ops.mul(other, alpha)


def refuse_booleans(input, other) -> None:
    """Booleans have no difference: raise, where there is one among the operands."""
    found = [
        value.dtype == numpy.bool_ if hasattr(value, "dtype") else isinstance(value, bool)
        for value in (
            value._array if isinstance(value, Tensor) else value for value in (input, other)
        )
    ]
    if all(found):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` "
            "or `logical_xor()` operator instead."
        )
    if any(found):
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are "
            "trying to invert a mask, use the `~` or `logical_not()` operator instead."
        )


def _check_operands(name, input, other):
    for position, value in ((1, input), (2, other)):
        if not isinstance(value, (Tensor, int, float, complex, numpy.generic)):
            raise TypeError(
                f"{name}(): argument '{('input', 'other')[position - 1]}' (position {position}) "
                f"must be Tensor, not {type(value).__name__}"
            )
    return (
        input
        if isinstance(input, Tensor) or isinstance(other, Tensor)
        else wrap_array(numpy.asarray(input))
    )


@public
@method
def add(input: Tensor, other, *, alpha=1, out: Tensor | None = None) -> Tensor:
    """input + alpha * other. Shapes broadcast and types promote.

    >>> import chainrule as torch
    >>> torch.add(torch.tensor([1.0, 2.0]), torch.tensor([10.0, 20.0]), alpha=2)
    tensor([21., 42.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.add.html
    """
    input = _check_operands("add", input, other)
    if alpha != 1:
        other = _scaled(other, alpha, input)
    return deliver(ops.add(input, other), out, "add")


@public
@method
def sub(input: Tensor, other, *, alpha=1, out: Tensor | None = None) -> Tensor:
    """input - alpha * other. Shapes broadcast and types promote; not for booleans.

    >>> import chainrule as torch
    >>> torch.sub(torch.tensor([1.0, 2.0]), 1)
    tensor([0., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.sub.html
    """
    input = _check_operands("sub", input, other)
    if alpha != 1:
        other = _scaled(other, alpha, input)
    return deliver(_difference(input, other), out, "sub")


def _difference(input, other):
    if isinstance(other, bool) or isinstance(input, bool):
        refuse_booleans(input, other)
    return ops.sub(input, other)


RSUB = ops.sub.named("RsubBackward0")


@public
def rsub(input: Tensor, other, *, alpha=1) -> Tensor:
    """other - alpha * input.

    >>> import chainrule as torch
    >>> torch.rsub(torch.tensor([1.0]), 3)
    tensor([2.])
    """
    if alpha != 1:
        input = _scaled(input, alpha, input)
    if isinstance(other, Tensor):
        return RSUB(other, input)
    return _difference(other, input)


@method(name="add_")
def _add_in_place(self, other, *, alpha=1):
    """Add alpha * other in place."""
    return ops.add.in_place(self, other if alpha == 1 else _scaled(other, alpha, self))


@method(name="sub_")
def _sub_in_place(self, other, *, alpha=1):
    """Subtract alpha * other in place."""
    refuse_booleans(self, other)
    return ops.sub.in_place(self, other if alpha == 1 else _scaled(other, alpha, self))


alias(sub, "subtract")

# ------------------------------------------------------------------- quotients


def _check_divisor(input, other):
    """Integers are not divided by zero."""
    if (isinstance(input, Tensor) and input.dtype.category > 1) or isinstance(input, float):
        return
    if isinstance(other, Tensor):
        if other.dtype.category > 1 or other._array.all():
            return
    elif isinstance(other, float) or other:
        return
    raise RuntimeError("ZeroDivisionError: an integer tensor was divided by zero")


def _quotient(rounding_mode):
    if rounding_mode is None:
        return ops.div
    if rounding_mode == "floor":
        return ops.div_floor
    if rounding_mode == "trunc":
        return ops.div_trunc
    raise RuntimeError(
        "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found "
        f"'{rounding_mode}'"
    )


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
    input = _check_operands("div", input, other)
    if rounding_mode is not None:
        _check_divisor(input, other)
    return deliver(_quotient(rounding_mode)(input, other), out, "div")


@method(name="div_")
def _div_in_place(self, other, *, rounding_mode=None):
    """Divide in place."""
    if rounding_mode is not None:
        _check_divisor(self, other)
    return _quotient(rounding_mode).in_place(self, other)


alias(div, "divide", "true_divide")


@public
@method
def floor_divide(input: Tensor, other, *, out: Tensor | None = None) -> Tensor:
    """The largest integer not above input / other; it has no derivative.

    >>> import chainrule as torch
    >>> torch.floor_divide(torch.tensor([7, -7]), 2)
    tensor([ 3, -4])

    See https://docs.pytorch.org/docs/2.13/generated/torch.floor_divide.html
    """
    _check_divisor(input, other)
    return deliver(ops.floor_divide(input, other), out, "floor_divide")


@method(name="floor_divide_")
def _floor_divide_in_place(self, other):
    """Divide and round down, in place."""
    _check_divisor(self, other)
    return ops.floor_divide.in_place(self, other)


def _checked_rest(op):
    def rest(input, other):
        _check_divisor(input, other)
        return op(input, other)

    return rest


rest_of = _checked_rest(ops.remainder)

# ------------------------------------------------------------------- powers


def power(input, exponent) -> Tensor:
    """input ** exponent, by the op made for this exponent."""
    if isinstance(exponent, Tensor) or not isinstance(input, Tensor):
        return _power_of_tensor(input, exponent)
    if exponent == 2 and input.dtype.category:
        return ops.square(input)
    if isinstance(exponent, (int, float)) and input.dtype.category > 1:
        return ops.power_of(input, exponent)
    return _power_of_other(input, exponent)


def _power_of_tensor(input, exponent):
    if not isinstance(input, (Tensor, int, float, complex, numpy.generic)):
        return NotImplemented
    integers = exponent.dtype.category < 2 and (
        input.dtype.category < 2 if isinstance(input, Tensor) else isinstance(input, int)
    )
    if integers and isinstance(input, Tensor) and (exponent._array < 0).any():
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    if integers and (exponent._array < 0).any():
        return (float(input) ** exponent).to(exponent.dtype)
    return ops.pow(input, exponent)


def _power_of_other(input, exponent):
    """Integers, booleans and complex numbers to a power that is a number."""
    if not isinstance(exponent, (int, float, complex, numpy.generic)):
        return NotImplemented
    if isinstance(exponent, int) and exponent < 0 and input.dtype.category < 2:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    if isinstance(exponent, float) and input.dtype.category < 2:
        return ops.power_of(input.float(), exponent)
    if isinstance(exponent, complex) or input.dtype.category == 0:
        return ops.pow(input, exponent)
    return ops.power_of(input, exponent)


@public
def pow(input, exponent, *, out: Tensor | None = None) -> Tensor:
    """input ** exponent; either may be a number. Shapes broadcast and types promote.

    RuntimeError for integers to negative integer powers. At 0 the derivative in x of x ** 0 is
    0, and so is that of 0 ** y in y.

    >>> import chainrule as torch
    >>> torch.pow(torch.tensor([1.0, 2.0]), 3)
    tensor([1., 8.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.pow.html
    """
    if not isinstance(input, Tensor) and not isinstance(exponent, Tensor):
        raise TypeError(
            "pow() received an invalid combination of arguments - got "
            f"({type(input).__name__}, {type(exponent).__name__}), but expected a Tensor"
        )
    return deliver(power(input, exponent), out, "pow")


method(power, name="pow")
alias(pow, "float_power")
del PUBLIC["float_power"]


@method(name="pow_")
def _pow_in_place(self, exponent):
    """Raise to a power in place."""
    if isinstance(exponent, (Tensor, complex)):
        return ops.pow.in_place(self, exponent)
    if exponent == 2:
        return ops.square.in_place(self)
    if exponent == 0:
        return ops.pow_zero.in_place(self)
    return ops.pow_number.in_place(self, exponent=exponent)


# ------------------------------------------------------------------- roundings and bounds


@public
@method
def round(input: Tensor, *, decimals: int = 0, out: Tensor | None = None) -> Tensor:
    """The nearest integer, halves to even; or the nearest multiple of 10 ** -decimals.

    >>> import chainrule as torch
    >>> torch.round(torch.tensor([0.5, 1.5, 2.4]))
    tensor([0., 2., 2.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.round.html
    """
    if decimals == 0 or input.dtype.category < 2:
        return deliver(ops.round(input), out, "round")
    return deliver(ops.round_decimals(input, decimals=decimals), out, "round")


@method(name="round_")
@public
def round_(input: Tensor, *, decimals: int = 0) -> Tensor:
    """Round in place."""
    if decimals == 0:
        return ops.round.in_place(input)
    return ops.round_decimals.in_place(input, decimals=decimals)


CLAMP_MIN_TENSOR = ops.clamp_min_tensor.named("ClampMinBackward1")
CLAMP_MAX_TENSOR = ops.clamp_max_tensor.named("ClampMaxBackward1")


def _bounds(input, low, high):
    """The op of clamp for these bounds, its other operands and its parameters."""
    if low is None and high is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if isinstance(low, Tensor) or isinstance(high, Tensor):
        if high is None:
            return ops.clamp_min_tensor, (low,), {}
        if low is None:
            return ops.clamp_max_tensor, (high,), {}
        return ops.clamp_tensor, (low, high), {}
    if low is None:
        return ops.clamp_max.named("ClampBackward1"), (), {"max": high}
    if high is None:
        return ops.clamp_min.named("ClampBackward1"), (), {"min": low}
    return ops.clamp, (), {"min": low, "max": high}


@public
@method
def clamp(input: Tensor, min=None, max=None, *, out: Tensor | None = None) -> Tensor:
    """minimum(maximum(input, min), max); bounds are numbers, tensors or None.

    At a bound the derivative is 1. RuntimeError where both bounds are None.

    >>> import chainrule as torch
    >>> torch.clamp(torch.tensor([-2.0, 0.5, 2.0]), -1, 1)
    tensor([-1.0000,  0.5000,  1.0000])

    See https://docs.pytorch.org/docs/2.13/generated/torch.clamp.html
    """
    op, others, bounds = _bounds(input, min, max)
    if input.dtype.category < 2 and any(isinstance(bound, float) for bound in bounds.values()):
        input = input.float()
    return deliver(op(input, *others, **bounds), out, "clamp")


@method(name="clamp_")
@public
def clamp_(input: Tensor, min=None, max=None) -> Tensor:
    """Clamp in place."""
    op, others, bounds = _bounds(input, min, max)
    return op.in_place(input, *others, **bounds)


alias(clamp, "clip")
PUBLIC["clip_"] = clamp_


@public
@method
def clamp_min(input: Tensor, min, *, out: Tensor | None = None) -> Tensor:
    """maximum(input, min).

    >>> import chainrule as torch
    >>> torch.clamp_min(torch.tensor([-2.0, 2.0]), 0)
    tensor([0., 2.])
    """
    op, others, bounds = _bounds(input, min, None)
    op = CLAMP_MIN_TENSOR if others else ops.clamp_min
    return deliver(op(input, *others, **bounds), out, "clamp_min")


@public
@method
def clamp_max(input: Tensor, max, *, out: Tensor | None = None) -> Tensor:
    """minimum(input, max).

    >>> import chainrule as torch
    >>> torch.clamp_max(torch.tensor([-2.0, 2.0]), 0)
    tensor([-2.,  0.])
    """
    op, others, bounds = _bounds(input, None, max)
    op = CLAMP_MAX_TENSOR if others else ops.clamp_max
    return deliver(op(input, *others, **bounds), out, "clamp_max")


@method(name="clamp_min_")
def _clamp_min_in_place(self, min):
    """Clamp from below in place."""
    op, others, bounds = _bounds(self, min, None)
    op = CLAMP_MIN_TENSOR if others else ops.clamp_min
    return op.in_place(self, *others, **bounds)


@method(name="clamp_max_")
def _clamp_max_in_place(self, max):
    """Clamp from above in place."""
    op, others, bounds = _bounds(self, None, max)
    op = CLAMP_MAX_TENSOR if others else ops.clamp_max
    return op.in_place(self, *others, **bounds)


@public
@method
def nan_to_num(
    input: Tensor, nan: float | None = None, posinf: float | None = None,
    neginf: float | None = None, *, out: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """NaN replaced by `nan` (0), infinities by `posinf` and `neginf` (the largest finite numbers).

    >>> import chainrule as torch
    >>> torch.nan_to_num(torch.tensor([torch.nan, 1.0]))
    tensor([0., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.nan_to_num.html
    """
    values = {"nan": nan or 0.0, "posinf": posinf, "neginf": neginf}
    return deliver(ops.nan_to_num(input, **values), out, "nan_to_num")


@method(name="nan_to_num_")
@public
def nan_to_num_(input: Tensor, nan=None, posinf=None, neginf=None) -> Tensor:
    """Replace NaN and infinities in place."""
    return ops.nan_to_num.in_place(input, nan=nan or 0.0, posinf=posinf, neginf=neginf)


# ------------------------------------------------------------------- of three operands


@public
@method
def addcmul(
    input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value=1, out: Tensor | None = None
) -> Tensor:
    """input + value * tensor1 * tensor2. Shapes broadcast and types promote.

    >>> import chainrule as torch
    >>> torch.addcmul(torch.tensor([1.0]), torch.tensor([2.0]), torch.tensor([3.0]), value=0.5)
    tensor([4.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.addcmul.html
    """
    return deliver(ops.addcmul(input, tensor1, tensor2, value=value), out, "addcmul")


@public
@method
def addcdiv(
    input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value=1, out: Tensor | None = None
) -> Tensor:
    """input + value * tensor1 / tensor2; not for integers. Shapes broadcast and types promote.

    >>> import chainrule as torch
    >>> torch.addcdiv(torch.tensor([1.0]), torch.tensor([3.0]), torch.tensor([2.0]))
    tensor([2.5000])

    See https://docs.pytorch.org/docs/2.13/generated/torch.addcdiv.html
    """
    if tensor1.dtype.category < 2 and tensor2.dtype.category < 2:
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported; convert the operands to a "
            "floating type first"
        )
    return deliver(ops.addcdiv(input, tensor1, tensor2, value=value), out, "addcdiv")


@method(name="addcmul_")
def _addcmul_in_place(self, tensor1, tensor2, *, value=1):
    """Add value * tensor1 * tensor2 in place."""
    return ops.addcmul.in_place(self, tensor1, tensor2, value=value)


@method(name="addcdiv_")
def _addcdiv_in_place(self, tensor1, tensor2, *, value=1):
    """Add value * tensor1 / tensor2 in place."""
    return ops.addcdiv.in_place(self, tensor1, tensor2, value=value)


@public
@method
def lerp(input: Tensor, end: Tensor, weight, *, out: Tensor | None = None) -> Tensor:
    """input + weight * (end - input); weight is a number or a tensor. Shapes broadcast.

    RuntimeError where the dtypes differ.

    >>> import chainrule as torch
    >>> torch.lerp(torch.tensor([0.0, 10.0]), torch.tensor([1.0, 20.0]), 0.5)
    tensor([ 0.5000, 15.0000])

    See https://docs.pytorch.org/docs/2.13/generated/torch.lerp.html
    """
    if end.dtype is not input.dtype:
        raise RuntimeError(f"expected dtype {input.dtype} for `end` but got dtype {end.dtype}")
    if isinstance(weight, Tensor):
        return deliver(ops.lerp(input, end, weight), out, "lerp")
    return deliver(ops.lerp_number(input, end, weight=weight), out, "lerp")


@method(name="lerp_")
def _lerp_in_place(self, end, weight):
    """Go part of the way to `end`, in place."""
    if isinstance(weight, Tensor):
        return ops.lerp.in_place(self, end, weight)
    return ops.lerp_number.in_place(self, end, weight=weight)


@public
def result_type(tensor1, tensor2) -> dtype:
    """The type that an operation on two operands (tensors or numbers) would give.

    >>> import chainrule as torch
    >>> torch.result_type(torch.tensor([1, 2]), 1.0)
    torch.float32

    See https://docs.pytorch.org/docs/2.13/generated/torch.result_type.html
    """
    return result_dtype(tensor1, tensor2)
