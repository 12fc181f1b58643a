"""bfloat16 is computed in float32 and rounded once.

Apart from the tables of types, which NumPy's own types fill; this one comes from ml_dtypes.
"""

import pytest

import chainrule as torch

pytest.importorskip("ml_dtypes", reason="bfloat16 needs ml_dtypes")

ONE = ["exp", "log", "sin", "tanh", "sigmoid", "sqrt", "erf", "abs", "neg", "square", "reciprocal"]
ONE += ["sum", "mean", "prod", "var", "norm", "logsumexp", "cumsum", "softmax", "relu", "floor"]
WITH_DIM = {"logsumexp", "cumsum", "softmax"}
TWO = ["add", "sub", "mul", "div", "pow", "maximum", "atan2", "matmul"]


def numbers(*shape):
    return (torch.rand(*shape) + 0.5).bfloat16()


@pytest.mark.parametrize("name", ONE)
def test_a_function_of_one_tensor(name):
    x = numbers(3, 4)
    function = getattr(torch, name)
    arguments = (0,) if name in WITH_DIM else ()
    found = function(x, *arguments)
    assert found.dtype is torch.bfloat16
    assert found.tolist() == function(x.float(), *arguments).bfloat16().tolist()


@pytest.mark.parametrize("name", TWO)
def test_a_function_of_two_tensors(name):
    x, y = numbers(4, 4), numbers(4, 4)
    found = getattr(torch, name)(x, y)
    assert found.dtype is torch.bfloat16
    assert found.tolist() == getattr(torch, name)(x.float(), y.float()).bfloat16().tolist()


@pytest.mark.parametrize("name", ["exp", "tanh", "sigmoid", "sum", "mean"])
def test_gradients_have_the_type_and_are_right_to_its_digits(name):
    x = numbers(5).requires_grad_()
    wide = x.detach().float().requires_grad_()
    getattr(torch, name)(x).sum().backward()
    getattr(torch, name)(wide).sum().backward()
    assert x.grad.dtype is torch.bfloat16
    assert torch.allclose(x.grad.float(), wide.grad, rtol=0.02)


def test_linear_layers_compute_in_it():
    x, w, b = numbers(2, 3), numbers(4, 3), numbers(4)
    found = torch.nn.functional.linear(x, w, b)
    assert found.dtype is torch.bfloat16
    assert torch.allclose(found.float(), x.float() @ w.float().T + b.float(), rtol=0.02)
