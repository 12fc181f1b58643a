"""Products summed over any dimensions, which are known by labels.

Apart from matmul, where the dimensions are the last two: a contraction brings them there. The
transpose of a contraction is one again, with the labels exchanged, so this is all that einsum
and tensordot need.
"""

from __future__ import annotations

import math

from chainrule.ops.conversion import conj
from chainrule.ops.kinds import linear, multilinear
from chainrule.ops.shape import expand, pad_diagonal


@multilinear(node="ViewBackward0")
def contract(xp, x, y, *, left, right, result):
    """The sum of x * y over the labels that both have and the result has not.

    `left`, `right` and `result` name the dimensions of x, y and the result; no label occurs
    twice in one of them, and every label occurs in two of them at least.
    """
    batch = [label for label in left if label in right and label in result]
    inner = [label for label in left if label in right and label not in result]
    rows = [label for label in left if label not in right]
    columns = [label for label in right if label not in left]
    sizes = dict(zip(left, x.shape)) | dict(zip(right, y.shape))
    a = x.transpose([left.index(label) for label in (*batch, *rows, *inner)])
    b = y.transpose([right.index(label) for label in (*batch, *inner, *columns)])
    extents = [sizes[label] for label in batch]
    n, k, m = (math.prod(sizes[label] for label in part) for part in (rows, inner, columns))
    product = xp.matmul(a.reshape(*extents, n, k), b.reshape(*extents, k, m))
    order = [*batch, *rows, *columns]
    product = product.reshape([sizes[label] for label in order])
    return product.transpose([order.index(label) for label in result])


@multilinear(node="MulBackward0")
def spread(xp, x, y, *, left, right, result):
    """x * y, element by element, of dimensions that labels name; nothing is summed."""
    return _aligned(x, left, result) * _aligned(y, right, result)


def _aligned(x, labels, result):
    """x with its dimensions in the order of the result, and of size 1 where it has none."""
    x = x.transpose([labels.index(label) for label in result if label in labels])
    return x[tuple(slice(None) if label in labels else None for label in result)]


def product_of(x, y, left, right, result):
    """The contraction, or the plain product where there is nothing to sum over."""
    sums = any(label in right and label not in result for label in left)
    return (contract if sums else spread)(x, y, left=left, right=right, result=result)


for _op in (contract, spread):
    _op.transposes(
        lambda g, y, left, right, result: product_of(g, conj(y), result, right, left),
        lambda g, x, left, right, result: product_of(g, conj(x), result, left, right),
    )


@linear()
def trace(xp, x):
    return xp.trace(x, dtype=xp.int64 if x.dtype.kind in "iu" else None)


@trace.transpose
def trace_transpose(g, x_shape):
    ones = expand(g, shape=(min(x_shape),))
    return pad_diagonal(ones, shape=x_shape, offset=0, dim1=0, dim2=1)
