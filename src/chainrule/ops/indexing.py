"""Parts of a tensor: views of members and slices, and copies of the members an index names.

Apart from shape.py, whose ops keep every element, and from gathering.py, whose index has a number
for every element. Closed under transposition: a part and zeros around it; taking members and
adding them back.
"""

from __future__ import annotations

from chainrule.ops import places
from chainrule.ops.kinds import linear, multilinear

# -------------------------------------------------------------------------------------- views


@linear(view=True)
def select(xp, x, *, dim, index):
    return x[(slice(None),) * dim + (index, ...)]


@linear(view=True, node="SliceBackward0")
def slice_(xp, x, *, dim, start, end, step):
    return x[(slice(None),) * dim + (slice(start, end, step),)]


@linear(view=True)
def alias(xp, x):
    return x[...]


@linear(view=True)
def part(xp, x, *, index):
    """What NumPy's basic indexing gives."""
    return x[index]


@linear()
def surrounded(xp, x, *, shape, index):
    """Zeros of a shape with x as one part: the transpose of `part`."""
    out = xp.zeros(shape, x.dtype)
    out[index] = x
    return out


@select.transpose
def select_transpose(g, x_shape, dim, index):
    return surrounded(g, shape=x_shape, index=(slice(None),) * dim + (index,))


@slice_.transpose
def slice_transpose(g, x_shape, dim, start, end, step):
    index = (slice(None),) * dim + (slice(start, end, step),)
    return surrounded(g, shape=x_shape, index=index)


@alias.transpose
def alias_transpose(g):
    return g


@part.transpose
def part_transpose(g, x_shape, index):
    return surrounded(g, shape=x_shape, index=index)


@surrounded.transpose
def surrounded_transpose(g, index):
    return part(g, index=(*index, ...))


# ------------------------------------------------------------------------------------- copies
# `y` or `z` is an array of numbers that count along `dims`, see ops.places.


@multilinear()
def index(xp, x, y, *, dims):
    return places.take_members(xp, x, y, dims)


@multilinear()
def index_sum(xp, x, y, *, shape, dims):
    """Zeros of a shape with x added to the members that y names: the transpose of `index`."""
    out = xp.zeros(shape, x.dtype)
    places.add_members(xp, out, y, dims, x)
    return out


@linear()
def index_put(xp, x, y, z, *, dims):
    """x with y written over the members that z names."""
    out = x.copy()
    places.put_members(xp, out, z, dims, y)
    return out


@linear()
def index_add(xp, x, y, z, *, dims):
    """x with y added to the members that z names."""
    out = x.copy()
    places.add_members(xp, out, z, dims, y)
    return out


@multilinear()
def index_clear(xp, x, y, *, dims):
    """x with zeros for the members that y names."""
    out = x.copy()
    places.put_members(xp, out, y, dims, 0)
    return out


def _written(g, z, y_shape, dims):
    """The cotangent of what was written: of every copy, whether or not it survived."""
    return summed_to(index(g, z, dims=dims), y_shape)


def summed_to(g, shape):
    """g summed over the dimensions in which a value was broadcast."""
    from chainrule.ops.shape import expand_transpose

    return g if g.shape == shape else expand_transpose(g, shape)


index.transposes(lambda g, y, x_shape, dims: index_sum(g, y, shape=x_shape, dims=dims), None)
index_sum.transposes(lambda g, y, dims: index(g, y, dims=dims), None)
index_put.transposes(lambda g, z, dims: index_clear(g, z, dims=dims), _written, None)
index_add.transposes(lambda g: g, _written, None)
index_clear.transposes(lambda g, y, dims: index_clear(g, y, dims=dims), None)
index.saved_names = index_clear.saved_names = {"indices": 1, "index": 1}
index_put.saved_names = index_add.saved_names = {"indices": 2, "index": 2}
