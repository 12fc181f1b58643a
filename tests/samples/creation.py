"""Samples of what makes tensors from nothing, from numbers, or in another tensor's likeness."""

from __future__ import annotations

import numpy as np

from tests.samples.arrays import DType, real
from tests.samples.sample import FUNCTION, FUNCTION_AND_OUT, METHOD, operation, sample

_MATRIX = real(2, 3, constant=True)


def _sizes(arguments):
    return (
        tuple(arguments[0]) if arguments and isinstance(arguments[0], (tuple, list)) else arguments
    )


def _filled(number):
    def filled(*size, dtype="float32"):
        return np.full(_sizes(size), number, dtype=dtype)

    return filled


def _full(size, number, dtype=None):
    return np.full(
        size, number, dtype=dtype or {bool: "bool", int: "int64"}.get(type(number), "float32")
    )


def _eye(rows, columns=None, dtype="float32"):
    return np.eye(rows, columns, dtype=dtype)


def _arange(start, end=None, step=1, dtype=None):
    start, end = (0, start) if end is None else (start, end)
    whole = all(isinstance(number, int) for number in (start, end, step))
    return np.arange(start, end, step).astype(dtype or ("int64" if whole else "float32"))


def _linspace(start, end, steps, dtype="float32"):
    return np.linspace(start, end, steps).astype(dtype)


def _logspace(start, end, steps, base=10.0, dtype="float32"):
    return np.logspace(start, end, steps, base=base).astype(dtype)


def _like(number):
    return lambda x, dtype=None: np.full_like(x, number, dtype=dtype)


def _new(number):
    return lambda x, *size, dtype=None: np.full(_sizes(size), number, dtype=dtype or x.dtype)


_SHAPES = (
    sample(2, 3),
    sample((2, 3)),
    sample([3]),
    sample(4),
    sample(()),
    sample(0, 3),
    sample(2, dtype=DType("float64")),
    sample((2, 2), dtype=DType("int64")),
    sample(2, dtype=DType("bool")),
    sample(2, dtype=DType("complex64")),
)
_NEW_SHAPES = (
    sample(_MATRIX, 2, 3),
    sample(_MATRIX, (4,)),
    sample(_MATRIX, ()),
    sample(_MATRIX, 2, dtype=DType("int64")),
)

FILLED = (
    operation("zeros", _filled(0), _SHAPES, FUNCTION_AND_OUT),
    operation("ones", _filled(1), _SHAPES, FUNCTION_AND_OUT),
    operation(
        "full",
        _full,
        (
            sample((2, 3), 1),
            sample((2, 3), 1.5),
            sample((), True),
            sample([2], 7, dtype=DType("float64")),
            sample((0,), 2.0),
        ),
        FUNCTION_AND_OUT,
    ),
    operation(
        "eye",
        _eye,
        (sample(3), sample(2, 4), sample(3, 2), sample(0), sample(2, dtype=DType("int64"))),
        FUNCTION_AND_OUT,
    ),
)

RANGES = (
    operation(
        "arange",
        _arange,
        (
            sample(5),
            sample(5.0),
            sample(1, 6),
            sample(1, 6, 2),
            sample(0, 1, 0.25),
            sample(5, 0, -2),
            sample(0),
            sample(3, dtype=DType("float64")),
            sample(1, 2.5),
        ),
        FUNCTION_AND_OUT,
    ),
    operation(
        "tril_indices",
        lambda rows, columns, offset=0: np.stack(np.tril_indices(rows, offset, columns)),
        (sample(3, 3), sample(2, 4, 1), sample(3, 2, offset=-1)),
        FUNCTION,
    ),
    operation(
        "triu_indices",
        lambda rows, columns, offset=0: np.stack(np.triu_indices(rows, offset, columns)),
        (sample(3, 3), sample(2, 4, 1), sample(3, 2, offset=-1)),
        FUNCTION,
    ),
    operation(
        "linspace",
        _linspace,
        (
            sample(0, 1, 5),
            sample(3.0, -3.0, steps=4),
            sample(0, 1, 1),
            sample(0, 1, 0),
            sample(0, 10, 6, dtype=DType("float64")),
        ),
        FUNCTION_AND_OUT,
    ),
    operation(
        "logspace",
        _logspace,
        (
            sample(0, 2, 3),
            sample(0, 3, steps=4, base=2),
            sample(-1, 1, 5, dtype=DType("float64")),
        ),
        FUNCTION_AND_OUT,
    ),
)

LIKE = (
    operation(
        "zeros_like", _like(0), (sample(_MATRIX), sample(_MATRIX, dtype=DType("int64"))), FUNCTION
    ),
    operation(
        "ones_like", _like(1), (sample(_MATRIX), sample(_MATRIX, dtype=DType("int64"))), FUNCTION
    ),
    operation(
        "full_like",
        lambda x, number, dtype=None: np.full_like(x, number, dtype=dtype),
        (sample(_MATRIX, 2), sample(_MATRIX, 2.5, dtype=DType("float64"))),
        FUNCTION,
    ),
    operation("new_zeros", _new(0), _NEW_SHAPES, METHOD),
    operation("new_ones", _new(1), _NEW_SHAPES, METHOD),
    operation(
        "new_full",
        lambda x, size, number, dtype=None: np.full(size, number, dtype=dtype or x.dtype),
        (sample(_MATRIX, (2, 2), 3), sample(_MATRIX, (), 2.5, dtype=DType("float64"))),
        METHOD,
    ),
    operation(
        "new_tensor",
        lambda x, data: np.asarray(data, dtype=x.dtype),
        (sample(_MATRIX, [1.0, 2.0]),),
        METHOD,
    ),
)

CONVERSIONS = (
    operation(
        "tensor",
        None,
        (
            sample(1),
            sample(1.5),
            sample(True),
            sample(1 + 2j),
            sample([1, 2]),
            sample([1, 2.5]),
            sample([[True, False]]),
            sample([]),
            sample([[], []]),
            sample((1.0, 2.0), dtype=DType("float64")),
            sample([1.7, -1.7], dtype=DType("int64")),
            sample(np.float64(2)),
            sample(np.float32(2)),
            sample(np.int16(2)),
            sample([np.float64(1), 2]),
        ),
        FUNCTION,
    ),
    operation(
        "scalar_tensor",
        None,
        (sample(2), sample(2.5), sample(1, dtype=DType("int64"))),
        FUNCTION,
    ),
    operation(
        "asarray",
        None,
        (sample([1, 2]), sample(2.5), sample([1], dtype=DType("float64"))),
        FUNCTION,
    ),
    operation(
        "as_tensor",
        None,
        (sample([1, 2]), sample(2.5), sample([[1.0]], dtype=DType("int64"))),
        FUNCTION,
    ),
)

OPERATIONS = FILLED + RANGES + LIKE + CONVERSIONS
