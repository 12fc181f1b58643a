"""Tangents inside a batch, a batch inside forward mode, and forward mode in itself.

The first two give each member's own tangent; the third the second derivative, by differences.
Guards: the transpose of a vjp summed over the batch it was found in (jacfwd of jacfwd of prod).
"""

import warnings

import numpy as np
import pytest

import chainrule as torch
from chainrule.transforms.batch import BatchLevel
from chainrule.transforms.crossing import enter_batch, leave_batch, make_dual, tangent_part
from chainrule.transforms.dual import DualLevel
from tests.samples import DIFFERENTIABLE
from tests.samples.differences import directions, pushforward
from tests.samples.drive import array_of, arrays, call, differentiated, parts, tensors
from tests.transforms.batches import REFUSED, SIZE, members


def tangents_of(case, inputs, places, tangents):
    """The tangents of the results."""
    with DualLevel() as level:
        given = list(inputs)
        for place, tangent in zip(places, tangents, strict=True):
            given[place] = make_dual(inputs[place], tangent, within=level)
        outs = parts(call(torch, case, given))
        return [tangent_part(out, level=level) for out in outs if out.dtype.is_floating_point]


def stacked(values):
    return torch.from_numpy(np.stack(values))


def each_by_itself(case, values, places, tangents):
    found = []
    for k in range(SIZE):
        inputs = tensors(torch, [members(value)[k] for value in values])
        chosen = [torch.from_numpy(members(tangent)[k]) for tangent in tangents]
        found.append([array_of(out) for out in tangents_of(case, inputs, places, chosen)])
    return [np.stack([one[place] for one in found]) for place in range(len(found[0]))]


def forward_inside_batch(case, values, places, tangents):
    with BatchLevel(SIZE) as batch:
        inputs, chosen = (
            [enter_batch(stacked(members(value)), level=batch, dim=0) for value in group]
            for group in (values, tangents)
        )
        outs = tangents_of(case, inputs, places, chosen)
        return [array_of(leave_batch(out, level=batch, dim=0)) for out in outs]


def batch_inside_forward(case, values, places, tangents):
    """The batch is left before the tangents are taken."""
    inputs = [stacked(members(value)) for value in values]
    with DualLevel() as level:
        for place, tangent in zip(places, tangents, strict=True):
            inputs[place] = make_dual(inputs[place], stacked(members(tangent)), within=level)
        with BatchLevel(SIZE) as batch:
            entered = [enter_batch(x, level=batch, dim=0) for x in inputs]
            outs = [leave_batch(y, level=batch, dim=0) for y in parts(call(torch, case, entered))]
        outs = [out for out in outs if out.dtype.is_floating_point]
        return [array_of(tangent_part(out, level=level)) for out in outs]


@pytest.mark.parametrize("nested", [forward_inside_batch, batch_inside_forward])
@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_each_member_has_its_own_tangent(case, nested):
    values = arrays(case)
    places = differentiated(case, values)
    tangents = directions(values, places, case.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = each_by_itself(case, values, places, tangents)
            found = nested(case, values, places, tangents)
        except RuntimeError as refused:
            if case.operation.name not in REFUSED or "vmap" not in str(refused):
                raise
            return

    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_the_tangent_of_a_tangent_is_that_of_differences(case):
    values = arrays(case)
    places = differentiated(case, values)
    inner = directions(values, places, case.seed)
    outer = directions(values, places, case.seed + 2)  # none steps over a kink
    constants = [torch.from_numpy(tangent) for tangent in inner]

    def program(changed):
        inputs = tensors(torch, changed)
        return [array_of(out) for out in tangents_of(case, inputs, places, constants)]

    with DualLevel() as level:
        inputs = tensors(torch, values)
        for place, tangent in zip(places, outer, strict=True):
            inputs[place] = make_dual(inputs[place], torch.from_numpy(tangent), within=level)
        outs = tangents_of(case, inputs, places, constants)
        found = [array_of(tangent_part(out, level=level)) for out in outs]

    expected = pushforward(program, values, places, outer)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-7)


def test_a_write_gives_a_tangent_the_batch_of_what_is_written():
    """Guards: in jacfwd of vmap, the tangent of a copy was in one batch, what was added in two."""

    def program(x):
        y = x.clone()
        y.mul_(x)
        y[0] = x[1] * x[2]
        return y * x

    x = torch.tensor([0.9, -0.4, 1.3], dtype=torch.float64)

    def rows(x):
        return torch.func.vmap(program)(torch.stack([x, 2 * x]))

    found = torch.func.jacfwd(torch.func.jacfwd(rows))(x)

    expected = torch.func.jacrev(torch.func.jacrev(rows))(x)
    np.testing.assert_allclose(array_of(found), array_of(expected), rtol=1e-12)
