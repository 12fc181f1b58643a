"""Reading the arguments that random functions alone have: bounds of integers, real parameters.

Apart from factory.py, which reads what every maker of tensors is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule.functions.factory import integer

if TYPE_CHECKING:
    from collections.abc import Sequence


def real(name: str, argument: str, position: int, value) -> float:
    """A real number from a number or a tensor of one."""
    if isinstance(value, (Tensor, int, float)) or hasattr(type(value), "__float__"):
        return float(value)
    raise TypeError(
        f"{name}(): argument '{argument}' (position {position}) must be float, not "
        f"{type(value).__name__}"
    )


def bounds_of(name: str, values: Sequence, low, high) -> tuple[int, int]:
    """(low, high) from what was given by position and by name; one integer alone is `high`."""
    given = [*values, *(value for value in (low, high) if value is not None)]
    twice = values and low is not None
    if len(given) not in (1, 2) or twice or (low is not None and high is None):
        found = ", ".join(type(value).__name__ for value in given)
        raise TypeError(
            f"{name}() received an invalid combination of arguments - got ({found}) as bounds, "
            "but expected (int high) or (int low, int high)"
        )
    if len(given) == 1:
        return 0, _long(integer(name, "high", 1, given[0]))
    return tuple(  # type: ignore[return-value]
        _long(integer(name, argument, position, value))
        for position, (argument, value) in enumerate(zip(("low", "high"), given), start=1)
    )


def _long(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise ValueError(f"Overflow when unpacking long long: {value}")
    return value
