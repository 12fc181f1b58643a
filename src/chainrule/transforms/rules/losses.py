"""The rules of losses: each element's loss, then a member's mean or sum.

Apart from reductions, because a loss says how it is reduced by a number.
"""

from __future__ import annotations

from typing import Any

import numpy

from chainrule._core.kernels import run_op
from chainrule.ops import arithmetic, loss, reduction
from chainrule.ops.shape import expand
from chainrule.transforms.rules.batch import Batch, broadcastable, give, reshape_array, with_batch


def by_element(batch: Batch) -> Any:
    """A loss without weights: of each element, then reduced."""
    losses = run_op(batch.op, broadcastable(batch), batch.changed(reduction=loss.NONE))
    return reduced(losses, batch.parameters["reduction"])


def weighted(batch: Batch) -> Any:
    """A loss whose weights have the shape of a member or less."""
    losses = run_op(batch.op, with_batch(batch), batch.changed(reduction=loss.NONE))
    return reduced(losses, batch.parameters["reduction"])


def of_classes(batch: Batch) -> Any:
    """nll_loss: the batch and a member's own are one, then each member has its weighted mean."""
    x, y = with_batch(batch)
    losses = _each_loss(batch, x, y)
    how = batch.parameters["reduction"]
    if how == loss.NONE:
        return losses
    total = reduced(losses, loss.SUM)
    return total if how == loss.SUM else run_op(arithmetic.div, (total, _counts(batch, x, y)), None)


def _each_loss(batch: Batch, x: Any, y: Any) -> Any:
    if x.ndim > 2:
        rows = reshape_array(x, (x.shape[0] * x.shape[1], *x.shape[2:]))
        classes = reshape_array(y, (y.shape[0] * y.shape[1], *y.shape[2:]))
    else:
        rows, classes = x, y
    parameters = {name: batch.parameters[name] for name in ("weight", "ignore_index")}
    found = run_op(loss.nll_loss, (rows, classes), {**parameters, "reduction": loss.NONE})
    return reshape_array(found, y.shape)


def _counts(batch: Batch, x: Any, y: Any) -> Any:
    """What each member's mean divides by: the losses of minus ones are the weights."""
    minus_ones = numpy.full(x.shape, -1, x.dtype)
    return reduced(_each_loss(batch, minus_ones, y), loss.SUM)


def of_classes_transposed(batch: Batch) -> Any:
    """Its transpose: each member's cotangents, shared out, put where its classes stand."""
    x, y = with_batch(batch)
    shape = (batch.size, *batch.parameters["shape"])
    if batch.parameters["reduction"] == loss.MEAN:
        counts = _counts(batch, numpy.empty(shape, x.dtype), y)
        x = run_op(arithmetic.div, (x, reshape_array(counts, (-1, *(1,) * (x.ndim - 1)))), None)
    if batch.parameters["reduction"] != loss.NONE:
        x = reshape_array(x, (batch.size, *(1,) * (y.ndim - 1)))
        x = run_op(expand, (x,), {"shape": y.shape})
    whole = shape
    if len(shape) > 2:
        whole = (shape[0] * shape[1], *shape[2:])
        x, y = (
            reshape_array(each, (each.shape[0] * each.shape[1], *each.shape[2:])) for each in (x, y)
        )
    out = run_op(batch.op, (x, y), batch.changed(shape=whole, reduction=loss.NONE))
    return reshape_array(out, shape)


def reduced(losses: Any, how: int) -> Any:
    """The mean or the sum over all dimensions but the batch."""
    if how == loss.NONE:
        return losses
    op = reduction.mean if how == loss.MEAN else reduction.sum
    return run_op(op, (losses,), {"dim": tuple(range(1, losses.ndim)), "keepdim": False})


give(by_element, loss.mse_loss, loss.smooth_l1_loss, loss.huber_loss, loss.soft_margin_loss)
give(weighted, loss.binary_cross_entropy, loss.binary_cross_entropy_with_logits)
give(of_classes, loss.nll_loss)
give(of_classes_transposed, loss.nll_loss_transpose)
