"""Transforms of torch.func, nested three deep in any order, give what PyTorch's give."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest
import torch as pytorch

import chainrule

POINT = np.array([0.3, -0.7])
WEIGHTS = np.array([[0.5, -1.2], [0.8, 0.4]])


def pulled(torch, f):
    def at(x):
        out, pull = torch.func.vjp(f, x)
        return pull(torch.cos(out))[0]

    return at


def linearized(torch, f):
    def at(x):
        out, push = torch.func.linearize(f, x)
        return push(torch.cos(x)) + out

    return at


# A transform makes of a function of a vector another: more may be added.
TRANSFORMS = {
    "grad": lambda torch, f: torch.func.grad(lambda x: torch.sin(f(x)).sum()),
    "vjp": pulled,
    "jacrev": lambda torch, f: torch.func.jacrev(f),
    "jvp": lambda torch, f: lambda x: torch.func.jvp(f, (x,), (torch.cos(x),))[1],
    "jacfwd": lambda torch, f: torch.func.jacfwd(f),
    "vmap": lambda torch, f: lambda x: torch.func.vmap(f)(torch.stack([x, 2 * x])),
}
NESTINGS = [
    nesting for depth in (1, 2, 3) for nesting in itertools.product(TRANSFORMS, repeat=depth)
]


def function(torch):
    weights = torch.tensor(WEIGHTS)
    return lambda x: torch.tanh(weights @ x) * x.sum() + x**3


def scaled(f, scale):
    return lambda x: f(x * scale)


def nested(torch, nesting):
    f = function(torch)
    for name in reversed(nesting):
        f = TRANSFORMS[name](torch, f)
    return f


def outcome(torch, nesting, x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's own: of torch.jit, of batching rules it lacks
        return nested(torch, nesting)(x)


@pytest.mark.parametrize("nesting", NESTINGS, ids="-".join)
def test_a_nesting(nesting):
    expected = outcome(pytorch, nesting, pytorch.tensor(POINT))
    found = outcome(chainrule, nesting, chainrule.tensor(POINT))

    assert not found.requires_grad
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("nesting", [n for n in NESTINGS if len(n) < 3], ids="-".join)
def test_the_gradient_of_a_nesting(nesting):
    gradients = []
    for torch in (pytorch, chainrule):
        x = torch.tensor(POINT, requires_grad=True)
        out = outcome(torch, nesting, x)
        out.cos().sum().backward()
        gradients.append(x.grad.numpy())
    expected, found = gradients

    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("nesting", [n for n in NESTINGS if len(n) < 3], ids="-".join)
def test_the_gradient_in_something_captured(nesting):
    gradients = []
    for torch in (pytorch, chainrule):
        scale = torch.tensor(1.3, dtype=torch.float64, requires_grad=True)
        f = scaled(function(torch), scale)
        for name in reversed(nesting):
            f = TRANSFORMS[name](torch, f)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            f(torch.tensor(POINT)).cos().sum().backward()
        gradients.append(scale.grad.numpy())
    expected, found = gradients

    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


LINEARIZED = [("linearize",), *((name, "linearize") for name in ("grad", "jacrev", "vjp"))]


@pytest.mark.parametrize("nesting", LINEARIZED, ids="-".join)
def test_linearize_is_the_sum_of_value_and_derivative(nesting):
    # PyTorch's linearize traces and cannot be nested: its jvp says the same.
    def by_jvp(torch, f):
        def at(x):
            out, tangent = torch.func.jvp(f, (x,), (torch.cos(x),))
            return tangent + out

        return at

    def built(torch, innermost):
        f = innermost(torch, function(torch))
        for name in nesting[:-1]:
            f = TRANSFORMS[name](torch, f)
        return f

    expected = built(pytorch, by_jvp)(pytorch.tensor(POINT))
    found = built(chainrule, linearized)(chainrule.tensor(POINT))

    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-9, atol=1e-11)


def test_there_is_all_that_pytorch_has():
    assert chainrule.func.__all__ == pytorch.func.__all__
