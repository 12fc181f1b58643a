"""Every operation differentiates twice: the gradient's gradient is that of finite differences."""

import pytest
from tests.samples import COMPLEX, DIFFERENTIABLE
from tests.samples.derivatives import check_second_gradients
from tests.samples.drive import arrays, call, differentiated, parts

import chainrule as torch


def check(case, values):
    def program(inputs):
        return parts(call(torch, case, inputs))

    check_second_gradients(torch, program, values, differentiated(case, values), case.seed)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_second_gradients_are_those_of_finite_differences(case):
    check(case, arrays(case))


@pytest.mark.parametrize("case", COMPLEX, ids=str)
def test_complex_second_gradients_are_those_of_finite_differences(case):
    check(case, arrays(case, "complex128"))
