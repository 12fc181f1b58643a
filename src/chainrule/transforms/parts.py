"""Duals below batches: taken apart into a batch of primals and a batch of tangents, and back.

Apart from duals themselves, whose level is the innermost where operations meet them.
"""

from __future__ import annotations

from typing import Any

from chainrule._core.kernels import run_op
from chainrule.ops.shape import expand
from chainrule.transforms.batch import BatchedArray
from chainrule.transforms.dual import DualArray, DualLevel
from chainrule.transforms.levels import Level, WrappedArray


def parted(array: Any, level: Level) -> tuple[Any, Any]:
    """The primal and the tangent (or None) by a level; batches further in are batches of both."""
    if not isinstance(array, WrappedArray) or array.level < level:
        return array, None
    if isinstance(array, DualArray):
        return (array.inner, array.tangent) if array.level is level else (array, None)
    primal, tangent = parted(array.inner, level)
    both = BatchedArray(array.level, primal)
    return both, None if tangent is None else BatchedArray(array.level, tangent)


def joined(primal: Any, tangent: Any, level: DualLevel) -> Any:
    """The dual of a primal and a tangent, below the batches that either is part of."""
    outer = [
        part.level
        for part in (primal, tangent)
        if isinstance(part, BatchedArray) and level < part.level
    ]
    if not outer:
        return level.dual(primal, tangent)
    batch = max(outer)
    dual = joined(_members(primal, batch), _members(tangent, batch), level)
    return BatchedArray(batch, dual)


def _members(array: Any, batch: Any) -> Any:
    """An array with the batch as its first dimension; repeated where it is no part of it."""
    if isinstance(array, BatchedArray) and array.level is batch:
        return array.inner
    return run_op(expand, (array,), {"shape": (batch.size, *array.shape)})
