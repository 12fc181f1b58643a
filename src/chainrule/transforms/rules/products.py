"""The rules of products of vectors and matrices: batches of matrices, multiplied at once.

Apart from reductions, because here two operands may have the batch, or one alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy

from chainrule._core.kernels import run_op
from chainrule.ops import arithmetic, contraction, matmul, reduction, sums_of_products
from chainrule.ops.conversion import conjugate
from chainrule.ops.shape import expand, transpose
from chainrule.transforms.rules.batch import (
    Batch,
    Rule,
    broadcastable,
    give,
    reshape_array,
    with_batch,
)

if TYPE_CHECKING:
    from chainrule._core.operation import Op


def product(x: Any, y: Any) -> Any:
    """x @ y of batches of matrices; what has none is shared by all, as rows of one long matrix."""
    if y.ndim == 2:
        rows = reshape_array(x, (x.shape[0] * x.shape[1], x.shape[2]))
        out = run_op(matmul.mm, (rows, y), None)
        return reshape_array(out, (x.shape[0], x.shape[1], y.shape[1]))
    if x.ndim == 2:
        x = run_op(expand, (x,), {"shape": (y.shape[0], *x.shape)})
    return run_op(matmul.bmm, (x, y), None)


def turned(x: Any) -> Any:
    """The transpose of each matrix."""
    return run_op(transpose, (x,), {"dim0": -2, "dim1": -1})


def as_row(x: Any) -> Any:
    """Vectors as matrices of one row."""
    return reshape_array(x, (*x.shape[:-1], 1, x.shape[-1]))


def as_column(x: Any) -> Any:
    """Vectors as matrices of one column."""
    return reshape_array(x, (*x.shape, 1))


def _same(x: Any) -> Any:
    return x


def by_matrices(left: Any, right: Any, shape: Any) -> Rule:
    """A rule: make both operands matrices, multiply, and give the result the shape it has."""

    def rule(batch: Batch) -> Any:
        out = product(left(batch.values[0]), right(batch.values[1]))
        return reshape_array(out, (batch.size, *shape(out.shape[1], out.shape[2])))

    return rule


def dotted(batch: Batch) -> Any:
    """dot and vdot: the sum of the product."""
    x, y = batch.values
    if batch.op.kernel is matmul.vdot.kernel and x.dtype.kind == "c":
        x = run_op(conjugate, (x,), None)
    out = run_op(arithmetic.mul, (x, y), None)
    return run_op(reduction.sum, (out,), {"dim": (1,), "keepdim": False})


def in_batches(batch: Batch) -> Any:
    """bmm: one more dimension of batches."""
    return run_op(matmul.bmm, with_batch(batch), None)


def crossed(batch: Batch) -> Any:
    """cross."""
    dim = batch.parameters["dim"]
    values = with_batch(batch)
    return run_op(batch.op, values, {"dim": dim + 1 if dim >= 0 else dim})


def labelled(batch: Batch) -> Any:
    """contract and spread: the batch is one more label."""
    left, right, result = (batch.parameters[name] for name in ("left", "right", "result"))
    known = {*left, *right}
    label = next(("batch", k) for k in range(len(known) + 1) if ("batch", k) not in known)
    left, right = (
        (label, *names) if own else tuple(names) for names, own in zip((left, right), batch.batched)
    )
    parameters = {"left": left, "right": right, "result": (label, *result)}
    return run_op(batch.op, batch.values, parameters)


def summed(multiply: Rule, op: Op | None) -> Rule:
    """A rule for beta * x + alpha * product, or x + product.

    `op` multiplies where neither factor has the batch; None: `multiply` does that too.
    """

    def rule(batch: Batch) -> Any:
        beta, alpha = (batch.parameters.get(name, 1) for name in ("beta", "alpha"))
        own = any(batch.batched[1:]) or op is None
        if op is None or any(batch.batched[1:]):
            y = multiply(Batch(batch.op, batch.values[1:], batch.batched[1:], {}, batch.size))
        else:
            y = run_op(op, batch.values[1:], None)
        y = _times(y, alpha)
        if beta == 0:
            return y if own else run_op(expand, (y,), _shape(batch, y))
        terms = (_times(batch.values[0], beta), y)
        both = Batch(batch.op, terms, (batch.batched[0], own), {}, batch.size)
        return run_op(arithmetic.add, broadcastable(both), None)

    return rule


def _shape(batch: Batch, y: Any) -> dict:
    return {"shape": (batch.size, *y.shape)}


def _times(x: Any, number: Any) -> Any:
    if number == 1:
        return x
    return run_op(arithmetic.mul, (x, numpy.asarray(number, x.dtype)), None)


def over_batches(batch: Batch) -> Any:
    """The product of addbmm: summed over a batch of its own."""
    out = run_op(matmul.bmm, with_batch(batch), None)
    return run_op(reduction.sum, (out,), {"dim": (1,), "keepdim": False})


def _matrix(rows: int, columns: int) -> tuple:
    return rows, columns


def _column(rows: int, columns: int) -> tuple:
    return (rows,)


def _row(rows: int, columns: int) -> tuple:
    return (columns,)


mm = by_matrices(_same, _same, _matrix)
mm_turned = by_matrices(_same, turned, _matrix)
mv = by_matrices(_same, as_column, _column)
outer = by_matrices(as_column, as_row, _matrix)

give(mm, matmul.mm)
give(mm_turned, matmul.product_nt)
give(by_matrices(turned, _same, _matrix), matmul.product_tn)
give(mv, matmul.mv)
give(by_matrices(as_row, _same, _row), matmul.vm)
give(outer, matmul.outer)
give(dotted, matmul.dot, matmul.vdot)
give(in_batches, matmul.bmm)
give(crossed, matmul.cross)
give(labelled, contraction.contract, contraction.spread)
give(summed(mm, matmul.mm), sums_of_products.addmm)
give(summed(mm_turned, matmul.product_nt), sums_of_products.linear)
give(summed(mv, matmul.mv), sums_of_products.addmv)
give(summed(outer, matmul.outer), sums_of_products.addr)
give(summed(over_batches, None), sums_of_products.addbmm)
give(summed(in_batches, matmul.bmm), sums_of_products.baddbmm)
