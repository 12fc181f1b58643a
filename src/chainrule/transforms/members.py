"""NumPy's own functions on batches: member by member, for what has no derivative.

Apart from the rules of operations: functions of tensors look up places, compare and check with
NumPy before they come to an operation, and what they find is a batch of places then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy

from chainrule._core.kernels import run_op
from chainrule.ops.indexing import select
from chainrule.ops.shape import stack
from chainrule.transforms.levels import WrappedArray

if TYPE_CHECKING:
    from collections.abc import Callable

# Their results have a size of their own in each member; by the names that PyTorch gives them.
DYNAMIC = {
    "argwhere": "aten::nonzero",
    "nonzero": "aten::nonzero",
    "unique": "aten::_unique2",
    "bincount": "aten::bincount",
}


def call(level: Any, function: Callable, arguments: tuple, keywords: dict) -> Any:
    """A function of arrays, for each member of those that are batches of a level."""
    if function.__name__ == "flatnonzero":
        raise RuntimeError(
            "vmap: We do not support batching operators that can support dynamic shape. Attempting "
            "to batch over indexing with a boolean mask: torch.where chooses by member"
        )
    if function.__name__ in DYNAMIC:
        raise RuntimeError(
            "vmap: We do not support batching operators that can output dynamic shape. Attempted "
            f"to vmap over {DYNAMIC[function.__name__]}, whose result has another size in each "
            "member"
        )
    found = [
        function(*member(level, arguments, k), **member(level, keywords, k))
        for k in range(level.size)
    ]
    if not found or any(not hasattr(part, "dtype") for part in found):
        raise refusal(level, f"call numpy.{function.__name__} on")
    arrays = tuple(part if hasattr(part, "ndim") else numpy.asarray(part) for part in found)
    return level.batch(run_op(stack, arrays, {"dim": 0}))


def member(level: Any, value: Any, k: int) -> Any:
    """One member of every batch in a nested value."""
    if isinstance(value, WrappedArray):
        if value.level is not level:
            return value
        return run_op(select, (value.inner,), {"dim": 0, "index": k})
    if isinstance(value, (tuple, list)):
        return type(value)(member(level, part, k) for part in value)
    if isinstance(value, dict):
        return {name: member(level, part, k) for name, part in value.items()}
    return value


def refusal(level: Any, what: str) -> RuntimeError:
    """The error of something that needs one number where there is one a member."""
    return RuntimeError(
        f"vmap: cannot {what} a tensor that is being vmapped over: it has one value for each "
        f"of the {level.size} members of the batch"
    )
