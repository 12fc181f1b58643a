"""Integer and boolean tensors never require grad, whatever they were made of.

Apart from the values: a gradient cannot pass through them, and must not seem to.
"""

import pytest

import chainrule as torch


def leaf():
    return torch.tensor([1.5, 2.5], requires_grad=True)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.long(),
        lambda x: x.bool(),
        lambda x: (x * 2).to(torch.int32),
        lambda x: x.type(torch.uint8),
        lambda x: x.type_as(torch.tensor([1])),
        lambda x: x.sum(dtype=torch.int64),
        lambda x: torch.zeros(2, dtype=torch.int64).copy_(x),
        lambda x: torch.tensor([1, 2]).masked_fill(torch.tensor([True, False]), x[0]),
    ],
)
def test_an_integer_result_is_a_constant(function):
    result = function(leaf())

    assert not result.requires_grad
    assert result.grad_fn is None


def test_an_integer_element_that_is_overwritten_stays_a_constant():
    numbers = torch.tensor([1, 2])
    numbers[0] = leaf()[1]

    assert numbers.tolist() == [2, 2]
    assert not numbers.requires_grad


def test_a_conversion_to_floating_point_or_complex_is_differentiated():
    x = leaf()
    (x.double().to(torch.complex64).real * 3).sum().backward()

    assert x.grad.tolist() == [3.0, 3.0]
