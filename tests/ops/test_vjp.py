"""The gradient of every operation is that of finite differences."""

import pytest
from tests.samples import COMPLEX, DIFFERENTIABLE, LAID_OUT
from tests.samples.derivatives import check_gradients
from tests.samples.drive import arrays, call, differentiated, parts

import chainrule as torch

LAID_OUT_AND_DIFFERENTIABLE = [
    (case, layout) for case, layout in LAID_OUT if case in DIFFERENTIABLE
]


def check(case, values):
    def program(inputs):
        return parts(call(torch, case, inputs))

    check_gradients(torch, program, values, differentiated(case, values), case.seed)


@pytest.mark.parametrize(("case", "layout"), LAID_OUT_AND_DIFFERENTIABLE, ids=str)
def test_gradients_are_those_of_finite_differences(case, layout):
    check(case, arrays(case, layout=layout))


@pytest.mark.parametrize("case", COMPLEX, ids=str)
def test_complex_gradients_are_those_of_finite_differences(case):
    check(case, arrays(case, "complex128"))
