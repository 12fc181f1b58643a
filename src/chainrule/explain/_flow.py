"""explain.flow: where each gradient comes from, and where it vanishes, explodes or dies.

Apart from the pictures of a graph, which show every node: here the norms along the ways are what
counts, added up by the lines of the program.

Note: shares. The gradient of a leaf is the sum of what its uses send. The share of a use is the
part of the sum along the sum's own direction, <part, total> / <total, total>: shares add up to 1,
and one below 0 works against the others. If the total is 0 (uses that cancel) there are none.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy

from chainrule._core.core import AccumulateGrad, Node, Tensor, inputs_of
from chainrule.explain._flow_report import FlowReport, Point, Target, Use
from chainrule.explain._flow_ways import mean_of, ways_of
from chainrule.explain._lines import Line, line_of, spoken
from chainrule.explain._names import names_of
from chainrule.explain._walk import (
    Graph,
    Place,
    Step,
    backward,
    checked,
    graph_of,
    hooked,
    root_of,
    seed_of,
    unseen_in,
)


@dataclass
class Watch:
    """What is kept of a backward while it runs: norms by node, and the parts of what is asked."""

    wanted: set[Place]
    norms: dict[Node, float] = field(default_factory=dict)
    gains: dict[Node, float] = field(default_factory=dict)
    # Of what arrived at a node: the use that sent the most.
    strongest: dict[Node, tuple[float, Node]] = field(default_factory=dict)
    parts: dict[Place, dict[tuple[Line, str], Part]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    dead: list[Node] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def see(self, step: Step) -> None:
        """Note one node."""
        self.norms[step.node] = norm_of(step.arrived)
        if step.refusal:
            self.refusals.append(f"{line_of(step.node)}: {step.refusal}")
        sent = [norm_of([part]) for part in step.sent if part is not None and part.numel()]
        if self.norms[step.node] and sent:
            self.gains[step.node] = max(_inwards(step) or sent) / self.norms[step.node]
            self.dead += [] if any(sent) else [step.node]
        for place, part in zip(inputs_of(step.node), step.sent):
            if part is not None and place[0] is not None:
                self._see_part(step.node, place, part)

    def _see_part(self, node: Node, place: Any, part: Tensor) -> None:
        size = norm_of([part])
        if place[0] not in self.strongest or size > self.strongest[place[0]][0]:
            self.strongest[place[0]] = size, node
        if place in self.wanted:
            key = line_of(node), spoken(node)
            self.parts[place].setdefault(key, Part()).add(part)


@dataclass
class Part:
    """What the uses on one line send to a leaf, together."""

    total: Any = 0
    count: int = 0

    def add(self, part: Tensor) -> None:
        """Add what one more use sends."""
        with numpy.errstate(all="ignore"):
            self.total = self.total + part._array
        self.count += 1


def _inwards(step: Step) -> list[float]:
    """The norms of what goes on to other operations, and not to leaves."""
    return [
        norm_of([part])
        for (child, _), part in zip(inputs_of(step.node), step.sent)
        if part is not None and child is not None and not isinstance(child, AccumulateGrad)
    ]


def norm_of(parts: Iterable[Tensor | None]) -> float:
    """The Euclidean norm of all parts together."""
    with numpy.errstate(all="ignore"):
        squares = [
            float(numpy.vdot(wide, wide).real)
            for wide in (_wide(part._array) for part in parts if part is not None)
        ]
    return math.sqrt(sum(squares)) if all(map(math.isfinite, squares)) else math.nan


def _wide(array: Any) -> Any:
    """In double precision, in which the square of no float32 overflows."""
    return array if array.dtype.kind == "c" else numpy.asarray(array, numpy.float64)


def flow(loss: Tensor, params: Any = None, gradient: Tensor | None = None) -> FlowReport:
    r"""How much gradient flows through each node, and which uses of a leaf it comes from.

    `params` are tensors, a dict of them by name, or a Module; without it, all leaves of the graph.
    Norms are of what a backward from `gradient` (ones at first) would carry; no `.grad` is
    written, nothing is freed, no hook is called but those that unpack saved values. Ways on which
    the gradient vanishes, explodes or is all zero are pointed out by line. TypeError is raised for
    what is no tensor, RuntimeError for a gradient of another shape, and nothing else.

    .. math:: \mathrm{share}_i = \langle g_i, g \rangle / \langle g, g \rangle, \quad g = \sum g_i

    >>> import chainrule as torch
    >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> report = torch.explain.flow((w * w).sum() + 2 * w.sum(), {"w": w})
    >>> report.targets["w"].norm
    12.806...
    >>> [f"{use.share:.0%} {use.line.text}" for use in report.targets["w"].uses]
    ['78% w * w', '22% w.sum()']
    """
    root, seed = root_of(checked("flow", loss)), seed_of(loss, gradient)
    named = named_tensors(params)
    if unseen_in(loss):
        return FlowReport(0.0, unseen=unseen_in(loss))
    if root is None:
        return FlowReport(0.0, unseen=("the loss does not require grad: explain.why_none",))
    try:
        return _report(root, named, seed)
    except Exception as error:  # a strange graph: a tensor inside a transform, say
        return FlowReport(0.0, unseen=(f"the graph cannot be looked at: {error}",))


def named_tensors(params: Any) -> dict[str, Tensor] | None:
    """The tensors asked for, by name; None for all leaves."""
    if params is None:
        return None
    if hasattr(params, "named_parameters"):
        return dict(params.named_parameters())
    if isinstance(params, Tensor):
        params = [params]
    elif not isinstance(params, Iterable):
        kind = type(params).__name__
        raise TypeError(f"flow(): argument 'params' must be Tensors or a Module, not {kind}")
    pairs = params.items() if isinstance(params, dict) else _named(list(params))
    for name, tensor in (pairs := list(pairs)):
        if not isinstance(tensor, Tensor):
            kind = type(tensor).__name__
            raise TypeError(f"flow(): argument 'params' must hold Tensors, but {name} is {kind}")
    return dict(pairs)


def _named(members: list[Any]) -> list[tuple[str, Any]]:
    """(name, tensor) pairs as they are; tensors by the names that the caller has for them."""
    if all(isinstance(member, tuple) and len(member) == 2 for member in members):
        return members
    found = names_of(members)
    return [(found.get(id(one), f"params[{k}]"), one) for k, one in enumerate(members)]


def _report(root, named, seed) -> FlowReport:
    graph = graph_of(root)
    if named is None:
        named = dict(_named([leaf.variable for leaf in graph.leaves]))
    places = {name: root_of(tensor) for name, tensor in named.items()}
    watch = Watch({place for place in places.values() if place is not None})
    for step in backward(graph, seed):
        watch.see(step)
    unseen = watch.refusals + (["hooks were not called"] if hooked(graph) else [])
    targets = {name: _target(name, place, watch) for name, place in places.items()}
    points = _points(graph, watch)
    ways = ways_of(targets, places, watch, root[0], points)
    return FlowReport(norm_of([seed]), targets, points, ways, tuple(unseen))


def _target(name: str, place: Place | None, watch: Watch) -> Target:
    """The gradient of one leaf, by its uses."""
    parts = watch.parts.get(place, {}) if place is not None else {}
    if not parts:
        return Target(name, None, ())
    with numpy.errstate(all="ignore"):
        total = sum(part.total for part in parts.values())
        square = float(numpy.vdot(_wide(total), _wide(total)).real)
        uses = [
            Use(line, op, _array_norm(part.total), _share(part.total, total, square), part.count)
            for (line, op), part in parts.items()
        ]
    uses.sort(key=lambda use: -use.norm)
    return Target(name, _array_norm(total), tuple(uses))


def _array_norm(array: Any) -> float:
    return float(numpy.linalg.norm(_wide(numpy.ravel(array))))


def _share(part: Any, total: Any, square: float) -> float | None:
    if not 0 < square < math.inf:
        return None
    return float(numpy.vdot(_wide(total), _wide(part)).real) / square


def _points(graph: Graph, watch: Watch) -> tuple[Point, ...]:
    """The nodes' norms, added up by line and operation, in the order of the backward."""
    found: dict[tuple[Line, str], list[Node]] = defaultdict(list)
    for node in graph.nodes:
        if node in watch.norms and not isinstance(node, AccumulateGrad):
            found[line_of(node), spoken(node)].append(node)
    return tuple(
        Point(line, op, tuple(watch.norms[node] for node in nodes), mean_of(watch.gains, nodes))
        for (line, op), nodes in found.items()
    )
