"""Rows of a table by number, and sums of rows by number: embeddings and their gradients.

Apart from indexing.py: a table is long and met in few of its rows, again and again, so its
gradient is summed row by row in one sorted pass; and one row, of padding, gets none.
`padding` is that row or -1; `by_frequency` divides what a row gets by how often it was met.

Note: closed under transposition. The transpose of `embedding` is `embedding_sum`; the transpose
of that picks rows like `embedding` does, but leaves out padding, and divides as well.
"""

from __future__ import annotations

from chainrule.ops.kinds import multilinear


def shares(xp, y, padding, by_frequency):
    """What part of each row met is passed on: 0 for padding, 1 / how often, or None for all."""
    part = None
    if by_frequency:
        _, where, often = xp.unique(y, return_inverse=True, return_counts=True)
        part = 1 / often[where.reshape(y.shape)]
    if padding >= 0 and (y == padding).any():
        part = (y != padding) * (1 if part is None else part)
    return part


def passed_on(xp, rows, y, padding, by_frequency):
    part = shares(xp, y, padding, by_frequency)
    return rows if part is None else (rows * part[..., None]).astype(rows.dtype)


@multilinear(node="EmbeddingBackward0")
def embedding(xp, x, y, *, padding, by_frequency):
    return x[y]


@multilinear()
def embedding_sum(xp, x, y, *, rows, padding, by_frequency):
    """A table of so many rows, each the sum of those rows of x that stand at its number in y."""
    values = passed_on(xp, x, y, padding, by_frequency).reshape(-1, x.shape[-1])
    table = xp.zeros((rows, x.shape[-1]), x.dtype)
    if not y.size:
        return table
    order = xp.argsort(y, axis=None, kind="stable")
    numbers = y.reshape(-1)[order]
    starts = xp.flatnonzero(xp.concatenate(([True], numbers[1:] != numbers[:-1])))
    table[numbers[starts]] = xp.add.reduceat(values[order], starts, axis=0)
    return table


@multilinear(node="EmbeddingDenseBackwardBackward0")
def embedding_picked(xp, x, y, *, padding, by_frequency):
    """Rows of a table, those of padding left out."""
    return passed_on(xp, x[y], y, padding, by_frequency)


def sum_of_rows(g, y, x_shape, padding, by_frequency):
    return embedding_sum(g, y, rows=x_shape[0], padding=padding, by_frequency=by_frequency)


embedding.transposes(sum_of_rows, None)
embedding_picked.transposes(sum_of_rows, None)
embedding_sum.transposes(
    lambda g, y, padding, by_frequency: embedding_picked(
        g, y, padding=padding, by_frequency=by_frequency
    ),
    None,
)
embedding.saved_names = {"indices": 1}
