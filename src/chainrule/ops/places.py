"""Where in an array an index points: taking, writing and adding there. Arrays only.

Apart from the records (indexing.py, gathering.py), because in-place forms write through an index
too, without the copy that a kernel makes.

Note: two kinds of address. Of *members*: `index` counts along `dims`, as if these were one
dimension, and whole members of the others are meant; its own shape takes their place in the
result (or comes first, where `dims` do not follow one another). Of *elements*: `index` has a
number for each element, along `dim`, as in gather. An array without dimensions counts as one of
one element.
"""

from __future__ import annotations

from math import prod

# Below this many elements NumPy's own way, by a tuple of arrays, is the faster one. Above, flat
# positions in memory that is one run: 2 times for taking and writing, 5 times for adding.
FEW = 256
# From this many numbers on, in rows of at least so many, a sparse matrix adds faster still:
# 0.11 ms against 0.76 for 5000 rows of 64, of which 0.04 ms are SciPy's own.
MANY, LONG_ROW = 1 << 16, 8


def members(xp, shape, index, dims):
    """The address of members, as NumPy takes it."""
    address = [slice(None)] * (dims[-1] + 1)
    if len(dims) == 1:
        address[dims[0]] = index
        return tuple(address)
    for dim, part in zip(dims, xp.unravel_index(index, tuple(shape[dim] for dim in dims))):
        address[dim] = part
    return tuple(address)


def elements(xp, index, dim):
    """The address of elements along a dimension, as NumPy takes it."""
    address = list(xp.indices(index.shape, sparse=True))
    address[dim] = index
    return tuple(address)


def _is_run(x, dims):
    """Whether `dims` could be one dimension, of memory that is one run."""
    return x.flags.c_contiguous and dims[-1] - dims[0] == len(dims) - 1


def _joined(x, dims):
    """x with some neighbouring dimensions made one."""
    if len(dims) == 1:
        return x
    first, end = dims[0], dims[-1] + 1
    return x.reshape(x.shape[:first] + (prod(x.shape[first:end]),) + x.shape[end:])


def from_front(xp, index, size):
    """An index without negative numbers."""
    return xp.where(index < 0, index + size, index) if index.size and index.min() < 0 else index


def selection_shape(shape, index_shape, dims):
    """The shape of the members that an index names."""
    if dims[-1] - dims[0] == len(dims) - 1:
        return shape[: dims[0]] + index_shape + shape[dims[-1] + 1 :]
    return index_shape + tuple(size for dim, size in enumerate(shape) if dim not in dims)


# ------------------------------------------------------------------------------------ members


def take_members(xp, x, index, dims):
    """A copy of members; IndexError where there is none such."""
    if not x.ndim:
        return x.reshape(1).take(index)
    if len(dims) == 1 and x.flags.c_contiguous:
        return x.take(index, dims[0])
    if _is_run(x, dims):
        return _joined(x, dims).take(index, dims[0])
    return x[members(xp, x.shape, index, dims)]


def put_members(xp, out, index, dims, values):
    """Write values over members; where one is named twice, the last value stays."""
    out = out if out.ndim else out.reshape(1)
    if dims == (0,):
        out[index] = values
        return
    if len(dims) > 1 and _is_run(out, dims):
        out, dims = _joined(out, dims), dims[:1]
    out[members(xp, out.shape, index, dims)] = values


def add_members(xp, out, index, dims, values):
    """Add values to members, as often as these are named."""
    out = out if out.ndim else out.reshape(1)
    if values.size < FEW or out.dtype != values.dtype or not _is_run(out, dims):
        xp.add.at(out, members(xp, out.shape, index, dims), values)
        return
    values = xp.broadcast_to(values, selection_shape(out.shape, index.shape, dims))
    out, first = _joined(out, dims), dims[0]
    index = from_front(xp, index, out.shape[first]).reshape(-1)
    rows = prod(out.shape[first + 1 :])
    if first == 0 and rows >= LONG_ROW and values.size >= MANY and out.dtype.itemsize > 2:
        _add_rows(xp, out.reshape(-1, rows), index, values.reshape(-1, rows))
        return
    positions = index if rows == 1 else index[:, None] * rows + xp.arange(rows)
    if first:
        step = rows * out.shape[first]
        blocks = xp.arange(0, out.size, step).reshape((-1,) + (1,) * positions.ndim)
        positions = blocks + positions
    xp.add.at(out.reshape(-1), positions.reshape(-1), values.reshape(-1))


def _add_rows(xp, out, index, values):
    """Add rows to rows: the product with a matrix whose columns each hold one 1."""
    from scipy.sparse import csc_array

    ones, ends = xp.ones(index.size, out.dtype), xp.arange(index.size + 1)
    out += csc_array((ones, index, ends), shape=(out.shape[0], index.size)) @ values


# ----------------------------------------------------------------------------------- elements


def _positions(xp, shape, index, dim):
    """The flat positions of elements in memory of this shape that is one run."""
    step, positions = 1, 0
    for axis in reversed(range(len(shape))):
        if axis == dim:
            positions = positions + index * step
        elif index.shape[axis] > 1:
            places = xp.arange(0, index.shape[axis] * step, step)
            positions = positions + places.reshape((-1,) + (1,) * (len(shape) - 1 - axis))
        step *= shape[axis]
    return positions


def _few(x, index):
    return index.size < FEW or not x.flags.c_contiguous


def take_elements(xp, x, index, dim):
    """A copy of elements."""
    if x.ndim < 2:
        return x.reshape(-1).take(index)
    if _few(x, index):
        return x[elements(xp, index, dim)]
    return x.reshape(-1).take(_positions(xp, x.shape, index, dim))


def take_one(xp, x, index, dim):
    """A copy of one element along a dimension, which is left out: x[i, index[i]] for dim 1."""
    if index.size < FEW or not x.flags.c_contiguous:
        address = list(xp.indices(index.shape, sparse=True))
        address.insert(dim, index)
        return xp.asarray(x[tuple(address)])
    return take_elements(xp, x, xp.expand_dims(index, dim), dim).reshape(index.shape)


def put_elements(xp, out, index, dim, values):
    """Write values over elements; where one is named twice, the last value stays."""
    if out.ndim < 2:
        out = out if out.ndim else out.reshape(1)
        out[index] = values
    elif _few(out, index):
        out[elements(xp, index, dim)] = values
    else:
        out.reshape(-1)[_positions(xp, out.shape, index, dim)] = values


def add_elements(xp, out, index, dim, values):
    """Add values to elements, as often as these are named."""
    if out.ndim < 2:
        xp.add.at(out if out.ndim else out.reshape(1), index, values)
    elif _few(out, index) or out.dtype != values.dtype:
        xp.add.at(out, elements(xp, index, dim), values)
    else:
        positions = _positions(xp, out.shape, index, dim).reshape(-1)
        xp.add.at(out.reshape(-1), positions, values.reshape(-1))
