"""autograd.functional gives what PyTorch's gives: numbers, forms, graphs and refusals."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest
import torch as pytorch
from tests.semantics import key_phrase

import chainrule

FUNCTIONS = {
    "jacobian": lambda torch, *x: sum(one**3 for one in x),
    "vjp": lambda torch, *x: sum(one**3 for one in x),
    "jvp": lambda torch, *x: sum(one**3 for one in x),
    "hessian": lambda torch, *x: (sum(one**3 for one in x) * x[0]).sum(),
    "vhp": lambda torch, *x: (sum(one**3 for one in x) * x[0]).sum(),
    "hvp": lambda torch, *x: (sum(one**3 for one in x) * x[0]).sum(),
}
LINEAR = {
    name: (lambda torch, *x: x[0].sum())
    if name in ("hessian", "vhp", "hvp")
    else (lambda torch, *x: x[0] * 2)
    for name in FUNCTIONS
}
CONSTANT = {
    name: (lambda torch, *x: torch.ones(()))
    if name in ("hessian", "vhp", "hvp")
    else (lambda torch, *x: torch.ones(2))
    for name in FUNCTIONS
}
KINDS = {"cubic": FUNCTIONS, "linear": LINEAR, "constant": CONSTANT}
INPUTS = {
    "one": lambda torch: torch.tensor([1.0, 2.0]),
    "one that requires grad": lambda torch: torch.tensor([1.0, 2.0], requires_grad=True),
    "a tuple": lambda torch: (torch.tensor([1.0, 2.0]),),
    "two": lambda torch: (torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0], requires_grad=True)),
}
MODES = [{"create_graph": c, "strict": s} for c in (False, True) for s in (False, True)]
VECTORS = {
    "none": lambda torch: None,
    "of another shape": lambda torch: torch.ones(3),
    "a number": lambda torch: 1.0,
    "two of them": lambda torch: (torch.ones(2), torch.ones(2)),
    "a list": lambda torch: [torch.ones(2)],
    "broadcastable": lambda torch: torch.ones(1, 2),
}
OUTPUTS = {
    "a number": lambda x: 1.0,
    "a list": lambda x: [x.sum()],
    "a tuple": lambda x: (x.sum(), x.sum()),
    "a tuple of one": lambda x: (x.sum(),),
    "a tuple with a number": lambda x: (x.sum(), 1),
    "one element": lambda x: x[:1],
    "several elements": lambda x: x,
    "integers": lambda x: x > 0,
}


def shown(value):
    """A result in comparable form: nested like the result, with whether each requires grad."""
    if isinstance(value, (tuple, list)):
        return tuple(shown(part) for part in value)
    numbers = np.round(value.detach().numpy().astype(float), 5).tolist()
    return str(value.dtype).split(".")[-1], value.requires_grad, numbers


def outcome(torch, run):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return shown(run(torch))
        except Exception as error:  # the comparison's subject
            return type(error).__name__, key_phrase(str(error))


def assert_alike(run):
    expected, found = outcome(pytorch, run), outcome(chainrule, run)

    assert found == expected


def with_vector(torch, name, inputs):
    """The arguments after the inputs: what is multiplied, where something is."""
    v = torch.tensor([1.0, -1.0])
    if name in ("jacobian", "hessian"):
        return ()
    if name == "vjp" or not isinstance(inputs, tuple):
        return (v,)
    return (tuple(v for _ in inputs),)


@pytest.mark.parametrize("mode", MODES, ids=str)
@pytest.mark.parametrize("given", INPUTS)
@pytest.mark.parametrize(("name", "kind"), [*itertools.product(FUNCTIONS, KINDS)])
def test_of_a_function(name, kind, given, mode):
    def run(torch):
        inputs = INPUTS[given](torch)
        vector = with_vector(torch, name, inputs)
        function = getattr(torch.autograd.functional, name)
        # A constant output is of no use to vjp's vector where it has another shape.
        if name == "vjp" and kind == "constant":
            vector = (torch.ones(2),)
        return function(lambda *x: KINDS[kind][name](torch, *x), inputs, *vector, **mode)

    assert_alike(run)


@pytest.mark.parametrize("given", INPUTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("name", ["jacobian", "hessian"])
def test_vectorized(name, kind, given, create_graph):
    def run(torch):
        function = getattr(torch.autograd.functional, name)
        return function(
            lambda *x: KINDS[kind][name](torch, *x),
            INPUTS[given](torch),
            create_graph=create_graph,
            vectorize=True,
        )

    assert_alike(run)


@pytest.mark.parametrize("given", INPUTS)
@pytest.mark.parametrize("kind", ["cubic", "linear"])
def test_forward_mode_gives_the_same_jacobian(kind, given):
    def run(torch):
        return torch.autograd.functional.jacobian(
            lambda *x: KINDS[kind]["jacobian"](torch, *x),
            INPUTS[given](torch),
            vectorize=True,
            strategy="forward-mode",
        )

    def numbers(torch):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = run(torch)
        return [one.detach().numpy().tolist() for one in torch.utils._pytree.tree_leaves(found)]

    assert numbers(chainrule) == numbers(pytorch)


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("name", ["vjp", "jvp", "vhp", "hvp"])
def test_a_wrong_vector_is_refused(name, vector):
    def run(torch):
        function = getattr(torch.autograd.functional, name)
        x = torch.tensor([1.0, 2.0])
        return function(lambda x: FUNCTIONS[name](torch, x), x, VECTORS[vector](torch))

    assert_alike(run)


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_output(name, output):
    def run(torch):
        x = torch.tensor([1.0, 2.0])
        function = getattr(torch.autograd.functional, name)
        return function(OUTPUTS[output], x, *with_vector(torch, name, x))

    assert_alike(run)


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_under_no_grad(name, create_graph):
    def run(torch):
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        function = getattr(torch.autograd.functional, name)
        vector = with_vector(torch, name, x)
        with torch.no_grad():
            return function(
                lambda x: FUNCTIONS[name](torch, x), x, *vector, create_graph=create_graph
            )

    assert_alike(run)


@pytest.mark.parametrize("name", ["vjp", "jvp", "vhp", "hvp"])
def test_without_a_vector_for_one_number(name):
    def run(torch):
        function = getattr(torch.autograd.functional, name)
        return function(lambda x: FUNCTIONS[name](torch, x), torch.tensor(2.0))

    assert_alike(run)


def test_there_is_all_that_pytorch_has():
    assert chainrule.autograd.functional.__all__ == pytorch.autograd.functional.__all__
