"""What is said where an operation does not take numbers of some kind.

Apart from the records, which name the kinds: here are PyTorch's exceptions and words for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy

from chainrule._core.core import Tensor
from chainrule._core.types import dtype_of

if TYPE_CHECKING:
    from chainrule._core.operation import Op

NEGATION = (
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert "
    "a mask, use the `~` or `logical_not()` operator instead."
)
SUBTRACTION = (
    "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to "
    "invert a mask, use the `~` or `logical_not()` operator instead."
)
SUBTRACTION_OF_TWO = (
    "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
    "`logical_xor()` operator instead."
)
INVERSION = "~ (operator.invert) is only implemented on integer and Boolean-type tensors"
CLAMPING = "clamp is not supported for complex types"
SIGN = (
    "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn "
    "instead."
)

# By operation and whether it was given complex numbers; all others are "not implemented for".
WORDS: dict[tuple[str, bool], tuple[type[Exception], str]] = {
    ("neg", False): (RuntimeError, NEGATION),
    ("invert", False): (TypeError, INVERSION),
    ("invert", True): (TypeError, INVERSION),
    ("sign", True): (NotImplementedError, SIGN),
    ("floor", True): (NotImplementedError, "floor is not supported for complex inputs"),
    ("ceil", True): (NotImplementedError, "ceil is not supported for complex inputs"),
    ("trunc", True): (NotImplementedError, "trunc is not supported for complex inputs"),
    ("signbit", True): (NotImplementedError, "signbit is not implemented for complex tensors."),
    ("clamp", True): (NotImplementedError, CLAMPING),
    ("clamp_min", True): (NotImplementedError, CLAMPING),
    ("clamp_max", True): (NotImplementedError, CLAMPING),
    ("maximum", True): (RuntimeError, "maximum not implemented for complex tensors."),
    ("minimum", True): (RuntimeError, "minimum not implemented for complex tensors."),
    ("fmax", True): (RuntimeError, "fmax not implemented for complex tensors."),
    ("fmin", True): (RuntimeError, "fmin not implemented for complex tensors."),
    ("deg2rad", True): (RuntimeError, "deg2rad is not supported for complex tensors."),
    ("rad2deg", True): (RuntimeError, "rad2deg is not supported for complex tensors."),
}


def unsupported(op: Op, operands: tuple) -> NoReturn:
    """Raise what PyTorch raises where `op` does not take such operands."""
    if op.name == "sub":
        both = all(_boolean(operand) for operand in operands)
        raise RuntimeError(SUBTRACTION_OF_TWO if both else SUBTRACTION)
    dtype = dtype_of(operands[0])
    error, words = WORDS.get((op.name, dtype.is_complex), (NotImplementedError, None))
    raise error(words or f"\"{op.name}_cpu\" not implemented for '{dtype.legacy}'")


def _boolean(operand) -> bool:
    array = operand._array if isinstance(operand, Tensor) else numpy.asarray(operand)
    return array.dtype == numpy.bool_
