"""Hooks on what is saved: beside the programs of `samples/semantics/saved.txt`, what PyTorch lacks.

Apart from the hooks on gradients. What is common with PyTorch is compared with it, in parity.
"""

import threading

import pytest

import chainrule as torch
from chainrule.autograd import Function, graph, saved


def leaf(*values):
    return torch.tensor(list(values), requires_grad=True)


def numpy_hooks():
    return graph.saved_tensors_hooks(lambda t: t.detach().numpy().copy(), torch.from_numpy)


class Product(Function):
    @staticmethod
    def forward(ctx, x, y):
        out = x * y
        ctx.save_for_backward(x, y, out)
        return out

    @staticmethod
    def backward(ctx, g):
        x, y, _ = ctx.saved_tensors
        return g * y, g * x


FORMULAS = [
    lambda x, y: x * y,
    lambda x, y: (x / y).exp(),
    lambda x, y: torch.tanh(x) @ y,
    lambda x, y: torch.where(x > 1, x * y, y.sin()),
    lambda x, y: torch.cat([x, y]).prod(),
    lambda x, y: (x**y).softmax(0),
    lambda x, y: torch.aminmax(x * y)[1] + x.amax(),
    lambda x, y: (x * 3).mul_(y),
    lambda x, y: torch.nn.functional.linear(x, torch.outer(x, y)),
    lambda x, y: Product.apply(Product.apply(x, y), y),
    lambda x, y: x[[1, 0, 1]].cumprod(0) * y.norm(),
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_gradients_are_the_same_with_what_was_packed(formula):
    x, y = leaf(1.5, 2.0), leaf(0.5, 3.0)
    expected = torch.autograd.grad(formula(x, y).sum(), (x, y))
    with numpy_hooks():
        result = formula(x, y).sum()

    for found, right in zip(torch.autograd.grad(result, (x, y)), expected):
        assert torch.equal(found, right)


@pytest.mark.parametrize("formula", FORMULAS)
def test_second_derivatives_reach_the_leaves_through_what_was_packed(formula):
    def second(hooks):
        x, y = leaf(1.5, 2.0), leaf(0.5, 3.0)
        with hooks:
            result = formula(x, y).sin().sum()
        grads = torch.autograd.grad(result, (x, y), create_graph=True)
        return torch.autograd.grad(sum((g * g).sum() for g in grads), (x, y))

    plain = graph.saved_tensors_hooks(lambda t: t, lambda t: t)
    for found, right in zip(second(numpy_hooks()), second(plain)):
        assert torch.allclose(found, right)


def test_each_value_is_unpacked_once_a_backward_however_many_rules_ask_for_it():
    unpacked = []
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    hooks = graph.saved_tensors_hooks(lambda t: t, lambda t: (unpacked.append(1), t)[1])
    with hooks:
        z = x / y
    packed = len(z.grad_fn._saved_tensors())
    unpacked.clear()
    z.sum().backward()

    assert len(unpacked) == packed


def test_what_was_unpacked_is_not_kept_after_an_error():
    values = [torch.ones(5), torch.tensor([2.0, 2.0])]
    x = leaf(1.0, 2.0)
    with graph.saved_tensors_hooks(lambda t: None, lambda _: values.pop(0)):
        y = x.exp()
    with pytest.raises(RuntimeError):
        y.sum().backward(retain_graph=True)
    y.sum().backward()

    assert x.grad.tolist() == [2.0, 2.0]


def test_hooks_hold_for_their_thread_alone():
    packed = []
    x = leaf(1.0)
    with graph.saved_tensors_hooks(lambda t: (packed.append(t), t)[1], lambda t: t):
        thread = threading.Thread(target=lambda: x.exp())
        thread.start()
        thread.join()

    assert packed == []


def test_hooks_end_with_their_context_also_by_an_error():
    packed = []
    with (
        pytest.raises(KeyError),
        graph.saved_tensors_hooks(lambda t: (packed.append(t), t)[1], lambda t: t),
    ):
        raise KeyError
    leaf(1.0).exp()

    assert packed == []


def test_a_leaf_that_is_unpacked_as_a_copy_stands_for_the_leaf():
    x = leaf(1.0, 2.0)
    with numpy_hooks():
        y = x * x
    copy = y.grad_fn._saved_self

    assert copy is not x
    assert copy.is_leaf
    assert copy.requires_grad
    (copy * 3).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_the_copy_outlives_the_graph_it_came_from():
    x = leaf(1.0, 2.0)
    with numpy_hooks():
        y = x * x
    copy = y.grad_fn._saved_self
    del x, y

    assert torch.autograd.grad((copy * 2).sum(), copy)[0].tolist() == [2.0, 2.0]


def test_what_an_operation_in_place_overwrote_is_packed_as_it_was():
    """Guards y *= y: hooks were given the product for the factor."""
    x = leaf(2.0, 3.0)
    with numpy_hooks():
        y = x * 1
        y.mul_(y)
    y.sum().backward()

    assert x.grad.tolist() == [4.0, 6.0]


def test_what_is_gone_when_it_would_be_packed_is_refused():
    x = leaf(2.0, 3.0)
    with numpy_hooks():
        y = x * 1
        y.mul_(y.view(2))
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_a_mutation_that_no_operation_made_is_refused_where_mutation_is_allowed():
    with graph.allow_mutation_on_saved_tensors():
        x, w = leaf(1.0), torch.ones(1)
        y = x * w
        graph.increment_version(w)
        with pytest.raises(RuntimeError, match="does not see"):
            y.backward()


def test_a_write_through_a_view_saves_the_base_where_mutation_is_allowed():
    """PyTorch 2.13 gives 8.05 here: it saves the part that the view was, after the write."""
    with graph.allow_mutation_on_saved_tensors():
        x = torch.ones(4, requires_grad=True)
        base = x.clone()
        part = base[1:3]
        loss = (part**2).sum() + (base**3).sum()
        base.sin_()
        loss.backward()

    assert x.grad.tolist() == [3.0, 5.0, 5.0, 3.0]


def test_only_what_is_written_to_is_copied_where_mutation_is_allowed():
    with graph.allow_mutation_on_saved_tensors() as watch:
        x, w = leaf(1.0, 2.0), torch.ones(2)
        y = x * w
        (entries,) = [list(entries) for key, entries in watch.saved.items() if entries][:1]

        assert entries[0].array is x._array or entries[0].array is w._array
        y.add_(1)
        y.sum().backward()


def test_save_on_cpu_has_no_memory_to_pin():
    with (
        pytest.raises(RuntimeError, match="Cannot access accelerator device"),
        graph.save_on_cpu(pin_memory=True),
    ):
        leaf(1.0).exp()


def test_a_long_chain_of_packed_values_is_freed_without_recursion():
    z = leaf(1.0)
    with graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        for _ in range(100_000):
            z = z.sin()
    z.backward()
    del z


def test_the_message_of_a_refusal_must_be_text():
    with pytest.raises(TypeError, match="incompatible function arguments"):
        graph.disable_saved_tensors_hooks(3).__enter__()


@pytest.mark.parametrize("pair", [(None, abs), (abs, 3)])
def test_what_cannot_be_called_is_refused_at_once(pair):
    hooks = torch.autograd.graph.saved_tensors_hooks(*pair)

    with pytest.raises(TypeError, match="_push_saved_tensors_default_hooks"):
        hooks.__enter__()

    assert not saved.active_hooks()
