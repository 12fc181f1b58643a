"""The first node whose result is NaN or infinite although its operands are finite.

Apart from the backward search: this one looks at values alone, and only at those whose NaN reached
the loss (an infinity that 1 / (1 + inf) made harmless is nobody's trouble).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy

from chainrule._core.core import AccumulateGrad, Node, inputs_of
from chainrule.explain._expressions import operand_texts
from chainrule.explain._finding import (
    Finding,
    element,
    forward_finding,
    given_finding,
    has_nan,
    is_finite,
)
from chainrule.explain._lines import Line, line_of, node_op, spoken
from chainrule.explain._remedies import from_infinity
from chainrule.explain._values import values

if TYPE_CHECKING:
    from chainrule._core.core import Tensor
    from chainrule.explain._values import Value
    from chainrule.explain._walk import Graph


@dataclass(frozen=True)
class Trail:
    """Where what is not finite came from, and where an infinity became NaN."""

    order: int
    finding: Finding | None = None
    became_nan: tuple[Line, str] | None = None
    has_nan: bool = False


def search(graph: Graph, loss: Tensor) -> Trail | None:
    """The trail that ends at the loss."""
    trails: dict[Node, Trail] = {}
    for order, (node, operands, out) in enumerate(values(graph, loss)):
        if isinstance(node, AccumulateGrad) or (out is not None and is_finite(out)):
            continue
        trail = _trail(order, node, operands, out, trails)
        if trail is not None:
            trails[node] = trail
    return trails.get(graph.root[0]) or _of_a_leaf(graph, loss)


def _of_a_leaf(graph: Graph, loss: Tensor) -> Trail | None:
    if not isinstance(graph.root[0], AccumulateGrad):
        return None
    cause = "The loss is a leaf and was given so."
    return Trail(0, given_finding(Line("", 0, 0, ""), "the leaf", loss._array, cause))


def _trail(order, node, operands: list[Value], out: Value, trails) -> Trail | None:
    if out is None:  # it may have passed on what came in
        return _earliest([trails.get(child) for child, _ in inputs_of(node)])
    bad = [k for k, value in enumerate(operands) if value is not None and not is_finite(value)]
    came = _earliest([_came_with(order, node, k, operands[k], trails) for k in bad])
    if came is not None:
        return _became(came, node, operands, out)
    unknown = [k for k, value in enumerate(operands) if value is None]
    inherited = _earliest([trails.get(inputs_of(node)[k][0]) for k in unknown])
    if inherited is not None:
        return inherited
    finding = forward_finding(node, operands, out, _unkept(node, unknown))
    return Trail(order, finding, has_nan=has_nan(out))


def _unkept(node: Node, unknown: list[int]) -> tuple[str, ...]:
    """What the operands are whose values are not known: nodes by their lines, constants."""
    inputs, names = inputs_of(node), operand_texts(node, len(inputs_of(node)))
    children = [inputs[k][0] for k in unknown]
    return tuple(
        names[k] if child is None else f"{spoken(child)}, at {line_of(child)}"
        for k, child in zip(unknown, children)
    )


def _earliest(trails) -> Trail | None:
    return min((t for t in trails if t is not None), key=lambda t: t.order, default=None)


def _came_with(order, node, k, value, trails) -> Trail:
    """The trail of an operand that is not finite: another node's, a leaf's, or a constant's."""
    child = inputs_of(node)[k][0]
    if child in trails:
        return trails[child]
    name = operand_texts(node, k + 1)[k]
    if child is None:
        cause = f"{name} was not finite when it came in here; it has no history."
    elif isinstance(child, AccumulateGrad):
        cause = f"The leaf {name} itself is not finite."
    else:
        cause = f"It is a result of {spoken(child)}, at {line_of(child)}."
    return Trail(order, given_finding(line_of(node), name, value, cause), has_nan=has_nan(value))


def _became(trail: Trail, node: Node, operands: list[Value], out: Value) -> Trail:
    """The trail, and whether this is where its infinity became NaN."""
    if trail.has_nan or not has_nan(out):
        return trail
    index = tuple(numpy.argwhere(numpy.isnan(out))[0])
    numbers = tuple(element(node, value, out.shape, index) for value in operands)
    op = node_op(node)
    why = from_infinity(spoken(node) if op is None else op.name, numbers, out)
    return replace(trail, became_nan=(line_of(node), why), has_nan=True)
