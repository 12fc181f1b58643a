"""The rules of gathering, scattering and indexing by numbers.

Apart from shapes: another operand says which elements are meant, and may have the batch or not.

Note: members. `index` and its kin count along `dims` as if these were one dimension. With the
batch as one more of these dimensions, in front, the number k of member b becomes
b * (how many there are) + k: then all members are indexed at once.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy

from chainrule._core.kernels import run_op
from chainrule.ops import (
    arithmetic,
    counting,
    distinct,
    embedding,
    gathering,
    indexing,
    scatter_reduction,
    sparse,
)
from chainrule.ops.choice import choose
from chainrule.ops.comparison import lt
from chainrule.ops.shape import expand, permute
from chainrule.transforms.rules.batch import (
    Batch,
    dynamic,
    give,
    member_by_member,
    reshape_array,
    with_batch,
)

# ------------------------------------------------------------------------ numbers of elements


def by_element(batch: Batch) -> Any:
    """gather and its kin: every operand with the batch, one more dimension in front."""
    values = with_batch(batch)
    dim = batch.parameters["dim"]
    further = {"dim": dim + 1 if dim >= 0 else dim}
    if "shape" in batch.parameters:
        further["shape"] = (batch.size, *batch.parameters["shape"])
    if len(further.get("shape", values[0].shape)) > 2:
        return run_op(batch.op, values, batch.changed(**further))
    return _of_vectors(batch, values)


def _of_vectors(batch: Batch, values: tuple) -> Any:
    """Members of one dimension or none, where the index may have one more or less."""
    op, *operands = _as_rows(batch, values)
    parameters: dict[str, Any] = {"dim": 1}
    shape = values[0].shape
    if "shape" in batch.parameters:
        shape = (batch.size, *batch.parameters["shape"])
        parameters["shape"] = (batch.size, prod(shape[1:]))
    found = run_op(op, tuple(operands), parameters)
    return reshape_array(found, values[-1].shape if op is gathering.gather else shape)


def _as_rows(batch: Batch, values: tuple) -> tuple:
    """The op without `keepdim`, and its operands with one dimension behind the batch."""
    plain = {
        gathering.pick.kernel: gathering.gather,
        gathering.pick_sum.kernel: gathering.scatter_sum,
    }
    rows = [reshape_array(value, (batch.size, prod(value.shape[1:]))) for value in values]
    op = plain.get(batch.op.kernel, batch.op)
    return (gathering.gather if op.kernel is gathering.gather.kernel else op, *rows)


# ------------------------------------------------------------------------- numbers of members


def _shape(batch: Batch, x: Any) -> tuple:
    """The shape of one member of what is indexed."""
    return tuple(batch.parameters["shape"]) if "shape" in batch.parameters else x.shape[1:]


def _numbers(batch: Batch, index: Any, shape: tuple) -> Any:
    """The numbers of members as they count once the batch is one of the dimensions."""
    count = prod(shape[dim] for dim in batch.parameters["dims"]) if shape else 1
    behind = (batch.size, *(1,) * (index.ndim - 1))
    starts = numpy.arange(batch.size).reshape(behind) * count
    whole = numpy.asarray(count)
    from_front = run_op(arithmetic.add, (index, whole), None)
    index = run_op(choose, (run_op(lt, (index, numpy.asarray(0)), None), from_front, index), None)
    return run_op(arithmetic.add, (index, starts), None)


def by_member(batch: Batch) -> Any:
    """index and its kin."""
    *values, index = with_batch(batch)
    shape = _shape(batch, values[0])
    if not shape:
        values[0] = reshape_array(values[0], (batch.size, 1)) if _is_indexed(batch) else values[0]
    dims = (0, *(dim + 1 for dim in batch.parameters["dims"]))
    further: dict[str, Any] = {"dims": dims}
    if "shape" in batch.parameters:
        further["shape"] = (batch.size, *(shape or (1,)))
    if batch.op.kernel is not indexing.index.kernel and len(values) + _is_sum(batch) > 1:
        values[-1] = _written(batch, values[-1], shape, index)
    numbers = _numbers(batch, index, shape)
    out = run_op(batch.op, (*values, numbers), batch.changed(**further))
    if batch.op.kernel is indexing.index.kernel:
        return _in_place(batch, out, shape, index)
    return out if shape else reshape_array(out, (batch.size,))


def _is_sum(batch: Batch) -> bool:
    return batch.op.kernel is indexing.index_sum.kernel


def _is_indexed(batch: Batch) -> bool:
    return not _is_sum(batch)


def _order(batch: Batch, shape: tuple, index: Any) -> tuple | None:
    """Where each dimension of a member's selection stands, once the batch is indexed with it.

    Then the numbers' dimensions come first, and those that are not indexed follow; else they stand
    where the indexed dimensions stood, if these follow one another.
    """
    dims, many = batch.parameters["dims"], index.ndim - 1
    lead = dims[0] if shape and dims[-1] - dims[0] == len(dims) - 1 else 0
    if not lead:
        return None
    total = many + len(shape) - len(dims)
    before = [1 + many + k for k in range(lead)]
    numbers = [1 + k for k in range(many)]
    after = [1 + k for k in range(many + lead, total)]
    return (0, *before, *numbers, *after)


def _in_place(batch: Batch, out: Any, shape: tuple, index: Any) -> Any:
    """A selection, its dimensions in the order in which a member's would be."""
    order = _order(batch, shape, index)
    return out if order is None else run_op(permute, (out,), {"dims": order})


def _written(batch: Batch, value: Any, shape: tuple, index: Any) -> Any:
    """What is written, of a selection's whole shape, its dimensions in the order it is met in."""
    dims = batch.parameters["dims"]
    rest = tuple(n for dim, n in enumerate(shape) if dim not in dims)
    order = _order(batch, shape, index)
    lead = dims[0] if order else 0
    selection = (*rest[:lead], *index.shape[1:], *rest[lead:])
    missing = len(selection) - (value.ndim - 1)
    value = reshape_array(value, (batch.size, *(1,) * missing, *value.shape[1:]))
    value = run_op(expand, (value,), {"shape": (batch.size, *selection)})
    if order is None:
        return value
    back = tuple(sorted(range(len(order)), key=lambda axis: order[axis]))
    return run_op(permute, (value,), {"dims": back})


# -------------------------------------------------------------------------------------- tables


def looked_up(batch: Batch) -> Any:
    """embedding: of one table, all numbers at once; of many, as index does."""
    table, numbers = batch.values
    plain = batch.op.kernel is embedding.embedding.kernel or (
        batch.parameters["padding"] < 0 and not batch.parameters["by_frequency"]
    )
    if not batch.batched[0] and plain:
        return run_op(batch.op, batch.values, batch.parameters)
    if not plain:
        return member_by_member(batch)
    chosen = Batch(indexing.index, (table, numbers), batch.batched, {"dims": (0,)}, batch.size)
    return by_member(chosen)


give(by_element, gathering.gather, gathering.scatter_sum, gathering.scatter)
give(by_element, gathering.scatter_add, gathering.scatter_clear)
give(by_element, gathering.pick, gathering.pick_sum)
give(by_element, scatter_reduction.scatter_prod, scatter_reduction.scatter_max)
give(by_element, scatter_reduction.scatter_min)
give(by_member, indexing.index, indexing.index_sum, indexing.index_put)
give(by_member, indexing.index_add, indexing.index_clear)


def tabled(batch: Batch) -> Any:
    """embedding_sum: the members' tables, one below the other, are one table."""
    if batch.parameters["padding"] >= 0 or batch.parameters["by_frequency"]:
        return member_by_member(batch)
    rows = batch.parameters["rows"]
    values, numbers = with_batch(batch)
    starts = numpy.arange(batch.size).reshape(-1, *(1,) * (numbers.ndim - 1)) * rows
    further = run_op(arithmetic.add, (numbers, starts), None)
    out = run_op(batch.op, (values, further), batch.changed(rows=batch.size * rows))
    return reshape_array(out, (batch.size, rows, out.shape[1]))


give(tabled, embedding.embedding_sum)
give(looked_up, embedding.embedding, embedding.embedding_picked, sparse.embedding)
give(dynamic, counting.bincount, distinct.unique)
