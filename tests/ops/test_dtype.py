"""Every operation gives results of PyTorch's dtypes, for inputs of every dtype it takes."""

import pytest
from tests.samples import CASES
from tests.samples.record import result_letters
from tests.samples.recorded import LETTERS, recorded_dtypes

import chainrule as torch


@pytest.mark.filterwarnings("ignore:Casting complex values to real")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_results_have_the_recorded_dtypes(case):
    expected = recorded_dtypes(case)

    found = {dtype: result_letters(torch, case, dtype) for dtype in expected}

    assert found == expected


@pytest.mark.parametrize("dtype", LETTERS)
def test_a_python_number_promotes_across_categories_only(dtype):
    x = torch.zeros(2, dtype=getattr(torch, dtype))
    whole = dtype not in ("float16", "float32", "float64", "complex64", "complex128")

    assert (x + True).dtype == x.dtype
    assert (x + 2).dtype == (torch.int64 if dtype == "bool" else x.dtype)
    assert (x + 2.5).dtype == (torch.float32 if whole else x.dtype)
