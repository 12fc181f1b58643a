"""What is known of the values in a graph: saved somewhere, read off a leaf, or computed again.

Apart from the search for NaN, which only looks at them. A node keeps what its rule names and no
more; but what one node did not keep, another often did, and the rest follows from these by the ops.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from chainrule._core.apply import wrap_array
from chainrule._core.core import (
    AccumulateGrad,
    Node,
    Packed,
    Tensor,
    inputs_of,
    known_values,
    result_count,
)
from chainrule._core.modes import switch_grad
from chainrule.explain._expressions import operand_texts
from chainrule.explain._lines import node_op

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chainrule.explain._walk import Graph, Place

# An operand's or a result's array, or a number; None where it is not known.
Value = Any


def values(graph: Graph, loss: Tensor) -> Iterator[tuple[Node, list[Value], Value]]:
    """Each node, oldest first, with its operands' values and its result's, where known.

    Of an operation of several results only what uses them saved is known.
    """
    known = _saved(graph)
    known[graph.root] = loss._array
    left = {node: len(uses) for node, uses in graph.uses.items()}
    for node in reversed(graph.nodes):
        operands = operands_of(node, known)
        if (node, 0) not in known and result_count(node) == 1:
            known[node, 0] = _computed(node, operands)
        yield node, operands, known.get((node, 0))
        for child, _ in inputs_of(node):
            if child is not None:
                _forget_if_last(known, left, child)


def _forget_if_last(known, left, child) -> None:
    """Let go of the values of a node once all that use it have been seen."""
    left[child] -= 1
    if not left[child]:
        for number in range(result_count(child)):
            known.pop((child, number), None)


def _saved(graph: Graph) -> dict[Place, Value]:
    known: dict[Place, Value] = {}
    for node in graph.nodes:
        if isinstance(node, AccumulateGrad):
            known[node, 0] = node.variable._array
            continue
        saved = kept_values(node)
        if "out" in saved:
            known[node, 0] = saved["out"]
        for k, (child, number) in enumerate(inputs_of(node)):
            if child is not None and k in saved:
                known[child, number] = saved[k]
    return known


def kept_values(node: Node) -> dict[Any, Value]:
    """What a node saved, by operand; not what hooks packed, which only they can unpack."""
    saved = known_values(node)
    return {ask: value for ask, value in saved.items() if not isinstance(value, Packed)}


def operands_of(node: Node, known: dict[Place, Value]) -> list[Value]:
    """The values of a node's operands: those of other nodes' results, and saved constants."""
    saved, inputs = kept_values(node), inputs_of(node)
    return [
        known.get((child, number)) if child is not None else saved.get(k, _literal(node, k, inputs))
        for k, (child, number) in enumerate(inputs)
    ]


def _literal(node: Node, k: int, inputs: tuple[Any, ...]) -> Value:
    """A number that stands in the user's expression: the 1 of `x + 1`, which nobody has to save."""
    try:
        value = ast.literal_eval(operand_texts(node, len(inputs))[k])
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, int | float | complex) else None


def _computed(node: Node, operands: list[Value]) -> Value:
    """The result again, from operands that are all known; None where it cannot be had."""
    op = node_op(node)
    if op is None or any(value is None for value in operands):
        return None
    inputs = [wrap_array(v) if hasattr(v, "dtype") else v for v in operands]
    before = switch_grad(False)
    try:
        found = op(*inputs, **(Node.parameters.__get__(node) or {}))
        return found._array if isinstance(found, Tensor) else None
    except Exception:  # a strange graph: what was saved does not fit together any more
        return None
    finally:
        switch_grad(before)
