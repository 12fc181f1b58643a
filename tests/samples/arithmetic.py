"""Samples of arithmetic: sums, products, powers, rounding, clamping, blending."""

from __future__ import annotations

import numpy as np

from tests.samples.arrays import given, index, mask, positive, real
from tests.samples.sample import (
    EVERY_FORM,
    FUNCTION,
    FUNCTION_AND_OUT,
    METHOD,
    PLAIN,
    WITHOUT_IN_PLACE,
    operation,
    pairs,
    sample,
    scalars,
    singles,
)


def _divide(x, y, rounding_mode=None):
    rounded = {None: lambda q: q, "floor": np.floor, "trunc": np.trunc}
    return rounded[rounding_mode](np.true_divide(x, y))


def _power(x, y):
    """NumPy refuses integers to negative powers; here they give what is left of 1 / x ** -y."""
    if np.result_type(x, y).kind != "i":
        return np.power(x, y)
    power = np.power(x, np.abs(y))
    return np.where((np.asarray(y) < 0) & (np.abs(power) != 1), 0, power)


def _round(x, decimals=0):
    return np.round(x, decimals)


def _clamp(x, min=None, max=None):
    return np.clip(x, min, max)


def _nan_to_num(x, nan=0.0, posinf=None, neginf=None):
    return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


SUMS = (
    operation(
        "add",
        lambda x, y, alpha=1: x + alpha * y,
        pairs()
        + pairs(alpha=2)[:2]
        + scalars(2, 2.5, 0)
        + (sample(real(2, 3), 2, alpha=3), sample(real(2, 3), real(2, 3), alpha=-0.5)),
        EVERY_FORM,
    ),
    operation(
        "sub",
        lambda x, y, alpha=1: x - alpha * y,
        pairs() + pairs(alpha=2)[:2] + scalars(2, 2.5) + (sample(real(2, 3), 2, alpha=3),),
        EVERY_FORM,
        aliases="subtract",
    ),
    operation(
        "rsub",
        lambda x, y, alpha=1: y - alpha * x,
        pairs()[:3] + scalars(2, 2.5) + (sample(real(2, 3), 2, alpha=3),),
        FUNCTION,
    ),
    operation("mul", np.multiply, pairs() + scalars(2, 2.5, 0), EVERY_FORM, aliases="multiply"),
    operation(
        "addcmul",
        lambda x, y, z, value=1: x + value * y * z,
        (
            sample(real(3, 4), real(3, 4), real(3, 4)),
            sample(real(3, 4), real(4), real(3, 1), value=0.5),
            sample(real(), real(), real(), value=2),
            sample(real(2, 0), real(1), real(2, 1)),
        ),
        EVERY_FORM,
    ),
    operation(
        "addcdiv",
        lambda x, y, z, value=1: x + value * y / z,
        (
            sample(real(3, 4), real(3, 4), real(3, 4)),
            sample(real(3, 4), real(4), real(3, 1), value=0.5),
            sample(real(), real(), real(), value=2),
            sample(real(2, 0), real(1), real(2, 1)),
        ),
        EVERY_FORM,
    ),
    operation(
        "lerp",
        lambda x, y, weight: x + weight * (y - x),
        (
            sample(real(3, 4), real(3, 4), 0.25),
            sample(real(3, 4), real(4), 0.75),
            sample(real(3, 4), real(3, 4), real(3, 4)),
            sample(real(3, 4), real(4), real(3, 1)),
            sample(real(), real(), real()),
            sample(real(0, 3), real(0, 3), 0.5),
        ),
        EVERY_FORM,
    ),
)

QUOTIENTS = (
    operation(
        "div",
        _divide,
        pairs()
        + scalars(2, 2.5)
        + pairs("above_one", "real", rounding_mode="floor")
        + pairs("above_one", "real", rounding_mode="trunc")
        + scalars(2.5, rounding_mode="floor")
        + scalars(2.5, rounding_mode="trunc")
        + (sample(real(2, 3), 2, rounding_mode=None),),
        EVERY_FORM,
        aliases="divide",
    ),
    operation("true_divide", np.true_divide, pairs() + scalars(2, 2.5), EVERY_FORM),
    operation(
        "floor_divide",
        np.floor_divide,
        pairs() + scalars(2, 2.5, -1.5),
        EVERY_FORM,
        differentiable=False,
    ),
    operation("remainder", np.remainder, pairs() + scalars(2, 2.5, -1.5), EVERY_FORM),
    operation("fmod", np.fmod, pairs() + scalars(2, 2.5, -1.5), EVERY_FORM),
    operation("reciprocal", lambda x: 1 / x, singles(), EVERY_FORM),
)

POWERS = (
    operation(
        "pow",
        _power,
        pairs("positive")
        + scalars(2, 3, 0, 1)
        + scalars(0.5, -1, -2.5, domain="positive")
        + (
            sample(2.5, real(3, 4)),
            sample(2, positive(3)),
            sample(index([2, 1, -1, 0]), index([-1, -2, -3, -1])),
            sample(2, index([-1, 3])),
        ),
        EVERY_FORM,
    ),
    operation("square", np.square, singles(), EVERY_FORM),
    operation("sqrt", np.sqrt, singles("positive"), EVERY_FORM),
    operation("rsqrt", lambda x: 1 / np.sqrt(x), singles("positive"), EVERY_FORM),
)

SIGNS = (
    operation("neg", np.negative, singles(), EVERY_FORM, aliases="negative"),
    operation("positive", np.positive, singles(), PLAIN),
    operation("abs", np.abs, singles(), EVERY_FORM, aliases="absolute"),
    operation("sign", np.sign, singles(), EVERY_FORM),
    operation("sgn", np.sign, singles(), EVERY_FORM),
)

ROUNDING = (
    operation("floor", np.floor, singles("fractional"), EVERY_FORM),
    operation("ceil", np.ceil, singles("fractional"), EVERY_FORM),
    operation(
        "round",
        _round,
        singles("fractional")
        + (
            sample(given([0.12, -1.47, 2.33]), decimals=1),
            sample(real(3, domain="large"), decimals=-1),
        ),
        EVERY_FORM,
    ),
    operation("trunc", np.trunc, singles("fractional"), EVERY_FORM, aliases="fix"),
    operation("frac", lambda x: x - np.trunc(x), singles("fractional"), EVERY_FORM),
)

BOUNDS = (
    operation(
        "clamp",
        _clamp,
        (
            sample(real(3, 4), min=-0.7),
            sample(real(3, 4), max=0.7),
            sample(real(3, 4), min=-0.7, max=0.7),
            sample(real(3, 4), -1, 1),
            sample(real(3, 4), None, 1),
            sample(real(), min=0),
            sample(real(0, 3), min=0),
            sample(real(3, 4), min=real(3, 4)),
            sample(real(3, 4), max=real(4)),
            sample(real(3, 4), min=real(3, 1), max=positive(4)),
            sample(real(3, 4), real(3, 4), real(3, 4)),
        ),
        EVERY_FORM,
        aliases="clip",
    ),
    operation(
        "clamp_min",
        lambda x, min: np.maximum(x, min),
        (sample(real(3, 4), 0.5), sample(real(3, 4), real(4)), sample(real(), 0)),
        EVERY_FORM,
    ),
    operation(
        "clamp_max",
        lambda x, max: np.minimum(x, max),
        (sample(real(3, 4), 0.5), sample(real(3, 4), real(4)), sample(real(), 0)),
        EVERY_FORM,
    ),
    operation("maximum", np.maximum, pairs(), WITHOUT_IN_PLACE),
    operation("minimum", np.minimum, pairs(), WITHOUT_IN_PLACE),
    operation("fmax", np.fmax, pairs(), WITHOUT_IN_PLACE),
    operation("fmin", np.fmin, pairs(), WITHOUT_IN_PLACE),
)

CHOICE = (
    operation(
        "where",
        np.where,
        (
            sample(mask([[1, 0, 1], [0, 0, 1]]), real(2, 3), real(2, 3)),
            sample(mask([[1, 0, 1], [0, 0, 1]]), real(3), real(2, 1)),
            sample(mask([1, 0, 1]), real(2, 1), real()),
            sample(mask(True), real(), real()),
            sample(mask([[1, 0, 1], [0, 0, 1]]), real(2, 3), 0.5),
            sample(mask([[1, 0, 1], [0, 0, 1]]), 2, real(2, 3)),
            sample(mask([[]]), real(1, 0), real(1, 1)),
        ),
        FUNCTION_AND_OUT,
    ),
    operation(
        "Tensor.where",
        lambda x, condition, y: np.where(condition, x, y),
        (
            sample(real(2, 3), mask([[1, 0, 1], [0, 0, 1]]), real(2, 3)),
            sample(real(2, 1), mask([1, 0, 1]), real(3)),
            sample(real(3), mask([1, 0, 1]), 0.5),
        ),
        METHOD,
    ),
    operation(
        "nan_to_num",
        _nan_to_num,
        singles()
        + (
            sample(given([1.5, np.nan, np.inf, -np.inf], "float64", constant=True)),
            sample(given([1.5, np.nan, np.inf, -np.inf], "float32", constant=True)),
            sample(
                given([1.5, np.nan, np.inf, -np.inf], "float64", constant=True),
                nan=1.0,
                posinf=2.0,
                neginf=-2.0,
            ),
        ),
        EVERY_FORM,
    ),
)

OPERATIONS = SUMS + QUOTIENTS + POWERS + SIGNS + ROUNDING + BOUNDS + CHOICE
