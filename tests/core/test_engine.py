"""Backward: in which order nodes run, and what the leaves are given.

Apart from the tests of rules: only the walk through the graph is looked at here.
"""

import sys
import threading

import numpy as np
import pytest

import chainrule as torch
from chainrule.autograd import Function


def leaf(*values, dtype=torch.float32):
    return torch.tensor(list(values), dtype=dtype, requires_grad=True)


class Noted(Function):
    """A copy whose backward notes its name."""

    @staticmethod
    def forward(ctx, x, name, order):
        ctx.name, ctx.order = name, order
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        ctx.order.append(ctx.name)
        return g, None, None


# ---------------------------------------------------------------------------------- order


def test_independent_branches_run_in_reverse_order_of_creation():
    order, x = [], leaf(1.0)
    first = Noted.apply(x, "first", order)
    second = Noted.apply(x, "second", order)
    third = Noted.apply(first, "third", order)

    (second + third + first).sum().backward()

    assert order == ["third", "second", "first"]


def test_a_node_waits_for_all_that_flows_into_it():
    order, x = [], leaf(2.0)
    shared = Noted.apply(x, "shared", order)
    late = Noted.apply(shared, "late", order)
    (late * shared * shared.detach() + shared).sum().backward()

    assert order == ["late", "shared"]
    assert x.grad.tolist() == [2 * 2 * 2 + 1]


def test_only_what_lies_between_the_outputs_and_the_inputs_runs():
    order, x, y = [], leaf(1.0), leaf(1.0)
    a, b = Noted.apply(x, "a", order), Noted.apply(y, "b", order)
    (a * b).sum().backward(inputs=[x])

    assert order == ["a"]
    assert y.grad is None


def test_roots_that_lie_below_other_roots_add_up():
    x = leaf(3.0)
    y = x * 2
    z = y * y
    torch.autograd.backward([z, y, y], [torch.ones(1)] * 3)

    assert x.grad.tolist() == [2 * 2 * 6.0 + 2 + 2]


# --------------------------------------------------------------------------- accumulation


def test_grad_accumulates_into_the_same_tensor():
    x = leaf(1.0, 2.0)
    (x * 2).sum().backward()
    held, version = x.grad, x.grad._version
    (x * 3).sum().backward()

    assert x.grad is held
    assert held.tolist() == [5.0, 5.0]
    assert held._version > version


def test_a_gradient_the_user_put_there_is_added_to():
    x = leaf(1.0, 2.0)
    mine = torch.tensor([10.0, 20.0])
    x.grad = mine
    (x * x).sum().backward()

    assert x.grad is mine
    assert mine.tolist() == [12.0, 24.0]


def test_a_gradient_that_repeats_one_element_is_replaced():
    x = leaf(1.0, 2.0, 3.0)
    x.grad = torch.ones(1).expand(3)
    (x * x).sum().backward()

    assert x.grad.tolist() == [3.0, 5.0, 7.0]


def test_a_read_only_gradient_is_left_alone():
    array = np.ones(2, np.float32)
    x = leaf(1.0, 2.0)
    array.flags.writeable = False
    x.grad = torch.from_numpy(array)
    (x * x).sum().backward()

    assert x.grad.tolist() == [3.0, 5.0]
    assert array.tolist() == [1.0, 1.0]


def test_leaves_share_their_gradients_neither_with_each_other_nor_with_the_seed():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    seed = torch.tensor([1.0, 1.0])
    (x + y).backward(seed)
    x.grad.zero_()

    assert y.grad.tolist() == [1.0, 1.0]
    assert seed.tolist() == [1.0, 1.0]


def test_a_gradient_that_a_hook_kept_is_not_changed_by_later_runs():
    x, kept = leaf(1.0, 2.0), []
    x.register_hook(kept.append)
    for _ in range(3):
        (x * 2.0).sum().backward()

    assert [g.tolist() for g in kept] == [[2.0, 2.0]] * 3
    assert x.grad.tolist() == [6.0, 6.0]


def test_two_aliases_of_one_gradient_are_both_seen_to_change():
    x, y = leaf(1.0), leaf(1.0)
    y.grad = x.grad = torch.zeros(1)
    (x * 2 + y * 3).sum().backward()

    assert x.grad is y.grad
    assert x.grad.tolist() == [5.0]


def test_create_graph_makes_a_new_gradient():
    x = leaf(3.0)
    (x * x).sum().backward()
    held = x.grad
    (dx,) = torch.autograd.grad((x * x * x).sum(), x, create_graph=True)
    dx.sum().backward()

    assert x.grad is held
    assert held.tolist() == [6.0 + 18.0]


@pytest.mark.filterwarnings("ignore:Using backward")
def test_backward_with_create_graph_replaces_the_gradient():
    x = leaf(3.0)
    x.grad = held = torch.ones(1)
    (x * x).sum().backward(create_graph=True)

    assert x.grad is not held
    assert x.grad.grad_fn is not None
    assert held.tolist() == [1.0]
    x.grad = None


def test_grad_leaves_every_grad_alone():
    x, y = leaf(1.0), leaf(2.0)
    (dx,) = torch.autograd.grad((x * y).sum(), x)

    assert dx.tolist() == [2.0]
    assert x.grad is None
    assert y.grad is None


# ------------------------------------------------------------------- shapes, types, layout


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 1), (2, 1), (2, 3), (4, 1, 1), (1, 2, 3)])
def test_a_broadcast_operand_gets_a_gradient_of_its_own_shape(shape):
    x = torch.ones(shape, requires_grad=True)
    out = x * torch.ones(4, 2, 3)
    out.sum().backward()

    assert x.grad.shape == x.shape
    assert (x.grad == 24 / x.numel()).all()


@pytest.mark.parametrize("low", [torch.float16, torch.float32])
def test_a_promoted_operand_gets_a_gradient_of_its_own_type(low):
    x = torch.ones(2, dtype=low, requires_grad=True)
    y = torch.ones(2, dtype=torch.float64, requires_grad=True)
    (x * y).sum().backward()

    assert x.grad.dtype is low
    assert y.grad.dtype is torch.float64


def test_a_real_operand_of_a_complex_product_gets_the_real_part():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (x * torch.tensor([1 + 2j, 3j])).sum().abs().backward()

    assert x.grad.dtype is torch.float32


def test_an_empty_operand_gets_an_empty_gradient():
    x = torch.ones(0, 3, requires_grad=True)
    y = torch.ones(1, 3, requires_grad=True)
    (x * y).sum().backward()

    assert x.grad.shape == (0, 3)
    assert y.grad.tolist() == [[0.0, 0.0, 0.0]]


def test_a_gradient_is_laid_out_like_its_leaf():
    turned = torch.ones(3, 2).t().requires_grad_()
    (turned * torch.arange(6.0).reshape(2, 3)).sum().backward()

    assert turned.grad.stride() == turned.stride()
    assert turned.grad.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]


def test_an_expanded_leaf_gets_a_contiguous_gradient():
    x = torch.ones(1).expand(3).requires_grad_()
    (x * torch.arange(3.0)).sum().backward()

    assert x.grad.stride() == (1,)
    assert x.grad.tolist() == [0.0, 1.0, 2.0]


# ----------------------------------------------------------------------- runs within runs


def test_a_hook_may_run_backward_through_the_graph_it_is_called_from():
    x = leaf(2.0)
    y = x * x
    z = y * x
    calls, inner = [], []

    def again(g):
        if len(calls) < 2:
            calls.append(g)
            inner.append(torch.autograd.grad(z, x, torch.ones(1), retain_graph=True)[0].tolist())

    y.register_hook(again)
    z.backward(torch.ones(1), retain_graph=True)

    assert inner == [[12.0], [12.0]]
    assert x.grad.tolist() == [12.0]


def test_a_function_may_differentiate_another_graph_in_its_backward():
    class Cubed(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            with torch.enable_grad():
                x = ctx.saved_tensors[0].detach().requires_grad_()
                (dx,) = torch.autograd.grad((x * x * x).sum(), x)
            return g * dx

    x = leaf(2.0, 3.0)
    (Cubed.apply(x) + Cubed.apply(x * 2)).sum().backward()

    assert x.grad.tolist() == [12.0 + 96.0, 27.0 + 216.0]


# ------------------------------------------------------------------- errors, freed graphs


def test_an_exception_in_a_hook_leaves_the_graph_usable():
    x = leaf(1.0, 2.0)
    y = x.exp()
    z = (y * y).sum()
    handle = y.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        z.backward(retain_graph=True)
    handle.remove()
    z.backward()

    np.testing.assert_allclose(x.grad.numpy(), 2 * np.exp([2.0, 4.0]), rtol=1e-6)


def test_an_exception_in_a_function_leaves_grad_mode_as_it_was():
    class Fails(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        Fails.apply(leaf(1.0)).sum().backward()
    assert torch.is_grad_enabled()


def test_a_freed_graph_refuses_a_second_run_and_a_retained_one_does_not():
    x = leaf(1.0)
    y = x.exp().sum()
    y.backward(retain_graph=True)
    y.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        y.backward()

    assert x.grad.tolist() == pytest.approx([2 * np.e])


def test_nodes_that_saved_nothing_may_run_again():
    x = leaf(1.0)
    y = (-(x + 1) - x).sum()
    y.backward()
    y.backward()

    assert x.grad.tolist() == [-4.0]


def test_only_nodes_that_ran_are_freed():
    x, y = leaf(1.0), leaf(2.0)
    a, b = x.exp(), y.exp()
    (a * b).sum().backward(inputs=[x], retain_graph=False)
    b.sum().backward()

    assert y.grad.tolist() == pytest.approx([np.exp(2.0)])


# ------------------------------------------------------------- mistakes that once crashed


def test_a_place_that_is_in_no_graph_is_refused():
    """Guards: GradientEdge(None, 0) was read as a node, a result number as an index."""
    edge = torch.autograd.GradientEdge
    node = leaf(1.0, 2.0).unbind()[0].grad_fn
    for place in (edge(None, 0), edge(type(node)(), 0), edge(node, 99), edge(node, -1)):
        with pytest.raises((RuntimeError, IndexError)):
            torch.autograd.backward([place], [torch.tensor(1.0)])
        with pytest.raises((RuntimeError, IndexError)):
            torch.autograd.grad(leaf(1.0).exp().sum(), [place])


def test_what_a_prehook_returns_is_checked():
    """Guards: a number was taken for a tensor."""
    x = leaf(1.0)
    y = x.exp()
    y.grad_fn.register_prehook(lambda g: (5,))
    with pytest.raises(TypeError, match="expected Variable, but hook returned 'int'"):
        y.sum().backward()


def test_only_a_tensor_can_be_a_gradient():
    """Guards: backward added to whatever `_grad` was."""
    x = leaf(1.0)
    with pytest.raises(TypeError):
        x._grad = 5
    with pytest.raises(TypeError):
        x.grad = 5


# ----------------------------------------------------------------------------- long graphs


@pytest.fixture
def shallow():
    """Little room for recursion, in Python and on the machine's stack."""
    limit = sys.getrecursionlimit()

    def run(function):
        failed = []

        def work():
            try:
                function()
            except BaseException as error:
                failed.append(error)

        size = threading.stack_size(256 * 1024)
        try:
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        finally:
            threading.stack_size(size)
        assert not failed

    sys.setrecursionlimit(300)
    yield run
    sys.setrecursionlimit(limit)


def test_a_chain_of_a_million_nodes_is_built_run_and_freed(shallow):
    def work():
        x = torch.tensor(1.0, requires_grad=True)
        y = x
        for _ in range(1_000_000):
            y = y + 1
        y.backward()
        assert x.grad.item() == 1.0
        del y

    shallow(work)


def test_a_long_chain_that_was_never_run_is_freed(shallow):
    def work():
        y = torch.tensor(1.0, requires_grad=True)
        for _ in range(200_000):
            y = y * y.detach()
        del y

    shallow(work)


def test_a_long_chain_of_functions_is_built_run_and_freed(shallow):
    class Same(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clone()

        @staticmethod
        def backward(ctx, g):
            return g

    def work():
        x = torch.tensor(1.0, requires_grad=True)
        y = x
        for _ in range(50_000):
            y = Same.apply(y)
        y.backward()
        assert x.grad.item() == 1.0
        del y

    shallow(work)


def test_a_long_chain_of_writes_through_views_is_run_and_freed(shallow):
    def work():
        x = torch.ones(4, requires_grad=True)
        y = x * 1
        view = y[1:3]
        for _ in range(3_000):
            view.mul_(1.0)
        y.sum().backward()
        assert x.grad.tolist() == [1.0] * 4

    shallow(work)


@pytest.mark.parametrize("divisor", [torch.tensor([3, 7]), torch.tensor([3.0, 7.0])])
@pytest.mark.parametrize("create_graph", [False, True])
def test_a_partial_is_computed_in_the_type_of_the_operation(divisor, create_graph):
    """Guards x / y of a double and an integer: the gradient had the digits of float32."""
    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    (found,) = torch.autograd.grad((x / divisor).sum(), x, create_graph=create_graph)
    assert found.tolist() == [1 / 3, 1 / 7]


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_constant_partial_leaves_the_type_of_the_gradient(create_graph):
    """Guards the 0.5 of equal operands, which made float32 of a float16 gradient."""
    x = torch.ones(2, dtype=torch.float16, requires_grad=True)
    y = torch.maximum(x, torch.ones(2, dtype=torch.float16))
    (found,) = torch.autograd.grad(y.sum(), x, create_graph=create_graph)
    assert (found.dtype, found.tolist()) == (torch.float16, [0.5, 0.5])


def test_what_a_hook_kept_does_not_change_later():
    """Guards a hook's result that became .grad itself, and grew at the next backward."""
    kept = []
    x = torch.ones(1, requires_grad=True)
    x.register_hook(lambda g: kept.append(g * 2) or kept[-1])
    x.sum().backward()
    x.sum().backward()
    assert (kept[0].tolist(), x.grad.tolist()) == ([2.0], [4.0])


def test_a_retained_gradient_that_the_user_holds_does_not_change():
    x = torch.ones(1, requires_grad=True)
    y = x * 2
    y.retain_grad()
    y.sum().backward(retain_graph=True)
    held = y.grad
    y.sum().backward()
    assert (held.tolist(), y.grad.tolist()) == ([1.0], [2.0])


def test_a_gradient_of_another_shape_is_refused():
    """Guards y.data = ...: a leaf was given a .grad of the new shape."""
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    y.data = torch.zeros(5)
    with pytest.raises(RuntimeError, match=r"invalid gradient at index 0 - got \[5\]"):
        y.sum().backward()
    assert x.grad is None


@pytest.mark.parametrize("create_graph", [False, True])
def test_the_data_that_a_leaf_was_given_since_counts(create_graph):
    """Guards the two ways of the engine, which disagreed."""
    w = torch.tensor(2.0, requires_grad=True)
    y = w * w
    w.data = torch.tensor(10.0)
    (found,) = torch.autograd.grad(y, w, create_graph=create_graph)
    assert found.item() == 20.0


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_division_by_the_number_zero_has_an_infinite_slope(create_graph):
    """Guards create_graph, under which Python divided the numbers, and refused."""
    x = leaf(1.0, -2.0)
    (found,) = torch.autograd.grad((x / 0).sum(), x, create_graph=create_graph)
    assert found.tolist() == [torch.inf, torch.inf]
