"""What the graphs of a run show: one that grows, graphs kept alive, retain_graph without need.

Apart from what gradients show. Nodes are told by their sequence numbers: nothing here keeps a
graph alive.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from weakref import ref

from chainrule._core.core import AccumulateGrad, inputs_of, source_of
from chainrule._core.engine import sequence_of
from chainrule.explain._names import calling_frame, variables_of
from chainrule.explain._watch_report import Note, Notes, place_text
from chainrule.explain._ways import living_nodes

if TYPE_CHECKING:
    from chainrule._core.core import Node, Tensor
    from chainrule.explain._watch_calls import Call, Site

GROWN = 4  # looks in a row at each of which more of the graph was left over from earlier steps
KEPT, SCANS = 8, 4  # losses of earlier steps that are alive; scans of the memory a line
WATCHED_CALLS, WATCHED_NODES, WATCHED = 8, 2000, 4  # how long, how much, how many are retained
NEEDLESS = 2  # graphs that one line retained for nothing; a single one costs little


@dataclass
class Retained:
    """A graph that a call was told to keep, until it is gone through again or can be no more."""

    site: Site
    loss: ref[Tensor]
    nodes: set[int]
    calls_left: int = WATCHED_CALLS


class Graphs:
    """Looks at the graphs of calls."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._retained: list[Retained] = []
        self._needed: set[int] = set()
        self._needless: dict[int, list[Site]] = defaultdict(list)

    def see(self, call: Call) -> None:
        """Before a call runs."""
        if self._retained:
            self._settle(call)
        if call.is_retained and call.is_looked_at and len(self._retained) < WATCHED:
            numbers = {sequence_of(node) for node in call.nodes[:WATCHED_NODES]}
            self._retained.append(Retained(call.site, ref(call.loss), numbers))
        if call.is_looked_at and call.site.roots:
            self._see_growth(call)
            self._see_kept(call)

    def finish(self) -> None:
        """At the end of the run: what was retained and never used is said."""
        for kept in self._retained:
            self._needless[id(kept.site)].append(kept.site)
        self._retained.clear()
        for key, sites in self._needless.items():
            if key not in self._needed and len(sites) >= NEEDLESS:
                self._notes.add("retained", _retained_note(sites[0]))

    # ---- retain_graph

    def _settle(self, call: Call) -> None:
        """Whether this call goes through what an earlier one retained."""
        numbers = {sequence_of(node) for node in call.nodes}
        for kept in list(self._retained):
            kept.calls_left -= 1
            if numbers & kept.nodes:
                self._needed.add(id(kept.site))
                self._retained.remove(kept)
            elif not kept.calls_left:
                self._retained.remove(kept)
                if kept.loss() is None:
                    self._needless[id(kept.site)].append(kept.site)

    # ---- growing

    def _see_growth(self, call: Call) -> None:
        site, before = call.site, call.site.roots[-1]
        older = [node for node in call.nodes if sequence_of(node) <= before]
        site.older.append(len(older))
        counts = site.older[-GROWN:]
        is_growing = len(counts) == GROWN and all(a < b for a, b in pairwise(counts))
        if is_growing and counts[0]:
            self._notes.add("grows", _growth_note(call, before, len(older)))

    # ---- kept alive

    def _see_kept(self, call: Call) -> None:
        site = call.site
        if len(site.roots) < KEPT or site.scans >= SCANS or self._notes.has("grows"):
            return
        site.scans += 1
        alive = living_nodes()
        kept = [number for number in site.roots if number in alive]
        if len(kept) >= KEPT:
            self._notes.add("kept", _kept_note(site, alive, set(kept)))


def _retained_note(site: Site) -> Note:
    return Note(
        "retain_graph=True keeps a graph that nothing goes through again",
        place_text(site.source),
        "All that was saved for the backward stays in memory until the loss is gone.",
        "leave out retain_graph=True",
    )


def _growth_note(call: Call, before: int, older: int) -> Note:
    user, source = _crossing(call.nodes, before)
    made = f"\n{place_text(source)} made it;\n{place_text(user)} uses it a step later."
    return Note(
        f"the graph grows from step to step: {len(call.nodes)} nodes at call {call.site.count}",
        place_text(call.site.source),
        f"{older} of its nodes are from earlier steps: a result of a step before is still "
        "attached to its graph." + (made if source is not None else ""),
        "detach() what goes from one step into the next: `state = state.detach()`",
    )


def _crossing(nodes: list[Node], before: int):
    """The lines of the latest earlier node that this step used, and of the one that used it."""
    pairs = (
        (sequence_of(child), source_of(node), source_of(child))
        for node in nodes
        if sequence_of(node) > before
        for child, _ in inputs_of(node)
        if child is not None and not isinstance(child, AccumulateGrad)
        and sequence_of(child) <= before
    )  # fmt: skip
    return max(pairs, key=lambda pair: pair[0], default=(0, None, None))[1:]


def _kept_note(site: Site, alive: dict[int, Node], kept: set[int]) -> Note:
    user = _user_of(alive, kept)
    holder = "" if user is not None else _holder_of(site)
    why = "The losses of earlier steps keep their graphs, so that memory grows from step to step."
    if holder:
        why += f"\nThey are in `{holder}`."
    return Note(
        f"the graphs of {len(kept)} earlier steps are still in memory",
        place_text(user or site.source),
        why,
        "loss.item(), a number, or loss.detach() for what is only added up, kept or printed",
    )


def _user_of(alive: dict[int, Node], kept: set[int]):
    """The latest line that computed something from a loss of an earlier step."""
    for number in sorted(alive, reverse=True):
        children = [child for child, _ in inputs_of(alive[number]) if child is not None]
        if any(sequence_of(child) in kept for child in children):
            return source_of(alive[number])
    return None


def _holder_of(site: Site) -> str:
    """The variable whose list holds the latest loss."""
    loss = site.last_loss() if site.last_loss is not None else None
    frame = calling_frame()
    if loss is None or frame is None:
        return ""
    holders = {id(holder) for holder in gc.get_referrers(loss) if isinstance(holder, list)}
    names = (name for name, value in variables_of(frame).items() if id(value) in holders)
    return next(names, "")
