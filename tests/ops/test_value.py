"""Every operation gives NumPy's numbers, whatever the layout of its inputs."""

import numpy as np
import pytest
from tests.samples import CASES, LAID_OUT
from tests.samples.drive import array_of, arrays, call, parts, reference, tensors

import chainrule as torch

TOLERANCES = {"float64": (1e-11, 1e-12), "float32": (2e-5, 1e-5), "complex128": (1e-10, 1e-11)}

JUDGED_BY_NUMPY = [case for case in CASES if case.operation.reference is not None]
LAID_OUT_AND_JUDGED = [(case, layout) for case, layout in LAID_OUT if case in JUDGED_BY_NUMPY]


@pytest.mark.parametrize(("case", "layout"), LAID_OUT_AND_JUDGED, ids=str)
def test_the_numbers_are_those_of_numpy(case, layout):
    values = arrays(case, layout=layout)
    expected = reference(case, values)

    found = [array_of(part) for part in parts(call(torch, case, tensors(torch, values)))]

    assert [part.shape for part in found] == [part.shape for part in expected]
    for one, other in zip(found, expected, strict=True):
        rtol, atol = TOLERANCES.get(str(one.dtype), (0, 0))
        np.testing.assert_allclose(one, other, rtol, atol)


@pytest.mark.parametrize("case", JUDGED_BY_NUMPY, ids=str)
def test_single_precision_is_as_near_as_single_precision_allows(case):
    values = arrays(case, "float32")
    expected = reference(case, [_doubled(value) for value in values])

    found = [array_of(part) for part in parts(call(torch, case, tensors(torch, values)))]

    for one, other in zip(found, expected, strict=True):
        if one.dtype.kind in "fc":
            np.testing.assert_allclose(one, other, *TOLERANCES["float32"])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_inputs_are_left_as_they_were(case):
    values = arrays(case)
    inputs = tensors(torch, values)

    call(torch, case, inputs)

    for tensor, value in zip(inputs, values, strict=True):
        np.testing.assert_array_equal(array_of(tensor), value)


def _doubled(value: np.ndarray) -> np.ndarray:
    """In double precision, unless it asks where single precision ends."""
    single = value.dtype == "float32" and np.isfinite(value).all()
    return value.astype("float64") if single else value
