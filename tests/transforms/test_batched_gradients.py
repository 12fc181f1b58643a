"""The gradient taken inside a batch is each member's own gradient."""

import warnings

import numpy as np
import pytest

import chainrule as torch
from chainrule.transforms.batch import BatchLevel
from chainrule.transforms.crossing import enter_batch, leave_batch
from tests.samples import DIFFERENTIABLE
from tests.samples.differences import weights
from tests.samples.drive import array_of, arrays, call, differentiated, parts, tensors
from tests.transforms.batches import REFUSED, SIZE, members


def gradients(case, inputs, places):
    """The gradients of the results, weighed, in the inputs at `places`."""
    chosen = [inputs[place].view_as(inputs[place]).requires_grad_() for place in places]
    given = list(inputs)
    for place, one in zip(places, chosen, strict=True):
        given[place] = one
    outs = [out for out in parts(call(torch, case, given)) if getattr(out, "requires_grad", False)]
    shapes = [np.zeros(tuple(out.shape)) for out in outs]
    seeds = [
        torch.from_numpy(weight).to(out.dtype)
        for weight, out in zip(weights(shapes, case.seed), outs, strict=True)
    ]
    return torch.autograd.grad(outs, chosen, seeds, allow_unused=True, materialize_grads=True)


def each_by_itself(case, values, places):
    found = []
    for k in range(SIZE):
        inputs = tensors(torch, [members(value)[k] for value in values])
        found.append([array_of(g) for g in gradients(case, inputs, places)])
    return [np.stack([one[place] for one in found]) for place in range(len(places))]


def at_once(case, values, places):
    with BatchLevel(SIZE) as level:
        inputs = [
            enter_batch(torch.from_numpy(np.stack(members(value))), level=level, dim=0)
            for value in values
        ]
        found = gradients(case, inputs, places)
        return [array_of(leave_batch(g, level=level, dim=0)) for g in found]


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_of_a_batch(case):
    values = arrays(case)
    places = differentiated(case, values)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = each_by_itself(case, values, places)
            found = at_once(case, values, places)
        except RuntimeError as refused:
            if case.operation.name not in REFUSED or "vmap" not in str(refused):
                raise
            return

    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
