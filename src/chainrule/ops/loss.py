"""The losses that PyTorch computes in one node, with their derivatives.

Apart from the functions in nn.functional, which check their arguments and compose the rest.
`reduction` is 0 for none, 1 for the mean, 2 for the sum; weights are arrays or None.

Note: elements and slopes. Each loss is a formula of one element, and a formula of its slope times
the cotangent, both run in one pass as programs. `create_graph` takes the formula of the slope
apart, so no second derivative is written.

Note: what is linear. Picking the right class's log-probability is linear in the input; its
transpose, which puts a cotangent where the probability was picked, is the op
`nll_loss_transpose`. So neither needs a second derivative of its own.
"""

from __future__ import annotations

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.modes import is_grad_enabled
from chainrule.ops.arithmetic import abs, maximum, minimum, mul, sign
from chainrule.ops.choice import where
from chainrule.ops.exponential import exp, log, log1p, sigmoid
from chainrule.ops.kinds import elementwise, general, multilinear

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


def on_arrays(op, *arrays, **parameters):
    """An op of arrays instead of tensors, unrecorded."""
    return op(*[wrap_array(array) for array in arrays], **parameters)._array


def sloped(op, *operands, **parameters):
    """A slope by its program; where its derivative will be asked for, by its formula."""
    if is_grad_enabled():
        return op.formula(*operands, *[parameters[name] for name in op.parameters])
    return op(*operands, **parameters)


def spread(g, count, reduction):
    """The cotangent of each element's loss, from that of the result."""
    return g / count if reduction == MEAN else g


def count_of(x, y):
    """How many elements two tensors have together."""
    return x.numel() if x.shape == y.shape or y.numel() == 1 else (x + y).numel()


# ------------------------------------------------------------------------------- regression
# Each depends on the difference, so that the cotangent of the target is minus the input's.

square = elementwise("square", lambda x, y: (x - y) * (x - y))
square_slope = elementwise("square_slope", lambda x, y, z: (x - y) * z)

# Written without a choice: near = min(distance, bend), and the rest beyond it is a line.
bent = elementwise(
    "bent",
    lambda x, y, bend: minimum(abs(x - y), bend) * (abs(x - y) - 0.5 * minimum(abs(x - y), bend)),
)
bent_slope = elementwise(
    "bent_slope", lambda x, y, z, bend: minimum(maximum(x - y, -bend), bend) * z
)
smooth_slope = elementwise(
    "smooth_slope",
    lambda x, y, z, beta: where(abs(x - y) < beta, (x - y) / beta, sign(x - y)) * z,
)


@general(broadcasts=True, promotes=True)
def mse_loss(xp, x, y, *, reduction):
    return reduced(xp, on_arrays(square, x, y), reduction)


def mse_loss_vjp(g, x, y, reduction):
    return sloped(square_slope, x, y, g * (2 / count_of(x, y) if reduction == MEAN else 2))


mse_loss.vjps(mse_loss_vjp, lambda g, x, y, reduction: mse_loss_vjp(g, y, x, reduction))


@general(node="SmoothL1LossBackward0", broadcasts=True, promotes=True)
def smooth_l1_loss(xp, x, y, *, reduction, beta):
    return reduced(xp, on_arrays(bent, x, y, bend=beta) / xp.asarray(beta, x.dtype), reduction)


def smooth_l1_loss_vjp(g, x, y, reduction, beta):
    return sloped(smooth_slope, x, y, spread(g, count_of(x, y), reduction), beta=beta)


smooth_l1_loss.vjps(
    smooth_l1_loss_vjp,
    lambda g, x, y, reduction, beta: smooth_l1_loss_vjp(g, y, x, reduction, beta),
)


@general(broadcasts=True, promotes=True)
def huber_loss(xp, x, y, *, reduction, delta):
    return reduced(xp, on_arrays(bent, x, y, bend=delta), reduction)


def huber_loss_vjp(g, x, y, reduction, delta):
    return sloped(bent_slope, x, y, spread(g, count_of(x, y), reduction), bend=delta)


huber_loss.vjps(
    huber_loss_vjp, lambda g, x, y, reduction, delta: huber_loss_vjp(g, y, x, reduction, delta)
)


# ---------------------------------------------------------------------------- probabilities


def weighted(value, weight):
    """An array or a tensor times a weight, where there is one."""
    if weight is None:
        return value
    return mul(value, wrap_array(weight)) if isinstance(value, Tensor) else value * weight


LEAST_LOG = -100.0  # what log(0) counts as
LEAST_VARIANCE = 1e-12

surprise = elementwise(
    "surprise",
    lambda x, y: (y - 1) * maximum(log1p(-x), LEAST_LOG) - y * maximum(log(x), LEAST_LOG),
)
surprise_slope = elementwise(
    "surprise_slope", lambda x, y, z: (x - y) / maximum((1 - x) * x, LEAST_VARIANCE) * z
)


@general()
def binary_cross_entropy(xp, x, y, *, weight, reduction):
    return reduced(xp, weighted(on_arrays(surprise, x, y), weight), reduction)


binary_cross_entropy.vjps(
    lambda g, x, y, weight, reduction: sloped(
        surprise_slope, x, y, weighted(spread(g, x.numel(), reduction), weight)
    ),
    lambda g, x, weight, reduction: (
        weighted(spread(g, x.numel(), reduction), weight) * (log1p(-x) - log(x))
    ),
)

# log(1 + exp(-x)), without overflow.
surprise_of_logit = elementwise("surprise_of_logit", lambda x: log1p(exp(-abs(x))) - minimum(x, 0))
logit_loss = elementwise(
    "logit_loss", lambda x, y: (1 - y) * x + (log1p(exp(-abs(x))) - minimum(x, 0))
)
logit_slope = elementwise("logit_slope", lambda x, y, z: (sigmoid(x) - y) * z)


@general()
def binary_cross_entropy_with_logits(xp, x, y, *, weight, pos_weight, reduction):
    if pos_weight is None:
        losses = on_arrays(logit_loss, x, y)
    else:
        factor = (pos_weight - 1) * y + 1
        losses = (1 - y) * x + factor * on_arrays(surprise_of_logit, x)
    return reduced(xp, weighted(losses, weight).astype(y.dtype, copy=False), reduction)


def logits_vjp(g, x, y, weight, pos_weight, reduction):
    g = weighted(spread(g, x.numel(), reduction), weight)
    if pos_weight is None:
        return sloped(logit_slope, x, y, g)
    right = weighted(y, pos_weight)
    return ((right + 1 - y) * sigmoid(x) - right) * g


def logits_target_vjp(g, x, weight, pos_weight, reduction):
    slope = -x
    if pos_weight is not None:
        slope = slope + surprise_of_logit.formula(x) * (wrap_array(pos_weight) - 1)
    return weighted(slope * spread(g, x.numel(), reduction), weight)


binary_cross_entropy_with_logits.vjps(logits_vjp, logits_target_vjp)

margin = elementwise("margin", lambda x, y: log1p(exp(-(x * y))))
margin_slope = elementwise("margin_slope", lambda x, y, z: -y * sigmoid(-(x * y)) * z)


@general(broadcasts=True)
def soft_margin_loss(xp, x, y, *, reduction):
    return reduced(xp, on_arrays(margin, x, y), reduction).astype(x.dtype, copy=False)


soft_margin_loss.vjps(
    lambda g, x, y, reduction: sloped(margin_slope, x, y, spread(g, count_of(x, y), reduction)),
    None,
)


# --------------------------------------------------------------------------- of one class


def places(xp, classes, y, weight, ignore_index):
    """Where each target's class stands in an input, and how much each target counts."""
    counted = None
    if ignore_index >= 0 or largest(xp, y) >= classes:
        counted = y != ignore_index
        y = xp.where(counted, y, 0)
        check_classes(xp, classes, y)
    index = [xp.arange(size).reshape(-1, *[1] * (y.ndim - k - 1)) for k, size in enumerate(y.shape)]
    index.insert(min(len(index), 1), y)
    if weight is not None:
        return tuple(index), weight[y] if counted is None else weight[y] * counted
    return tuple(index), counted


def largest(xp, y):
    """The largest number, where negative ones count as beyond all: one pass instead of two."""
    if not y.size:
        return 0
    return xp.maximum.reduce(y.view(xp.uint64) if y.dtype == xp.int64 else y, axis=None)


def check_classes(xp, classes, y):
    if largest(xp, y) >= classes:
        wrong = y[(y < 0) | (y >= classes)].flat[0]
        raise IndexError(f"Target {wrong} is out of bounds: there are {classes} classes.")


def total_count(xp, y, counts):
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
    return xp.asarray(total / total_count(xp, y, counts) if reduction == MEAN else total, x.dtype)


@multilinear()
def nll_loss_transpose(xp, x, y, *, shape, weight, ignore_index, reduction):
    """Zeros of `shape`, with minus the cotangents x where the classes y stand."""
    index, counts = places(xp, shape[min(len(shape) - 1, 1)], y, weight, ignore_index)
    values = x / total_count(xp, y, counts) if reduction == MEAN else x
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

for _op in (
    mse_loss,
    smooth_l1_loss,
    huber_loss,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    soft_margin_loss,
    nll_loss,
):
    _op.saved_names = TARGET
nll_loss2d = nll_loss.named("NllLoss2DBackward0")
