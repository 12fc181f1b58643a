"""Samples of activations: what stands between the layers of a network."""

from __future__ import annotations

import numpy as np
import scipy.special

from tests.samples.arrays import positive, real
from tests.samples.sample import FUNCTION, WITHOUT_OUT, operation, sample, singles


def _elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _selu(x):
    return 1.0507009873554805 * _elu(x, 1.6732632423543772)


def _gelu(x, approximate="none"):
    if approximate == "tanh":
        return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return x * scipy.special.ndtr(x)


def _glu(x, dim=-1):
    value, gate = np.split(x, 2, axis=dim)
    return value * scipy.special.expit(gate)


def _shrink(keep, x, lambd):
    return np.where(np.abs(x) > lambd, keep, 0)


def _leaky(x, slope):
    return np.where(x > 0, x, slope * x)


RAMPS = (
    operation("relu", lambda x: np.maximum(x, 0), singles(), WITHOUT_OUT, "nn.functional.relu"),
    operation("nn.functional.relu6", lambda x: np.clip(x, 0, 6), singles(), FUNCTION),
    operation(
        "nn.functional.leaky_relu",
        lambda x, negative_slope=0.01: _leaky(x, negative_slope),
        (*singles(), sample(real(3, 4), 0.2), sample(real(3), negative_slope=0.5)),
        FUNCTION,
    ),
    operation(
        "nn.functional.prelu",
        lambda x, weight: _leaky(x, weight.reshape([-1] + [1] * max(x.ndim - 2, 0))),
        (
            sample(real(3, 4), positive(1)),
            sample(real(3, 4), positive(4)),
            sample(real(2, 3, 4), positive(3)),
            sample(real(5), positive(1)),
        ),
        FUNCTION,
        aliases="prelu",
    ),
    operation(
        "nn.functional.threshold",
        lambda x, threshold, value: np.where(x > threshold, x, value),
        (sample(real(3, 4), 0.1, 20.0), sample(real(3, 4), -0.7, 0.0)),
        FUNCTION,
        aliases="threshold",
    ),
    operation(
        "nn.functional.hardtanh",
        lambda x, min_val=-1.0, max_val=1.0: np.clip(x, min_val, max_val),
        (*singles(), sample(real(3, 4), -0.5, 1.5)),
        FUNCTION,
    ),
    operation("nn.functional.hardsigmoid", lambda x: np.clip(x + 3, 0, 6) / 6, singles(), FUNCTION),
    operation(
        "nn.functional.hardswish", lambda x: x * np.clip(x + 3, 0, 6) / 6, singles(), FUNCTION
    ),
    operation(
        "nn.functional.softshrink",
        lambda x, lambd=0.5: _shrink(x - lambd * np.sign(x), x, lambd),
        (*singles(), sample(real(3, 4), 0.9)),
        FUNCTION,
    ),
    operation(
        "nn.functional.hardshrink",
        lambda x, lambd=0.5: _shrink(x, x, lambd),
        (*singles(), sample(real(3, 4), 0.9)),
        FUNCTION,
        aliases="hardshrink",
    ),
)

CURVES = (
    operation("nn.functional.elu", _elu, (*singles(), sample(real(3, 4), alpha=0.7)), FUNCTION),
    operation("nn.functional.selu", _selu, singles(), FUNCTION, aliases="selu"),
    operation(
        "nn.functional.celu",
        lambda x, alpha=1.0: np.where(x > 0, x, alpha * np.expm1(x / alpha)),
        (*singles(), sample(real(3, 4), alpha=0.7)),
        FUNCTION,
        aliases="celu",
    ),
    operation(
        "nn.functional.gelu", _gelu, (*singles(), sample(real(3, 4), approximate="tanh")), FUNCTION
    ),
    operation("nn.functional.silu", lambda x: x * scipy.special.expit(x), singles(), FUNCTION),
    operation(
        "nn.functional.mish", lambda x: x * np.tanh(np.log1p(np.exp(x))), singles(), FUNCTION
    ),
    operation("nn.functional.softsign", lambda x: x / (1 + np.abs(x)), singles(), FUNCTION),
    operation("nn.functional.tanhshrink", lambda x: x - np.tanh(x), singles(), FUNCTION),
    operation(
        "nn.functional.glu",
        _glu,
        (sample(real(3, 4)), sample(real(4, 3), 0), sample(real(2, 2, 3), dim=1)),
        FUNCTION,
    ),
)

OPERATIONS = RAMPS + CURVES
