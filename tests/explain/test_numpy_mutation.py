"""In anomaly mode, a saved value that NumPy wrote to is found; out of it, nothing is looked at.

Apart from the writes that are counted, which are refused in any mode.
"""

import numpy as np
import pytest

import chainrule as torch
from chainrule.autograd import Function

# As in PyTorch, an error in anomaly mode is also a warning that names the line.
pytestmark = pytest.mark.filterwarnings("ignore:Error detected in")

PHRASE = "modified by an inplace operation.*changed behind chainrule's back"


@pytest.fixture
def anomaly():
    with torch.autograd.set_detect_anomaly(True):
        yield


def leaf():
    return torch.tensor([1.0, 2.0, 3.0], requires_grad=True)


class Squared(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g


def from_numpy():
    array = np.ones(3, np.float32)
    return leaf() * torch.from_numpy(array), array


def as_array():
    y = leaf() * 2
    return y * y.exp(), np.asarray(y.detach())


def of_a_result():
    y = leaf().exp()
    return y, y.detach().numpy()


def of_a_leaf():
    x = leaf()
    return x.sin(), x.detach().numpy()


def of_a_matrix_turned():
    array = np.ones((3, 3), np.float32)
    return (torch.from_numpy(array).t() @ leaf()) * 2, array


def of_data():
    x = leaf()
    return x * x, x.data


def of_a_function():
    x = leaf()
    return Squared.apply(x), x.detach().numpy()


PROGRAMS = [
    from_numpy, as_array, of_a_result, of_a_leaf, of_a_matrix_turned, of_data, of_a_function,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_write_behind_our_back_is_found(anomaly, program):
    y, shared = program()
    shared[0] = 7.0

    with pytest.raises(RuntimeError, match=PHRASE) as caught:
        y.sum().backward()

    assert f"{__file__}:" in str(caught.value)
    assert "Backward" in str(caught.value)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_without_a_write_nothing_is_said(anomaly, program):
    y, shared = program()
    y.sum().backward()

    assert shared is not None


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_without_the_mode_nothing_is_looked_at(program):
    y, shared = program()
    shared[0] = 7.0
    y.sum().backward()

    assert y.requires_grad


def test_the_operand_and_its_line_are_named(anomaly):
    array = np.ones(3, np.float32)
    weight = torch.from_numpy(array)
    y = leaf() * weight
    array[:] = 0

    with pytest.raises(RuntimeError, match=r"saved by MulBackward0: its operand 1 `weight`, at"):
        y.sum().backward()


def test_other_memory_given_to_a_leaf_is_no_write(anomaly):
    x = leaf()
    y = (x * x).sum()
    x.data = torch.zeros(3)
    y.backward()

    assert x.grad.tolist() == [0.0, 0.0, 0.0]
