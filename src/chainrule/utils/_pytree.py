"""Nested containers: taken apart into a list of leaves and a TreeSpec, and put together again.

Apart from the transforms, which all take and return such trees; under the name that PyTorch's
programs import it by. A leaf is whatever is no container of a registered type, None among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from chainrule.utils._treespec import (
    LEAF,
    STANDARD_DICT_TYPES,
    SUPPORTED_NODES,
    LeafSpec,
    NodeDef,
    PyTree,
    PyTreeSpec,
    TreeSpec,
    is_namedtuple,
    is_namedtuple_class,
    is_namedtuple_instance,
    node_of,
    register_pytree_node,
    treespec_leaf,
)

Leaf = Callable[[PyTree], bool] | None

__all__ = [
    "PyTree", "TreeSpec", "PyTreeSpec", "LeafSpec", "NodeDef", "SUPPORTED_NODES",
    "STANDARD_DICT_TYPES", "register_pytree_node", "is_namedtuple", "is_namedtuple_class",
    "is_namedtuple_instance", "tree_flatten", "tree_unflatten", "tree_iter", "tree_leaves",
    "arg_tree_leaves", "tree_structure", "tree_is_leaf", "tree_map", "tree_map_", "map_only",
    "tree_map_only", "tree_map_only_", "tree_all", "tree_any", "tree_all_only", "tree_any_only",
    "treespec_leaf", "treespec_pprint",
]  # fmt: skip


def tree_flatten(tree: PyTree, is_leaf: Leaf = None) -> tuple[list[Any], TreeSpec]:
    """The leaves of a tree, from left to right, and its shape.

    >>> leaves, spec = tree_flatten({"a": 1, "b": (2, None)})
    >>> leaves, tree_unflatten([10, 20, 30], spec)
    ([1, 2, None], {'a': 10, 'b': (20, 30)})
    """
    leaves: list[Any] = []
    return leaves, _taken_apart(tree, leaves, is_leaf)


def _taken_apart(tree: PyTree, leaves: list[Any], is_leaf: Leaf) -> TreeSpec:
    node = None if is_leaf is not None and is_leaf(tree) else node_of(tree)
    if node is None:
        leaves.append(tree)
        return LEAF
    children, context = node.flatten_fn(tree)
    specs = [_taken_apart(child, leaves, is_leaf) for child in children]
    return TreeSpec(node.type, context, specs, unflatten_fn=node.unflatten_fn)


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> PyTree:
    """The tree of a shape with these leaves."""
    if not isinstance(treespec, TreeSpec):
        raise TypeError(
            "Expected `treespec` to be an instance of PyTreeSpec but got item of type "
            f"{type(treespec)}."
        )
    return treespec.unflatten(leaves)


def tree_iter(tree: PyTree, is_leaf: Leaf = None) -> Iterator[Any]:
    """The leaves one after another."""
    node = None if is_leaf is not None and is_leaf(tree) else node_of(tree)
    if node is None:
        yield tree
    else:
        for child in node.flatten_fn(tree)[0]:
            yield from tree_iter(child, is_leaf)


def tree_leaves(tree: PyTree, is_leaf: Leaf = None) -> list[Any]:
    """The leaves of a tree, from left to right."""
    return list(tree_iter(tree, is_leaf))


def arg_tree_leaves(*args: PyTree, **kwargs: PyTree) -> list[Any]:
    """The leaves of the arguments of a call."""
    return tree_leaves((args, kwargs))


def tree_structure(tree: PyTree, is_leaf: Leaf = None) -> TreeSpec:
    """The shape of a tree."""
    return tree_flatten(tree, is_leaf)[1]


def tree_is_leaf(tree: PyTree, is_leaf: Leaf = None) -> bool:
    """Whether an object is taken as it is rather than apart."""
    return (is_leaf is not None and is_leaf(tree)) or node_of(tree) is None


def treespec_pprint(treespec: TreeSpec) -> str:
    """The tree that a spec describes, its leaves printed as stars."""
    return repr(treespec.unflatten([_Star()] * treespec.num_leaves))


class _Star:
    def __repr__(self) -> str:
        return "*"


# ------------------------------------------------------------------------------ leaf by leaf


def tree_map(
    func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: Leaf = None
) -> PyTree:
    """The tree of `func(leaf, *leaves of the others in its place)`.

    The others have the shape of the first, or more below its leaves; ValueError otherwise.

    >>> tree_map(lambda a, b: a + b, [1, (2,)], [10, (20,)])
    [11, (22,)]
    """
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [spec.flatten_up_to(rest) for rest in rests]
    return spec.unflatten(map(func, leaves, *others))


def tree_map_(
    func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: Leaf = None
) -> PyTree:
    """Call func as `tree_map` does, for what it does rather than for what it returns."""
    leaves, spec = tree_flatten(tree, is_leaf)
    for arguments in zip(leaves, *(spec.flatten_up_to(rest) for rest in rests)):
        func(*arguments)
    return tree


def _chosen(which: Any) -> Callable[[Any], bool]:
    """Whether a leaf is of a type, or one of several, or such that a function says so."""
    if isinstance(which, (type, tuple)) or not callable(which):
        return lambda leaf: isinstance(leaf, which)
    return which


def map_only(which: Any, /) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """A decorator: the function for leaves of some types, all others as they are."""
    chosen = _chosen(which)
    return lambda func: lambda leaf: func(leaf) if chosen(leaf) else leaf


def tree_map_only(
    which: Any, /, func: Callable[[Any], Any], tree: PyTree, is_leaf: Leaf = None
) -> PyTree:
    """`tree_map` for the leaves of a type (or several, or by a function); others stay.

    >>> tree_map_only(int, lambda a: -a, [1, "a", (2.0, 3)])
    [-1, 'a', (2.0, -3)]
    """
    return tree_map(map_only(which)(func), tree, is_leaf=is_leaf)


def tree_map_only_(
    which: Any, /, func: Callable[[Any], Any], tree: PyTree, is_leaf: Leaf = None
) -> PyTree:
    """`tree_map_` for the leaves of a type."""
    return tree_map_(map_only(which)(func), tree, is_leaf=is_leaf)


def tree_all(pred: Callable[[Any], bool], tree: PyTree, is_leaf: Leaf = None) -> bool:
    """Whether something holds of every leaf."""
    return all(map(pred, tree_iter(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: PyTree, is_leaf: Leaf = None) -> bool:
    """Whether something holds of some leaf."""
    return any(map(pred, tree_iter(tree, is_leaf)))


def tree_all_only(
    which: Any, /, pred: Callable[[Any], bool], tree: PyTree, is_leaf: Leaf = None
) -> bool:
    """Whether something holds of every leaf of a type."""
    return all(pred(leaf) for leaf in tree_iter(tree, is_leaf) if _chosen(which)(leaf))


def tree_any_only(
    which: Any, /, pred: Callable[[Any], bool], tree: PyTree, is_leaf: Leaf = None
) -> bool:
    """Whether something holds of some leaf of a type."""
    return any(pred(leaf) for leaf in tree_iter(tree, is_leaf) if _chosen(which)(leaf))


def _broadcast_to_and_flatten(
    tree: PyTree, treespec: TreeSpec, is_leaf: Leaf = None
) -> list[Any] | None:
    """The leaf of a tree for each leaf of a shape that goes further down; None: it does not fit."""
    if tree_is_leaf(tree, is_leaf):
        return [tree] * treespec.num_leaves
    node = node_of(tree)
    if node is None or node.type is not treespec.type:
        return None
    children, context = node.flatten_fn(tree)
    if len(children) != treespec.num_children or context != treespec.context:
        return None
    found = []
    for child, spec in zip(children, treespec.children()):
        part = _broadcast_to_and_flatten(child, spec, is_leaf)
        if part is None:
            return None
        found += part
    return found
