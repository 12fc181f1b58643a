"""Taking elements by index tensors, and putting them back: gather and its transpose."""

from __future__ import annotations

from chainrule.ops.kinds import linear


def _along(xp, index, dim):
    grid = list(xp.indices(index.shape, sparse=True))
    grid[dim] = index
    return tuple(grid)


@linear()
def gather(xp, x, *, dim, index):
    return x[_along(xp, index, dim)]


@linear()
def scatter_sum(xp, x, *, shape, dim, index):
    """Zeros of a shape with x added in at an index: the transpose of gather."""
    out = xp.zeros(shape, x.dtype)
    xp.add.at(out, _along(xp, index, dim), x)
    return out


@gather.transpose
def gather_transpose(g, x_shape, dim, index):
    return scatter_sum(g, shape=x_shape, dim=dim, index=index)


@scatter_sum.transpose
def scatter_sum_transpose(g, dim, index):
    return gather(g, dim=dim, index=index)
