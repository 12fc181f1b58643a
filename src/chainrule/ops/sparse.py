"""Between dense and COO arrays, and the few operations that COO arrays take.

Apart from coo.py, which says what a COO array is: here are the records, and the kernels of other
records (sums, products with numbers, copies) where an operand is a COO array.

Note: two maps and their transposes. `coo_tensor` puts values at places, `values_at` takes them from
there, and each is the other's transpose; all derivatives here are made of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule.ops.arithmetic import add, div, mul, neg, sub
from chainrule.ops.conversion import cast, clone, conjugate, representable
from chainrule.ops.coo import CooArray, on_coo
from chainrule.ops.embedding import embedding as dense_embedding
from chainrule.ops.embedding import embedding_picked
from chainrule.ops.kinds import linear, multilinear

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


def is_sparse(x: Tensor) -> bool:
    """Whether a COO array stands below a tensor."""
    return isinstance(x._array, CooArray)


# ------------------------------------------------------------------------- places and values


@multilinear(node="SparseCooTensorWithDimsAndTensorsBackward0")
def coo_tensor(xp, x, y, *, shape, coalesced):
    """The values x at the places y, which are columns."""
    return CooArray(y, x, shape, coalesced)


@multilinear(node="ValuesBackward0")
def values_at(xp, x, y):
    """What x, dense or not, has at the places y."""
    x = x.dense() if isinstance(x, CooArray) else x
    return x[tuple(y)] if len(y) else xp.repeat(x[None], y.shape[1], 0)


coo_tensor.transposes(lambda g, y: values_at(g, y), None)
values_at.transposes(
    lambda g, y, x_shape: coo_tensor(g, y, shape=x_shape, coalesced=False),
    None,
)


@multilinear(node="SparseMaskBackward0")
def masked(xp, x, y):
    """What x, dense or not, has at the places of the COO array y, at those places."""
    return y.with_values(values_at.kernel(xp, x, y.indices))


@linear(node="ValuesBackward0")
def values(xp, x):
    """The values of a coalesced COO array, in its memory."""
    return x.values


@multilinear(node="SparseCooTensorWithDimsAndTensorsBackward0")
def placed(xp, x, y):
    """The values x at the places of the COO array y."""
    return y.with_values(x)


def all_of(g):
    """A cotangent as a dense tensor."""
    return to_dense(g) if is_sparse(g) else g


@linear()
def to_dense(xp, x):
    return x.dense()


@linear(node="ToSparseBackward1")
def to_sparse(xp, x, *, sparse_dim):
    """The parts of x that are not all zero, as a COO array."""
    if not sparse_dim:
        count = int(x != 0)
        return CooArray(xp.empty((0, count), xp.int64), xp.repeat(x[None], count), (), True)
    dense_dims = tuple(range(sparse_dim, x.ndim))
    places = xp.nonzero((x != 0).any(axis=dense_dims) if dense_dims else x)
    return CooArray(xp.array(places, xp.int64), x[places], x.shape, True)


@linear()
def coalesce(xp, x):
    return x.coalesce()


masked.transposes(lambda g, y: all_of(masked(g, y)), None)
values.vjps(lambda g, x: placed(g, x))
placed.transposes(lambda g, y: values(masked(g, y)), None)
to_dense.vjps(lambda g, x: masked(g, coalesce(x)))
to_sparse.transpose(all_of)
to_sparse_parts = to_sparse.named("ToSparseBackward0")
coalesce.transpose(lambda g: g)

for op in (values_at, masked, values, placed, to_dense, coalesce):
    on_coo(op)(op.kernel)


# -------------------------------------------------------------------------------- embeddings


# Rows of a table as `embedding` picks them; but the gradient has only those rows.
embedding = multilinear(node="EmbeddingBackward0")(dense_embedding.kernel)


@multilinear(node="SparseCooTensorWithDimsAndTensorsBackward0")
def embedding_rows(xp, x, y, *, rows, padding):
    """A table of so many rows by those that are met, in that order, padding left out."""
    numbers, met = y.reshape(-1).astype(xp.int64), x.reshape(y.size, x.shape[-1])
    if padding >= 0:
        kept = numbers != padding
        numbers, met = numbers[kept], met[kept]
    return CooArray(numbers[None], met, (rows, x.shape[-1]))


def rows_met(g, y, x_shape, padding, by_frequency):
    if by_frequency:
        raise RuntimeError(
            "embedding_backward: scale_grad_by_freq not supported with sparse gradients"
        )
    return embedding_rows(g, y, rows=x_shape[0], padding=padding)


embedding.transposes(rows_met, None)
embedding_rows.transposes(
    lambda g, y, padding: embedding_picked(g, y, padding=padding, by_frequency=False), None
)
embedding.saved_names = {"indices": 1}


@on_coo(embedding_picked)
def picked_of_coo(xp, x, y, *, padding, by_frequency):
    return embedding_picked.kernel(xp, x.dense(), y, padding=padding, by_frequency=by_frequency)


# ---------------------------------------------------------------- other ops, with COO operands


@on_coo(neg)
def neg_of_coo(xp, x):
    return x.with_values(-x.values)


@on_coo(conjugate)
def conjugate_of_coo(xp, x):
    return x.with_values(xp.conjugate(x.values))


@on_coo(clone)
def clone_of_coo(xp, x):
    return x.copy()


@on_coo(cast)
def cast_of_coo(xp, x, *, dtype):
    return x.with_values(cast.kernel(xp, representable(x.values, dtype.numpy), dtype=dtype))


@on_coo(mul)
def product_with_coo(xp, x, y):
    """A COO array times a number or a dense array."""
    if not isinstance(x, CooArray):
        x, y = y, x
    if isinstance(y, CooArray):
        raise NotImplementedError(
            "Could not run 'aten::mul' with arguments from the 'SparseCPU' backend: both factors "
            "are sparse. Use to_dense() on one of them."
        )
    if y.ndim:
        if xp.broadcast_shapes(x.shape, y.shape) != x.shape:
            raise NotImplementedError(
                "Could not run 'aten::mul' with arguments from the 'SparseCPU' backend: a sparse "
                f"tensor of shape {list(x.shape)} does not broadcast to a factor of {list(y.shape)}"
            )
        y = values_at.kernel(xp, xp.broadcast_to(y, x.shape), x.indices)
    return x.with_values(x.values * y)


@on_coo(div)
def quotient_of_coo(xp, x, y):
    if isinstance(y, CooArray) or y.ndim:
        raise RuntimeError(
            "Sparse division requires a scalar or zero-dim dense tensor divisor (got shape "
            f"{list(y.shape)} for divisor)"
        )
    return x.with_values(x.values / y)


@on_coo(add)
def sum_with_coo(xp, x, y):
    if isinstance(x, CooArray) and isinstance(y, CooArray):
        return sum_of_coo(x, y)
    if isinstance(x, CooArray):
        raise RuntimeError("add(sparse, dense) is not supported. Use add(dense, sparse) instead.")
    if x.shape != y.shape:
        raise RuntimeError(
            "add: expected 'self' and 'other' to have same size, but self has size "
            f"{list(x.shape)} while other has size {list(y.shape)} (FYI: dense-sparse addition "
            "does not currently support broadcasting)"
        )
    out = x.copy()
    return xp.add(out, y, out=out)


@on_coo(sub)
def difference_with_coo(xp, x, y):
    return sum_with_coo(xp, x, neg_of_coo(xp, y) if isinstance(y, CooArray) else y)


def sum_of_coo(x: CooArray, y: CooArray) -> CooArray:
    """Both, one after the other, or merged where the values of both lie close in memory.

    Merged as two sorted lists are: neither has to be sorted, so a place may come twice after.
    """
    if x.shape != y.shape:
        raise RuntimeError(
            "add: expected sizes of 'self' and 'other' to match, but "
            f"{list(x.shape)} != {list(y.shape)}"
        )
    if x.sparse_dim != y.sparse_dim:
        raise RuntimeError(
            "add: expected 'self' and 'other' to have same density, but 'self' has "
            f"{x.sparse_dim} sparse dimensions while 'other' has {y.sparse_dim} sparse dimensions"
        )
    if not (x.values.flags.c_contiguous and y.values.flags.c_contiguous):
        indices = numpy.concatenate((x.indices, y.indices), axis=1)
        return CooArray(indices, numpy.concatenate((x.values, y.values)), x.shape)
    if numpy.array_equal(x.indices, y.indices):
        return x.with_values(x.values + y.values)
    mine, its, count = merged_places(x.keys().tolist(), y.keys().tolist())
    indices = numpy.empty((x.sparse_dim, count), numpy.int64)
    indices[:, mine], indices[:, its] = x.indices, y.indices
    sums = numpy.zeros((count, *x.values.shape[1:]), x.dtype)
    sums[mine] = x.values
    sums[its] += y.values
    return CooArray(indices, sums, x.shape, x.coalesced and y.coalesced)


def merged_places(a: list[int], b: list[int]) -> tuple[list[int], list[int], int]:
    """Where the elements of two lists come in their merger, and how many places it has."""
    of_a, of_b, i, j, count = [], [], 0, 0, 0
    while i < len(a) or j < len(b):
        from_a = j == len(b) or (i < len(a) and a[i] <= b[j])
        from_b = i == len(a) or (j < len(b) and b[j] <= a[i])
        if from_a:
            of_a.append(count)
            i += 1
        if from_b:
            of_b.append(count)
            j += 1
        count += 1
    return of_a, of_b, count
