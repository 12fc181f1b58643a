"""From what a user gives, a tensor or a node or several, to all nodes behind it, inputs first.

Apart from reading.py: the walk knows nothing of what a node means. There is no recursion, so that a
chain of any length can be walked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chainrule._core.core import Node, Tensor, inputs_of, node_of

Edges = dict[Node, tuple[tuple[Node, int] | None, ...]]


def roots_of(given: Any) -> list[tuple[Node | None, Tensor | None]]:
    """(node, tensor) for each thing given; no node for what has no graph."""
    if isinstance(given, Tensor):
        return [(node_of(given), given)]
    if isinstance(given, Node):
        return [(given, None)]
    if isinstance(getattr(given, "node", None), Node):
        return [(given.node, None)]
    if isinstance(given, Mapping):
        return [root for value in given.values() for root in roots_of(value)]
    if isinstance(given, Iterable) and not isinstance(given, (str, bytes)):
        return [root for value in given for root in roots_of(value)]
    raise TypeError(
        f"graph(): expected a tensor, several tensors or a grad_fn, but got {type(given).__name__}"
    )


def edges_of(node: Node) -> tuple[tuple[Node, int] | None, ...]:
    """Where a node's operands come from, by number; None where no gradient is wanted."""
    return tuple(
        (source, result) if source is not None else None for source, result in inputs_of(node)
    )


def nodes_behind(roots: list[Node]) -> Edges:
    """Every node that the roots depend on and its inputs, in the order in which they were made."""
    edges: Edges = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in edges:
            edges[node] = edges_of(node)
            waiting += [edge[0] for edge in edges[node] if edge is not None]
    made = sorted(edges, key=lambda node: Node._sequence_nr(node) if edges[node] else -1)
    if not _is_in_order(made, edges):
        made = _inputs_first(roots, edges)
    return {node: edges[node] for node in made}


def _is_in_order(nodes: list[Node], edges: Edges) -> bool:
    """Whether every node comes after its inputs. (Sequence numbers can be set by programs.)"""
    places = {node: place for place, node in enumerate(nodes)}
    return all(
        places[edge[0]] < place
        for place, node in enumerate(nodes)
        for edge in edges[node]
        if edge is not None
    )


def _inputs_first(roots: list[Node], edges: Edges) -> list[Node]:
    found: dict[Node, None] = {}
    waiting = [(root, False) for root in reversed(roots)]
    while waiting:
        node, is_ready = waiting.pop()
        if is_ready:
            found.setdefault(node)
        elif node not in found:
            waiting.append((node, True))
            waiting += [
                (edge[0], False)
                for edge in edges[node]
                if edge is not None and edge[0] not in found
            ]
    return list(found)
