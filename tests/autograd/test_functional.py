"""autograd.functional gives the numbers of finite differences; what PyTorch says is in parity."""

import numpy as np
import pytest
from tests.func.functions import FUNCTIONS, POINT, jacobian_by_differences

import chainrule as torch
from chainrule.autograd import functional

COTANGENT = np.array([0.4, -1.3])
TANGENT = np.array([1.5, 0.2, -0.9])
WAYS = {
    "reverse": {},
    "all at once": {"vectorize": True},
    "forward": {"vectorize": True, "strategy": "forward-mode"},
}


def assert_close(found, expected):
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-8, atol=1e-9)


def number(name):
    return lambda x: FUNCTIONS[name](x).cos().sum()


def hessian_by_differences(name):
    return jacobian_by_differences(torch.func.grad(number(name)))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_jacobian(name, way):
    found = functional.jacobian(FUNCTIONS[name], torch.tensor(POINT), **WAYS[way])

    assert_close(found, jacobian_by_differences(FUNCTIONS[name]))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_hessian(name, way):
    options = {
        key.replace("strategy", "outer_jacobian_strategy"): v for key, v in WAYS[way].items()
    }
    found = functional.hessian(number(name), torch.tensor(POINT), **options)

    assert_close(found.detach(), hessian_by_differences(name))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_vjp(name):
    _, found = functional.vjp(FUNCTIONS[name], torch.tensor(POINT), torch.tensor(COTANGENT))

    assert_close(found, COTANGENT @ jacobian_by_differences(FUNCTIONS[name]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_jvp(name):
    _, found = functional.jvp(FUNCTIONS[name], torch.tensor(POINT), torch.tensor(TANGENT))

    assert_close(found, jacobian_by_differences(FUNCTIONS[name]) @ TANGENT)


@pytest.mark.parametrize("product", ["vhp", "hvp"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_products_with_the_hessian(name, product):
    _, found = getattr(functional, product)(
        number(name), torch.tensor(POINT), torch.tensor(TANGENT)
    )

    assert_close(found, hessian_by_differences(name) @ TANGENT)


def test_a_graph_of_the_result():
    x = torch.tensor(POINT, requires_grad=True)
    found = functional.jacobian(lambda x: x**3, x, create_graph=True)
    (third,) = torch.autograd.grad(found.sum(), x)

    assert_close(third, 6 * POINT)


def test_the_inputs_stay_as_they_were():
    x = torch.tensor(POINT)
    functional.hessian(lambda x: (x**3).sum(), x)

    assert not x.requires_grad
    assert x.grad is None


def test_strict_mode_names_what_is_independent():
    with pytest.raises(RuntimeError, match="Output 0 of the user-provided function is independent"):
        functional.jacobian(lambda x, y: x * 2, (torch.ones(2), torch.ones(2)), strict=True)


@pytest.mark.parametrize(
    ("options", "error", "phrase"),
    [
        ({"strategy": "sideways"}, AssertionError, "Expected strategy to be either"),
        ({"strategy": "forward-mode"}, NotImplementedError, "implemented for `vectorize=True`"),
        (
            {"strategy": "forward-mode", "vectorize": True, "create_graph": True},
            NotImplementedError,
            '`create_graph=True` and `strategy="forward-mode"` are not supported together',
        ),
        ({"vectorize": True, "strict": True}, RuntimeError, "`strict=True` and `vectorized=True`"),
    ],
)
def test_options_that_exclude_each_other(options, error, phrase):
    with pytest.raises(error, match=phrase):
        functional.jacobian(torch.exp, torch.ones(2), **options)


def test_an_output_without_elements():
    with pytest.raises(RuntimeError, match="stack expects a non-empty TensorList"):
        functional.jacobian(lambda x: x, torch.ones(0))

    assert functional.jacobian(lambda x: x, torch.ones(0), vectorize=True).shape == (0, 0)
