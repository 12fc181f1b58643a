"""The rules of losses: each element's loss, then a member's mean or sum.

Apart from reductions, because a loss says how it is reduced by a number.
"""

from __future__ import annotations

from typing import Any

from chainrule._core.kernels import run_op
from chainrule.ops import loss, reduction
from chainrule.transforms.rules.batch import Batch, broadcastable, give, with_batch


def by_element(batch: Batch) -> Any:
    """A loss without weights: of each element, then reduced."""
    losses = run_op(batch.op, broadcastable(batch), batch.changed(reduction=loss.NONE))
    return reduced(losses, batch.parameters["reduction"])


def weighted(batch: Batch) -> Any:
    """A loss whose weights have the shape of a member or less."""
    losses = run_op(batch.op, with_batch(batch), batch.changed(reduction=loss.NONE))
    return reduced(losses, batch.parameters["reduction"])


def reduced(losses: Any, how: int) -> Any:
    """The mean or the sum over all dimensions but the batch."""
    if how == loss.NONE:
        return losses
    op = reduction.mean if how == loss.MEAN else reduction.sum
    return run_op(op, (losses,), {"dim": tuple(range(1, losses.ndim)), "keepdim": False})


give(by_element, loss.mse_loss, loss.smooth_l1_loss, loss.huber_loss, loss.soft_margin_loss)
give(weighted, loss.binary_cross_entropy, loss.binary_cross_entropy_with_logits)
