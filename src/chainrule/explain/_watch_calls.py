"""The calls of backward and grad in a run, by line, and which of them are looked at closely.

Apart from what is looked for: a loop of ten thousand steps is looked at some thirty times, the
first steps all, later ones ever more rarely, so that watching costs next to nothing.
"""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import ref

from chainrule._core.core import AccumulateGrad, Node, Tensor, node_of
from chainrule._core.engine import sequence_of
from chainrule._core.source import Source, here
from chainrule.explain._names import PACKAGE
from chainrule.explain._ways import nodes_below

if TYPE_CHECKING:
    from collections.abc import Sequence

ALL_UP_TO, GROWTH = 8, 1.5  # calls that are looked at: the first 8, then each half as late again
ROOTS_KEPT = 32


@dataclass
class Site:
    """A line that calls backward or grad, and what is remembered of its calls.

    `roots` are the sequence numbers of the losses' nodes, and `last_loss` is weak: nothing here
    keeps a graph alive.
    """

    source: Source | None
    count: int = 0
    next_look: int = 1
    roots: deque[int] = field(default_factory=lambda: deque(maxlen=ROOTS_KEPT))
    last_loss: ref[Tensor] | None = None
    first_value: float | None = None
    last_value: float | None = None
    older: list[int] = field(default_factory=list)
    scans: int = 0


@dataclass
class Call:
    """One call, while it runs: its line, its tensors, and whether it is looked at closely."""

    site: Site
    losses: Sequence[Tensor]
    gradient: Tensor | None
    is_retained: bool
    is_backward: bool
    is_looked_at: bool
    _nodes: list[Node] | None = None

    @property
    def loss(self) -> Tensor:
        """The first of the tensors."""
        return self.losses[0]

    @property
    def nodes(self) -> list[Node]:
        """The nodes of the graph, its leaves not among them; walked at most once."""
        if self._nodes is None:
            found = {node: None for loss in self.losses for node in nodes_below(node_of(loss))}
            self._nodes = [node for node in found if not isinstance(node, AccumulateGrad)]
        return self._nodes

    @property
    def leaves(self) -> list[Tensor]:
        """The leaves of the graph."""
        below = {node: None for loss in self.losses for node in nodes_below(node_of(loss))}
        return [node.variable for node in below if isinstance(node, AccumulateGrad)]


class Calls:
    """All calls of a run, by the place in the program's code."""

    def __init__(self) -> None:
        self._sites: dict[tuple[Any, int], Site] = {}
        self.latest: Site | None = None

    @property
    def count(self) -> int:
        """How many calls there were."""
        return sum(site.count for site in self.sites)

    @property
    def sites(self) -> list[Site]:
        """The lines that call."""
        return list(self._sites.values())

    def begin(self, losses: list[Tensor], gradient: Any, retained: bool, backward: bool) -> Call:
        """Count a call, and decide whether to look at it."""
        site = self._site()
        site.count += 1
        is_looked_at = site.count >= site.next_look
        if is_looked_at:
            late = max(site.count + 1, int(site.count * GROWTH))
            site.next_look = site.count + 1 if site.count < ALL_UP_TO else late
        given = gradient if isinstance(gradient, Tensor) else None
        return Call(site, losses, given, retained, backward, is_looked_at)

    def end(self, call: Call) -> None:
        """Remember what the next call at this line is compared with."""
        site = self.latest = call.site
        site.last_loss = ref(call.loss)
        node = node_of(call.loss)
        if node is not None and not isinstance(node, AccumulateGrad):
            site.roots.append(sequence_of(node))

    def _site(self) -> Site:
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
            frame = frame.f_back
        key = frame.f_code, frame.f_lasti
        if key not in self._sites:
            self._sites[key] = Site(here())
        return self._sites[key]
