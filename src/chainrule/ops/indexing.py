"""Taking elements out by index, and putting them back: four ops, closed under transposition.

Apart from shape.py, whose ops keep every element. Gathering, selecting, sorting, embedding and
advanced indexing are all `take_index` under other names; scattering and assigning are
`index_put`. An index is a tuple of slices, integers, None and integer arrays, as NumPy takes it,
checked beforehand.
"""

from __future__ import annotations

from chainrule.ops.arithmetic import zero  # noqa: F401  (fills, too)
from chainrule.ops.kinds import elementwise, general, linear


def _has_arrays(xp, index):
    return any(isinstance(part, xp.ndarray) for part in index)


@linear(view=True, node="SelectBackward0")
def part(xp, x, *, index):
    """A view: slices, integers and None only."""
    return x[(*index, ...)]


@linear(node="IndexBackward0")
def take_index(xp, x, *, index):
    return x[index]


@linear()
def put_index(xp, x, *, shape, index):
    """Zeros of a shape with x added in at an index, as often as the index names a place."""
    out = xp.zeros(shape, x.dtype)
    if _has_arrays(xp, index):
        xp.add.at(out, index, x)
    else:
        out[index] = x
    return out


@linear()
def clear_index(xp, x, *, index):
    """x with zeros at an index."""
    out = x.copy()
    out[index] = 0
    return out


def _put(g, x_shape, index):
    return put_index(g, shape=x_shape, index=index)


part.transpose(_put)
take_index.transpose(_put)
put_index.transpose(lambda g, index: take_index(g, index=index))
clear_index.transpose(lambda g, index: clear_index(g, index=index))


@general(node="IndexPutBackward0")
def index_put(xp, x, y, *, index):
    """x with y written at an index; where a place is named twice, the last one stays."""
    out = x.copy()
    out[index] = y
    return out


index_put.vjps(
    lambda g, index: clear_index(g, index=index),
    lambda g, y_shape, index: _to_shape(take_index(g, index=index), y_shape),
)


@linear(node="IndexPutBackward0")
def index_add(xp, x, y, *, index):
    """x with y added at an index."""
    out = x.copy()
    xp.add.at(out, index, y)
    return out


index_add.transposes(
    lambda g: g, lambda g, y_shape, index: _to_shape(take_index(g, index=index), y_shape)
)


def _to_shape(g, shape):
    """g summed over what y was broadcast by when it was written."""
    from chainrule.ops.shape import expand_transpose

    return g if g._array.shape == shape else expand_transpose(g, shape)


# ------------------------------------------------------------------------------ whole tensors


@general(node="CopyBackwards", broadcasts=True)
def copy(xp, x, y):
    """y in the shape and type of x: what copy_ writes."""
    return xp.broadcast_to(y, x.shape).astype(x.dtype)


copy.vjps(None, lambda g: g)


@general(node="MaskedFillBackward0", broadcasts=True)
def masked_fill(xp, x, y, z):
    """z where the mask y holds, x elsewhere."""
    return xp.where(y, z, x).astype(x.dtype)


def _masked_fill_vjp(g, y):
    from chainrule.ops.choice import where

    return where(y, 0, g)


def _masked_fill_value_vjp(g, y):
    from chainrule.ops.choice import where

    return where(y, g, 0)


masked_fill.vjps(_masked_fill_vjp, None, _masked_fill_value_vjp)


def _filled(xp, x, value):
    return xp.full_like(x, value)


fill = elementwise("fill", _filled, 0)
