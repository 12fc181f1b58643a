"""Containers have PyTorch's leaves, shapes and refusals."""

import importlib
import re
from collections import OrderedDict, defaultdict, deque, namedtuple

import pytest
import torch as pytorch

import chainrule

Point = namedtuple("Point", "x y")
TREES = [
    {"b": 1, "a": [2, (3, None)]},
    [Point(1, OrderedDict(z=5, y=6)), deque([7], maxlen=3), defaultdict(int, q=8)],
    (),
    None,
    "text",
    {2: 1, "a": 3},
    [[], {}, ((),)],
]


def module(torch):
    return importlib.import_module(f"{torch.__name__}.utils._pytree")


def outcome(torch, run):
    try:
        return run(module(torch))
    except Exception as error:  # the comparison's subject
        return type(error), re.sub(" at 0x[0-9a-f]+", "", str(error))


def assert_alike(run):
    expected, found = outcome(pytorch, run), outcome(chainrule, run)

    assert found == expected


@pytest.mark.parametrize("tree", TREES, ids=repr)
def test_leaves_and_shape(tree):
    def run(pytree):
        leaves, spec = pytree.tree_flatten(tree)
        counts = (spec.num_leaves, spec.num_nodes, spec.num_children, spec.is_leaf())
        return leaves, repr(spec), counts, spec.unflatten(leaves), pytree.treespec_pprint(spec)

    assert_alike(run)


@pytest.mark.parametrize("tree", TREES, ids=repr)
@pytest.mark.parametrize("other", TREES, ids=repr)
def test_two_trees(tree, other):
    assert_alike(lambda pytree: pytree.tree_map(lambda a, b: (a, b), tree, other))
    assert_alike(lambda pytree: pytree.tree_structure(tree) == pytree.tree_structure(other))
    assert_alike(lambda p: p._broadcast_to_and_flatten(tree, p.tree_structure(other)))


@pytest.mark.parametrize(
    "run",
    [
        lambda pytree: pytree.tree_unflatten([1], pytree.tree_structure([1, 2])),
        lambda pytree: pytree.tree_unflatten([1], 5),
        lambda pytree: pytree.tree_map_only((int, float), lambda x: -x, [1, "a", 2.0]),
        lambda pytree: pytree.tree_all_only(int, bool, [1, "", 0]),
        lambda pytree: pytree.arg_tree_leaves(1, [2], a=3),
        lambda pytree: list(pytree.tree_iter({"b": 1, "a": (2,)})),
        lambda pytree: pytree.tree_is_leaf([1]),
    ],
)
def test_a_call(run):
    assert_alike(run)
