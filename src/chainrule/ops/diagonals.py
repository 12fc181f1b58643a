"""Diagonals and triangles: taken out, or put into zeros.

Apart from shape.py, because what is not on the diagonal is left out.
"""

from __future__ import annotations

from chainrule.ops.kinds import linear
from chainrule.ops.shape import narrow, reshape

# --------------------------------------------------------------------------------- diagonals


def _diagonal(xp, x, offset, dim1, dim2):
    """A diagonal as a view; NumPy hands it out read-only, ours may be written to."""
    view = xp.diagonal(x, offset, dim1, dim2)
    if x.flags.writeable:
        view.flags.writeable = True
    return view


@linear(view=True)
def diagonal(xp, x, *, offset, dim1, dim2):
    return _diagonal(xp, x, offset, dim1, dim2)


@linear(node="DiagonalBackward0_copy")
def diagonal_copy(xp, x, *, offset, dim1, dim2):
    return xp.diagonal(x, offset, dim1, dim2).copy()


@linear()
def diag_embed(xp, x, *, offset, dim1, dim2):
    """Zeros with x on a diagonal: the transpose of `diagonal`."""
    size = x.shape[-1] + abs(offset)
    out = xp.zeros((*x.shape[:-1], size, size), x.dtype)
    rows = xp.arange(x.shape[-1]) + max(-offset, 0)
    out[..., rows, rows + offset] = x
    return xp.moveaxis(out, (-2, -1), (dim1, dim2))


@linear()
def pad_diagonal(xp, x, *, shape, offset, dim1, dim2):
    """Zeros of a shape with x on a diagonal, whatever the shape."""
    out = xp.zeros(shape, x.dtype)
    _diagonal(xp, out, offset, dim1, dim2)[...] = x
    return out


@diagonal.transpose
@diagonal_copy.transpose
def diagonal_transpose(g, x_shape, offset, dim1, dim2):
    return pad_diagonal(g, shape=x_shape, offset=offset, dim1=dim1, dim2=dim2)


@pad_diagonal.transpose
@diag_embed.transpose
def diag_embed_transpose(g, offset, dim1, dim2):
    return diagonal(g, offset=offset, dim1=dim1, dim2=dim2)


# -------------------------------------------------------------------------------------- blocks


def _as_matrix(shape) -> tuple[int, int]:
    """A shape of at most two dimensions as that of a matrix: a vector is one row."""
    return (1,) * (2 - len(shape)) + shape


@linear(joint=True, promotes=True)
def block_diag(xp, *arrays):
    """Matrices along the diagonal of a large one, zeros elsewhere."""
    sizes = [_as_matrix(array.shape) for array in arrays]
    out = xp.zeros([sum(extents) for extents in zip(*sizes)], arrays[0].dtype)
    row, column = 0, 0
    for array, (height, width) in zip(arrays, sizes):
        out[row : row + height, column : column + width] = array
        row, column = row + height, column + width
    return out


@block_diag.transpose
def block_diag_transpose(g, shapes):
    """The blocks of g."""
    blocks, row, column = [], 0, 0
    for shape in shapes:
        height, width = _as_matrix(shape)
        rows = narrow(g, dim=0, start=row, length=height)
        block = narrow(rows, dim=1, start=column, length=width)
        blocks.append(reshape(block, shape=shape))
        row, column = row + height, column + width
    return tuple(blocks)


# ----------------------------------------------------------------------------------- triangles


@linear()
def tril(xp, x, *, diagonal):
    return xp.tril(x, diagonal)


@linear()
def triu(xp, x, *, diagonal):
    return xp.triu(x, diagonal)


@tril.transpose
def tril_transpose(g, diagonal):
    return tril(g, diagonal=diagonal)


@triu.transpose
def triu_transpose(g, diagonal):
    return triu(g, diagonal=diagonal)
