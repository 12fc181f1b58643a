"""Samples of random tensors, judged by shape, dtype, bounds and repeatability."""

from __future__ import annotations

from tests.samples.arrays import DType, given, real
from tests.samples.sample import (
    FUNCTION,
    FUNCTION_AND_OUT,
    METHOD,
    WITHOUT_IN_PLACE,
    operation,
    sample,
)

_SHAPES = (
    sample(2, 3),
    sample((2, 3)),
    sample(()),
    sample(0, 3),
    sample(4, dtype=DType("float64")),
)
_LIKE = (sample(real(2, 3, constant=True)), sample(real(2, constant=True), dtype=DType("float64")))
_CHANCES = given([[0.0, 0.3], [1.0, 0.6]], "float32", constant=True)

RANDOM = {"differentiable": False, "random": True}

OPERATIONS = (
    operation("empty", None, _SHAPES, FUNCTION_AND_OUT, **RANDOM),
    operation("empty_like", None, _LIKE, FUNCTION, **RANDOM),
    operation("empty_strided", None, (sample((2, 3), (1, 2)), sample((), ())), FUNCTION, **RANDOM),
    operation("empty_permuted", None, (sample((2, 3), (1, 0)),), FUNCTION, **RANDOM),
    operation("new_empty", None, (sample(real(2, constant=True), 2, 3),), METHOD, **RANDOM),
    operation("rand", None, _SHAPES, FUNCTION_AND_OUT, **RANDOM),
    operation("randn", None, _SHAPES, FUNCTION_AND_OUT, **RANDOM),
    operation("rand_like", None, _LIKE, FUNCTION, **RANDOM),
    operation("randn_like", None, _LIKE, FUNCTION, **RANDOM),
    operation(
        "randint",
        None,
        (sample(5, (2, 3)), sample(2, 7, (4,)), sample(2, 7, (), dtype=DType("float32"))),
        FUNCTION_AND_OUT,
        **RANDOM,
    ),
    operation(
        "randint_like",
        None,
        (sample(real(2, 3, constant=True), 5), sample(real(2, 3, constant=True), 2, 7)),
        FUNCTION,
        **RANDOM,
    ),
    operation(
        "randperm",
        None,
        (sample(5), sample(0), sample(3, dtype=DType("int32"))),
        FUNCTION_AND_OUT,
        **RANDOM,
    ),
    operation(
        "normal",
        None,
        (
            sample(0.0, 1.0, (2, 3)),
            sample(given([1.0, 2.0], "float32", constant=True), 2.0),
            sample(1.0, given([1.0, 2.0], "float32", constant=True)),
            sample(
                given([1.0, 2.0], "float32", constant=True),
                given([[1.0], [2.0]], "float32", constant=True),
            ),
        ),
        FUNCTION_AND_OUT,
        **RANDOM,
    ),
    operation(
        "bernoulli", None, (sample(_CHANCES), sample(_CHANCES, 0.5)), WITHOUT_IN_PLACE, **RANDOM
    ),
    operation(
        "multinomial",
        None,
        (
            sample(given([0.2, 0.0, 0.8], "float32", constant=True), 2),
            sample(
                given([[0.2, 0.0, 0.8], [1.0, 0.0, 0.0]], "float32", constant=True),
                5,
                replacement=True,
            ),
        ),
        WITHOUT_IN_PLACE,
        **RANDOM,
    ),
)
