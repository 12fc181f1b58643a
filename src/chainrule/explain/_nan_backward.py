"""The first node that sends NaN or infinity to an input although what arrived is finite.

Apart from the forward search, whose values it asks for only once the node is found.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import AccumulateGrad, Node, Tensor, inputs_of
from chainrule._core.rules import cotangents_of
from chainrule.explain._expressions import operand_texts
from chainrule.explain._finding import (
    ELEMENTWISE,
    Finding,
    described,
    element,
    first_bad,
    has_nan,
    is_finite,
    is_norm,
    is_pointwise,
    kind_of,
)
from chainrule.explain._lines import line_of, node_op, spoken
from chainrule.explain._nan_forward import Trail
from chainrule.explain._remedies import SELECTIONS, Facts, from_infinite_gradient, reason
from chainrule.explain._values import kept_values, values
from chainrule.explain._walk import Graph, Place, Step, backward

if TYPE_CHECKING:
    from chainrule.explain._values import Value


@dataclass
class Search:
    """A backward that is watched for what is not finite."""

    graph: Graph
    loss: Tensor
    trails: dict[Place, Trail] = field(default_factory=dict)
    reached: list[Trail] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    # Where each trail starts: the step, and which operand's gradient (None: a sum over uses).
    starts: dict[int, tuple[Step, int | None]] = field(default_factory=dict)

    def run(self, seed: Tensor) -> Trail | None:
        """The trail that ends at a leaf and starts first."""
        for order, step in enumerate(backward(self.graph, seed)):
            if step.refusal:
                self.refusals.append(f"{line_of(step.node)}: {step.refusal}")
            self._look_at(order, step)
        first = min(self.reached, key=lambda trail: trail.order, default=None)
        return None if first is None else replace(first, finding=self._finding(first.order))

    def _look_at(self, order: int, step: Step) -> None:
        came = self._arrived(order, step)
        if isinstance(step.node, AccumulateGrad):
            self.reached += [came] if came is not None else []
            return
        for k, ((child, number), part) in enumerate(zip(inputs_of(step.node), step.sent)):
            if child is None or part is None or is_finite(part._array):
                continue
            trail = came or self._start(order, step, k, part)
            self._keep((child, number), _became(trail, step, part))

    def _start(self, order: int, step: Step, k: int | None, part: Tensor) -> Trail:
        self.starts.setdefault(order, (step, k))
        return Trail(order, has_nan=has_nan(part._array))

    def _keep(self, place: Place, trail: Trail) -> None:
        before = self.trails.get(place)
        if before is None or trail.order < before.order:
            self.trails[place] = trail

    def _arrived(self, order: int, step: Step) -> Trail | None:
        """The trail of what arrived, where that is not finite."""
        found = []
        for number, part in enumerate(step.arrived):
            if part is not None and not is_finite(part._array):
                trail = self.trails.get((step.node, number))
                found.append(trail or self._start(order, step, None, part))
        return min(found, key=lambda trail: trail.order, default=None)

    def _finding(self, order: int) -> Finding:
        """The start of a trail, told in full: values are looked for now that one is wanted."""
        step, k = self.starts[order]
        return _of_a_sum(self.graph, step) if k is None else self._of_operand(step, k)

    def _of_operand(self, step: Step, k: int) -> Finding:
        """What the node made of the gradient of its operand k."""
        node, part = step.node, _array(step.sent[k])
        operands, out = _values_at(self.graph, self.loss, node)
        index, made, count = first_bad(part)
        g = _array(step.arrived[0]) if len(step.arrived) == 1 else None
        place = _place_in_result(node, part.shape, index, g, operands)
        names = operand_texts(node, len(operands))
        numbers = _numbers(node, operands, out, g, place)
        met = None if g is None or place is None else g[place].item()
        slope = _slope(node, k, g, part, index)
        facts = Facts(
            spoken(node), *kind_of(part), numbers, tuple(names), made, _known_number(met), slope,
            is_norm=spoken(node) == "sqrt" and is_norm(node),
            selection=_selection(self.graph, node) if met == 0 else "",
            is_function=node_op(node) is None,
        )  # fmt: skip
        cause, remedy = reason(facts)
        return Finding(
            "backward", spoken(node), line_of(node), made, index, count, part.size,
            described(names, operands, numbers), names[k], met, slope, cause, remedy,
        )  # fmt: skip


def _array(tensor: Tensor | None) -> Any:
    return None if tensor is None else tensor._array


def _known_number(value: Any) -> Any:
    """A number for the table of reasons, which takes None for the forward pass."""
    return float("nan") if value is None else value


def _values_at(graph: Graph, loss: Tensor, wanted: Node) -> tuple[list[Value], Value]:
    for node, operands, out in values(graph, loss):
        if node is wanted:
            return operands, out
    return [kept_values(wanted).get(k) for k in range(len(inputs_of(wanted)))], None


def _numbers(node, operands, out, g, place) -> tuple:
    """The operands' elements; of a root from its result, where the operand itself is gone."""
    if g is None or place is None:
        return (None,) * len(operands)
    numbers = [element(node, value, g.shape, place) for value in operands]
    if spoken(node) == "sqrt" and numbers[0] is None and out is not None:
        numbers[0] = out[place].item() ** 2
    return tuple(numbers)


def _place_in_result(node, shape, index, g, operands) -> tuple[int, ...] | None:
    """Where in the result of a pointwise op the element of an operand's gradient comes from.

    Of an operand that was broadcast many elements do; then the first where something is zero or
    not finite.
    """
    if g is None or not is_pointwise(node):
        return index if g is not None and g.shape == shape else None
    if g.shape == shape:
        return index
    sources = numpy.arange(numpy.prod(shape, dtype=int)).reshape(shape)
    wanted = numpy.broadcast_to(sources, g.shape) == sources[index]
    strange = wanted & (g == 0)
    for value in operands:
        if value is not None:
            strange |= wanted & (~numpy.isfinite(value) | (numpy.asarray(value) == 0))
    places = numpy.argwhere(strange if strange.any() else wanted)
    return tuple(int(axis) for axis in places[0])


def _slope(node, k, g, part, index):
    """The derivative that the element's gradient was multiplied by."""
    op = node_op(node)
    if op is None or op.kind != ELEMENTWISE or g is None or g.shape != part.shape:
        return None
    try:
        slopes = cotangents_of(node, (wrap_array(numpy.ones_like(g)),))[k]
    except Exception:  # a strange graph: the product says enough
        return None
    return None if slopes is None else slopes._array[index].item()


def _of_a_sum(graph: Graph, step: Step) -> Finding:
    """The gradients of several uses, each finite, whose sum is not; or a seed that was not."""
    uses = graph.uses[step.node]
    part = next(g._array for g in step.arrived if g is not None and not is_finite(g._array))
    index, made, count = first_bad(part)
    if not uses:
        cause = "The gradient that the backward started from is not finite."
        return Finding(
            "given", "gradient", line_of(step.node), made, index, count, part.size, {}, cause=cause
        )
    user, k = uses[0]
    return Finding(
        "backward", "the sum over uses", line_of(user), made, index, count, part.size,
        {}, operand_texts(user, k + 1)[k],
        cause=f"{len(uses)} gradients are added here, and their sum overflows.",
        remedy="Scale the loss down: explain.flow(loss) shows what grows.",
    )  # fmt: skip


def _selection(graph: Graph, node: Node) -> str:
    """The nearest choice above a node, which sent zeros to what it did not take."""
    waiting, seen = deque([node]), {node}
    while waiting:
        for user, _ in graph.uses.get(waiting.popleft(), ()):
            if spoken(user) in SELECTIONS:
                return str(line_of(user))
            if user not in seen:
                seen.add(user)
                waiting.append(user)
    return ""


def _became(trail: Trail, step: Step, part: Tensor) -> Trail:
    if trail.has_nan or not has_nan(part._array):
        return trail
    zeros = any((value == 0).any() for value in kept_values(step.node).values() if _is_array(value))
    why = from_infinite_gradient(spoken(step.node), zeros)
    return replace(trail, became_nan=(line_of(step.node), why), has_nan=True)


def _is_array(value: Any) -> bool:
    return isinstance(value, numpy.ndarray)
