"""Every operation in every dtype and layout: numbers, shapes, dtypes, refusals are PyTorch's."""

import pytest
import torch as pytorch
from tests.parity.comparison import assert_same_outcome, on_both
from tests.samples import CASES, LAID_OUT
from tests.samples.drive import arrays, call, parts, tensors
from tests.samples.recorded import LETTERS

import chainrule

DETERMINISTIC = [case for case in CASES if not case.operation.random]


def compare(case, dtype, layout="contiguous"):
    values = arrays(case, dtype, layout)

    def run(library):
        return parts(call(library, case, tensors(library, values)))

    found, expected = on_both(chainrule, pytorch, run)

    assert_same_outcome(found, expected)
    return found, expected


@pytest.mark.parametrize("dtype", LETTERS)
@pytest.mark.parametrize("case", DETERMINISTIC, ids=str)
def test_results_in_every_dtype(case, dtype):
    compare(case, dtype)


@pytest.mark.parametrize(
    ("case", "layout"),
    [(case, layout) for case, layout in LAID_OUT if layout != "contiguous"],
    ids=str,
)
def test_results_in_every_layout(case, layout):
    if case.operation.random:
        pytest.skip("random numbers are compared elsewhere")
    compare(case, "float32", layout)


@pytest.mark.parametrize(
    ("case", "layout"), [pair for pair in LAID_OUT if pair[0].operation.view], ids=str
)
def test_strides_of_views(case, layout):
    found, expected = compare(case, "float64", layout)

    if expected.error is None:
        for one, other in zip(found.results, expected.results, strict=True):
            assert one.stride() == other.stride()
            assert one.storage_offset() == other.storage_offset()
            assert one.is_contiguous() == other.is_contiguous()
