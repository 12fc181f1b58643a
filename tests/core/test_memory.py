"""Graphs die with their last reference: at once, and without the garbage collector.

Apart from the tests of the engine, because every object counts here, whatever it computes.
"""

import gc
import weakref

import pytest

import chainrule as torch
from chainrule.autograd import Function


@pytest.fixture(autouse=True)
def no_collector():
    """Only reference counts free anything; what was there before does not count."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def leaf(*shape):
    return torch.ones(*shape, requires_grad=True)


class Doubled(Function):
    @staticmethod
    def forward(ctx, x):
        out = x * 2
        ctx.save_for_backward(x, out)
        return out

    @staticmethod
    def backward(ctx, g):
        x, out = ctx.saved_tensors
        return g * (out / x)


def products():
    x, y = leaf(3), leaf(2, 3)
    ((x * y).exp() @ leaf(3, 2)).tanh().sum().backward()


def without_backward():
    (leaf(3).exp() * leaf(3)).sigmoid().sum()


def retained():
    x = leaf(3)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()


def higher_order():
    x = leaf(3)
    (dx,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
    (ddx,) = torch.autograd.grad(dx.sum(), x, create_graph=True)
    ddx.sum().backward()


def views():
    x = leaf(4, 3)
    y = x * 2
    rows = y[1:3].t()[0].unbind()
    y.view(-1)[::2].sum().backward()
    del rows


def writes_through_views():
    x = leaf(4, 3)
    y = x * 2
    part, other = y[1:3], y[0]
    part.mul_(x[1:3])
    y.add_(1).exp_()
    (other.sum() + part.sum()).backward()


def hooks_that_were_removed():
    x = leaf(3)
    y = x * x
    handles = [
        x.register_hook(lambda g: g * x.detach()),
        y.register_hook(lambda g: g * y.detach()),
        y.grad_fn.register_hook(lambda grads, g: (grads[0] + x.detach(), grads[1])),
        y.grad_fn.register_prehook(lambda g: (g[0] * y.detach(),)),
        x.register_post_accumulate_grad_hook(lambda p: x.detach()),
    ]
    y.retain_grad()
    y.sum().backward()
    for handle in handles:
        handle.remove()


def functions():
    x = leaf(3)
    Doubled.apply(Doubled.apply(x)).sum().backward()
    Doubled.apply(x)


def failures():
    x = leaf(3)
    y = x.exp()
    y.mul_(2)
    try:
        y.sum().backward()
    except RuntimeError:
        pass


def nodes():
    x = leaf(3)
    y = x.exp() * x
    node = y.grad_fn
    assert node.next_functions[1][0].variable is x
    assert node._saved_self is not None
    assert node.metadata == {}


def leaves_with_data():
    x = leaf(3)
    x.sum().backward()
    x.data = x.detach() * 2
    with torch.no_grad():
        x -= x.grad
    x.grad = None


def second_backwards():
    y = leaf(3).exp().sum()
    y.backward()
    try:
        y.backward()
    except RuntimeError:
        pass


def cuts():
    x = leaf(3)
    y = (x * x).detach() * x.data
    with torch.no_grad():
        y = x * y + x
    (torch.tensor([y.sum(), x.sum().detach()]) * leaf(2)).sum().backward()
    torch.autograd.grad((x > 0).float().dot(x), x)[0].sum()


PROGRAMS = [
    second_backwards, cuts,
    products, without_backward, retained, higher_order, views, writes_through_views,
    hooks_that_were_removed, functions, failures, nodes, leaves_with_data,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_nothing_is_left_for_the_garbage_collector(program):
    program()
    gc.collect()
    program()

    assert gc.collect() == 0


def test_a_result_and_its_graph_go_with_the_last_reference():
    x = leaf(3)
    y = x.exp()
    z = y * y
    watched = [weakref.ref(tensor) for tensor in (y, z)]
    del y

    assert watched[0]() is None
    assert watched[1]() is z
    del z
    assert watched[1]() is None


def test_a_graph_keeps_its_leaves_alive_and_no_longer():
    x = leaf(3)
    watched = weakref.ref(x)
    y = x.exp()
    del x

    assert watched() is not None
    del y
    assert watched() is None


def test_saved_arrays_are_let_go_when_backward_has_used_them():
    class Marked(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 1

        @staticmethod
        def backward(ctx, g):
            return g

    x = leaf(3)
    middle = x * 1
    kept = weakref.ref(middle._array)
    y = Marked.apply(middle).sum()
    del middle

    assert kept() is not None
    y.backward()
    assert kept() is None


def test_a_view_keeps_its_base_alive_and_no_longer():
    base = torch.ones(4)
    watched = weakref.ref(base)
    view = base[1:]
    del base

    assert watched() is view._base
    del view
    assert watched() is None


def test_the_accumulator_of_a_leaf_is_one_as_long_as_a_graph_holds_it():
    x = leaf(3)
    first, second = x * 2, x * 3

    assert first.grad_fn.next_functions[0][0] is second.grad_fn.next_functions[0][0]
    del first, second
    assert (x * 4).grad_fn.next_functions[0][0].variable is x


@pytest.mark.filterwarnings("ignore:Using backward")
def test_the_cycle_of_create_graph_is_found_by_the_collector():
    x = leaf(3)
    watched = weakref.ref(x)
    (x * x).sum().backward(create_graph=True)
    del x

    assert watched() is not None
    gc.collect()
    assert watched() is None


def test_a_cycle_through_a_hook_is_found_by_the_collector():
    x = leaf(3)
    x.register_hook(lambda g: g * x.detach())
    y = x.exp()
    y.register_hook(lambda g: g * y.detach())
    watched = weakref.ref(x), weakref.ref(y)
    del x, y

    gc.collect()
    assert watched[0]() is None
    assert watched[1]() is None


def collect(g):
    gc.collect()


def test_collecting_while_backward_runs_does_no_harm():
    x = leaf(3)
    y = x
    for _ in range(20):
        y = y * 1.5
        y.register_hook(collect)
    y.sum().backward()

    assert x.grad.tolist() == pytest.approx([1.5**20] * 3)


def test_a_long_chain_of_gradients_is_freed_without_recursion():
    """Guards tensors linked by .grad: freeing a million of them overflowed the stack."""
    x = torch.ones(1)
    for _ in range(300_000):
        following = torch.ones(1)
        following.grad = x
        x = following
    del x, following
