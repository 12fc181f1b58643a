"""Bad input is refused with PyTorch's exception and key phrase, and a refusal changes nothing."""

import re
import sys

import numpy as np
import pytest
from tests.samples.mistakes import MISTAKES

import chainrule as torch


@pytest.mark.filterwarnings("ignore:An output with one or more elements was resized")
@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_refused_in_pytorchs_words(mistake):
    with pytest.raises(mistake.exception, match=re.escape(mistake.phrase)):
        mistake.run(torch)


@pytest.mark.parametrize(
    "write",
    [
        lambda x: x.add_(torch.ones(4)),
        lambda x: x.mul_(1j),
        lambda x: x.copy_(torch.ones(5)),
        lambda x: x.__setitem__(slice(None), torch.ones(4)),
        lambda x: x.__setitem__(5, 1.0),
        lambda x: x.index_add_(0, torch.tensor([0, 7, 1]), torch.ones(3)),
        lambda x: x.scatter_(0, torch.tensor([0, 7]), 5.0),
        lambda x: x.index_put_((torch.tensor([0, 7]),), torch.ones(2)),
        lambda x: x.masked_fill_(torch.tensor([True, False]), 1.0),
        lambda x: x.addcmul_(torch.ones(4), torch.ones(4)),
        lambda x: x.transpose_(0, 3),
        lambda x: x.unsqueeze_(4),
        lambda x: x.squeeze_(4),
        lambda x: torch.add(torch.ones(3), torch.ones(4), out=x),
        lambda x: torch.mul(torch.ones(3), 1j, out=x),
        lambda x: x.view(5),
        lambda x: x.requires_grad_("yes"),
    ],
)
def test_a_refusal_leaves_the_tensor_as_it_was(write):
    x = torch.tensor([1.0, 2.0, 3.0])

    with pytest.raises((RuntimeError, IndexError, TypeError, ValueError)):
        write(x)

    assert x.tolist() == [1.0, 2.0, 3.0]
    assert x.shape == (3,)
    assert x._version == 0
    assert not x.requires_grad


def test_a_failed_backward_leaves_gradients_alone():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    x.exp().sum().backward()
    before = x.grad.clone()
    y = x.exp()
    y.mul_(2)

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()

    np.testing.assert_array_equal(x.grad.numpy(), before.numpy())


def test_a_value_overwritten_after_it_was_saved_is_reported_with_both_lines():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    saving = _line() + 1
    y = x.exp()
    overwriting = _line() + 1
    y.mul_(2)

    with pytest.raises(RuntimeError) as caught:
        y.sum().backward()

    message = str(caught.value)
    assert "test_errors.py" in message
    assert re.search(rf"\b{saving}\b", message)
    assert re.search(rf"\b{overwriting}\b", message)


def _line():
    return sys._getframe(1).f_lineno
