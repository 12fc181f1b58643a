"""Products summed over any dimensions, which are known by labels.

Apart from matmul, where the dimensions are the last two: a contraction brings them there. The
transpose of a contraction is one again, with the labels exchanged, so this is all that einsum
and tensordot need.
"""

from __future__ import annotations

import functools
import math

from chainrule.ops.conversion import conj
from chainrule.ops.diagonals import pad_diagonal
from chainrule.ops.kinds import linear, multilinear
from chainrule.ops.shape import expand


@multilinear(node="ViewBackward0")
def contract(xp, x, y, *, left, right, result):
    """The sum of x * y over the labels that both have and the result has not.

    `left`, `right` and `result` name the dimensions of x, y and the result; no label occurs
    twice in one of them, and every label occurs in two of them at least.
    """
    rows_last, inner_first, counts, order = _matrices(left, right, result)
    a, b = x.transpose(rows_last), y.transpose(inner_first)
    batches, rows, inner = counts
    batch, n = a.shape[:batches], a.shape[batches : batches + rows]
    k, m = b.shape[batches : batches + inner], b.shape[batches + inner :]
    size = math.prod(k)
    a, b = a.reshape(*batch, math.prod(n), size), b.reshape(*batch, size, math.prod(m))
    return xp.matmul(a, b).reshape((*batch, *n, *m)).transpose(order)


@functools.lru_cache(maxsize=512)
def _matrices(left, right, result):
    """How a contraction becomes a product of batches of matrices.

    The order of x's dimensions (those of the batch, of the rows, of the sum), of y's (batch, sum,
    columns), how many there are of the first three, and the order of the result's.
    """
    batch = [label for label in left if label in right and label in result]
    inner = [label for label in left if label in right and label not in result]
    rows = [label for label in left if label not in right]
    columns = [label for label in right if label not in left]
    return (
        tuple(left.index(label) for label in (*batch, *rows, *inner)),
        tuple(right.index(label) for label in (*batch, *inner, *columns)),
        (len(batch), len(rows), len(inner)),
        tuple((*batch, *rows, *columns).index(label) for label in result),
    )


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
