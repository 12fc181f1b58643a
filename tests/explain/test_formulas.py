"""A formula is what the engine does: with numbers put in, it gives what autograd gives."""

import numpy as np
import pytest

import chainrule as torch
import chainrule.nn.functional as F
from chainrule._core.core import inputs_of
from chainrule.explain._formulas import Formula, formula_of, slope_of

A = np.array([0.5, 1.5, 2.5], np.float64)
B = np.array([2.0, 3.0, 0.25], np.float64)
M = np.arange(12.0).reshape(3, 4) / 7 + 0.1
N = np.arange(8.0).reshape(4, 2) / 5 - 0.3


def wanted_by(node):
    """The numbers of the operands that want a gradient."""
    return [k for k, (source, _) in enumerate(inputs_of(node)) if source is not None]


def leaf(array):
    return torch.tensor(array, requires_grad=True)


WRITTEN = [
    (lambda a, b: a * b, 0, "g * y", "g · y"),
    (lambda a, b: a * b, 1, "g * x", "g · x"),
    (lambda a, b: a - b, 1, "-g", "−g"),
    (lambda a, b: 1 - a, 1, "-g", "−g"),
    (lambda a, b: a / b, 1, "-g * x / y ** 2", "−g · x / y²"),
    (lambda a, b: a**3, 0, "g * 3 * x ** 2", "g · 3 · x²"),
    (lambda a, b: a.tanh(), 0, "g * (1 - out ** 2)", "g · (1 − out²)"),
    (lambda a, b: a.sqrt(), 0, "g * 0.5 / out", "g · 0.5 / out"),
    (lambda a, b: a.relu(), 0, "where(out != 0, g, 0)", "g if out ≠ 0 else 0"),
    (
        lambda a, b: a.clamp(0, 2),
        0,
        "where((x >= 0) & (x <= 2), g, 0)",
        "g if x ≥ 0 and x ≤ 2 else 0",
    ),
    (lambda a, b: a.sum(), 0, "expand(g, (3,))", "expand(g, (3,))"),
    (lambda a, b: a.mean(), 0, "expand(g / 3, (3,))", "expand(g / 3, (3,))"),
    (
        lambda a, b: F.mse_loss(a, b),
        0,
        "g * 2 * (x - y) / count_of(x, y)",
        "g · 2 · (x − y) / count_of(x, y)",
    ),
]


@pytest.mark.parametrize(("function", "k", "plain", "pretty"), WRITTEN)
def test_a_rule_is_written_as_by_hand(function, k, plain, pretty):
    found = formula_of(function(leaf(A), leaf(B)).grad_fn, k)

    assert (found.plain, found.pretty) == (plain, pretty)


def test_a_product_of_matrices_turns_the_other_factor():
    node = (leaf(M) @ leaf(N)).grad_fn

    assert [formula_of(node, k).plain for k in (0, 1)] == ["g @ y.T", "x.T @ g"]
    assert formula_of(node, 0).latex == r"\bar{g}\,{y}^{\mathsf{T}}"


def test_latex_sets_fractions_powers_and_cases():
    assert formula_of((leaf(A) / leaf(B)).grad_fn, 1).latex == r"-\frac{\bar{g} \cdot x}{{y}^{2}}"
    assert r"\begin{cases}" in formula_of(leaf(A).relu().grad_fn, 0).latex


def test_names_may_be_those_of_a_program():
    found = formula_of((leaf(A) * leaf(B)).grad_fn, 0, {"y": "weight", "g": "seed"})

    assert (found.plain, found.names) == ("seed * weight", ("g", "y"))


COMPUTED = [
    lambda a, b: a * b,
    lambda a, b: a / b,
    lambda a, b: a**b,
    lambda a, b: a**3,
    lambda a, b: a.tanh(),
    lambda a, b: a.sigmoid(),
    lambda a, b: a.rsqrt(),
    lambda a, b: a.log2(),
    lambda a, b: a.atan(),
    lambda a, b: torch.maximum(a, b),
    lambda a, b: torch.hypot(a, b),
    lambda a, b: torch.atan2(a, b),
    lambda a, b: a.clamp(1, 2),
    lambda a, b: a.sum(),
    lambda a, b: a.mean(),
    lambda a, b: a.softmax(0),
    lambda a, b: a.log_softmax(0),
    lambda a, b: a.logsumexp(0),
    lambda a, b: a.norm(),
    lambda a, b: a.var(),
    lambda a, b: F.silu(a),
    lambda a, b: F.gelu(a),
    lambda a, b: torch.dot(a, b),
]


# What formulas are made of, beside operators.
FUNCTIONS = {
    **{name: getattr(torch, name) for name in ("exp", "log", "sum", "mean", "erf", "where")},
    "sigmoid": torch.sigmoid,
    "expand": lambda x, shape: x.expand(shape),
}


@pytest.mark.parametrize("function", COMPUTED)
def test_a_plain_formula_computes_the_gradient(function):
    a, b = leaf(A), leaf(B)
    out = function(a, b)
    g = torch.ones_like(out) * 1.5
    wanted = torch.autograd.grad(function(a, b), [a, b], g, allow_unused=True)
    values = {**FUNCTIONS, "g": g, "x": a, "y": b, "out": out}
    found = [eval(formula_of(out.grad_fn, k).plain, values) for k in wanted_by(out.grad_fn)]

    # Numbers stand in formulas with four digits.
    for gradient, formula in zip(wanted, found):
        np.testing.assert_allclose(formula.detach().numpy(), gradient.numpy(), rtol=1e-3)


def test_the_local_derivative_is_numbers():
    found = slope_of(leaf(A).tanh().grad_fn, 0)

    np.testing.assert_allclose(found, 1 - np.tanh(A) ** 2)


def every_formula(out):
    return [formula_of(out.grad_fn, k) for k in wanted_by(out.grad_fn)]


def test_what_is_no_formula_is_said_in_words():
    (found, _) = every_formula(torch.cat([leaf(A), leaf(B)]))

    assert isinstance(found, Formula)
    assert (found.plain, found.is_exact) == ("the part of g that belongs to this operand", False)


def test_a_function_of_the_program_names_its_backward():
    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    (found,) = every_formula(Twice.apply(leaf(A)))

    assert (found.plain, found.is_exact) == ("Twice.backward(g)[0]", False)


def test_a_freed_node_still_has_its_formula():
    a, b = leaf(A), leaf(B)
    out = a * b
    out.sum().backward()

    assert [formula.plain for formula in every_formula(out)] == ["g * y", "g * x"]


def test_complex_partials_are_conjugated():
    x = torch.tensor([1 + 2j], requires_grad=True)

    assert formula_of((x * x).grad_fn, 0).plain == "g * conj(y)"
