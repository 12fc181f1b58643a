"""Hooks: when they are called, with what, and what becomes of what they return.

Apart from the engine's tests, which have hooks only where a run must survive them.
"""

import pytest

import chainrule as torch


def leaf(*values):
    return torch.tensor(list(values), requires_grad=True)


def test_hooks_are_called_in_pytorchs_order():
    x, order = leaf(2.0), []
    y = x * 3
    end = y.grad_fn.next_functions[0][0]
    x.register_post_accumulate_grad_hook(lambda p: order.append(f"accumulated {p.grad.item()}"))
    y.grad_fn.register_hook(lambda grads, gs: order.append("node"))
    end.register_hook(lambda grads, gs: order.append("end"))
    end.register_prehook(lambda gs: order.append("before end"))
    y.grad_fn.register_prehook(lambda gs: order.append("before node"))
    x.register_hook(lambda g: order.append("leaf"))
    y.register_hook(lambda g: order.append("result"))
    y.sum().backward()

    assert order == [
        "result", "before node", "node", "leaf", "before end", "accumulated 3.0", "end",
    ]  # fmt: skip


def test_what_a_hook_returns_takes_the_gradients_place():
    x = leaf(1.0, 2.0)
    y = x * 3
    y.register_hook(lambda g: g * 10)
    y.register_hook(lambda g: None)
    x.register_hook(lambda g: g + 1)
    y.sum().backward()

    assert x.grad.tolist() == [31.0, 31.0]


def test_a_node_hook_may_replace_what_the_node_computed():
    x, y = leaf(2.0), leaf(5.0)
    z = x * y
    z.grad_fn.register_hook(lambda grads, gs: (grads[0] * 10, grads[1]))
    z.grad_fn.register_prehook(lambda gs: (gs[0] * 2,))
    z.sum().backward()

    assert (x.grad.item(), y.grad.item()) == (100.0, 4.0)


def test_retain_grad_sees_the_final_value_whenever_it_was_asked_for():
    x = leaf(1.0)
    y = x * 2
    y.retain_grad()
    y.register_hook(lambda g: g * 7)
    y.sum().backward()

    assert y.grad.tolist() == [7.0]
    assert y.retains_grad
    assert not x.retains_grad


def test_a_retained_gradient_accumulates():
    x = leaf(1.0)
    y = x * 2
    y.retain_grad()
    y.sum().backward(retain_graph=True)
    y.sum().backward(retain_graph=True)

    assert y.grad.tolist() == [2.0]


def test_a_hook_of_a_leaf_runs_once_with_the_total():
    x, seen = leaf(1.0), []
    x.register_hook(lambda g: seen.append(g.item()))
    (x * 2 + x * 3).sum().backward()

    assert seen == [5.0]


def test_hooks_of_leaves_run_for_grad_too_but_not_those_after_accumulation():
    x, seen = leaf(1.0), []
    x.register_hook(lambda g: g * 2)
    x.register_post_accumulate_grad_hook(seen.append)

    assert torch.autograd.grad((x * 3).sum(), x)[0].tolist() == [6.0]
    assert seen == []


def test_a_removed_hook_is_not_called():
    x, seen = leaf(1.0), []
    handle = x.register_hook(seen.append)
    with x.register_hook(seen.append):
        (x * 1).sum().backward()
    handle.remove()
    handle.remove()
    (x * 1).sum().backward()

    assert len(seen) == 2


def test_a_hook_may_remove_itself_and_others_while_hooks_run():
    x, seen = leaf(1.0), []
    handles = []

    def hook(name):
        def remove_all(g):
            seen.append(name)
            for handle in handles:
                handle.remove()

        return remove_all

    handles += [x.register_hook(hook(name)) for name in "ab"]
    (x * 1).sum().backward()
    (x * 1).sum().backward()

    assert seen == ["a", "b"]


def test_hooks_of_an_unused_result_of_several_get_none():
    parts = leaf(1.0, 2.0).unbind()
    seen = []
    parts[0].register_hook(seen.append)
    parts[1].backward()

    assert seen == [None]


def test_a_hook_belongs_to_the_value_that_a_tensor_had_when_it_was_registered():
    x, seen = leaf(1.0), []
    y = x * 2
    y.register_hook(lambda g: seen.append(("before", g.item())))
    y.mul_(10)
    y.register_hook(lambda g: seen.append(("after", g.item())))
    y.sum().backward()

    assert seen == [("after", 1.0), ("before", 10.0)]


def test_grad_mode_is_off_in_hooks_unless_the_graph_is_wanted():
    x, seen = leaf(1.0), []
    y = x * x
    y.register_hook(lambda g: seen.append(torch.is_grad_enabled()))
    torch.autograd.grad(y.sum(), x, retain_graph=True)
    torch.autograd.grad(y.sum(), x, create_graph=True)

    assert seen == [False, True]


def test_writing_into_a_gradient_takes_effect():
    x = leaf(1.0)
    y = x * 2
    y.register_hook(lambda g: g.mul_(5) and None)
    (y * 3).sum().backward()

    assert x.grad.tolist() == [30.0]


def test_hooks_of_leaves_outlive_their_graphs():
    x, seen = leaf(1.0), []
    x.register_hook(lambda g: seen.append(g.item()))
    for factor in (1, 2):
        (x * factor).sum().backward()

    assert seen == [1.0, 2.0]


@pytest.mark.parametrize(
    ("hook", "error", "message"),
    [
        (lambda g: 5, TypeError, "expected Variable, but hook returned 'int'"),
        (lambda g: torch.ones(3), RuntimeError, "hook '<lambda>' has changed the size of value"),
        (lambda g: g.double(), RuntimeError, "hook '<lambda>' has changed the type of value"),
    ],
)
def test_a_wrong_result_of_a_hook_is_refused(hook, error, message):
    x = leaf(1.0)
    x.register_hook(hook)
    with pytest.raises(error, match=message):
        (x * 2).sum().backward()


def test_hooks_are_refused_where_no_gradient_will_come():
    constant, inner = torch.ones(1), leaf(1.0) * 2
    for register in (constant.register_hook, constant.register_post_accumulate_grad_hook):
        with pytest.raises(RuntimeError, match="cannot register a hook on a tensor that doesn't"):
            register(print)
    with pytest.raises(
        RuntimeError, match="can't retain_grad on Tensor that has requires_grad=False"
    ):
        constant.retain_grad()
    with pytest.raises(RuntimeError, match="cannot be registered on non-leaf tensors"):
        inner.register_post_accumulate_grad_hook(print)
