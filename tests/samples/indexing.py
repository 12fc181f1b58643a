"""Samples of indexing, gathering, scattering, masking and sorting."""

from __future__ import annotations

import numpy as np

from tests.samples.arrays import given, index, mask, real
from tests.samples.reference import indexing as reference
from tests.samples.sample import (
    FUNCTION,
    METHOD,
    PLAIN,
    WITHOUT_IN_PLACE,
    WITHOUT_OUT,
    operation,
    sample,
)

_MATRIX, _BLOCK = real(3, 4), real(2, 3, 4)
_ROWS, _SPOTS = index([2, 0, 2]), index([[0, 2], [1, 1], [3, 0]])
_HOLES = mask([[1, 0, 0, 1], [0, 1, 0, 0], [1, 1, 0, 1]])
_COLUMNS = [1, 3, 0]

# What may stand between brackets, by kind.
BASIC = (
    (_MATRIX, 1),
    (_MATRIX, -1),
    (_MATRIX, (1, 2)),
    (_MATRIX, slice(1, None)),
    (_MATRIX, (slice(None), 1)),
    (_MATRIX, (slice(None, None, 2), slice(1, 3))),
    (_MATRIX, slice(-2, None)),
    (_MATRIX, slice(5, 9)),
    (_MATRIX, ...),
    (_MATRIX, (..., 0)),
    (_MATRIX, None),
    (_MATRIX, (slice(None), None, 1)),
    (_BLOCK, (0, ..., slice(None, None, 3))),
    (_BLOCK, (..., None)),
    (_MATRIX, ()),
    (real(), ()),
    (real(), ...),
    (real(), None),
    (real(0, 3), slice(None)),
)
MASKED = (
    (_MATRIX, _HOLES),
    (_MATRIX, mask([1, 0, 1])),
    (_MATRIX, (slice(None), mask([1, 0, 1, 1]))),
    (_MATRIX, [True, False, True]),
    (_MATRIX, mask([0, 0, 0])),
    (_MATRIX, True),
    (_MATRIX, False),
    (real(), mask(True)),
    (_BLOCK, (0, mask([[1, 0, 0, 1], [0, 0, 0, 0], [1, 1, 0, 1]]))),
)
INTEGERS = (
    (_MATRIX, _ROWS),
    (_MATRIX, [2, 0, 2]),
    (_MATRIX, (_ROWS, index([1, 3, 0]))),
    (_MATRIX, ([0, 2], [1, 3])),
    (_MATRIX, index([[0, 1], [2, 2]])),
    (_MATRIX, (index([[0], [2]]), index([1, 3]))),
    (_MATRIX, index([-1, -3])),
    (_MATRIX, index([])),
    (_MATRIX, index(1)),
    (_MATRIX, given([0, 2], "int32")),
)
MIXED = (
    (_MATRIX, (slice(None), _ROWS)),
    (_MATRIX, (1, _ROWS)),
    (_BLOCK, (slice(None), _ROWS, index([0, 3, 1]))),
    (_BLOCK, (index([0, 1]), slice(None), index([3, 0]))),
    (_BLOCK, (0, slice(None), [1, 3])),
    (_BLOCK, (..., _COLUMNS)),
    (_BLOCK, (None, index([1, 0]), ..., 2)),
    (_BLOCK, (slice(None), mask([1, 0, 1]), 1)),
    (_BLOCK, (index([0, 1]), mask([1, 0, 1]))),
)


def _assign(torch, x, index, value):
    """Slice assignment on a copy, which is a result like any other and may be differentiated."""
    x = x.clone()
    x[index] = value
    return x


_BRACKETS = BASIC + MASKED + INTEGERS + MIXED

BRACKETS = (
    operation(
        "getitem",
        reference.getitem,
        (sample(x, where) for x, where in _BRACKETS),
        METHOD,
        call=lambda torch, x, index: x[index],
    ),
    operation(
        "setitem",
        reference.setitem,
        (
            *(sample(x, where, 0.5) for x, where in _BRACKETS),
            sample(_MATRIX, 1, real(4)),
            sample(_MATRIX, (slice(None), 1), real(3)),
            sample(_MATRIX, (slice(None), slice(1, 3)), real(2)),
            sample(_MATRIX, (slice(None), slice(1, 3)), real(3, 1)),
            sample(_MATRIX, (0, 0), real()),
            sample(_MATRIX, (0, 0), real(1)),
            sample(_MATRIX, ..., real(1, 3, 4)),
            sample(_MATRIX, _HOLES, real(6)),
            sample(_MATRIX, _HOLES, real()),
            sample(_MATRIX, mask([1, 0, 1]), real(2, 4)),
            sample(_MATRIX, index([2, 0]), real(2, 4)),
            sample(_MATRIX, (index([2, 0]), index([1, 1])), real(2)),
            sample(_BLOCK, (slice(None), index([2, 0]), 1), real(2, 2)),
        ),
        METHOD,
        call=_assign,
    ),
)

GATHERS = (
    operation(
        "gather",
        reference.gather,
        (
            sample(_MATRIX, 1, _SPOTS),
            sample(_MATRIX, 0, index([[0, 2, 1, 1]])),
            sample(_MATRIX, dim=-1, index=_SPOTS),
            sample(real(3), 0, _ROWS),
            sample(real(), 0, index(0)),
            sample(real(), 0, index([0, 0])),
            sample(real(3), 0, index(1)),
            sample(_MATRIX, 1, index([[], [], []])),
        ),
        WITHOUT_IN_PLACE,
    ),
    operation(
        "index_select",
        lambda x, dim, index: np.take(x, index, axis=dim),
        (
            sample(_MATRIX, 0, _ROWS),
            sample(_MATRIX, 1, index([3, 3, 0, 1])),
            sample(_MATRIX, dim=-1, index=index([])),
            sample(real(3), 0, index([1])),
        ),
        WITHOUT_IN_PLACE,
    ),
    operation(
        "take",
        lambda x, index: np.take(x, index),
        (sample(_MATRIX, index([0, 11, 5, 5])), sample(_MATRIX, index([[-1], [2]]))),
        PLAIN,
    ),
    operation(
        "take_along_dim",
        reference.take_along_dim,
        (
            sample(_MATRIX, index([[0], [3], [1]]), dim=1),
            sample(_MATRIX, _SPOTS, 1),
            sample(_MATRIX, index([[0, 1, 2, 1]]), dim=0),
            sample(_MATRIX, index([5, 0, 11])),
        ),
        WITHOUT_IN_PLACE,
        any_layout=False,
    ),
    operation(
        "nn.functional.embedding",
        reference.embedding,
        (
            sample(_ROWS, _MATRIX),
            sample(_SPOTS, real(4, 2)),
            sample(index(1), _MATRIX),
        ),
        FUNCTION,
    ),
    operation(
        "nn.functional.one_hot",
        reference.one_hot,
        (sample(_ROWS), sample(_SPOTS, 5), sample(index(1), num_classes=3)),
        FUNCTION,
        differentiable=False,
    ),
)

SCATTERS = (
    operation(
        "scatter",
        reference.scatter,
        (
            sample(_MATRIX, 1, index([[0, 2], [1, 3], [3, 0]]), real(3, 2)),
            sample(_MATRIX, 0, index([[0, 2, 1, 1]]), real(2, 4, constant=True)),
            sample(_MATRIX, 1, index([[0, 2], [1, 3]]), 0.5),
            sample(_MATRIX, dim=1, index=index([[0, 2], [1, 3]]), value=2.0),
            sample(real(4), 0, index([1, 3]), real(2)),
        ),
        WITHOUT_OUT,
    ),
    operation(
        "Tensor.scatter_reduce",
        reference.scatter_reduce,
        (
            sample(_MATRIX, 1, _SPOTS, real(3, 2), "sum"),
            sample(_MATRIX, 1, _SPOTS, real(3, 2), "prod"),
            sample(_MATRIX, 1, _SPOTS, real(3, 2), "mean"),
            sample(_MATRIX, 1, _SPOTS, real(3, 2), "amax"),
            sample(_MATRIX, 0, index([[0, 0, 1, 1]]), real(1, 4), "amin"),
            sample(real(4), 0, index([1, 1, 1]), real(3), "prod", include_self=False),
            sample(real(4), 0, index([1, 1, 2]), real(3), "mean", include_self=False),
            sample(real(4), 0, index([1, 1, 2]), real(3), reduce="amax", include_self=False),
        ),
        METHOD,
    ),
    operation(
        "Tensor.put",
        reference.put,
        (
            sample(_MATRIX, index([0, -1, 5]), real(3)),
            sample(_MATRIX, index([[0, 2], [1, 0]]), real(2, 2), accumulate=True),
            sample(real(), index([0]), real(1)),
        ),
        METHOD,
    ),
    operation(
        "scatter_add",
        reference.scatter_add,
        (
            sample(_MATRIX, 1, _SPOTS, real(3, 2)),
            sample(_MATRIX, 0, index([[0, 0, 1, 1]]), real(2, 4, constant=True)),
            sample(real(4), 0, index([1, 1, 1]), real(3)),
            sample(_MATRIX, dim=1, index=_SPOTS, src=real(3, 3, constant=True)),
        ),
        WITHOUT_OUT,
    ),
    operation(
        "index_add",
        reference.index_add,
        (
            sample(_MATRIX, 0, _ROWS, real(3, 4)),
            sample(_MATRIX, 1, index([1, 1]), real(3, 2), alpha=-2),
            sample(real(4), 0, index([1, 1, 0]), real(3)),
        ),
        WITHOUT_OUT,
    ),
    operation(
        "index_copy",
        reference.index_copy,
        (
            sample(_MATRIX, 0, index([2, 0]), real(2, 4)),
            sample(_MATRIX, 1, index([3, 1]), real(3, 2)),
            sample(real(4), 0, index([1]), real(1)),
        ),
        WITHOUT_OUT,
    ),
    operation(
        "index_fill",
        lambda x, dim, index, value: reference.index_copy(x, dim, index, value),
        (
            sample(_MATRIX, 0, index([2, 0]), 0.5),
            sample(_MATRIX, 1, index([3, 1]), real()),
            sample(real(4), dim=0, index=index([1, 1]), value=2.0),
        ),
        WITHOUT_OUT,
    ),
    operation(
        "index_put",
        reference.index_put,
        (
            sample(_MATRIX, (index([0, 2]), index([1, 3])), real(2)),
            sample(_MATRIX, (index([0, 2]), index([1, 3])), real()),
            sample(_MATRIX, (_ROWS,), real(3, 4), accumulate=True),
            sample(_MATRIX, (index([0, 0]), index([1, 1])), real(2), True),
            sample(_MATRIX, (_HOLES,), real(6)),
        ),
        WITHOUT_OUT,
    ),
)

MASKS = (
    operation(
        "masked_fill",
        reference.masked_fill,
        (
            sample(_MATRIX, _HOLES, 0.5),
            sample(_MATRIX, mask([1, 0, 0, 1]), 2),
            sample(_MATRIX, _HOLES, real()),
            sample(real(3), mask([[1], [0]]), 0.5),
            sample(real(), mask(True), 1.5),
        ),
        WITHOUT_OUT,
    ),
    operation(
        "masked_scatter",
        reference.masked_scatter,
        (sample(_MATRIX, _HOLES, real(8)), sample(_MATRIX, mask([1, 0, 0, 1]), real(3, 4))),
        WITHOUT_OUT,
    ),
    operation(
        "masked_select",
        reference.masked_select,
        (
            sample(_MATRIX, _HOLES),
            sample(_MATRIX, mask([1, 0, 0, 1])),
            sample(real(4), _HOLES),
            sample(real(), mask(True)),
            sample(_MATRIX, mask([0, 0, 0, 0])),
        ),
        WITHOUT_IN_PLACE,
    ),
)

OPERATIONS = BRACKETS + GATHERS + SCATTERS + MASKS
