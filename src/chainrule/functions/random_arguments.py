"""Reading the arguments of random functions: sizes, integers, bounds and real numbers.

Apart from the functions, which are called in PyTorch's several ways and should not be about them.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence


def shape_of(name: str, size: tuple, position: int = 1) -> tuple[int, ...]:
    """A shape from `(2, 3)`, `((2, 3),)` or `([2, 3],)`; sizes may be tensors of one integer."""
    if not size:
        raise TypeError(
            f"{name}() received an invalid combination of arguments - got no size, but expected "
            "tuple of ints"
        )
    if len(size) == 1 and isinstance(size[0], (tuple, list)):
        size = size[0]
    elif type(size[0]) is not int and not _is_integer(size[0]):
        raise TypeError(
            f"{name}(): argument 'size' (position {position}) must be tuple of ints, not "
            f"{type(size[0]).__name__}"
        )
    shape = tuple([_size(name, item, place, position) for place, item in enumerate(size)])
    if shape and min(shape) < 0:
        negative = next(item for item in shape if item < 0)
        raise RuntimeError(
            f"Trying to create tensor with negative dimension {negative}: {list(shape)}"
        )
    return shape


def _size(name: str, item, place: int, position: int) -> int:
    if type(item) is int:
        return item
    if _is_integer(item):
        return operator.index(item)
    raise TypeError(
        f"{name}(): argument 'size' (position {position}) must be tuple of ints, but found "
        f"element of type {type(item).__name__} at pos {place}"
    )


def _is_integer(value) -> bool:
    """Whether a value stands for an integer: an int, one of NumPy's, a tensor of one integer."""
    if isinstance(value, bool):
        return False
    if isinstance(value, Tensor):
        return value.dtype.category == 1 and value._array.size == 1
    return hasattr(type(value), "__index__")


def integer(name: str, argument: str, position: int, value) -> int:
    """An integer from an int or a tensor of one integer."""
    if _is_integer(value):
        return operator.index(value)
    raise TypeError(
        f"{name}(): argument '{argument}' (position {position}) must be int, not "
        f"{type(value).__name__}"
    )


def number(name: str, argument: str, position: int, value) -> float:
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
    return tuple(
        _long(integer(name, argument, position, value))
        for position, (argument, value) in enumerate(zip(("low", "high"), given), start=1)
    )


def _long(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise ValueError(f"Overflow when unpacking long long: {value}")
    return value
