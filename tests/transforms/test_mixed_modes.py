"""Forward mode through reverse mode, and the other way round, give the product of finite differences."""

import numpy as np
import pytest

import chainrule as torch
from chainrule.transforms.crossing import make_dual, tangent_part
from chainrule.transforms.dual import DualLevel
from tests.samples import DIFFERENTIABLE
from tests.samples.differences import directions, pushforward, weights
from tests.samples.drive import array_of, arrays, call, differentiated, parts, tensors


def loss(case, inputs):
    """One number of all results, weighed."""
    outs = [_real(out) for out in parts(call(torch, case, inputs))]
    outs = [out for out in outs if out.is_floating_point()]
    cotangents = weights([np.zeros(tuple(out.shape)) for out in outs], case.seed)
    terms = [
        (out * torch.from_numpy(weight).to(out.dtype)).sum()
        for out, weight in zip(outs, cotangents, strict=True)
    ]
    return sum(terms[1:], terms[0])


def _real(out):
    return torch.view_as_real(out) if out.is_complex() else out


def gradients(case, inputs, places):
    chosen = [inputs[place].view_as(inputs[place]) for place in places]
    given = list(inputs)
    for place, one in zip(places, chosen, strict=True):
        given[place] = one if one.requires_grad else one.requires_grad_()
    return torch.autograd.grad(loss(case, given), chosen, allow_unused=True, materialize_grads=True)


def products_by_differences(case, values, places, tangents):
    def program(changed):
        return [array_of(g) for g in gradients(case, tensors(torch, changed), places)]

    return pushforward(program, values, places, tangents)


def forward_over_reverse(case, values, places, tangents):
    with DualLevel() as level:
        inputs = tensors(torch, values)
        for place, tangent in zip(places, tangents, strict=True):
            inputs[place] = make_dual(inputs[place], torch.from_numpy(tangent), within=level)
        found = gradients(case, inputs, places)
        return [array_of(tangent_part(g, level=level)) for g in found]


def reverse_over_forward(case, values, places, tangents):
    leaves = tensors(torch, values, places)
    with DualLevel() as level:
        inputs = list(leaves)
        for place, tangent in zip(places, tangents, strict=True):
            inputs[place] = make_dual(leaves[place], torch.from_numpy(tangent), within=level)
        slope = tangent_part(loss(case, inputs), level=level)
    chosen = [leaves[place] for place in places]
    if not slope.requires_grad:
        return [np.zeros(values[place].shape) for place in places]
    found = torch.autograd.grad(slope, chosen, allow_unused=True, materialize_grads=True)
    return [array_of(g) for g in found]


@pytest.mark.parametrize("product", [forward_over_reverse, reverse_over_forward])
@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_the_second_derivative_times_a_vector(case, product):
    values = arrays(case)
    places = differentiated(case, values)
    tangents = directions(values, places, case.seed)

    found = product(case, values, places, tangents)

    expected = products_by_differences(case, values, places, tangents)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-7)
