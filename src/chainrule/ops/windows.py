"""Windows along a dimension, and windows added back where they came from.

Apart from shape.py, because windows may share elements.
"""

from __future__ import annotations

from chainrule.ops.kinds import linear


@linear(view=True)
def unfold(xp, x, *, dim, size, step):
    """Windows, `step` apart, as the last dimension; a number counts as one element, one window."""
    if not x.ndim:
        return x.reshape(1)[:size]
    windows = xp.lib.stride_tricks.sliding_window_view(x, size, dim, writeable=x.flags.writeable)
    return windows[(slice(None),) * dim + (slice(None, None, step),)]


@linear()
def fold(xp, x, *, shape, dim, size, step):
    """Windows added back where they came from: the transpose of `unfold`."""
    if not shape:
        return x.sum()
    out = xp.zeros(shape, x.dtype)
    for k in range(x.shape[dim]):
        place = (slice(None),) * dim + (slice(k * step, k * step + size),)
        out[place] += xp.moveaxis(x[(slice(None),) * dim + (k,)], -1, dim)
    return out


@unfold.transpose
def unfold_transpose(g, x_shape, dim, size, step):
    return fold(g, shape=x_shape, dim=dim, size=size, step=step)


@fold.transpose
def fold_transpose(g, dim, size, step):
    return unfold(g, dim=dim, size=size, step=step)
