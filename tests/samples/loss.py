"""Samples of losses: how far a prediction lies from its target, and cross entropies."""

from __future__ import annotations

import numpy as np
import scipy.special

from tests.samples.arrays import given, index, real
from tests.samples.sample import FUNCTION, operation, sample

_REDUCTIONS = {"none": lambda losses: losses, "mean": np.mean, "sum": np.sum}


def _reduced(loss):
    """A loss of single numbers, under PyTorch's keyword `reduction`."""

    def reduced(x, y, *, reduction="mean", **kwargs):
        return _REDUCTIONS[reduction](loss(x, y, **kwargs))

    return reduced


def _smooth(x, y, beta=1.0):
    gap = np.abs(x - y)
    return np.where(gap < beta, gap**2 / (2 * beta), gap - beta / 2)


def _huber(x, y, delta=1.0):
    gap = np.abs(x - y)
    return np.where(gap < delta, gap**2 / 2, delta * (gap - delta / 2))


def _cross_entropy(x, y, weight=1.0):
    return -weight * (y * np.log(x) + (1 - y) * np.log(1 - x))


def _cross_entropy_with_logits(x, y, weight=1.0, pos_weight=1.0):
    rising, falling = scipy.special.log_expit(x), scipy.special.log_expit(-x)
    return -weight * (pos_weight * y * rising + (1 - y) * falling)


def _likelihood(x, y, weight=None, ignore_index=-100, reduction="mean"):
    """Minus the number at each row's class, weighed by class."""
    x, y = np.moveaxis(x, 1 if x.ndim > 1 else 0, -1), np.asarray(y)
    weight = np.ones(x.shape[-1]) if weight is None else weight
    counts = np.where(y == ignore_index, 0, weight[np.where(y == ignore_index, 0, y)])
    picked = np.take_along_axis(x, np.where(y == ignore_index, 0, y)[..., None], -1)[..., 0]
    losses = -counts * picked
    return losses.sum() / counts.sum() if reduction == "mean" else _REDUCTIONS[reduction](losses)


def _categorical(x, y, **kwargs):
    axis = 1 if x.ndim > 1 else 0
    return _likelihood(scipy.special.log_softmax(x, axis), y, **kwargs)


def _pairs(*more, constant=False):
    """Predictions and targets; `constant`: PyTorch gives no gradient in the targets."""
    x, y = real(3, 4), real(3, 4, constant=constant)
    reductions = tuple(sample(x, y, reduction=name) for name in ("none", "mean", "sum"))
    return (sample(x, y), *reductions, sample(real(), real(constant=constant)), *more)


_CHANCES, _LABELS = real(3, 4, domain="probability"), real(3, 4, domain="probability")
_CLASSES = index([2, 0, 3])

OF_PAIRS = (
    operation("nn.functional.mse_loss", _reduced(lambda x, y: (x - y) ** 2), _pairs(), FUNCTION),
    operation("nn.functional.l1_loss", _reduced(lambda x, y: np.abs(x - y)), _pairs(), FUNCTION),
    operation(
        "nn.functional.smooth_l1_loss",
        _reduced(_smooth),
        _pairs(sample(real(3, 4), real(3, 4), beta=0.3)),
        FUNCTION,
    ),
    operation(
        "nn.functional.huber_loss",
        _reduced(_huber),
        _pairs(sample(real(3, 4), real(3, 4), delta=0.3)),
        FUNCTION,
    ),
    operation(
        "nn.functional.soft_margin_loss",
        _reduced(lambda x, y: np.log1p(np.exp(-x * y))),
        _pairs(sample(real(3, 4), given([1.0, -1.0, 1.0, 1.0], "float64", True)), constant=True),
        FUNCTION,
    ),
    operation(
        "nn.functional.binary_cross_entropy",
        _reduced(_cross_entropy),
        (
            sample(_CHANCES, _LABELS),
            sample(_CHANCES, _LABELS, reduction="none"),
            sample(_CHANCES, _LABELS, weight=real(3, 4, domain="positive", constant=True)),
        ),
        FUNCTION,
    ),
    operation(
        "nn.functional.binary_cross_entropy_with_logits",
        _reduced(_cross_entropy_with_logits),
        (
            sample(real(3, 4), _LABELS),
            sample(real(3, 4), _LABELS, reduction="sum"),
            sample(real(3, 4), _LABELS, pos_weight=real(4, domain="positive", constant=True)),
            sample(real(3, 4), _LABELS, weight=real(4, domain="positive", constant=True)),
            sample(real(4, domain="large"), real(4, domain="probability")),
        ),
        FUNCTION,
    ),
)

OF_CLASSES = (
    operation(
        "nn.functional.nll_loss",
        _likelihood,
        (
            sample(real(3, 4), _CLASSES),
            sample(real(3, 4), _CLASSES, reduction="none"),
            sample(real(3, 4), _CLASSES, weight=real(4, domain="positive", constant=True)),
            sample(real(3, 4), index([2, -100, 3])),
            sample(real(3, 4), index([2, 0, 3]), ignore_index=0, reduction="sum"),
            sample(real(4), index(1)),
            sample(real(2, 3, 2), index([[0, 2], [1, 1]])),
        ),
        FUNCTION,
    ),
    operation(
        "nn.functional.cross_entropy",
        _categorical,
        (
            sample(real(3, 4), _CLASSES),
            sample(real(3, 4), _CLASSES, reduction="none"),
            sample(real(3, 4), _CLASSES, weight=real(4, domain="positive", constant=True)),
            sample(real(3, 4), index([2, -100, 3])),
            sample(real(4), index(1)),
            sample(real(2, 3, 2), index([[0, 2], [1, 1]])),
        ),
        FUNCTION,
    ),
)

OPERATIONS = OF_PAIRS + OF_CLASSES
