"""Samples of comparisons, of logic on truth values, and of logic on bits."""

from __future__ import annotations

import numpy as np

from tests.samples.arrays import given, index, mask, real
from tests.samples.sample import (
    EVERY_FORM,
    FUNCTION,
    PLAIN,
    WITHOUT_IN_PLACE,
    operation,
    pairs,
    sample,
    scalars,
    singles,
    without_derivative,
)

_TIED = sample(given([1.0, 2.0, 3.0]), given([1.0, 3.0, 2.0]))
_SPECIAL = given([0.0, np.nan, np.inf, -np.inf, 1.0], "float64")


def _bits():
    x, y = index([[6, 3, 12], [5, 0, 9]]), index([[3, 5, 10], [1, 7, 2]])
    booleans = sample(mask([1, 0, 1, 0]), mask([1, 1, 0, 0]))
    return (sample(x, y), sample(x, index([3, 5, 10])), sample(x, 5), booleans)


def _shifts():
    return (sample(index([[6, 3, 12]]), index([[0], [1], [4]])), sample(index([6, 3]), 2))


COMPARISONS = (
    operation("eq", np.equal, pairs() + scalars(1, 0.5) + (_TIED,), EVERY_FORM),
    operation("ne", np.not_equal, pairs() + scalars(1, 0.5) + (_TIED,), EVERY_FORM, "not_equal"),
    operation("lt", np.less, pairs() + scalars(1, 0.5) + (_TIED,), EVERY_FORM, "less"),
    operation("le", np.less_equal, pairs() + scalars(1, 0.5) + (_TIED,), EVERY_FORM, "less_equal"),
    operation("gt", np.greater, pairs() + scalars(1, 0.5) + (_TIED,), EVERY_FORM, "greater"),
    operation(
        "ge", np.greater_equal, pairs() + scalars(1, 0.5) + (_TIED,), EVERY_FORM, "greater_equal"
    ),
    operation(
        "equal",
        np.array_equal,
        (
            sample(given([1.0, 2.0]), given([1.0, 2.0])),
            sample(real(2), real(2)),
            sample(real(2), real(3)),
            sample(real(0), real(0)),
        ),
    ),
    operation(
        "isclose",
        lambda x, y, rtol=1e-5, atol=1e-8, equal_nan=False: np.isclose(x, y, rtol, atol, equal_nan),
        (
            sample(
                given([1.0, 2.0, np.nan], "float64"), given([1.0 + 1e-7, 2.1, np.nan], "float64")
            ),
            sample(
                given([1.0, np.nan], "float64"), given([1.1, np.nan], "float64"), equal_nan=True
            ),
            sample(given([1.0, 2.0], "float64"), given([1.1, 2.3], "float64"), rtol=0.1),
            sample(given([1.0, 2.0], "float64"), given([1.1, 2.3], "float64"), atol=0.2, rtol=0.0),
        ),
    ),
    operation(
        "isin",
        np.isin,
        (sample(index([[6, 3], [5, 0]]), index([0, 6])), sample(index([1, 2]), 2)),
        FUNCTION,
    ),
    operation(
        "allclose",
        lambda x, y, rtol=1e-5, atol=1e-8, equal_nan=False: np.allclose(
            x, y, rtol, atol, equal_nan
        ),
        (
            sample(given([1.0, 2.0], "float64"), given([1.0 + 1e-7, 2.0], "float64")),
            sample(given([1.0, 2.0], "float64"), given([1.1, 2.0], "float64")),
            sample(
                given([1.0, np.nan], "float64"), given([1.0, np.nan], "float64"), equal_nan=True
            ),
            sample(given([1.0, 2.0], "float64"), given([1.1, 2.1], "float64"), rtol=0.2),
        ),
    ),
)

CLASSIFICATION = (
    operation("isnan", np.isnan, singles() + (sample(_SPECIAL),), PLAIN),
    operation("isinf", np.isinf, singles() + (sample(_SPECIAL),), PLAIN),
    operation("isfinite", np.isfinite, singles() + (sample(_SPECIAL),), PLAIN),
    operation("isposinf", np.isposinf, singles() + (sample(_SPECIAL),), WITHOUT_IN_PLACE),
    operation("isneginf", np.isneginf, singles() + (sample(_SPECIAL),), WITHOUT_IN_PLACE),
    operation("signbit", np.signbit, singles() + (sample(_SPECIAL),), WITHOUT_IN_PLACE),
)

LOGIC = (
    operation("logical_and", np.logical_and, pairs() + _bits()[3:], EVERY_FORM),
    operation("logical_or", np.logical_or, pairs() + _bits()[3:], EVERY_FORM),
    operation("logical_xor", np.logical_xor, pairs() + _bits()[3:], EVERY_FORM),
    operation("logical_not", np.logical_not, singles() + (sample(mask([1, 0])),), EVERY_FORM),
)

BITS = (
    operation("bitwise_and", np.bitwise_and, _bits(), EVERY_FORM),
    operation("bitwise_or", np.bitwise_or, _bits(), EVERY_FORM),
    operation("bitwise_xor", np.bitwise_xor, _bits(), EVERY_FORM),
    operation(
        "bitwise_not",
        np.invert,
        (sample(index([[6, -3], [0, 9]])), sample(mask([1, 0])), sample(index(5))),
        EVERY_FORM,
    ),
    operation("bitwise_left_shift", np.left_shift, _shifts(), EVERY_FORM),
    operation("bitwise_right_shift", np.right_shift, _shifts(), EVERY_FORM),
)

OPERATIONS = without_derivative(COMPARISONS + CLASSIFICATION + LOGIC + BITS)
