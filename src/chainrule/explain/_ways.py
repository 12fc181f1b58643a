"""Walks through a graph: whether a tensor is on it, and which nodes lie on a way to it.

Apart from the reports, which ask. Nothing recurses: a graph may be a hundred thousand nodes deep.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from chainrule._core.core import AccumulateGrad, Node, node_of
from chainrule._core.engine import sequence_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chainrule._core.core import Tensor


def start_of(x: Tensor) -> Node | None:
    """The node that a walk from a tensor starts at; None for a constant."""
    return node_of(x) if x.requires_grad else None


def way_to(x: Tensor, start: Node | None) -> list[Node] | None:
    """The nodes on one way from `start` to a tensor, both ends included; None without one."""
    if start is None:
        return None
    end, number = (None, 0) if x.is_leaf else (x.grad_fn, x.output_nr)
    came_from: dict[Node, Node | None] = {start: None}
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if _is_end_of(node, x):
            return _way(came_from, node)
        for below, result in node.next_functions:
            if below is not None and below is end and result == number:
                return [*_way(came_from, node), below]
            if below is not None and below not in came_from:
                came_from[below] = node
                waiting.append(below)
    return [start] if start is end else None


def _is_end_of(node, x) -> bool:
    return isinstance(node, AccumulateGrad) and node.variable is x


def _way(came_from, node) -> list[Node]:
    way: list[Node] = []
    while node is not None:
        way.append(node)
        node = came_from[node]
    return way[::-1]


def nodes_below(start: Node | None) -> Iterator[Node]:
    """All the nodes of a graph, each once."""
    seen = set() if start is None else {start}
    waiting = list(seen)
    while waiting:
        node = waiting.pop()
        yield node
        for below, _ in node.next_functions:
            if below is not None and below not in seen:
                seen.add(below)
                waiting.append(below)


def living_nodes() -> dict[int, Node]:
    """All the nodes that are alive, by their number: a graph is often held by something still."""
    return {
        sequence_of(thing): thing
        for thing in gc.get_objects()
        if isinstance(thing, Node) and not isinstance(thing, AccumulateGrad)
    }
