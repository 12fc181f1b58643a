"""What an operation makes of a batch is what it makes of each member."""

import warnings

import numpy as np
import pytest

import chainrule as torch
from chainrule.transforms.batch import BatchLevel
from chainrule.transforms.crossing import enter_batch, leave_batch
from tests.samples import CASES
from tests.samples.drive import array_of, arrays, call, parts, tensors
from tests.transforms.batches import REFUSED, SIZE, members

VALUES = [case for case in CASES if not case.operation.random]


def each_by_itself(case, values, batched):
    """The results for each member, put together."""
    found = []
    for k in range(SIZE):
        chosen = [members(v)[k] if own else v for v, own in zip(values, batched, strict=True)]
        found.append(parts(call(torch, case, tensors(torch, chosen))))
    return [np.stack([array_of(one[place]) for one in found]) for place in range(len(found[0]))]


def at_once(case, values, batched):
    """The results for the batch."""
    with BatchLevel(SIZE) as level:
        inputs = [
            enter_batch(torch.from_numpy(np.stack(members(value))), level=level, dim=0)
            if own
            else torch.from_numpy(value.copy())
            for value, own in zip(values, batched, strict=True)
        ]
        outs = parts(call(torch, case, inputs))
        return [array_of(leave_batch(out, level=level, dim=0)) for out in outs]


def check(case, values, batched):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = each_by_itself(case, values, batched)
            found = at_once(case, values, batched)
        except (RuntimeError, ValueError) as refused:
            known = "vmap" in str(refused) or "same shape" in str(refused)
            if case.operation.name not in REFUSED or not known:
                raise
            return

    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("case", VALUES, ids=str)
def test_of_a_batch_of_every_operand(case):
    values = arrays(case)
    if not values:
        pytest.skip("no operand is a tensor")
    check(case, values, [True] * len(values))


@pytest.mark.parametrize("case", VALUES, ids=str)
def test_of_a_batch_of_one_operand(case):
    values = arrays(case)
    if len(values) < 2:
        pytest.skip("there is one operand only")
    for place in range(len(values)):
        check(case, values, [place == k for k in range(len(values))])
