"""Random numbers inside vmap: the same for all members, or others for each.

Apart from the distributions, which fill arrays of any shape: here that shape gets one more
dimension for every batch whose members draw for themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.kernels import run_op
from chainrule.ops.conversion import contiguous_clone
from chainrule.ops.shape import expand, stack
from chainrule.transforms.batch import BatchedArray, BatchLevel
from chainrule.transforms.levels import active, levels_of, without_tangents

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.core import Tensor


def check_allowed() -> None:
    """Refuse to draw where a vmap was not told how."""
    if any(level.randomness == "error" for level in batches()):
        raise RuntimeError(
            "vmap: called random operation while in randomness error mode. Please either use the "
            "'same' or 'different' randomness flags on vmap or perform the randomness operation "
            "out of vmap"
        )


def batches() -> list[BatchLevel]:
    """The batches that are under way in this thread, outermost first."""
    return [level for level in active(BatchLevel) if isinstance(level, BatchLevel)]


def check_filled(array: Any) -> None:
    """Refuse to fill in place what could not hold the numbers asked for."""
    mine = levels_of(array)
    if any(level.randomness == "different" and level not in mine for level in batches()):
        raise RuntimeError(
            "vmap: Cannot ask for different inplace randomness on an unbatched tensor. This "
            "will appear like same randomness. If this is necessary for your usage, draw a "
            "new tensor."
        )


def check_parameters(*arrays: Any) -> None:
    """Refuse to draw the same for all members by parameters that differ."""
    mine = {level for array in arrays for level in levels_of(array)}
    if any(level.randomness == "same" and level in mine for level in batches()):
        raise RuntimeError(
            "Vmap does not currently support same randomness with a batched tensor input."
        )


def spread(x: Tensor) -> Tensor:
    """The parameters of a distribution, once for each member that draws for itself."""
    check_parameters(x._array)
    mine = levels_of(x._array)
    missing = [
        level for level in batches() if level.randomness == "different" and level not in mine
    ]
    if not missing:
        return x
    array = without_tangents(x._array)
    for level in missing:
        array = _with_level(array, level)
    return wrap_array(array)


def _with_level(array: Any, level: BatchLevel) -> BatchedArray:
    """An array as a batch of itself, the batch below those that are further in."""
    if isinstance(array, BatchedArray) and level < array.level:
        return BatchedArray(array.level, _with_level(array.inner, level))
    copies = run_op(expand, (array,), {"shape": (level.size, *array.shape)})
    return BatchedArray(level, run_op(contiguous_clone, (copies,), None))


def drawn_by_row(array: Any, draw: Callable[[numpy.ndarray], numpy.ndarray]) -> Any:
    """What a function draws by the rows of an array, those of all members at once."""
    array = without_tangents(array)
    if isinstance(array, BatchedArray):
        return BatchedArray(array.level, drawn_by_row(array.inner, draw))
    rows = numpy.ascontiguousarray(array).reshape(-1, array.shape[-1])
    return draw(rows).reshape(*array.shape[:-1], -1)


def drawn(template: numpy.ndarray, fill: Callable[[Any], Any], as_one: bool) -> Any:
    """Numbers like an array `template`, by a function that fills it; others for each member.

    `as_one`: a distribution of arrays as a whole (a permutation), so that each member is one.
    """
    levels = [level for level in batches() if level.randomness == "different"]
    return _drawn(levels, template, fill, as_one)


def _drawn(levels: list, template: numpy.ndarray, fill: Callable, as_one: bool) -> Any:
    if not levels:
        return fill(template)
    outer, inner = levels[0], levels[1:]
    if as_one:
        parts = tuple(_drawn(inner, template, fill, as_one) for _ in range(outer.size))
        return _wrapped(run_op(stack, parts, {"dim": 0}), [outer])
    sizes = [level.size for level in levels]
    values = fill(numpy.empty((*sizes, *template.shape), template.dtype))
    return _wrapped(values, levels)


def _wrapped(values: Any, levels: list) -> Any:
    """An array whose first dimensions count the members of batches, outermost first."""
    if not levels:
        return values
    values = BatchedArray(levels[0], values)
    return _wrapped(values, levels[1:])
