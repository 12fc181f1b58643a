"""Samples of sorting and searching: orders, ranks, and where something stands."""

from __future__ import annotations

import numpy as np

from tests.samples.arrays import given, index, mask, real
from tests.samples.reference import indexing as reference
from tests.samples.sample import (
    FUNCTION,
    PLAIN,
    WITHOUT_IN_PLACE,
    operation,
    sample,
    without_derivative,
)

_MATRIX, _BLOCK = real(3, 4), real(2, 3, 4)
_HOLES = mask([[1, 0, 0, 1], [0, 1, 0, 0], [1, 1, 0, 1]])
# So far apart that no two are equal as integers: which of equals topk and kthvalue take is open.
_APART, _BLOCK_APART = real(3, 4, domain="large"), real(2, 3, 4, domain="large")
_FIVE_APART = real(5, domain="large")
_HALF_EMPTY = given([[0.0, 1.5, 0.0], [2.0, 0.0, -1.0]])

SEARCHES = (
    operation(
        "nonzero",
        reference.nonzero,
        (
            sample(_HALF_EMPTY),
            sample(_HALF_EMPTY, as_tuple=True),
            sample(_HOLES),
            sample(real()),
            sample(real(0, 3)),
        ),
        WITHOUT_IN_PLACE,
        differentiable=False,
    ),
    operation(
        "sort",
        reference.sort,
        (
            sample(_MATRIX),
            sample(_MATRIX, 0),
            sample(_BLOCK, dim=1, descending=True),
            sample(_MATRIX, -1, True),
            sample(real()),
            sample(real(0)),
            sample(given([2.0, 1.0, 2.0, 1.0], constant=True), stable=True, dim=0),
        ),
        WITHOUT_IN_PLACE,
    ),
    operation(
        "argsort",
        reference.argsort,
        (
            sample(_MATRIX),
            sample(_MATRIX, dim=0, descending=True),
            sample(real()),
            sample(real(5), stable=True),
        ),
        PLAIN,
        differentiable=False,
    ),
    operation(
        "topk",
        reference.topk,
        (
            sample(_APART, 2),
            sample(_BLOCK_APART, 2, dim=1),
            sample(_APART, 3, 1, False),
            sample(_FIVE_APART, k=5),
            sample(real(), 1),
        ),
        WITHOUT_IN_PLACE,
    ),
    operation(
        "msort", lambda x: np.sort(x, axis=0), (sample(_MATRIX), sample(real(5))), WITHOUT_IN_PLACE
    ),
    operation(
        "kthvalue",
        reference.kthvalue,
        (
            sample(_APART, 2),
            sample(_BLOCK_APART, 1, dim=1, keepdim=True),
            sample(_FIVE_APART, 5, 0),
            sample(real(), 1),
        ),
        WITHOUT_IN_PLACE,
    ),
)

_STEPS = given([-1.0, 0.5, 2.0], "float64", constant=True)
_TWICE = index([3, 1, 3, 0])
_WHOLE = index([[2, 1], [0, 5], [2, 1]])

PLACES = without_derivative(
    (
        operation("argwhere", np.argwhere, (sample(_HALF_EMPTY), sample(_HOLES)), PLAIN),
        operation(
            "searchsorted",
            lambda steps, x, right=False: np.searchsorted(steps, x, "right" if right else "left"),
            (
                sample(_STEPS, given([[0.7, 3.0]], "float64")),
                sample(_STEPS, given([0.5, 2.0], "float64"), right=True),
            ),
            FUNCTION,
        ),
        operation(
            "bucketize",
            lambda x, steps, right=False: np.searchsorted(steps, x, "right" if right else "left"),
            (sample(given([[0.5, 3.0]], "float64"), _STEPS),),
            FUNCTION,
        ),
        operation("bincount", np.bincount, (sample(_TWICE), sample(index([]))), PLAIN),
        operation(
            "unique",
            reference.unique,
            (
                sample(_TWICE),
                sample(_HOLES, return_inverse=True, return_counts=True),
                sample(_WHOLE, return_counts=True, dim=0),
            ),
            PLAIN,
        ),
    )
)

OPERATIONS = SEARCHES + PLACES
