"""vjp, jvp and linearize give products with the Jacobian of finite differences."""

import numpy as np
import pytest

import chainrule as torch
from tests.func.functions import FUNCTIONS, POINT, jacobian_by_differences

COTANGENT = np.array([0.4, -1.3])
TANGENT = np.array([1.5, 0.2, -0.9])


def assert_close(found, expected):
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_vjp(name):
    f = FUNCTIONS[name]
    out, pull = torch.func.vjp(f, torch.tensor(POINT))

    assert torch.equal(out, f(torch.tensor(POINT)))
    assert_close(pull(torch.tensor(COTANGENT))[0], COTANGENT @ jacobian_by_differences(f))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_jvp(name):
    f = FUNCTIONS[name]
    out, tangent = torch.func.jvp(f, (torch.tensor(POINT),), (torch.tensor(TANGENT),))

    assert torch.equal(out, f(torch.tensor(POINT)))
    assert_close(tangent, jacobian_by_differences(f) @ TANGENT)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_linearize(name):
    f = FUNCTIONS[name]
    out, push = torch.func.linearize(f, torch.tensor(POINT))

    assert torch.equal(out, f(torch.tensor(POINT)))
    assert_close(push(torch.tensor(TANGENT)), jacobian_by_differences(f) @ TANGENT)


def test_linearize_runs_the_function_once():
    calls = []

    def f(x):
        calls.append(x)
        return x.sin()

    _, push = torch.func.linearize(f, torch.tensor(POINT))
    push(torch.tensor(TANGENT))
    push(torch.tensor(TANGENT))

    assert len(calls) == 1


def test_a_pull_may_be_repeated_unless_told_otherwise():
    _, pull = torch.func.vjp(torch.exp, torch.tensor(POINT))
    first = pull(torch.ones(3, dtype=torch.float64))[0]
    second = pull(torch.ones(3, dtype=torch.float64), retain_graph=False)[0]

    assert torch.equal(first, second)
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        pull(torch.ones(3, dtype=torch.float64))


def test_a_pull_of_several():
    x, y = torch.tensor(2.0), torch.tensor(3.0)
    _, pull = torch.func.vjp(lambda x, y: {"product": x * y, "y": y}, x, y)

    assert pull({"product": torch.tensor(1.0), "y": torch.tensor(10.0)}) == (3.0, 12.0)


def test_linearize_of_what_returns_its_argument():
    """The pull then returns the cotangent as it is, which is a leaf of linearize's own."""
    x = torch.tensor(POINT)
    _, push = torch.func.linearize(lambda x: (x, x * 2), x)

    same, twice = push(torch.tensor(TANGENT))

    assert_close(same, TANGENT)
    assert_close(twice, 2 * TANGENT)
