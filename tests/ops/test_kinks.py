"""Where a derivative jumps, branches or runs off, value and gradient are those agreed upon."""

import numpy as np
import pytest
from tests.samples.drive import array_of
from tests.samples.kinks import KINKS

import chainrule as torch


@pytest.mark.filterwarnings(r"ignore:.*degrees of freedom is <= 0")
@pytest.mark.parametrize("kink", KINKS, ids=str)
def test_value_and_gradient_at_a_kink(kink):
    inputs = [torch.from_numpy(np.array(x)).requires_grad_() for x in kink.inputs]

    y = kink.run(torch, *inputs)
    found = torch.autograd.grad(y.sum(), inputs)

    np.testing.assert_allclose(array_of(y), kink.value, rtol=1e-12)
    for one, expected in zip(found, kink.gradients, strict=True):
        np.testing.assert_allclose(array_of(one), expected, rtol=1e-12)


@pytest.mark.parametrize(
    "constant",
    [
        lambda x: x > 1,
        lambda x: x == x,
        lambda x: x.argmax(),
        lambda x: x.sort()[1],
        lambda x: x.topk(1)[1],
        lambda x: x.max(0)[1],
        lambda x: x.isnan(),
        lambda x: torch.logical_not(x),
        lambda x: x.count_nonzero(),
        lambda x: torch.sign(x).detach(),
    ],
    ids=["gt", "eq", "argmax", "sort", "topk", "max", "isnan", "logical_not", "count", "detach"],
)
def test_what_cannot_change_gradually_is_no_part_of_the_graph(constant):
    x = torch.tensor([1.0, 2.0], requires_grad=True)

    result = constant(x)

    assert not result.requires_grad
    assert result.grad_fn is None


@pytest.mark.parametrize("name", ["eq", "ne", "lt", "le", "gt", "ge"])
def test_a_comparison_in_place_ends_what_was_there(name):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    getattr(y, f"{name}_")(2.0)
    (y * 3).sum().backward()

    assert x.grad.tolist() == [0.0, 0.0]
