"""The pushforward of every operation, its gradient transposed, is that of finite differences."""

import pytest
from tests.samples import COMPLEX, DIFFERENTIABLE
from tests.samples.derivatives import check_pushforward
from tests.samples.drive import arrays, call, differentiated, parts

import chainrule as torch


def check(case, values):
    def program(inputs):
        return parts(call(torch, case, inputs))

    check_pushforward(torch, program, values, differentiated(case, values), case.seed)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_pushforwards_are_those_of_finite_differences(case):
    check(case, arrays(case))


@pytest.mark.parametrize("case", COMPLEX, ids=str)
def test_complex_pushforwards_are_those_of_finite_differences(case):
    check(case, arrays(case, "complex128"))
