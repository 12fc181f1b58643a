"""What it means that chainrule does as PyTorch does: same results, same refusals, no more warnings.

Apart from the tests, which say what is run on both libraries, and not how outcomes are compared.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from tests.samples.drive import array_of, dtype_name

# How far two correct results may lie apart: they are rounded at other places, in another order.
TOLERANCES = {
    "float16": (4e-3, 4e-3),
    "float32": (2e-5, 2e-6),
    "float64": (1e-9, 1e-12),
    "complex64": (4e-5, 4e-6),
    "complex128": (1e-9, 1e-11),
}
# PyTorch has no kernel or no derivative for everything that could have one. To have it is no error.
LIMITATIONS = (
    "not implemented for",
    "is not implemented",
    "does not support",
    "not supported",
    "isn't implemented",
)


# PyTorch gives this once a process, so that it depends on which tests ran before.
ONCE = "Casting complex values to real"


@dataclass
class Outcome:
    """What came of a call: results or an exception, and the warnings given."""

    results: list[Any] | None
    error: Exception | None
    warned: list[type[Warning]]

    @property
    def is_a_limitation(self) -> bool:
        """Whether PyTorch merely lacks the case, rather than calling it a mistake."""
        return isinstance(self.error, NotImplementedError) or any(
            phrase in str(self.error) for phrase in LIMITATIONS
        )


def outcome(run: Callable[[], list[Any]]) -> Outcome:
    """Run, and keep whatever happens."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            results, error = run(), None
        except Exception as raised:  # the comparison's subject, whatever it is
            results, error = None, raised
    given = [warning.category for warning in caught if not str(warning.message).startswith(ONCE)]
    return Outcome(results, error, given)


def on_both(
    chainrule: ModuleType, pytorch: ModuleType, run: Callable[[ModuleType], list[Any]]
) -> tuple[Outcome, Outcome]:
    """The same on either library; skipped where PyTorch itself has nothing to compare with."""
    expected, found = outcome(lambda: run(pytorch)), outcome(lambda: run(chainrule))
    if expected.is_a_limitation and found.error is None:
        pytest.skip(f"PyTorch has no such case: {str(expected.error).splitlines()[0]}")
    results = expected.results or []
    said = f"{found.error} {expected.error} {' '.join(map(dtype_name, results))}"
    if "complex32" in said or "ComplexHalf" in said:
        pytest.skip("NumPy has no complex32")
    if isinstance(found.error, NotImplementedError) and _come_of_nothing(results):
        pytest.skip("PyTorch misses no kernel where there is nothing to compute")
    return found, expected


def _come_of_nothing(results: list[Any]) -> bool:
    """Whether there are no numbers, or only zeros, as in the sum of nothing."""
    return bool(results) and not any(array_of(result).any() for result in results)


def assert_same_outcome(found: Outcome, expected: Outcome, rtol: float = 0.0) -> None:
    """Results alike, or exceptions of one type; warnings only where PyTorch warns."""
    if expected.error is not None:
        assert found.error is not None, f"PyTorch refuses: {expected.error!r}"
        alike = isinstance(found.error, type(expected.error))
        assert alike, f"{found.error!r} where PyTorch raises {expected.error!r}"
        return
    if found.error is not None:
        raise found.error
    superfluous = set(found.warned) - set(expected.warned)
    assert not superfluous, f"warns where PyTorch does not: {superfluous}"
    assert_same_results(found.results, expected.results, rtol)


def assert_same_results(found: list[Any], expected: list[Any], rtol: float = 0.0) -> None:
    """Numbers, shapes and dtypes alike, one result after the other."""
    dtypes = [[dtype_name(one) for one in results] for results in (found, expected)]
    assert dtypes[0] == dtypes[1], f"dtypes {dtypes[0]} where PyTorch has {dtypes[1]}"
    for one, other in zip(found, expected, strict=True):
        assert_same_numbers(array_of(one), array_of(other), dtype_name(other), rtol)


def assert_same_numbers(
    found: np.ndarray, expected: np.ndarray, dtype: str, rtol: float = 0.0
) -> None:
    """Shapes alike, and numbers as near as the dtype allows, integers the same."""
    assert found.shape == expected.shape, f"{found.shape} where PyTorch has {expected.shape}"
    usual, atol = TOLERANCES.get(dtype, (0, 0))
    if usual:
        np.testing.assert_allclose(found, expected, max(usual, rtol), atol)
    else:
        np.testing.assert_array_equal(found, expected)
