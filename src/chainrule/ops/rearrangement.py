"""Elements in another order, and repetitions: flip, roll, rot90, repeat.

Apart from shape.py: the results are copies.
"""

from __future__ import annotations

from chainrule.ops.kinds import linear
from chainrule.ops.shape import reshape


@linear()
def flip(xp, x, *, dims):
    return xp.flip(x, dims).copy()


@linear()
def roll(xp, x, *, shifts, dims):
    """Moved along dimensions, or, where none is named, along all of them as one."""
    return xp.roll(x, shifts, dims or None)


@linear(node="Rot90Backward0")
def rot90(xp, x, *, k, dims):
    return xp.rot90(x, k, dims).copy()


@linear()
def repeat(xp, x, *, repeats):
    return xp.tile(x, repeats)


@flip.transpose
def flip_transpose(g, dims):
    return flip(g, dims=dims)


@roll.transpose
def roll_transpose(g, shifts, dims):
    return roll(g, shifts=tuple(-shift for shift in shifts), dims=dims)


@rot90.transpose
def rot90_transpose(g, k, dims):
    return rot90(g, k=-k, dims=dims)


@repeat.transpose
def repeat_transpose(g, x_shape, repeats):
    """Every other dimension of the folded g counts repetitions: sum those."""
    from chainrule.ops.reduction import sum

    shape = (1,) * (len(repeats) - len(x_shape)) + x_shape
    pairs = tuple(extent for pair in zip(repeats, shape) for extent in pair)
    total = sum(reshape(g, shape=pairs), dim=tuple(range(0, len(pairs), 2)), keepdim=False)
    return reshape(total, shape=x_shape)
