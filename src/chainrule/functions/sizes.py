"""Sizes and dimensions as arguments: one by one or as a sequence, with -1 worked out, checked.

Apart from the functions that take them, which are of many families.
"""

from __future__ import annotations

import math
import operator

from chainrule.functions.factory import kind_of
from chainrule.functions.identity import checked_dim


def sizes_of(sizes: tuple, named=None, name: str = "size") -> tuple[int, ...]:
    """Sizes given one by one, or as one sequence, or by name; TypeError where there are none."""
    if len(sizes) == 1:
        only = sizes[0]
        if isinstance(only, (tuple, list)):
            return tuple(only)
        return sizes if isinstance(only, int) else (_as_size(only, name),)
    if named is not None:
        return (named,) if isinstance(named, int) else tuple(named)
    if not sizes:
        raise TypeError(f'missing 1 required positional arguments: "{name}"')
    return sizes


def _as_size(value, name) -> int:
    """What Python takes for an integer, as one."""
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"argument '{name}' must be tuple of ints, not {kind_of(value)}") from None


def filled_in(shape: tuple[int, ...], array) -> tuple[int, ...]:
    """A shape with its -1, if there is one, worked out; RuntimeError where it does not fit."""
    size = array.size
    if -1 not in shape:
        if math.prod(shape) != size or (len(shape) > 1 and min(shape) < 0):
            raise _misfit(shape, size)
        return shape
    known = math.prod(extent for extent in shape if extent != -1)
    if shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if known == 0 and size == 0:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(shape)} because the "
            "unspecified dimension size -1 can be any value and is ambiguous"
        )
    if known <= 0 or size % known or min(shape) < -1:
        raise _misfit(shape, size)
    return tuple(size // known if extent == -1 else extent for extent in shape)


def _misfit(shape, size) -> RuntimeError:
    """The error of a shape that so many elements do not fill."""
    for place, extent in enumerate(shape):
        if extent < -1:
            return RuntimeError(
                f"invalid shape dimension {extent} at index {place} of shape {list(shape)}"
            )
    return RuntimeError(f"shape '{list(shape)}' is invalid for input of size {size}")


def checked_dims(dims, ndim: int) -> tuple[int, ...]:
    """Dimensions counted from the front; RuntimeError where one is named twice."""
    dims = (dims,) if isinstance(dims, int) else dims
    found = tuple([checked_dim(dim, ndim) for dim in dims])
    for place, dim in enumerate(found):
        if dim in found[:place]:
            raise RuntimeError(f"dim {dim} appears multiple times in the list of dims")
    return found
