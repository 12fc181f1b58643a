"""Of equal elements topk and kthvalue may take any, as in PyTorch: what they take is right.

Apart from the samples, whose numbers are all different for these two.
"""

import numpy as np
import pytest

import chainrule as torch


@pytest.fixture
def tied(rng):
    """Rows of many equal numbers: of few different ones, and short and long."""
    return [
        torch.from_numpy(rng.integers(0, bound, (3, size)))
        for bound, size in ((2, 5), (4, 50), (40, 4000))
    ]


@pytest.mark.parametrize("largest", [True, False])
def test_topk_takes_the_first_values_in_order_and_no_place_twice(tied, largest):
    for x in tied:
        values, indices = torch.topk(x, 5, largest=largest)

        in_order = torch.sort(x, descending=largest)[0][:, :5]
        assert torch.equal(values, in_order)
        assert torch.equal(x.gather(1, indices), values)
        assert all(len(np.unique(row)) == 5 for row in indices.numpy())


def test_kthvalue_takes_a_place_that_holds_the_value(tied):
    for x in tied:
        value, index = torch.kthvalue(x, 3, keepdim=True)

        assert torch.equal(value, torch.sort(x)[0][:, 2:3])
        assert torch.equal(x.gather(1, index), value)
