"""One element a row, picked by its place along a dimension, and put back.

Apart from gathering, whose indices have every shape: extremes and medians reduce a dimension.
`index` is an array with that dimension kept as 1.
"""

from __future__ import annotations

from chainrule.ops.kinds import linear


@linear()
def pick(xp, x, *, dim, index, keepdim):
    taken = xp.take_along_axis(x, index, dim)
    return taken if keepdim else taken.squeeze(dim)


@linear()
def unpick(xp, x, *, shape, dim, index, keepdim):
    """Zeros of a shape with x put where it was picked from: the transpose of pick."""
    out = xp.zeros(shape, x.dtype)
    xp.put_along_axis(out, index, x if keepdim else xp.expand_dims(x, dim), dim)
    return out


@pick.transpose
def pick_transpose(g, x_shape, dim, index, keepdim):
    return unpick(g, shape=x_shape, dim=dim, index=index, keepdim=keepdim)


@unpick.transpose
def unpick_transpose(g, dim, index, keepdim):
    return pick(g, dim=dim, index=index, keepdim=keepdim)
