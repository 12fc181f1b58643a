"""Random numbers inside vmap: the same for all members, or others for each.

Apart from the distributions, which fill arrays of any shape: here that shape gets one more
dimension for every batch whose members draw for themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy

from chainrule._core.kernels import run_op
from chainrule.ops.shape import stack
from chainrule.transforms.batch import BatchedArray, BatchLevel
from chainrule.transforms.levels import active, levels_of

if TYPE_CHECKING:
    from collections.abc import Callable


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
    """Refuse to fill in place what could not hold, or would not get, the numbers asked for."""
    mine = levels_of(array)
    for level in batches():
        if level.randomness == "different" and level not in mine:
            raise RuntimeError(
                "vmap: Cannot ask for different inplace randomness on an unbatched tensor. This "
                "will appear like same randomness. If this is necessary for your usage, draw a "
                "new tensor."
            )
        if level.randomness == "same" and level in mine:
            raise RuntimeError(
                "Vmap does not currently support same randomness with a batched tensor input."
            )


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
