"""explain.flow tells where each gradient comes from, and where it vanishes, explodes or dies.

Apart from the other reports; norms and shares are compared with gradients taken by autograd.
"""

import math

import pytest

import chainrule as torch
import chainrule.nn as nn
from chainrule.autograd import grad
from chainrule.explain import flow


def leaf(*values):
    return torch.tensor(values, requires_grad=True)


def test_the_norm_of_a_leaf_is_that_of_its_gradient():
    w = leaf(1.0, -2.0)
    loss = (w.exp() * w).sum()
    (expected,) = grad(loss, w, retain_graph=True)

    assert flow(loss, {"w": w}).targets["w"].norm == pytest.approx(expected.norm().item())


def test_the_uses_share_the_gradient_by_line():
    w = leaf(3.0, 4.0)
    first = (w * w).sum()
    second = 2 * w.sum()
    uses = flow(first + second, {"w": w}).targets["w"].uses
    total = torch.tensor([8.0, 10.0])
    parts = [torch.tensor([6.0, 8.0]), torch.tensor([2.0, 2.0])]

    assert [use.line.text for use in uses] == ["w * w", "w.sum()"]
    assert [use.count for use in uses] == [2, 1]
    assert [use.norm for use in uses] == pytest.approx([part.norm().item() for part in parts])
    assert [use.share for use in uses] == pytest.approx(
        [(part @ total / (total @ total)).item() for part in parts]
    )
    assert sum(use.share for use in uses) == pytest.approx(1)


def test_uses_that_cancel_have_no_share():
    w = leaf(1.0)
    (target,) = flow((w * 2 - w * 2).sum(), {"w": w}).targets.values()

    assert target.norm == 0
    assert [use.share for use in target.uses] == [None, None]


def test_the_leaves_have_the_names_of_the_callers_variables():
    weight, bias = leaf(1.0), leaf(2.0)

    assert set(flow((weight * 2 + bias).sum()).targets) == {"weight", "bias"}
    assert set(flow((weight * 2 + bias).sum(), [bias]).targets) == {"bias"}
    assert set(flow((weight * 2 + bias).sum(), weight).targets) == {"weight"}


def test_a_module_gives_its_parameters():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    report = flow(model(torch.ones(4, 2)).sum(), model)

    assert list(report.targets) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert all(target.norm > 0 for target in report.targets.values())
    assert flow(model(torch.ones(4, 2)).sum(), model.named_parameters()).targets.keys() == (
        report.targets.keys()
    )


def test_a_result_that_is_no_leaf_can_be_asked_for():
    x = leaf(2.0)
    y = x * 3

    assert flow((y * y).sum(), {"y": y}).targets["y"].norm == 12


def test_a_dead_relu_is_blamed():
    x = leaf(-1.0, -2.0)
    hidden = (x * 2).relu()
    report = flow(hidden.sum(), {"x": x})
    (way,) = report.ways

    assert (way.kind, way.names, way.op) == ("dead", ("x",), "relu")
    assert way.line.text == "(x * 2).relu()"


def test_a_sigmoid_in_a_loop_is_blamed_for_what_vanishes():
    x = leaf(3.0)
    h = x
    for _ in range(30):
        h = torch.sigmoid(h)
    report = flow(h.sum(), {"x": x})

    assert {way.kind for way in report.ways} == {"vanishing"}
    assert {way.op for way in report.ways} == {"sigmoid"}
    assert report.ways[0].count == 30
    assert report.ways[0].gain < 0.25
    assert "(x30)" in str(report)


def test_repetitions_that_all_use_a_leaf_are_looked_at_too():
    w = leaf(0.5)
    h = w * 1
    for _ in range(50):
        h = torch.sigmoid(h * w)
    report = flow(h.sum(), {"w": w})

    assert report.targets["w"].norm > 1e-3
    assert [way.op for way in report.ways] == ["sigmoid"]


def test_a_product_in_a_loop_is_blamed_for_what_explodes():
    x = leaf(1.0)
    y = x
    for _ in range(30):
        y = y * 2
    report = flow(y.sum(), {"x": x})
    way = report.ways[0]

    assert (way.kind, way.op) == ("exploding", "mul")
    assert way.gain == pytest.approx(2)


def test_what_is_not_finite_is_sent_to_the_other_report():
    x = leaf(0.0)
    report = flow(x.sqrt().sum(), {"x": x})

    assert math.isnan(report.targets["x"].norm) or math.isinf(report.targets["x"].norm)
    assert "explain.nan" in str(report)


def test_a_leaf_that_is_not_used_is_sent_to_the_other_report():
    x, unused = leaf(1.0), leaf(1.0)
    report = flow((x * 2).sum(), {"unused": unused})

    assert report.targets["unused"].norm is None
    assert "why_none" in str(report)


def test_a_seed_can_be_given():
    x = leaf(1.0, 1.0)

    assert flow(x * 2, {"x": x}, torch.tensor([3.0, 4.0])).targets["x"].norm == 10


def test_nothing_is_changed():
    x = leaf(1.0)
    y = x * 2
    called = []
    y.register_hook(called.append)
    loss = (y * y).sum()
    report = flow(loss)

    assert (x.grad, called) == (None, [])
    assert report.unseen == ("hooks were not called",)

    loss.backward()

    assert x.grad.item() == 8


def test_a_freed_graph_says_so():
    x = leaf(1.0)
    loss = (x * x).sum()
    loss.backward()
    report = flow(loss, {"x": x})

    assert "second time" in str(report)
    assert report.targets["x"].norm is None


def test_tensors_without_a_graph_are_taken():
    assert "does not require grad" in str(flow(torch.tensor(1.0)))
    assert flow(leaf(1.0)).targets


def test_what_is_no_tensor_is_refused():
    with pytest.raises(TypeError, match=r"flow\(\): argument 'loss' .* must be Tensor, not int"):
        flow(1)
    with pytest.raises(TypeError, match="argument 'params' must hold Tensors, but w is int"):
        flow(leaf(1.0), {"w": 1})


def test_ten_thousand_nodes_make_a_short_report():
    x = leaf(1.0)
    y = x
    for _ in range(5000):
        y = y * 0.9999 + x
    report = flow(y.sum(), {"x": x})

    assert len(str(report).splitlines()) < 15
    assert "(x5000)" in str(report)


def test_uses_that_cancel_are_not_called_dead():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (way,) = flow((x - x).sum()).ways

    assert str(way) == "cancelled: the gradients that meet on the way to x add up to 0"


def test_shares_of_what_nearly_vanished_are_still_known():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (use,) = flow((x * 1e-30).sum(), {"x": x}).targets["x"].uses

    assert use.share == pytest.approx(1)


def test_a_sparse_gradient_is_measured_like_any_other():
    weight = torch.ones(5, 3).requires_grad_()
    places = torch.tensor([1, 1, 2])
    dense, sparse = (
        flow(torch.nn.functional.embedding(places, weight, sparse=is_sparse).sum(), {"w": weight})
        for is_sparse in (False, True)
    )

    assert sparse.targets["w"].norm == dense.targets["w"].norm
