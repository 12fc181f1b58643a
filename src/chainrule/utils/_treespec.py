"""Which objects are containers, and the shape of a tree of them.

Apart from `_pytree`, whose functions take trees apart and put them together: here is what they know
of a tree. A leaf is whatever is no container of a registered type, None among them.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

PyTree = Any


class NodeDef(NamedTuple):
    """How containers of one type are taken apart and put together."""

    type: type
    flatten_fn: Callable[[Any], tuple[list[Any], Any]]
    unflatten_fn: Callable[[Iterable[Any], Any], Any]


SUPPORTED_NODES: dict[type, NodeDef] = {}
STANDARD_DICT_TYPES: frozenset[type] = frozenset({dict, OrderedDict, defaultdict})


def namedtuple(*fields: object) -> None:
    """Stands for every class of named tuples as the type of a node."""
    raise TypeError("namedtuple: this only names the kind of a node; see collections.namedtuple")


def register_pytree_node(
    cls: type,
    flatten_fn: Callable[[Any], tuple[list[Any], Any]],
    unflatten_fn: Callable[[Iterable[Any], Any], Any],
    *,
    serialized_type_name: str | None = None,
    to_dumpable_context: Callable[[Any], Any] | None = None,
    from_dumpable_context: Callable[[Any], Any] | None = None,
    flatten_with_keys_fn: Callable[[Any], Any] | None = None,
) -> None:
    """Let objects of a class be containers: what is in them, and how they are made again.

    `flatten_fn(object)` returns a list of children and a context, which compares equal for
    objects that differ in their children alone; `unflatten_fn(children, context)` undoes it. The
    other arguments serve PyTorch's serialization of specs, which is not here. Raises ValueError
    for a class that is registered already.
    """
    if cls in SUPPORTED_NODES:
        raise ValueError(f"{cls} is already registered as pytree node.")
    SUPPORTED_NODES[cls] = NodeDef(cls, flatten_fn, unflatten_fn)


def _named(children, context):
    return context(*children)


for _kind, _flatten, _unflatten in (
    (tuple, lambda t: (list(t), None), lambda children, context: tuple(children)),
    (list, lambda t: (t, None), lambda children, context: list(children)),
    (dict, lambda t: (list(t.values()), list(t)), lambda c, context: dict(zip(context, c))),
    (namedtuple, lambda t: (list(t), type(t)), _named),
    (
        OrderedDict,
        lambda t: (list(t.values()), list(t)),
        lambda c, context: OrderedDict(zip(context, c)),
    ),
    (
        defaultdict,
        lambda t: (list(t.values()), [t.default_factory, list(t)]),
        lambda c, context: defaultdict(context[0], zip(context[1], c)),
    ),
    (deque, lambda t: (list(t), t.maxlen), lambda c, context: deque(c, maxlen=context)),
):
    register_pytree_node(_kind, _flatten, _unflatten)  # type: ignore[arg-type]


# ------------------------------------------------------------------------- what a container is


def is_namedtuple_class(cls: type) -> bool:
    """Whether a class is one of named tuples."""
    fields = getattr(cls, "_fields", None)
    return (
        isinstance(cls, type)
        and issubclass(cls, tuple)
        and isinstance(fields, tuple)
        and all(type(field) is str for field in fields)
    )


def is_namedtuple_instance(obj: object) -> bool:
    """Whether an object is a named tuple."""
    return is_namedtuple_class(type(obj))


def is_namedtuple(obj: object) -> bool:
    """Whether an object is a named tuple, or a class of them."""
    return is_namedtuple_class(obj if isinstance(obj, type) else type(obj))


def node_of(tree: PyTree) -> NodeDef | None:
    """How to take an object apart; None: it is a leaf."""
    kind = type(tree)
    found = SUPPORTED_NODES.get(kind)
    if found is None and issubclass(kind, tuple):
        if kind.__module__ == "torch.return_types" or kind.__name__ == "Size":
            return NodeDef(kind, lambda t: (list(t), None), lambda c, context: kind(tuple(c)))
        if is_namedtuple_class(kind):
            return SUPPORTED_NODES[namedtuple]  # type: ignore[index]
    return found


# ----------------------------------------------------------------------------------- the shape


class TreeSpec:
    """The shape of a tree: the types of its containers and what they have beside children.

    `num_leaves` counts the leaves below, `num_nodes` everything, `num_children` what is in the
    outermost container.
    """

    __slots__ = (
        "_children",
        "_context",
        "_unflatten",
        "num_children",
        "num_leaves",
        "num_nodes",
        "type",
    )

    num_leaves: int
    num_nodes: int

    def __init__(
        self,
        type: Any,
        context: Any,
        children_specs: Iterable[TreeSpec],
        *,
        unflatten_fn: Callable[[Iterable[Any], Any], Any] | None = None,
    ) -> None:
        self.type, self._context = type, context
        self._children = list(children_specs)
        node = SUPPORTED_NODES.get(type)
        self._unflatten = unflatten_fn or (node.unflatten_fn if node else None)
        self.num_children = len(self._children)
        self.num_nodes: int = 1 + sum(child.num_nodes for child in self._children)
        self.num_leaves: int = (
            1 if type is None else sum(child.num_leaves for child in self._children)
        )

    @property
    def context(self) -> Any:
        """What the outermost container has beside its children, its keys for instance."""
        return self._context

    def is_leaf(self) -> bool:
        """Whether this is the shape of a single leaf."""
        return self.type is None

    def children(self) -> list[TreeSpec]:
        """The shapes of what is in the outermost container."""
        return self._children.copy()

    def child(self, index: int) -> TreeSpec:
        """The shape of one of the children."""
        return self._children[index]

    def unflatten(self, leaves: Iterable[Any]) -> PyTree:
        """The tree of this shape with these leaves; ValueError for too many or too few."""
        leaves = list(leaves)
        if len(leaves) != self.num_leaves:
            raise ValueError(
                f"treespec.unflatten(leaves): `leaves` has length {len(leaves)} but the spec "
                f"refers to a pytree that holds {self.num_leaves} items ({self})."
            )
        return self._filled(iter(leaves))

    def _filled(self, leaves: Iterator[Any]) -> PyTree:
        if self.type is None:
            return next(leaves)
        assert self._unflatten is not None
        return self._unflatten([child._filled(leaves) for child in self._children], self._context)

    def flatten_up_to(self, tree: PyTree) -> list[PyTree]:
        """What a tree has where this shape has its leaves; ValueError where it is of another."""
        found: list[PyTree] = []
        self._collect(tree, found)
        return found

    def _collect(self, tree: PyTree, found: list[PyTree]) -> None:
        if self.type is None:
            found.append(tree)
            return
        node = node_of(tree)
        kind = None if node is None else node.type
        both_dicts = kind in STANDARD_DICT_TYPES and self.type in STANDARD_DICT_TYPES
        if node is None or (kind is not self.type and not both_dicts):
            shown = type(tree) if kind is None else kind
            raise ValueError(f"Node type mismatch; expected {self.type!r}, but got {shown!r}.")
        children, context = node.flatten_fn(tree)
        if len(children) != self.num_children:
            raise ValueError(
                f"Node arity mismatch; expected {self.num_children}, but got {len(children)}."
            )
        if both_dicts:
            children = self._by_key(tree)
        elif context != self._context:
            raise ValueError(
                f"Node context mismatch for custom node type {self.type!r}: expected "
                f"{self._context!r}, but got {context!r}."
            )
        for child, subtree in zip(self._children, children):
            child._collect(subtree, found)

    def _by_key(self, tree: dict) -> list[PyTree]:
        """A dict's values in the order of this shape's keys."""
        keys = self._keys()
        missing, extra = set(keys) - set(tree), set(tree) - set(keys)
        if missing or extra:
            raise ValueError(
                "Node keys mismatch"
                + (f"; missing key(s): {missing}" if missing else "")
                + (f"; extra key(s): {extra}" if extra else "")
                + "."
            )
        return [tree[key] for key in keys]

    def _keys(self) -> list[Hashable]:
        return self._context[1] if self.type is defaultdict else self._context

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TreeSpec):
            return NotImplemented
        return (
            self.type is other.type
            and self._context == other._context
            and self._children == other._children
        )

    def __hash__(self) -> int:
        return hash((self.type, self.num_children, self.num_nodes, self.num_leaves))

    def __repr__(self) -> str:
        return self._shown(0)

    def _shown(self, indent: int) -> str:
        if self.type is None:
            return "*"
        gap = ",\n" + " " * (indent + 2)
        children = gap.join(child._shown(indent + 2) for child in self._children)
        return f"TreeSpec({self.type.__name__}, {self._context}, [{children}])"


PyTreeSpec = TreeSpec


class LeafSpec(TreeSpec):
    """The shape of a single leaf."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(None, None, ())


LEAF = LeafSpec()


def treespec_leaf() -> TreeSpec:
    """The shape of a single leaf."""
    return LEAF
