"""What the core asks transforms for, given to it once there are any.

Apart from the package itself, which imports nothing: crossing, without which no array is part of
a level, imports this.
"""

from __future__ import annotations

from chainrule._core.wrapped import bind_transforms
from chainrule.transforms.levels import fit, levels_between, run, settled, without_tangents
from chainrule.transforms.writing import store

bind_transforms(
    {
        "run": run,
        "settled": settled,
        "levels_between": levels_between,
        "fit": fit,
        "store": store,
        "without_tangents": without_tangents,
    }
)
