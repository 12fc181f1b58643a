"""The tangent of every operation's result is that of finite differences."""

import numpy as np
import pytest

import chainrule as torch
from chainrule.transforms.crossing import make_dual, tangent_part
from chainrule.transforms.dual import DualLevel
from tests.samples import COMPLEX, DIFFERENTIABLE
from tests.samples.differences import directions, pushforward
from tests.samples.drive import array_of, arrays, call, differentiated, parts, tensors


def check(case, values):
    places = differentiated(case, values)
    tangents = directions(values, places, case.seed)
    with DualLevel() as level:
        inputs = tensors(torch, values)
        for place, tangent in zip(places, tangents, strict=True):
            inputs[place] = make_dual(inputs[place], torch.from_numpy(tangent), within=level)
        outs = parts(call(torch, case, inputs))
        found = [array_of(tangent_part(out, level=level)) for out in outs]

    def program(changed):
        return [array_of(out) for out in parts(call(torch, case, tensors(torch, changed)))]

    expected = pushforward(program, values, places, tangents)
    for one, other in zip(found, expected, strict=True):
        if one.dtype.kind in "fc":
            np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_tangents_are_those_of_finite_differences(case):
    check(case, arrays(case))


@pytest.mark.parametrize("case", COMPLEX, ids=str)
def test_complex_tangents_are_those_of_finite_differences(case):
    check(case, arrays(case, "complex128"))
