"""Backwards within backwards: in Functions and hooks, however deep, with the modes of their caller.

Apart from the engine's tests: the stack of a thread is finite, and what is too deep for it goes on
in another thread.
"""

import threading

import pytest

import chainrule as torch
from chainrule.autograd import Function, forward_ad


class Deep(Function):
    """The identity, whose backward runs another backward, as many as x is large."""

    seen: list = []

    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            ctx.x = x.detach().requires_grad_() - 1
        return ctx.x.detach()

    @staticmethod
    def backward(ctx, g):
        Deep.seen.append(
            (torch.is_grad_enabled(), torch.is_inference_mode_enabled(), threading.get_ident())
        )
        if ctx.x >= 0:
            with torch.enable_grad():
                Deep.apply(ctx.x).sum().backward()
        return g


@pytest.fixture(autouse=True)
def fresh():
    Deep.seen = []


@pytest.mark.parametrize("depth", [1, 59, 60, 61, 150, 1000])
def test_a_backward_within_a_backward_may_be_any_number_deep(depth):
    x = torch.tensor(float(depth), requires_grad=True)
    Deep.apply(x).sum().backward()

    assert x.grad.item() == 1
    assert len(Deep.seen) == depth + 1


def test_threads_are_taken_only_when_it_is_deep():
    Deep.apply(torch.tensor(50.0, requires_grad=True)).sum().backward()

    assert {thread for *_, thread in Deep.seen} == {threading.get_ident()}


def test_a_deep_backward_has_the_modes_that_one_nearby_has():
    Deep.apply(torch.tensor(100.0, requires_grad=True)).sum().backward()

    assert {(grad, inference) for grad, inference, _ in Deep.seen} == {(False, False)}


def test_an_exception_comes_up_from_the_depth():
    class Failing(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.level = int(x.detach())
            return x.clone()

        @staticmethod
        def backward(ctx, g):
            if ctx.level == 0:
                raise KeyError("the innermost")
            with torch.enable_grad():
                x = torch.tensor(ctx.level - 1.0, requires_grad=True)
                Failing.apply(x).backward()
            return g

    x = torch.tensor(130.0, requires_grad=True)
    with pytest.raises(KeyError, match="the innermost"):
        Failing.apply(x).backward()

    assert x.grad is None
    assert torch.autograd.grad(x * 2, x)[0].item() == 2


def test_hooks_run_backwards_deep_within_one_another():
    x = torch.ones(2, requires_grad=True)
    calls = []

    def hook(g):
        calls.append(None)
        if len(calls) < 150:
            with torch.enable_grad():
                y = x * 2
            y.register_hook(hook)
            y.backward(g)

    y = x * 2
    y.register_hook(hook)
    y.backward(torch.ones(2))

    assert x.grad.tolist() == [300.0, 300.0]


def test_a_hook_runs_the_graph_that_it_is_part_of():
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    z = y.exp().sum()
    inner = []

    def hook(g):
        if not inner:
            inner.append(None)
            inner[0] = torch.autograd.grad(z, x, retain_graph=True)[0]

    y.register_hook(hook)
    (outer,) = torch.autograd.grad(z, x, retain_graph=True)

    assert inner[0].tolist() == outer.tolist()


def test_a_deep_backward_is_inside_the_transforms_of_its_caller():
    found = []

    def hook(g):
        if len(found) < 100:
            with torch.enable_grad():
                y = torch.ones(1, requires_grad=True) * 2
            found.append(forward_ad.unpack_dual(dual * dual).tangent.item())
            y.register_hook(hook)
            y.backward()

    with forward_ad.dual_level():
        dual = forward_ad.make_dual(torch.tensor(3.0), torch.tensor(1.0))
        hook(None)

    assert found == [6.0] * 100


def test_a_deep_backward_has_the_hooks_of_its_caller_for_what_is_saved():
    packed = []

    def hook(g):
        if len(packed) < 100:
            with torch.enable_grad():
                y = torch.ones(1, requires_grad=True).exp()
            y.register_hook(hook)
            y.backward()

    with torch.autograd.graph.saved_tensors_hooks(lambda x: packed.append(x) or x, lambda x: x):
        hook(None)

    assert len(packed) == 100
