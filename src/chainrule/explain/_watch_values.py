"""What the numbers of a run show: NaN and infinity, gradients that are zero, vanish or explode.

Apart from the other looks, because here a backward is run node by node before the program's own.
That is only done where it cannot be noticed: not where it would call a user's Function or hook.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy

from chainrule._core.core import Packed, has_hooks, is_freed
from chainrule.explain._flow import flow, norm_of
from chainrule.explain._nan import nan
from chainrule.explain._watch_report import Note, Notes, in_short, place_text
from chainrule.random import get_rng_state, set_rng_state

if TYPE_CHECKING:
    from chainrule._core.core import Node, Tensor
    from chainrule.explain._flow_report import Way
    from chainrule.explain._watch_calls import Call, Site
    from chainrule.explain._watch_learning import Learner, Learning

MOST_NODES = 5000
FLOW_LOOKS = (1, 3)  # the calls of a line whose flow is looked at
DEAD_LOOKS = 3  # looks in a row at which a parameter's gradient was all zero


@dataclass
class Zeros:
    """At how many looks the gradient of a parameter was all zero, and at how many not."""

    zero: int = 0
    other: int = 0


class Values:
    """Looks at losses and gradients."""

    def __init__(self, notes: Notes, learning: Learning) -> None:
        self._notes = notes
        self._learning = learning
        self._zeros: dict[tuple[int, int], Zeros] = defaultdict(Zeros)
        self._ways: dict[int, list[list[Way]]] = defaultdict(list)
        self._sites: dict[int, Site] = {}
        self._has_loss = False  # that is not zero

    def before(self, call: Call) -> None:
        """Before a call runs, while its graph is whole."""
        value = _number(call.loss)
        if self._notes.has("nan"):
            return
        if value is not None and not math.isfinite(value):
            self._notes.add("nan", self._not_finite(call))
            return
        if value is not None:
            call.site.last_value = value
            if call.site.first_value is None:
                call.site.first_value = value
        if call.is_looked_at and len(call.nodes) <= MOST_NODES and _is_quiet(call.nodes):
            self._look(call)

    def _look(self, call: Call) -> None:
        self._has_loss = self._has_loss or call.site.last_value != 0
        report = _undisturbed(nan, call.loss, call.gradient)
        if report.finding is not None:
            self._notes.add("nan", _gradient_note(call, str(report)))
        elif call.is_backward and call.site.count in FLOW_LOOKS and self._learning.all:
            report = _undisturbed(flow, call.loss, self._parameters(), call.gradient)
            self._ways[id(call.site)].append(_worth_saying(report.ways))
            self._sites[id(call.site)] = call.site

    def _parameters(self) -> dict[str, Tensor]:
        """All parameters of all optimizers that are known, by name."""
        return {
            learner.names.get(id(p), f"{learner.kind} {number}"): p
            for optimizer, learner in self._learning.living
            for group in optimizer.param_groups
            for number, p in enumerate(group["params"])
        }

    def after(self, call: Call) -> None:
        """After a backward has filled the gradients."""
        if not call.is_looked_at:
            return
        for optimizer, learner in self._learning.living:
            for group in optimizer.param_groups:
                for parameter in group["params"]:
                    if parameter._grad is not None and not parameter._grad.is_sparse:
                        self._see_gradient(learner, parameter, call)

    def _see_gradient(self, learner: Learner, parameter: Tensor, call: Call) -> None:
        norm = norm_of([parameter._grad])
        zeros = self._zeros[id(learner), id(parameter)]
        zeros.zero += norm == 0
        zeros.other += norm != 0
        if math.isnan(norm) and not self._notes.has("nan"):
            name = learner.names.get(id(parameter), "a parameter")
            self._notes.add("nan", _gradient_note(call, f"The gradient of {name} is not finite."))

    def _not_finite(self, call: Call) -> Note:
        site = call.site
        report = _undisturbed(nan, call.loss, None)
        is_trained = site.first_value is not None and bool(self._learning.all)
        return Note(
            f"the loss is {_number(call.loss)} at call {site.count}",
            place_text(site.source),
            str(report) + _growing_text(site),
            "smaller steps (lr), or torch.nn.utils.clip_grad_norm_ before them"
            if is_trained
            else "",
        )

    # ---- at the end

    def finish(self) -> None:
        """What was so at every look."""
        for learner in self._learning.all:
            self._see_dead(learner)
        for key, looks in self._ways.items():
            for way in looks[0]:
                if all(any(_is_same(way, other) for other in look) for look in looks):
                    self._notes.add(way.kind, _way_note(way, self._sites[key]))

    def _see_dead(self, learner: Learner) -> None:
        counts = {key: z for (owner, key), z in self._zeros.items() if owner == id(learner)}
        dead = [
            learner.names.get(key, "a parameter")
            for key, zeros in counts.items()
            if zeros.zero >= DEAD_LOOKS and not zeros.other
        ]
        if dead and self._has_loss:
            self._notes.add("dead", _dead_note(learner, dead, self._dead_ways()))

    def _dead_ways(self) -> list[str]:
        last = [looks[-1] for looks in self._ways.values() if looks]
        return [str(way) for look in last for way in look if way.kind == "dead"]


def _number(loss: Tensor) -> float | None:
    """The value of a loss; None of what is not one real number."""
    array = loss._array
    if type(array) is not numpy.ndarray or array.size != 1 or array.dtype.kind != "f":
        return None
    return array.item()


def _is_quiet(nodes: list[Node]) -> bool:
    """Whether the rules of a graph are all the library's own: nobody can see them run."""
    return not any(
        hasattr(type(node), "_function") or has_hooks(node) or is_freed(node) or _is_packed(node)
        for node in nodes
    )


def _is_packed(node: Node) -> bool:
    """Whether hooks of the program would have to unpack what a node saved."""
    saved = (node._saved_value(position) for position in range(len(node._saved_asks())))
    return any(isinstance(value, Packed) for value in saved)


def _undisturbed(ask, *arguments):
    """The answer to a question; the stream of random numbers stays where it is."""
    state = get_rng_state()
    try:
        return ask(*arguments)
    finally:
        set_rng_state(state)


def _worth_saying(ways: tuple[Way, ...]) -> list[Way]:
    """Ways on which a gradient vanishes or explodes; biases alone (before a normalization) not."""
    return [way for way in ways if way.kind == "dead" or not way.names or _has_weight(way)]


def _has_weight(way: Way) -> bool:
    return not all(name.rpartition(".")[2] == "bias" for name in way.names)


def _is_same(way: Way, other: Way) -> bool:
    return way.kind in ("vanishing", "exploding") and (way.kind, way.line, way.op) == (
        other.kind, other.line, other.op,
    )  # fmt: skip


def _gradient_note(call: Call, why: str) -> Note:
    return Note(
        f"NaN or infinity in a gradient, at call {call.site.count}",
        place_text(call.site.source),
        why,
    )


def _growing_text(site: Site) -> str:
    first, last = site.first_value, site.last_value
    if first is None or last is None:
        return ""
    return f"\nThe loss was {first:.4g} at first, and {last:.4g} when it was finite last."


def _dead_note(learner: Learner, names: list[str], ways: list[str]) -> Note:
    return Note(
        f"the gradient of {in_short(names)} is exactly zero at every step that was looked at",
        place_text(learner.made_at),
        "\n".join(ways)
        or "Something between it and the loss is constant: a relu that is always "
        "off, a factor of zero, a rounding.",
        "print(torch.explain.flow(loss, model)) before the backward shows where it becomes zero",
    )


def _way_note(way: Way, site: Site) -> Note:
    if way.kind == "vanishing":
        instead = "other activations (relu), normalization, skip connections, or a better init"
    else:
        instead = "torch.nn.utils.clip_grad_norm_ before the step, or a smaller init"
    return Note(f"the gradient is {way.kind}", place_text(site.source), str(way), instead)
