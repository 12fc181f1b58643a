"""Containers are taken apart and put together as PyTorch's are."""

from collections import OrderedDict, defaultdict, deque, namedtuple

import pytest

import chainrule as torch
from chainrule.utils import _pytree as pytree

Point = namedtuple("Point", "x y")


class Pair:
    """A container that is registered."""

    def __init__(self, left, right):
        self.left, self.right = left, right


pytree.register_pytree_node(
    Pair, lambda pair: ([pair.left, pair.right], None), lambda parts, context: Pair(*parts)
)
TREES = {
    "dict": {"b": 1, "a": 2},
    "list": [1, [2], []],
    "tuple": (1, (), (2,)),
    "named tuple": Point(1, y=(2, 3)),
    "ordered dict": OrderedDict(z=1, y=2),
    "default dict": defaultdict(list, a=1),
    "deque": deque([1, 2], maxlen=3),
    "a leaf": 5,
    "none": None,
    "size": torch.Size([1, 2]),
}


@pytest.mark.parametrize("name", TREES)
def test_a_tree_is_put_together_again(name):
    leaves, spec = pytree.tree_flatten(TREES[name])
    found = spec.unflatten(leaves)

    assert found == TREES[name]
    assert type(found) is type(TREES[name])
    assert spec.num_leaves == len(leaves)


def test_none_is_a_leaf():
    assert pytree.tree_leaves([None, {}, (None,)]) == [None, None]


def test_leaves_come_in_the_order_of_the_dict():
    assert pytree.tree_leaves({"b": 1, "a": 2}) == [1, 2]


def test_a_named_result_of_an_operation():
    values, indices = pytree.tree_leaves(torch.tensor([[3, 1]]).max(1))
    found = pytree.tree_map(lambda x: x + 1, torch.tensor([[3, 1]]).max(1))

    assert (values, indices) == (3, 0)
    assert (found.values, found.indices) == (4, 1)


def test_subclasses_of_containers_are_leaves():
    class Mine(list):
        pass

    tree = Mine([1, 2])

    assert pytree.tree_leaves(tree) == [tree]


def test_a_registered_class():
    found = pytree.tree_map(lambda x: -x, Pair(1, [2]))

    assert (found.left, found.right) == (-1, [-2])


def test_a_class_is_registered_once():
    with pytest.raises(ValueError, match="is already registered as pytree node"):
        pytree.register_pytree_node(Pair, lambda pair: ([], None), lambda parts, context: None)


def test_trees_are_mapped_together_by_keys():
    found = pytree.tree_map(lambda a, b: (a, b), {"b": 1, "a": 2}, {"a": 20, "b": 10})

    assert found == {"b": (1, 10), "a": (2, 20)}


@pytest.mark.parametrize(
    ("tree", "phrase"),
    [
        ([1, 2], "Node type mismatch; expected <class 'dict'>, but got <class 'list'>"),
        ({"a": 1}, "Node arity mismatch; expected 2, but got 1"),
        ({"a": 1, "c": 2}, r"Node keys mismatch; missing key\(s\): {'b'}; extra key\(s\): {'c'}"),
    ],
)
def test_a_tree_that_does_not_fit(tree, phrase):
    with pytest.raises(ValueError, match=phrase):
        pytree.tree_map(max, {"a": 1, "b": 2}, tree)


def test_too_few_leaves():
    with pytest.raises(
        ValueError, match="has length 1 but the spec refers to a pytree that holds 2"
    ):
        pytree.tree_unflatten([1], pytree.tree_structure([1, 2]))


def test_only_some_leaves():
    tree = [1, "a", 2.0]

    assert pytree.tree_map_only(int, lambda x: x + 1, tree) == [2, "a", 2.0]
    assert pytree.tree_map_only((int, float), lambda x: x + 1, tree) == [2, "a", 3.0]
    assert pytree.tree_map_only(lambda x: x == "a", str.upper, tree) == [1, "A", 2.0]


def test_questions_about_all_leaves():
    assert pytree.tree_all(bool, [1, (2,)])
    assert not pytree.tree_all(bool, [1, (0,)])
    assert pytree.tree_any(bool, [0, (2,)])
    assert pytree.tree_all_only(int, bool, [1, ""])
    assert not pytree.tree_any_only(int, bool, [0, "a"])


def test_what_counts_as_a_leaf_may_be_said():
    assert pytree.tree_leaves([1, (2, 3)], is_leaf=lambda x: isinstance(x, tuple)) == [1, (2, 3)]


def test_shapes_are_compared_and_shown():
    spec = pytree.tree_structure({"a": [1, (2,)]})

    assert spec == pytree.tree_structure({"a": [3, (4,)]})
    assert spec != pytree.tree_structure({"a": [3, [4]]})
    assert hash(spec) == hash(pytree.tree_structure({"a": [3, (4,)]}))
    assert repr(pytree.tree_structure([1])) == "TreeSpec(list, None, [*])"
    assert pytree.treespec_pprint(spec) == "{'a': [*, (*,)]}"
