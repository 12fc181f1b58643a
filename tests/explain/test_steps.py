"""explain.steps writes the chain rule out, and its numbers are the gradients.

Apart from the other reports; gradients are compared with those that autograd takes.
"""

import re

import pytest

import chainrule as torch
from chainrule.autograd import Function, grad
from chainrule.explain import steps


def leaf(value):
    return torch.tensor(value, requires_grad=True)


def quotient():
    """The example that a learner follows by hand."""
    a, b, c, d = leaf(2.0), leaf(3.0), leaf(4.0), leaf(5.0)
    f = (a * b + c) / d
    return f, steps(f)


def test_the_whole_of_a_quotient_is_written_out():
    _, report = quotient()
    text = "\n".join(line.partition("    [")[0] for line in str(report).splitlines())

    assert (
        text
        == """\
Forward:
  a = 2
  b = 3
  c = 4
  d = 5
  t1 = a * b = 2 * 3 = 6
  t2 = t1 + c = 6 + 4 = 10
  f = t2 / d = 10 / 5 = 2

df/df is 1. By the chain rule, each step multiplies.
  df/df = 1
Backward, from the loss to the leaves:
  (1) f = t2 / d
      df/dt2 = df/df / d = 1 / 5 = 0.2
      df/dd = -df/df * t2 / d ** 2 = -1 * 10 / 5 ** 2 = -0.4
  (2) t2 = t1 + c
      df/dt1 = df/dt2 = 0.2
      df/dc = df/dt2 = 0.2
  (3) t1 = a * b
      df/da = df/dt1 * b = 0.2 * 3 = 0.6
      df/db = df/dt1 * a = 0.2 * 2 = 0.4
Gradients of the leaves:
  df/da = 0.6
  df/db = 0.4
  df/dc = 0.2
  df/dd = -0.4"""
    )


def test_each_step_names_the_users_line():
    _, report = quotient()

    assert [rule.line.text for rule in report.rules] == ["(a * b + c) / d", "a * b + c", "a * b"]


def test_the_latex_is_an_aligned_environment():
    _, report = quotient()
    latex = report.latex()

    assert latex.startswith("\\begin{aligned}")
    assert r"\frac{\partial f}{\partial a} &= \frac{\partial f}{\partial t_{1}} \cdot b = 0.6" in (
        latex
    )
    assert latex.count("{") == latex.count("}")
    assert report._repr_latex_() == f"$${latex}$$"
    assert latex in report._repr_html_()


def test_the_parts_are_fields():
    _, report = quotient()
    part = report.rules[0].parts[1]

    assert (part.operand, part.formula, part.shape) == ("d", "-df/df * t2 / d ** 2", ())
    assert part.value == pytest.approx(-0.4)


def test_a_variable_used_twice_gets_the_sum():
    x = leaf(3.0)
    y = x * x
    report = steps(y)
    (gradient,) = report.gradients

    assert [part.use for part in report.rules[0].parts] == [1, 2]
    assert gradient.formula == "dy/dx (use 1) + dy/dx (use 2)"
    assert gradient.substituted == "3 + 3"
    assert gradient.value == 6


def test_an_intermediate_used_twice_gets_the_sum_too():
    x = leaf(2.0)
    h = x * 3
    y = h * h
    report = steps(y)
    rule = report.rules[1]

    assert (rule.result, rule.total.formula) == ("h", "dy/dh (use 1) + dy/dh (use 2)")
    assert rule.total.value == 12


def test_a_jacobian_is_explained_as_a_product_with_v():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    v = torch.tensor([1.0, 10.0])
    report = steps(y, gradient=v)
    (expected,) = grad(y, x, v)

    assert report.is_product
    assert "v^T J" in str(report)
    assert "v^T dy/dy = [1, 10]" in str(report)
    assert r"v^\top \frac{\partial y}{\partial x}" in report.latex()
    assert report.gradients[0].value.tolist() == expected.tolist()


def test_what_is_broadcast_is_said_to_be_summed():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    w = leaf(3.0)
    y = (x * w).sum()
    report = steps(y)

    assert "sum over broadcast dims of (dy/dt1 * x)" in str(report)


def test_variables_in_a_function_are_read_off_its_lines():
    def layer(x, w):
        hidden = x @ w
        return hidden.tanh()

    weight = torch.tensor([[0.5], [1.0]], requires_grad=True)
    loss = layer(torch.tensor([[1.0, 2.0]]), weight).sum()
    text = str(steps(loss))

    assert "hidden = x @ weight" in text
    assert "dloss/dweight = " in text


def test_a_variable_assigned_again_and_again_is_numbered():
    h = leaf(0.5)
    for _ in range(3):
        h = h * 2.0
    report = steps(h * 1.0)

    assert len({rule.result for rule in report.rules}) == 4


def test_large_tensors_are_told_by_their_shape():
    x = torch.ones(10, 10, requires_grad=True)
    text = str(steps((x * 2).sum()))

    assert "[shape [10, 10]]" in text


@pytest.mark.parametrize(
    "function",
    [
        lambda x: torch.softmax(x, 0)[0],
        lambda x: (x.exp() + 1).log().mean(),
        lambda x: torch.cat([x, x * 2]).prod(),
        lambda x: x.max() - x.min() + x.norm(),
        lambda x: torch.where(x > 1, x, x * x).sum() ** 2,
        lambda x: sum(part * k for k, part in enumerate(x.unbind())),
    ],
)
def test_the_numbers_are_the_gradients(function):
    x = torch.tensor([0.5, 1.5, 3.0], requires_grad=True)
    loss = function(x)
    (expected,) = grad(loss, x, retain_graph=True)
    report = steps(loss)

    assert report.gradients[0].value.tolist() == pytest.approx(expected.tolist())
    assert str(report)
    assert report.latex()


def test_nothing_is_changed():
    x = leaf(2.0)
    y = x * x
    called = []
    y.register_hook(called.append)
    steps(y)

    assert (x.grad, called) == (None, [])

    y.backward()

    assert x.grad.item() == 4


class Cube(Function):
    """A Function of the user's."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 3 * x * x * g


def test_functions_of_the_user_are_a_step():
    x = leaf(2.0)
    y = Cube.apply(x)
    report = steps(y)

    assert report.gradients[0].value == 12
    assert "y = Cube(x)" in str(report)


def test_a_freed_graph_says_so():
    x = leaf(2.0)
    y = x * x
    y.backward()

    assert "cannot be looked at: RuntimeError: Trying to backward" in str(steps(y))


def test_tensors_without_a_graph_are_taken():
    x = leaf(1.0)

    assert "does not require grad" in str(steps(torch.tensor(1.0)))
    assert steps(x).gradients[0].value == 1


def test_what_is_no_tensor_is_refused():
    with pytest.raises(TypeError, match=r"steps\(\): argument 'loss' .* must be Tensor, not str"):
        steps("y")


def test_ten_thousand_nodes_make_a_text_of_a_few_hundred_lines():
    x = leaf(1.0)
    y = x
    for _ in range(5000):
        y = y * 0.9999 + x
    report = steps(y)

    assert len(report.rules) == 10000
    assert len(str(report).splitlines()) < 300
    assert "9960 more like these" in str(report)


def test_what_is_computed_is_written_with_all_that_it_needs():
    x = torch.tensor(-2.0, requires_grad=True)
    text = str(steps((x * (abs(-3.0) + abs(1.0))) ** 3 - x**2))

    assert "x * (abs(-3.0) + abs(1.0))" in text
    assert " ** 3 = (-8) ** 3 = -512" in text
    assert "x ** 2 = (-2) ** 2 = 4" in text


def test_all_results_of_an_operation_are_named():
    x = torch.tensor([3.0, 1.0], requires_grad=True)
    a, b = x.unbind()

    assert "a, b = unbind(x, dim=0)" in str(steps(a * b))


def test_no_formula_names_what_is_not_said():
    x = torch.tensor([1.0, 3.0], requires_grad=True)
    report = steps(torch.cat([x, x.sort()[0], x[1:]]).prod())

    assert not re.search(r"\bg\b", str(report))
    assert "g}" not in report.latex()


def test_the_braces_of_latex_are_balanced_for_hostile_names():
    z = torch.tensor([1 + 2j], requires_grad=True)
    part = {"a}_^~\\": torch.tensor([2.0])}
    latex = steps((z.real * part["a}_^~\\"] * (2 ^ 1)).sum()).latex()
    bare = re.sub(r"\\[{}]", "", latex)

    assert bare.count("{") == bare.count("}")
    assert "contiguous" not in latex
