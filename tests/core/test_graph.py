"""The graph as users see it: nodes, their names, where they lead, and what they saved.

Apart from the tests of the engine, which walks the same graph.
"""

import copy
import pickle

import pytest

import chainrule as torch
from chainrule._core.core import AccumulateGrad, Node, blank


def leaf(*values):
    return torch.tensor(list(values), requires_grad=True)


def names(node):
    return [None if child is None else child.name() for child, _ in node.next_functions]


def test_nodes_carry_pytorchs_names():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    made = {
        "AddBackward0": x + y,
        "MulBackward0": x * y,
        "RsubBackward1": 1 - x,
        "PowBackward0": x**2,
        "PowBackward1": x**y,
        "PowBackward2": 2**x,
        "SumBackward0": x.sum(),
        "SumBackward1": x.sum(0),
        "DotBackward0": x @ y,
        "ExpBackward0": x.exp(),
        "ReluBackward0": x.relu(),
        "UnbindBackward0": x.unbind()[1],
    }

    assert {name: tensor.grad_fn.name() for name, tensor in made.items()} == {
        name: name for name in made
    }


def test_a_constant_operand_leads_nowhere():
    x = leaf(1.0)

    assert names((x * 2).grad_fn) == ["torch::autograd::AccumulateGrad", None]
    assert names((x * torch.ones(1)).grad_fn) == ["torch::autograd::AccumulateGrad", None]


def test_next_functions_say_which_result_was_used():
    first, second = leaf(1.0, 2.0).unbind()
    node = (second * first).grad_fn

    assert [number for _, number in node.next_functions] == [1, 0]
    assert node.next_functions[0][0] is node.next_functions[1][0] is first.grad_fn


def test_a_leaf_is_at_the_end_of_every_graph_that_uses_it():
    x = leaf(1.0)
    ends = [(x * 2).grad_fn.next_functions[0][0], x.exp().grad_fn.next_functions[0][0]]

    assert all(isinstance(end, AccumulateGrad) for end in ends)
    assert ends[0].variable is x
    assert x.grad_fn is None
    assert x.is_leaf


def test_saved_values_are_tensors_in_their_places():
    x = leaf(1.0, 2.0)
    y = x.exp()
    z = y * x

    assert y.grad_fn._saved_result.grad_fn is y.grad_fn
    assert z.grad_fn._saved_other is x
    assert z.grad_fn._saved_self.grad_fn is y.grad_fn
    with pytest.raises(AttributeError, match="_saved_nothing"):
        z.grad_fn._saved_nothing


def test_saved_values_of_a_freed_node_are_refused():
    y = leaf(1.0).exp()
    node = y.grad_fn
    y.sum().backward()
    for read in (lambda: node._saved_result, node._saved_tensors):
        with pytest.raises(RuntimeError, match="a second time"):
            read()


def test_users_may_note_things_on_a_node():
    node = leaf(1.0).exp().grad_fn
    node.metadata["mine"] = 1

    assert node.metadata == {"mine": 1}


def test_a_node_made_by_hand_is_in_no_graph():
    """Guards: reading what such a node saved read memory that was not there."""
    node = type(leaf(1.0).exp().grad_fn)()

    assert isinstance(node, Node)
    assert node.next_functions == ()
    assert node.source is None
    assert node.name() == "ExpBackward0"
    for read in (node._saved_tensors, lambda: node._saved_origin(0)):
        with pytest.raises(RuntimeError):
            read()
    with pytest.raises(AttributeError):
        node._saved_result


def test_a_tensor_without_an_array_raises_and_does_not_crash():
    """Guards: the core takes every tensor's array for one."""
    empty = blank(torch.Tensor)
    for use in (
        lambda: empty + 1, lambda: 1 - empty, lambda: empty * torch.ones(2), lambda: torch.ones(2) / empty,
        lambda: empty @ empty, lambda: -empty, lambda: empty < empty, lambda: empty.shape,
        lambda: empty.dtype, lambda: empty.ndim, lambda: empty.sum(), lambda: empty.exp_(),
        lambda: empty.add_(1), lambda: torch.ones(2).add_(empty), lambda: empty[0], lambda: repr(empty),
        lambda: torch.cat([empty]), lambda: empty.backward(), lambda: empty.view(1),
    ):  # fmt: skip
        with pytest.raises((TypeError, AttributeError, RuntimeError)):
            use()


def test_new_takes_the_values():
    """Guards Tensor.__new__(cls, data), which dropped the data."""

    class Named(torch.Tensor):
        def __new__(cls, data, name):
            made = super().__new__(cls, data)
            made.label = name
            return made

        def __init__(self, data, name):
            pass

    x = Named([1.0, 2.0], "speed")
    assert (x.tolist(), x.label, type(x + 1)) == ([1.0, 2.0], "speed", Named)
    assert torch.Tensor.__new__(torch.Tensor).shape == (0,)


@pytest.mark.parametrize("function", [torch.exp, torch.relu, torch.add, torch.matmul, torch.sum])
def test_functions_are_copied_and_pickled_by_name(function):
    assert copy.deepcopy(function) is function
    assert copy.copy(function) is function
    assert pickle.loads(pickle.dumps(function)) is function


def test_nodes_are_neither_copied_nor_pickled():
    node = leaf(1.0).exp().grad_fn
    for copied in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            copied(node)


def test_no_node_is_made_where_nothing_asks_for_a_gradient():
    x = torch.ones(2)

    assert (x * 2).grad_fn is None
    with torch.no_grad():
        assert (leaf(1.0) * 2).grad_fn is None
    assert leaf(1.0).gt(0).grad_fn is None
    assert leaf(1.0).detach().exp().grad_fn is None


def test_results_of_several_are_told_apart_by_their_number():
    parts = leaf(1.0, 2.0, 3.0).split(1)

    assert [part.output_nr for part in parts] == [0, 1, 2]
    assert len({id(part.grad_fn) for part in parts}) == 1


def test_unbinding_nothing_gives_nothing():
    """Guards: recording an operation without results read the first of them."""
    assert torch.ones(0, 3, requires_grad=True).unbind() == ()
