"""The losses that PyTorch computes in one node, with their derivatives.

Apart from the functions in nn.functional, which check their arguments and compose the rest.
`reduction` is 0 for none, 1 for the mean, 2 for the sum; weights are arrays or None.

Note: what is linear. Picking the right class's log-probability is linear in the input; its
transpose, which puts a cotangent where the probability was picked, is the op
`nll_loss_transpose`. So neither needs a second derivative of its own.
"""

from __future__ import annotations

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule.ops.arithmetic import abs, maximum, minimum, mul, sign
from chainrule.ops.choice import where
from chainrule.ops.exponential import log, log1p, sigmoid
from chainrule.ops.kinds import general, multilinear

NONE, MEAN, SUM = range(3)
TARGET = {"target": 1}  # PyTorch's name of the second input, `grad_fn._saved_target`


def summed(xp, values):
    """The sum of all values; of 16-bit ones in float32, as PyTorch adds them."""
    return xp.add.reduce(values, axis=None, dtype=xp.float32 if values.itemsize == 2 else None)


def reduced(xp, losses, reduction):
    if reduction == NONE:
        return losses
    total = summed(xp, losses)
    return xp.asarray(total / losses.size if reduction == MEAN else total, losses.dtype)


def spread(g, losses, reduction):
    """The cotangent of each element's loss, from that of the result."""
    return g / losses.numel() if reduction == MEAN else g


def weighted(value, weight):
    """An array or a tensor times a weight, where there is one."""
    if weight is None:
        return value
    return mul(value, wrap_array(weight)) if isinstance(value, Tensor) else value * weight


# ------------------------------------------------------------------------------- regression


@general(broadcasts=True, promotes=True)
def mse_loss(xp, x, y, *, reduction):
    difference = x - y
    return reduced(xp, difference * difference, reduction)


def mse_loss_vjp(g, x, y, reduction):
    difference = x - y
    return difference * (spread(g, difference, reduction) * 2)


mse_loss.vjps(mse_loss_vjp, lambda g, x, y, reduction: -mse_loss_vjp(g, x, y, reduction))
mse_loss.saved_names = TARGET


@general(node="SmoothL1LossBackward0", broadcasts=True, promotes=True)
def smooth_l1_loss(xp, x, y, *, reduction, beta):
    distance = xp.abs(x - y)
    near = distance * distance * (0.5 / beta)
    return reduced(xp, xp.where(distance < beta, near, distance - 0.5 * beta), reduction)


def smooth_l1_loss_vjp(g, x, y, reduction, beta):
    difference = x - y
    slope = where(abs(difference) < beta, difference / beta, sign(difference))
    return slope * spread(g, difference, reduction)


smooth_l1_loss.vjps(
    smooth_l1_loss_vjp,
    lambda g, x, y, reduction, beta: -smooth_l1_loss_vjp(g, x, y, reduction, beta),
)
smooth_l1_loss.saved_names = TARGET


@general(broadcasts=True, promotes=True)
def huber_loss(xp, x, y, *, reduction, delta):
    distance = xp.abs(x - y)
    far = (distance - 0.5 * delta) * delta
    return reduced(xp, xp.where(distance <= delta, distance * distance * 0.5, far), reduction)


def huber_loss_vjp(g, x, y, reduction, delta):
    difference = x - y
    slope = minimum(maximum(difference, -delta), delta)
    return slope * spread(g, difference, reduction)


huber_loss.vjps(
    huber_loss_vjp,
    lambda g, x, y, reduction, delta: -huber_loss_vjp(g, x, y, reduction, delta),
)
huber_loss.saved_names = TARGET


# ---------------------------------------------------------------------------- probabilities

LEAST_LOG = -100.0  # what log(0) counts as
LEAST_VARIANCE = 1e-12


@general()
def binary_cross_entropy(xp, x, y, *, weight, reduction):
    right = xp.maximum(xp.log(x), LEAST_LOG)
    wrong = xp.maximum(xp.log1p(-x), LEAST_LOG)
    return reduced(xp, weighted((y - 1) * wrong - y * right, weight), reduction)


binary_cross_entropy.vjps(
    lambda g, x, y, weight, reduction: (
        weighted(spread(g, x, reduction), weight) * ((x - y) / maximum((1 - x) * x, LEAST_VARIANCE))
    ),
    lambda g, x, weight, reduction: (
        weighted(spread(g, x, reduction), weight) * (log1p(-x) - log(x))
    ),
)
binary_cross_entropy.saved_names = TARGET


def softplus_of_minus(xp, x):
    """log(1 + exp(-x)), without overflow."""
    return xp.log1p(xp.exp(-xp.abs(x))) - xp.minimum(x, 0)


@general(broadcasts=True)
def binary_cross_entropy_with_logits(xp, x, y, *, weight, pos_weight, reduction):
    factor = 1 if pos_weight is None else (pos_weight - 1) * y + 1
    losses = (1 - y) * x + factor * softplus_of_minus(xp, x)
    return reduced(xp, weighted(losses, weight), reduction)


def logits_vjp(g, x, y, weight, pos_weight, reduction):
    right = weighted(y, pos_weight)
    slope = sigmoid(x) - y if pos_weight is None else (right + 1 - y) * sigmoid(x) - right
    return weighted(slope * spread(g, slope, reduction), weight)


def logits_target_vjp(g, x, weight, pos_weight, reduction):
    slope = -x
    if pos_weight is not None:
        slope = slope + (log1p((-abs(x)).exp()) - minimum(x, 0)) * (wrap_array(pos_weight) - 1)
    return weighted(slope * spread(g, slope, reduction), weight)


binary_cross_entropy_with_logits.vjps(logits_vjp, logits_target_vjp)
binary_cross_entropy_with_logits.saved_names = TARGET


@general(broadcasts=True, promotes=True)
def soft_margin_loss(xp, x, y, *, reduction):
    return reduced(xp, xp.log1p(xp.exp(-x * y)), reduction)


def soft_margin_loss_vjp(g, x, y, reduction):
    slope = -y * sigmoid(-x * y)
    return slope * spread(g, slope, reduction)


soft_margin_loss.vjps(soft_margin_loss_vjp, None)
soft_margin_loss.saved_names = TARGET


# --------------------------------------------------------------------------- of one class


def places(xp, classes, y, weight, ignore_index):
    """Where each target's class stands in an input, and how much each target counts."""
    counted = y != ignore_index
    everything = counted.all()
    if not everything:
        y = xp.where(counted, y, 0)
    wrong = (y < 0) | (y >= classes)
    if wrong.any():
        raise IndexError(
            f"Target {y[wrong].flat[0]} is out of bounds: there are {classes} classes."
        )
    index = list(xp.indices(y.shape, sparse=True))
    index.insert(min(len(index), 1), y)
    if weight is not None:
        return tuple(index), weight[y] * counted
    return tuple(index), None if everything else counted


def count_of(xp, y, counts):
    """What the mean divides by."""
    return y.size if counts is None else summed(xp, counts)


@multilinear(node="NllLossBackward0")
def nll_loss(xp, x, y, *, weight, ignore_index, reduction):
    index, counts = places(xp, x.shape[min(x.ndim - 1, 1)], y, weight, ignore_index)
    losses = -x[index]
    if counts is not None:
        losses = xp.where(counts != 0, losses * counts, 0).astype(x.dtype)
    if reduction == NONE:
        return losses
    total = summed(xp, losses)
    return xp.asarray(total / count_of(xp, y, counts) if reduction == MEAN else total, x.dtype)


@multilinear()
def nll_loss_transpose(xp, x, y, *, shape, weight, ignore_index, reduction):
    """Zeros of `shape`, with minus the cotangents x where the classes y stand."""
    index, counts = places(xp, shape[min(len(shape) - 1, 1)], y, weight, ignore_index)
    values = x / count_of(xp, y, counts) if reduction == MEAN else x
    result = xp.zeros(shape, x.dtype)
    result[index] = -values if counts is None else xp.where(counts != 0, -values * counts, 0)
    return result


nll_loss.transposes(
    lambda g, y, x_shape, weight, ignore_index, reduction: nll_loss_transpose(
        g, y, shape=x_shape, weight=weight, ignore_index=ignore_index, reduction=reduction
    ),
    None,
)
nll_loss_transpose.transposes(
    lambda g, y, weight, ignore_index, reduction: nll_loss(
        g, y, weight=weight, ignore_index=ignore_index, reduction=reduction
    ),
    None,
)
nll_loss.saved_names = TARGET
nll_loss2d = nll_loss.named("NllLoss2DBackward0")
