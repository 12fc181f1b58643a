"""The rules of views, of cutting and joining, and of what rearranges elements.

Apart from indexing, where another operand says which elements are meant.
"""

from __future__ import annotations

from typing import Any

from chainrule._core.kernels import run_op
from chainrule.ops import (
    arithmetic,
    choice,
    complex_numbers,
    contraction,
    conversion,
    diagonals,
    filling,
    indexing,
    memory,
    rearrangement,
    shape,
    windows,
)
from chainrule.transforms.rules.batch import (
    Batch,
    Rule,
    aligned,
    as_it_is,
    broadcastable,
    give,
    one_further,
    reshape_array,
    shifted,
    with_batch,
)


def reshaped(batch: Batch) -> Any:
    """An op to which a shape is given."""
    (x,) = batch.values
    return run_op(batch.op, (x,), {"shape": (batch.size, *batch.parameters["shape"])})


def _more_dimensions(x: Any, ndim: int) -> Any:
    """x with as many dimensions behind the batch."""
    missing = ndim - (x.ndim - 1)
    return reshape_array(x, (x.shape[0], *(1,) * missing, *x.shape[1:])) if missing else x


def expanded(batch: Batch) -> Any:
    """expand: a member may get more dimensions in front."""
    (x,) = batch.values
    wanted = batch.parameters["shape"]
    shape_ = {"shape": (batch.size, *wanted)}
    return run_op(batch.op, (_more_dimensions(x, len(wanted)),), shape_)


def repeated(batch: Batch) -> Any:
    """repeat: likewise."""
    (x,) = batch.values
    repeats = batch.parameters["repeats"]
    return run_op(batch.op, (_more_dimensions(x, len(repeats)),), {"repeats": (1, *repeats)})


def transposed(batch: Batch) -> Any:
    """transpose: of a member without dimensions, that member."""
    (x,) = batch.values
    if x.ndim == 1:
        return x
    names = ("dim0", "dim1")
    return run_op(
        batch.op, (x,), {name: one_further(batch.parameters[name], x.ndim) for name in names}
    )


def permuted(batch: Batch) -> Any:
    """permute: the batch stays in front."""
    (x,) = batch.values
    dims = tuple(dim % (x.ndim - 1) + 1 for dim in batch.parameters["dims"])
    return run_op(batch.op, (x,), {"dims": (0, *dims)})


def inserted(batch: Batch) -> Any:
    """unsqueeze."""
    (x,) = batch.values
    dim = batch.parameters["dim"]
    return run_op(batch.op, (x,), {"dim": dim + 1 if dim >= 0 else dim + x.ndim + 1})


def squeezed(batch: Batch) -> Any:
    """squeeze: the batch itself stays, even if it has one member."""
    (x,) = batch.values
    dim = batch.parameters["dim"]
    if dim is None:
        dim = tuple(axis for axis in range(x.ndim - 1) if x.shape[axis + 1] == 1)
    return run_op(batch.op, (x,), {"dim": one_further(dim, x.ndim)})


def rolled(batch: Batch) -> Any:
    """roll: along no dimension means along all as one."""
    (x,) = batch.values
    shifts, dims = batch.parameters["shifts"], batch.parameters["dims"]
    if dims:
        return run_op(batch.op, (x,), {"shifts": shifts, "dims": one_further(dims, x.ndim)})
    flat = reshape_array(x, (batch.size, -1 if x.size else 0))
    turned = run_op(batch.op, (flat,), {"shifts": shifts, "dims": (1,) * _count(shifts)})
    return reshape_array(turned, x.shape)


def _count(shifts: Any) -> int:
    return len(shifts) if isinstance(shifts, tuple) else 1


def joined(batch: Batch) -> Any:
    """cat and stack."""
    arrays = with_batch(batch)
    dim = batch.parameters["dim"]
    if batch.op.kernel is shape.cat.kernel and len({array.ndim for array in arrays}) > 1:
        ndim = max(array.ndim for array in arrays)  # empty ones of one dimension are left out
        arrays = tuple(array for array in arrays if array.ndim == ndim)
    return run_op(batch.op, arrays, {"dim": dim + 1 if dim >= 0 else dim})


def shaped(*names: str) -> Rule:
    """A rule for ops that are given the shape of the result, and dimensions."""

    def rule(batch: Batch) -> Any:
        (x,) = batch.values
        wanted = batch.parameters["shape"]
        further = {name: one_further(batch.parameters[name], len(wanted) + 1) for name in names}
        return run_op(batch.op, (x,), batch.changed(shape=(batch.size, *wanted), **further))

    return rule


def indexed(batch: Batch) -> Any:
    """A part, by NumPy's basic indexing."""
    (x,) = batch.values
    return run_op(batch.op, (x,), {"index": (slice(None), *_tuple(batch.parameters["index"]))})


def surrounded(batch: Batch) -> Any:
    """Zeros around a part."""
    (x,) = batch.values
    index = (slice(None), *_tuple(batch.parameters["index"]))
    return run_op(
        batch.op, (x,), {"shape": (batch.size, *batch.parameters["shape"]), "index": index}
    )


def _tuple(index: Any) -> tuple:
    return index if isinstance(index, tuple) else (index,)


def windowed(batch: Batch) -> Any:
    """unfold: a member that is one number counts as one element."""
    (x,) = batch.values
    if x.ndim == 1:
        kept = {"dim": 1, "start": 0, "length": min(batch.parameters["size"], 1)}
        return run_op(shape.narrow, (reshape_array(x, (batch.size, 1)),), kept)
    return run_op(batch.op, (x,), batch.changed(dim=one_further(batch.parameters["dim"], x.ndim)))


def folded(batch: Batch) -> Any:
    """fold, its transpose."""
    (x,) = batch.values
    wanted = batch.parameters["shape"]
    if not wanted:
        return reshape_array(x, (batch.size,))
    dim = one_further(batch.parameters["dim"], x.ndim)
    return run_op(batch.op, (x,), batch.changed(shape=(batch.size, *wanted), dim=dim))


def placed(batch: Batch) -> Any:
    """Ops on a place in memory: the members' memories follow one another."""
    values = with_batch(batch)
    names = ("size", "stride", "base_stride")
    size, stride, base_stride = (batch.parameters[name] for name in names)
    step = _step(batch, values[0])
    parameters = batch.changed(
        size=(batch.size, *size), stride=(step, *stride), base_stride=(step, *base_stride)
    )
    if "shape" in parameters:
        parameters["shape"] = (batch.size, *parameters["shape"])
    return run_op(batch.op, values, parameters)


def _step(batch: Batch, x: Any) -> int:
    """How many elements one member's memory lies behind another's."""
    if batch.op.view:
        return x.strides[0] // x.itemsize
    sizes = batch.parameters.get("shape", x.shape[1:])
    return 1 + sum((n - 1) * step for n, step in zip(sizes, batch.parameters["base_stride"]))


def written_over(batch: Batch) -> Any:
    """copy and fill: every member has a target of its own."""
    x, y = batch.values
    if not batch.batched[0]:
        x = run_op(shape.expand, (x,), {"shape": (batch.size, *x.shape)})
    ranks = Batch(batch.op, (x, y), (True, batch.batched[1]), {}, batch.size)
    return run_op(batch.op, broadcastable(ranks), None)


give(aligned, choice.choose, complex_numbers.complex, arithmetic.sign_or_phase)
give(written_over, filling.copy, filling.fill_tensor)
give(reshaped, shape.view, shape.reshape)
give(expanded, shape.expand)
give(permuted, shape.permute)
give(transposed, shape.transpose)
give(squeezed, shape.squeeze)
give(inserted, shape.unsqueeze)
give(shifted("dim"), shape.narrow, shape.unbind, shape.split_with_sizes)
give(shifted("dim"), indexing.select, indexing.slice_)
give(joined, shape.cat, shape.stack)
give(shaped("dim"), shape.pad_narrow)
give(indexed, indexing.part)
give(surrounded, indexing.surrounded)
give(as_it_is, indexing.alias, shape.view_as_real, shape.view_as_complex)
give(as_it_is, conversion.cast, conversion.clone, conversion.contiguous_clone, conversion.conjugate)
give(shifted("dims"), rearrangement.flip, rearrangement.rot90)
give(rolled, rearrangement.roll)
give(repeated, rearrangement.repeat)
give(shifted("dim1", "dim2"), diagonals.diagonal, diagonals.diagonal_copy, diagonals.diag_embed)
give(shaped("dim1", "dim2"), diagonals.pad_diagonal)
give(as_it_is, diagonals.tril, diagonals.triu)
give(windowed, windows.unfold)
give(folded, windows.fold)
give(placed, memory.as_strided, memory.take_place, memory.put_place, memory.clear_place)
give(placed, memory.overlay)


def _trace(batch: Batch) -> Any:
    """The trace, as the sum of the diagonal."""
    from chainrule.ops.reduction import sum as total

    (x,) = batch.values
    diagonal = run_op(diagonals.diagonal, (x,), {"offset": 0, "dim1": 1, "dim2": 2})
    return run_op(total, (diagonal,), {"dim": (1,), "keepdim": False})


give(_trace, contraction.trace)
