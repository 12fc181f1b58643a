"""What a node shows of itself, and hooks on several tensors.

Apart from backward. What is common with PyTorch is in `samples/semantics/graph.txt`.
"""

import threading
import weakref

import pytest

import chainrule as torch
from chainrule.autograd import graph


def leaf(*values):
    return torch.tensor(list(values), requires_grad=True)


def test_all_of_pytorchs_names_are_there():
    names = {
        "saved_tensors_hooks", "save_on_cpu", "disable_saved_tensors_hooks", "Node",
        "register_multi_grad_hook", "allow_mutation_on_saved_tensors", "GradientEdge",
        "get_gradient_edge", "increment_version", "region_activation_memory_budget",
        "set_warn_on_accumulate_grad_stream_mismatch", "set_override_stale_capture_stream",
    }  # fmt: skip

    assert set(graph.__all__) == names
    assert all(hasattr(graph, name) for name in names)


def test_a_value_that_is_no_tensor_has_no_raw_form():
    node = (leaf(1.0) * 2).grad_fn

    assert node._saved_other == 2
    with pytest.raises(AttributeError, match="_raw_saved_other"):
        node._raw_saved_other
    with pytest.raises(AttributeError, match="_raw_saved_nothing"):
        node._raw_saved_nothing


def test_places_that_do_not_exist_are_refused():
    node = leaf(1.0).exp().grad_fn
    for position in (-1, 1, 99):
        with pytest.raises(IndexError):
            node._saved_value(position)
        with pytest.raises(IndexError):
            node._saved_tensor(position, True)
    with pytest.raises(TypeError):
        node._replace_saved(0, None)
    with pytest.raises(TypeError):
        node._replace_saved(0, 3)


def test_a_hook_on_several_leaves_runs_in_autograd_grad_too():
    """PyTorch refuses leaves there."""
    found = []
    a, b = leaf(1.0), leaf(2.0)
    graph.register_multi_grad_hook((a, b), found.append)
    torch.autograd.grad((a * b).sum(), a)

    assert [[g if g is None else g.item() for g in gs] for gs in found] == [[2.0, None]]


def test_a_hook_on_several_tensors_counts_each_pass_of_its_own():
    found = []
    a, b = leaf(1.0), leaf(2.0)
    y, z = a * 2, b * 3
    loss = (y * z).sum()

    def again(gradients):
        found.append([g.item() for g in gradients])
        if len(found) == 1:
            loss.backward(retain_graph=True)

    graph.register_multi_grad_hook((y, z), again)
    loss.backward(retain_graph=True)

    assert found == [[6.0, 2.0], [6.0, 2.0]]


def test_a_hook_on_several_tensors_in_many_threads_sees_whole_passes():
    found = []
    a, b = leaf(1.0), leaf(2.0)
    y, z = a * 2, b * 3
    loss = (y * z).sum()
    graph.register_multi_grad_hook((y, z), lambda gs: found.append([g.item() for g in gs]))
    threads = [
        threading.Thread(target=lambda: [loss.backward(retain_graph=True) for _ in range(50)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [[6.0, 2.0]] * 200


def test_a_hook_at_the_first_gradient_sees_a_pass_that_began_before_another():
    """Guards passes compared by number: the outer of two was taken for one seen already."""
    found = []
    a, b = leaf(1.0), leaf(2.0)
    inner = (a * 5).sum()
    y = b * 3
    y.register_hook(lambda g: inner.backward())
    graph.register_multi_grad_hook((a, b), lambda g: found.append(g.item()), mode="any")
    y.sum().backward()

    assert found == [5.0, 3.0]


def test_gradients_of_a_pass_that_failed_are_let_go():
    a, b = leaf(1.0), leaf(2.0)
    y, z = a * 2, b * 3
    loss = (y * z).sum()
    handle = graph.register_multi_grad_hook((y, z), print)
    refusing = y.register_hook(lambda g: 1 / 0)
    watched = []
    z.register_hook(lambda g: watched.append(weakref.ref(g)))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            loss.backward(retain_graph=True)
    refusing.remove()

    assert watched[0]() is None
    handle.remove()


def test_an_edge_needs_a_tensor_that_requires_grad():
    with pytest.raises(RuntimeError, match="not possible to get the gradient edge"):
        graph.get_gradient_edge(torch.ones(3))
