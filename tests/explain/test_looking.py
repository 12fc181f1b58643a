"""To look at a graph runs nothing of the program's, and says where it cannot look.

Apart from the tests of each report: this holds for all of them.
"""

from __future__ import annotations

import pytest

import chainrule as torch
from chainrule import explain
from chainrule.utils.checkpoint import checkpoint

REPORTS = [explain.nan, explain.flow, explain.steps]


def test_a_picture_unpacks_nothing():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    unpacked = []
    hooks = torch.autograd.graph.saved_tensors_hooks(
        lambda t: t, lambda t: (unpacked.append(t), t)[1]
    )
    with hooks:
        loss = (x * x).exp().sum()
    picture = explain.graph(loss)

    assert "packed by a hook" in picture._repr_html_()
    assert unpacked == []


def test_a_picture_runs_no_checkpoint_again():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    ran = []

    def function(t):
        ran.append(t)
        return t.exp().sin()

    loss = checkpoint(function, x, use_reentrant=False).sum()
    explain.graph(loss)._repr_html_()
    explain.why_none(loss, x)

    assert len(ran) == 1


@pytest.mark.parametrize("report", REPORTS)
def test_what_hooks_packed_is_unpacked_to_be_differentiated(report):
    x = torch.tensor([2.0], requires_grad=True)
    with torch.autograd.graph.save_on_cpu():
        loss = (x * x).exp().sum()

    assert "Not seen" not in str(report(loss))


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("transform", ["vmap", "jvp"])
def test_inside_a_transform_no_numbers_are_given(report, transform):
    found = []

    def function(y):
        z = (y * y * x).sum()
        found.append(str(report(z)))
        return z

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = torch.tensor([[3.0, 4.0]])
    if transform == "vmap":
        torch.func.vmap(function)(y)
    else:
        torch.func.jvp(function, (y,), (torch.ones(1, 2),))

    assert "inside a transform" in found[0]
    assert "= [" not in found[0]


def test_what_a_freed_graph_sends_is_not_called_nothing():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    loss = x.exp().sum()
    loss.backward()

    assert "x: nothing is seen to arrive" in str(explain.flow(loss, {"x": x}))
