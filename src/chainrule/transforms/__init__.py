"""Transforms below the tape: batches of arrays and arrays with tangents that look like one array.

Apart from `func` and `autograd.forward_ad`, which offer them to users, and from `ops`, whose
records say how each operation takes part. A tensor's array may be a BatchedArray (vmap) or a
DualArray (forward mode), one inside another where transforms nest. The tape knows nothing of
it: nodes save such arrays, rules compute with them, and the two directions mix freely.
See docs/decisions/0007-transforms-are-arrays.md.
"""

from __future__ import annotations

from chainrule._core.wrapped import bind_transforms
from chainrule.transforms import levels, writing

bind_transforms(
    {
        "run": levels.run,
        "settled": levels.settled,
        "levels_between": levels.levels_between,
        "fit": levels.fit,
        "store": writing.store,
        "without_tangents": levels.without_tangents,
    }
)
