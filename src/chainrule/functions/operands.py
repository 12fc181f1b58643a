"""What the functions of two and three operands ask of them: tensors or numbers, and which.

Apart from the functions, whose files hold one after the other.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.kernels import result_dtype
from chainrule.functions.factory import kind_of

NUMBERS = (int, float, complex, numpy.generic)


def check_tensor(input: object, name: str, argument: str = "input", position: int = 1) -> None:
    """Refuse what is no tensor."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{name}(): argument '{argument}' (position {position}) must be Tensor, not "
            f"{kind_of(input)}"
        )


def checked(name: str, input, other) -> Any:
    """The first operand, as a tensor if both are numbers; TypeError for anything else."""
    if isinstance(input, Tensor) and isinstance(other, (Tensor, *NUMBERS)):
        return input
    for argument, value in (("input", input), ("other", other)):
        if not isinstance(value, NUMBERS):
            check_tensor(value, name, argument, 1 if argument == "input" else 2)
    return input if isinstance(other, Tensor) else wrap_array(numpy.asarray(input))


def refuse_combination(name: str, *values) -> NoReturn:
    """Raise for arguments that are not taken together."""
    found = ", ".join(kind_of(value) for value in values)
    raise TypeError(
        f"{name}() received an invalid combination of arguments - got ({found}), but expected "
        "tensors for all of them or numbers for all but the first"
    )


def check_divisor(input, other) -> None:
    """Refuse to divide integers by zero."""
    if isinstance(input, Tensor) and input.dtype.category > 1:
        return
    divisor = other._array if isinstance(other, Tensor) else other
    if not numpy.all(divisor) and result_dtype(input, other).category == 1:
        raise RuntimeError("ZeroDivisionError: an integer tensor was divided by zero")


def refuse_writing(found, input: Tensor) -> NoReturn:
    """Raise where a result of type `found` cannot be written into a tensor of another kind."""
    raise RuntimeError(
        f"result type {found.legacy} can't be cast to the desired output type {input.dtype.legacy}"
    )
