"""Tolerances, and the report on numbers that lie further apart.

Apart from the walk through containers, which knows no arithmetic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy

if TYPE_CHECKING:
    from collections.abc import Sequence


class Tolerances(NamedTuple):
    """How far apart numbers may be: relative to the expected one, and absolutely."""

    relative: float
    absolute: float


_BY_DTYPE = {
    "float16": Tolerances(1e-3, 1e-5),
    "bfloat16": Tolerances(1.6e-2, 1e-5),
    "float32": Tolerances(1.3e-6, 1e-5),
    "float64": Tolerances(1e-7, 1e-7),
    "complex64": Tolerances(1.3e-6, 1e-5),
    "complex128": Tolerances(1e-7, 1e-7),
}
_EXACT = Tolerances(0.0, 0.0)


def tolerances(dtypes: Sequence[numpy.dtype]) -> Tolerances:
    """The wider of the tolerances of these dtypes; none for integers and booleans."""
    return max(_BY_DTYPE.get(dtype.name, _EXACT) for dtype in dtypes)


def mismatch(
    actual: numpy.ndarray, expected: numpy.ndarray, allowed: Tolerances, equal_nan: bool
) -> str | None:
    """How many numbers differ too much, and where they differ most; None where none does."""
    actual, expected = _of_one_dtype(actual, expected)
    with numpy.errstate(all="ignore"):
        close = _close(actual, expected, allowed, equal_nan)
        if close.all():
            return None
        absolute, relative = _differences(actual, expected)
    if not actual.ndim:
        return _report_on_one(
            actual.item(), expected.item(), absolute.item(), relative.item(), allowed
        )
    return _report_on_many(close, absolute, relative, allowed)


def mismatch_of_numbers(
    actual: complex, expected: complex, allowed: Tolerances, equal_nan: bool
) -> str | None:
    """The same of two Python numbers, in double precision."""
    with numpy.errstate(all="ignore"):
        if _close(numpy.asarray(actual), numpy.asarray(expected), allowed, equal_nan):
            return None
    absolute = abs(actual - expected)
    relative = absolute / abs(expected) if expected else float("inf")
    return _report_on_one(actual, expected, absolute, relative, allowed)


def _of_one_dtype(x: numpy.ndarray, y: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Both in the wider dtype; integers and booleans where differences do not wrap."""
    dtype = numpy.result_type(x, y)
    if dtype.kind in "biu":
        dtype = numpy.dtype(numpy.int64)
    return x.astype(dtype), y.astype(dtype)


def _close(
    actual: numpy.ndarray, expected: numpy.ndarray, allowed: Tolerances, equal_nan: bool
) -> numpy.ndarray:
    limit = allowed.absolute + numpy.abs(allowed.relative * expected)
    near = numpy.abs(actual - expected) <= limit
    near &= numpy.isfinite(actual) & numpy.isfinite(expected)
    both_nan = numpy.isnan(actual) & numpy.isnan(expected) & equal_nan
    return near | (actual == expected) | both_nan


def _differences(
    actual: numpy.ndarray, expected: numpy.ndarray
) -> tuple[numpy.ndarray, numpy.ndarray]:
    absolute = numpy.abs(actual - expected)
    if absolute.dtype.kind == "i":  # PyTorch divides integers in single precision
        single = numpy.float32
        return absolute, absolute.astype(single) / numpy.abs(expected).astype(single)
    return absolute, absolute / numpy.abs(expected)


def _report_on_one(
    actual: complex, expected: complex, absolute: float, relative: float, allowed: Tolerances
) -> str:
    values = [x.item() if isinstance(x, numpy.generic) else x for x in (actual, expected)]
    lines = [
        f"Scalars are not {'close' if any(allowed) else 'equal'}!",
        "",
        f"Expected {values[1]} but got {values[0]}.",
        f"Absolute difference: {_plain(absolute)}{_limit(allowed, allowed.absolute)}",
        f"Relative difference: {_plain(relative)}{_limit(allowed, allowed.relative)}",
    ]
    return "\n".join(lines)


def _report_on_many(
    close: numpy.ndarray, absolute: numpy.ndarray, relative: numpy.ndarray, allowed: Tolerances
) -> str:
    wrong = int((~close).sum())
    lines = [
        f"Tensor-likes are not {'close' if any(allowed) else 'equal'}!",
        "",
        f"Mismatched elements: {wrong} / {close.size} ({wrong / close.size:.1%})",
    ]
    for name, differences, limit in (
        ("absolute", absolute, allowed.absolute),
        ("relative", relative, allowed.relative),
    ):
        greatest = numpy.where(close, differences.dtype.type(0), differences)
        where = numpy.unravel_index(int(greatest.argmax()), greatest.shape)
        place = tuple(int(index) for index in where)
        value = _plain(greatest[where])
        lines.append(
            f"Greatest {name} difference: {value} at index {place}{_limit(allowed, limit)}"
        )
    return "\n".join(lines)


def _plain(number: float) -> float:
    return number.item() if isinstance(number, numpy.generic) else number


def _limit(allowed: Tolerances, limit: float) -> str:
    return f" (up to {limit} allowed)" if any(allowed) else ""
