"""The rules of what works along dimensions: sums, extremes, spreads, norms, running totals.

Apart from shapes, which move elements and combine none.
"""

from __future__ import annotations

from typing import Any

from chainrule._core.kernels import run_op
from chainrule.ops import (
    activation,
    arithmetic,
    extremes,
    norms,
    reduction,
    running,
    softmax,
    spread,
)
from chainrule.transforms.rules.batch import (
    Batch,
    broadcastable,
    give,
    one_further,
    reshape_array,
    shifted,
)


def along_one(batch: Batch) -> Any:
    """What works along one dimension; a member without any is its own total."""
    (x,) = batch.values
    if x.ndim == 1:
        lone = reshape_array(x, (batch.size, 1))
        return reshape_array(run_op(batch.op, (lone,), batch.changed(dim=1)), (batch.size,))
    return run_op(batch.op, (x,), batch.changed(dim=one_further(batch.parameters["dim"], x.ndim)))


def placing(batch: Batch) -> Any:
    """argmax and argmin: over all dimensions, a place counts all of a member's elements."""
    (x,) = batch.values
    if batch.parameters["dim"] is not None and x.ndim > 1:
        return shifted("dim")(batch)
    flat = reshape_array(x, (batch.size, -1))
    found = run_op(batch.op, (flat,), {"dim": 1, "keepdim": False})
    kept = (1,) * (x.ndim - 1) if batch.parameters["keepdim"] else ()
    return reshape_array(found, (batch.size, *kept))


def distances(batch: Batch) -> Any:
    """dist: the norm of the difference."""
    difference = run_op(arithmetic.sub, broadcastable(batch), None)
    everything = {"ord": batch.parameters["p"], "dim": tuple(range(1, difference.ndim))}
    return run_op(norms.vector_norm, (difference,), {**everything, "keepdim": False})


for _module, _names in (
    (reduction, "sum mean nansum prod"),
    (extremes, "amax amin aminmax max min all any count_nonzero"),
    (norms, "vector_norm"),
    (softmax, "logsumexp"),
    (spread, "var std var_mean std_mean"),
):
    give(shifted("dim"), *[getattr(_module, name) for name in _names.split()])

give(along_one, running.cumsum, running.reverse_cumsum, running.cumprod, running.logcumsumexp)
give(along_one, softmax.softmax, softmax.log_softmax)
give(shifted("dim"), activation.glu)
give(placing, extremes.argmax, extremes.argmin)
give(distances, norms.dist)
