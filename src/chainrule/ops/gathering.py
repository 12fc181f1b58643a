"""Elements taken along a dimension by an index that has a number for each, and put back.

Apart from indexing.py, whose index names whole members. `y` or `z` is the index, see ops.places;
sorting, extremes and the like are `gather` under other names.
"""

from __future__ import annotations

from chainrule.ops import places
from chainrule.ops.kinds import linear, multilinear


@multilinear()
def gather(xp, x, y, *, dim):
    return places.take_elements(xp, x, y, dim)


@multilinear()
def scatter_sum(xp, x, y, *, shape, dim):
    """Zeros of a shape with x added to the elements that y names: the transpose of gather."""
    out = xp.zeros(shape, x.dtype)
    places.add_elements(xp, out, y, dim, x)
    return out


@linear()
def scatter(xp, x, y, z, *, dim):
    """x with y written over the elements that z names; y has the shape of z, or none."""
    out = x.copy()
    places.put_elements(xp, out, z, dim, y)
    return out


@linear()
def scatter_add(xp, x, y, z, *, dim):
    """x with y added to the elements that z names."""
    out = x.copy()
    places.add_elements(xp, out, z, dim, y)
    return out


@multilinear()
def scatter_clear(xp, x, y, *, dim):
    """x with zeros for the elements that y names."""
    out = x.copy()
    places.put_elements(xp, out, y, dim, 0)
    return out


def _taken(g, z, dim):
    return gather(g, z, dim=dim)


gather.transposes(lambda g, y, x_shape, dim: scatter_sum(g, y, shape=x_shape, dim=dim), None)
scatter_sum.transposes(lambda g, y, dim: gather(g, y, dim=dim), None)
scatter.transposes(lambda g, z, dim: scatter_clear(g, z, dim=dim), _taken, None)
scatter_add.transposes(lambda g: g, _taken, None)
scatter_clear.transposes(lambda g, y, dim: scatter_clear(g, y, dim=dim), None)
gather.saved_names = scatter_clear.saved_names = {"index": 1, "indices": 1}
scatter.saved_names = scatter_add.saved_names = {"index": 2}


# ------------------------------------------------------------------- one element of a dimension


@multilinear()
def pick(xp, x, y, *, dim, keepdim):
    """gather where the index has one number for the dimension, which is kept as 1, or not."""
    if keepdim or not x.ndim:
        return places.take_elements(xp, x, y, dim).reshape(y.shape)
    return places.take_one(xp, x, y, dim)


@multilinear()
def pick_sum(xp, x, y, *, shape, dim, keepdim):
    """Zeros of a shape with x where it was picked: the transpose of pick."""
    out = xp.zeros(shape, x.dtype)
    index = y if keepdim or not shape else xp.expand_dims(y, dim)
    places.put_elements(xp, out, index, dim, x.reshape(index.shape))
    return out


pick.transposes(
    lambda g, y, x_shape, dim, keepdim: pick_sum(g, y, shape=x_shape, dim=dim, keepdim=keepdim),
    None,
)
pick_sum.transposes(lambda g, y, dim, keepdim: pick(g, y, dim=dim, keepdim=keepdim), None)
pick.saved_names = {"indices": 1}
