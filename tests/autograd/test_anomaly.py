"""Anomaly mode: what the error says, beside PyTorch's phrase.

Apart from `samples/semantics/anomaly.txt`, whose programs are PyTorch's too.
"""

import warnings

import pytest

import chainrule as torch
from chainrule.autograd import Function, set_detect_anomaly


@pytest.fixture(autouse=True)
def anomaly_mode():
    with set_detect_anomaly(True), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Error detected in|\n\nPrevious calculation")
        yield


def leaf(*values):
    return torch.tensor(list(values), requires_grad=True)


def message(loss):
    with pytest.raises(RuntimeError) as error:
        loss.backward()
    return str(error.value)


def test_the_error_names_the_expression_and_its_line():
    x = leaf(0.0)
    y = (x * 3).sqrt() * x
    said = message(y.sum())

    assert said.startswith("Function 'SqrtBackward0' returned nan values in its 0th output.\n")
    assert "`(x * 3).sqrt()` at " in said
    assert "test_anomaly.py:" in said


def test_the_line_is_known_though_the_mode_was_off_in_the_forward():
    with set_detect_anomaly(False):
        x = leaf(0.0)
        y = x / x

    assert "`x / x` at " in message(y.sum())


def test_of_a_second_derivative_both_lines_are_named():
    x = leaf(0.0)
    y = x**1.5
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    said = message((g * 0).sum())

    assert "torch.autograd.grad(y.sum(), x, create_graph=True)" in said
    assert "was recorded when backward ran PowBackward0, which stands for `x**1.5` at" in said


def test_outputs_are_counted_as_pytorchs_node_has_them():
    x, y = leaf(1.0), leaf(0.0)

    assert "in its 1th output" in message((x.detach() * 0 / y * 1).sum() + x.sum() * 0)
    chosen = torch.where(torch.tensor([True]), x, y * float("nan"))
    assert "MulBackward0' returned nan values in its 0th output" in message(chosen.sum())
    assert "in its 0th output" in message((0 - y * 0).sqrt().sum() * 0)


def test_an_error_of_a_function_carries_the_line_of_its_application():
    class Broken(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            raise KeyError("mine")

    y = Broken.apply(leaf(1.0))
    with pytest.raises(KeyError, match="mine") as error:
        y.sum().backward()

    assert error.value.__notes__[0].startswith(
        "BrokenBackward stands for `Broken.apply(leaf(1.0))`"
    )


def test_the_warning_names_the_line_too():
    x = leaf(0.0)
    y = x / x
    with pytest.warns(UserWarning, match="Error detected in DivBackward0") as caught:
        message(y.sum())

    assert "x / x" in str(caught[0].message)
    assert f'File "{__file__}", line' in str(caught[0].message)


def test_gradients_are_those_of_an_ordinary_backward():
    def gradients():
        x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
        z = torch.cat([x * y, torch.stack([x, y]).max(0).values]).sort()[0].cumsum(0)
        return torch.autograd.grad((z * z).sum(), (x, y), create_graph=True)

    watched = gradients()
    with set_detect_anomaly(False):
        expected = gradients()

    assert all(torch.equal(a, b) for a, b in zip(watched, expected))


def test_a_nan_in_16_bits_is_found():
    x = torch.zeros(2, dtype=torch.float16, requires_grad=True)

    assert "returned nan values" in message((x / x).sum())
