"""explain.nan finds the operation that made NaN or infinity, and changes nothing.

Apart from the other reports; the expected places are read off the programs in this file.
"""

from functools import partial

import pytest

import chainrule as torch
from chainrule.autograd import Function
from chainrule.explain import nan
from chainrule.explain._domains import DOMAINS

inf = torch.inf


def leaf(*values, dtype=torch.float32):
    return torch.tensor(values, dtype=dtype, requires_grad=True)


def report_of(function, *values, dtype=torch.float32):
    return nan(function(leaf(*values, dtype=dtype)).sum())


# what makes it, of what, in which phase; the op, the operand's element, a word of the remedy
PLACES = {
    "log": (lambda x: x.log(), 0.0, "forward", "log", "clamp_min"),
    "log of a negative": (lambda x: torch.log(x), -1.0, "forward", "log", "clamp_min"),
    "root of a negative": (lambda x: x.sqrt(), -1.0, "forward", "sqrt", "clamp_min(0)"),
    "inverse root": (lambda x: x.rsqrt(), 0.0, "forward", "rsqrt", "1e-8"),
    "quotient": (lambda x: x / x, 0.0, "forward", "div", "torch.where"),
    "reciprocal": (lambda x: 1 / x, 0.0, "forward", "reciprocal", "1e-8"),
    "overflow": (lambda x: x.exp(), 1000.0, "forward", "exp", "logsumexp"),
    "negative power": (lambda x: x**-2, 0.0, "forward", "pow", "1e-8"),
    "fractional power": (lambda x: x**1.5, -4.0, "forward", "pow", "abs()"),
    "arc": (lambda x: x.acos(), 2.0, "forward", "acos", "clamp"),
    "root": (lambda x: x.sqrt(), 0.0, "backward", "sqrt", "1e-12"),
    "power": (lambda x: x**0.5, 0.0, "backward", "pow", "1e-12"),
    "arc's end": (lambda x: x.asin(), 1.0, "backward", "asin", "clamp"),
    "where": (lambda x: torch.where(x > 0, x.sqrt(), 0.0), 0.0, "backward", "sqrt", "strong_zero"),
    "masked log": (lambda x: x.log().masked_fill(x == 0, 0.0), 0.0, "backward", "log", "safe"),
}


@pytest.mark.parametrize("name", PLACES)
def test_the_operation_the_element_and_a_remedy_are_named(name):
    function, value, phase, op, remedy = PLACES[name]
    report = report_of(function, 2.0 if "arc" not in name else 0.5, value)
    finding = report.finding

    assert report
    assert (finding.phase, finding.op, finding.index) == (phase, op, (1,))
    assert finding.operands["x"] == value
    assert finding.cause
    assert remedy in finding.remedy


def test_the_line_is_the_users():
    x = leaf(0.0)
    y = x * 2
    loss = y.log() + 1
    finding = nan(loss.sum()).finding

    assert finding.line.file == __file__
    assert finding.line.text == "y.log()"
    assert finding.operands == {"y": 0.0}


def test_the_where_that_sent_the_zero_is_named():
    x = leaf(4.0, 0.0)
    loss = torch.where(x > 0, x.sqrt() * 3, 0.0).sum()
    finding = nan(loss).finding

    assert (finding.cotangent, finding.slope) == (0.0, inf)
    assert "torch.where(x > 0, x.sqrt() * 3, 0.0)" in finding.cause


def test_a_norm_by_hand_is_recognised():
    v = torch.zeros(3, requires_grad=True)
    report = nan((v * v).sum().sqrt())

    assert "vector_norm" in report.finding.remedy
    assert report.became_nan[0].text == "v * v"


def test_an_infinity_that_became_nan_later_is_followed_to_its_origin():
    x = leaf(1000.0, 1.0)
    e = x.exp()
    report = nan((e - e).sum())

    assert (report.finding.op, report.finding.made) == ("exp", inf)
    assert report.became_nan[0].text == "e - e"
    assert "inf - inf" in str(report)


def test_an_infinity_that_reaches_nobody_is_not_reported():
    x = leaf(1000.0)

    assert not nan((1 / (1 + x.exp())).clamp(max=1.0).detach() * x)


@pytest.mark.parametrize("name", DOMAINS)
def test_the_remedy_for_the_end_of_a_domain_is_finite(name):
    function = getattr(torch, name, None) or getattr(torch.special, name)
    if DOMAINS[name].operand:
        function = partial(function, torch.tensor(2.0))
    report = report_of(function, *(-9.0, -1.0, 0.0, 1.0, 0.5))
    kept = leaf(-9.0, -1.0, 0.0, 1.0, 0.5)

    assert f".{DOMAINS[name].kept})" in report.finding.remedy
    assert not nan(function(eval(f"x.{DOMAINS[name].kept}", {"x": kept})).sum())


def test_an_infinite_variance_is_overflow_and_not_a_lack_of_elements():
    assert "overflow" in report_of(lambda x: x.var(), 1e30, -1e30).finding.cause


def test_a_large_square_is_not_told_to_subtract_a_maximum():
    assert "maximum" not in report_of(lambda x: x**2, 1e30).finding.remedy


def test_a_slope_that_overflows_is_told_from_a_gradient_that_does():
    slope = report_of(lambda x: 1 / x * 1e-30, 1e-30)
    gradient = report_of(lambda x: x * 1e30 * 1e30, 1e-30)

    assert "slope of reciprocal is larger" in slope.finding.cause
    assert "The gradient is larger" in gradient.finding.cause


def test_zero_times_infinity_is_named_element_by_element():
    x = leaf(1.0, 0.0)

    assert nan((x * x.log()).sum()).became_nan[1] == "0 * inf is NaN"


def test_an_infinite_gradient_that_meets_a_slope_of_zero_is_told():
    x = leaf(0.0, 0.0)

    assert "slope of pow is 0" in nan((x**2).sum().sqrt()).became_nan[1]


def test_what_a_function_may_have_brought_is_not_blamed_on_its_user():
    class Divided(Function):
        @staticmethod
        def forward(ctx, x):
            return x / 0

        @staticmethod
        def backward(ctx, g):
            return g

    report = report_of(Divided.apply, 1.0)

    assert "overflow" not in str(report)
    assert report.finding.unkept[0].startswith("Divided, at ")


def test_overflow_of_half_precision_says_so():
    report = report_of(lambda x: x * x, 300.0, dtype=torch.float16)

    assert "largest float16" in report.finding.cause
    assert "bfloat16" in report.finding.remedy


def test_a_leaf_and_a_constant_that_were_not_finite_are_named():
    w = leaf(torch.nan)
    data = torch.tensor([inf])
    x = leaf(1.0)

    assert (nan((w * 2).sum()).finding.phase, nan((w * 2).sum()).finding.op) == ("given", "w")
    assert nan((x * data).sum()).finding.op == "data"


def test_the_element_of_a_broadcast_operand_is_found():
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    w = torch.zeros((), requires_grad=True)
    loss = torch.where(x > 5, x * w.sqrt(), 1.0).sum()
    finding = nan(loss).finding

    assert (finding.op, finding.cotangent) == ("sqrt", 0.0)


def test_a_sum_over_uses_that_overflows_is_found():
    x = leaf(1.0, dtype=torch.float16)
    report = nan((x * 40000 - 40000).sum() + (x * 40000 - 40000).sum())

    assert report.finding.op == "the sum over uses"


def test_what_is_fine_is_said_to_be():
    report = report_of(lambda x: x.exp(), 1.0)

    assert not report
    assert str(report) == "No NaN and no infinity reaches the loss or a leaf's gradient."


def test_a_seed_can_be_given():
    x = leaf(1.0, 2.0)

    assert not nan(x * 2, torch.ones(2))
    assert nan(x * 2, torch.tensor([1.0, inf])).finding.phase == "given"


def test_nothing_is_changed():
    x = leaf(0.0, 4.0)
    y = torch.where(x > 0, x.sqrt(), 0.0)
    y.retain_grad()
    called = []
    y.register_hook(called.append)
    loss = y.sum()
    report = nan(loss)

    assert (x.grad, y.grad, called) == (None, None, [])
    assert "hooks were not called" in str(report)

    loss.backward()

    assert len(called) == 1
    assert x.grad.isnan().tolist() == [True, False]


def test_a_freed_graph_says_what_it_cannot_see():
    x = leaf(0.0)
    loss = x.sqrt().sum()
    loss.backward()
    report = nan(loss)

    assert "freed by a backward" in str(report)
    assert "retain_graph=True" in str(report)


def test_values_overwritten_since_are_said_to_be():
    x = leaf(1.0, 2.0)
    y = x.exp()
    loss = (y * y).sum()
    with torch.no_grad():
        y.zero_()
    report = nan(loss)

    assert "modified by an inplace operation" in str(report)


class Refuses(Function):
    """A Function whose backward raises."""

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        raise ValueError("no backward today")


class Spoils(Function):
    """A Function whose backward makes NaN."""

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return g * torch.nan


def test_functions_of_the_user_are_run_and_may_refuse():
    x = leaf(1.0)

    assert "no backward today" in str(nan(Refuses.apply(x).sum()))
    assert nan(Spoils.apply(x).sum()).finding.op == "Spoils"


def test_several_results_are_followed():
    x = torch.tensor([[1.0, 2.0], [0.0, 3.0]], requires_grad=True)
    first, second = x.unbind(0)
    finding = nan((first + second.log()).sum()).finding

    assert (finding.op, finding.operands["second"]) == ("log", 0.0)


def test_tensors_without_a_graph_are_taken():
    assert not nan(torch.tensor(1.0))
    assert nan(torch.tensor(torch.nan))
    assert nan(leaf(torch.nan))


def test_what_is_no_tensor_is_refused():
    with pytest.raises(TypeError, match=r"nan\(\): argument 'loss' .* must be Tensor, not float"):
        nan(1.0)


def test_ten_thousand_nodes_make_a_short_report():
    x = leaf(0.0, 1.0)
    total = x
    for _ in range(5000):
        total = total + torch.where(x > 0, x.sqrt(), 0.0)
    report = nan(total.sum())

    assert report.finding.op == "sqrt"
    assert len(str(report).splitlines()) < 12


@pytest.mark.parametrize("name", ["nan", "flow", "steps"])
def test_a_gradient_that_does_not_fit_is_refused_as_backward_refuses_it(name):
    explain = getattr(torch.explain, name)

    with pytest.raises(RuntimeError, match=r"Mismatch in shape: grad_output\[0\]"):
        explain(leaf(1.0, 2.0) * 2, gradient=torch.ones(3))
    with pytest.raises(TypeError, match="gradients can be either Tensors or None, but got float"):
        explain(leaf(1.0) * 2, gradient=1.0)
