"""explain.nan: the first operation, forward or backward, that made NaN or infinity.

Apart from anomaly mode, which has to be on beforehand and costs a test of every gradient: the graph
of the loss still knows enough afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainrule._core.core import is_freed
from chainrule.explain._finding import Finding, is_finite
from chainrule.explain._lines import Line, folded, line_of
from chainrule.explain._nan_backward import Search
from chainrule.explain._nan_forward import Trail, search
from chainrule.explain._walk import Graph, checked, graph_of, hooked, root_of, seed_of, unseen_in

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


@dataclass(frozen=True)
class NanReport:
    """What explain.nan found: `str()` of it is the text; as a condition, whether there is any.

    `finding` is the place where it was made (see Finding), None where there is none;
    `became_nan` the line where an infinity became NaN, and why; `unseen` what could not be
    looked at.
    """

    is_loss_finite: bool
    finding: Finding | None = None
    became_nan: tuple[Line, str] | None = None
    unseen: tuple[str, ...] = ()

    def __bool__(self):
        """Whether NaN or infinity was found."""
        return self.finding is not None or not self.is_loss_finite

    def __str__(self):
        """The report."""
        lines = [self._headline()]
        if self.finding is not None:
            lines.append(str(self.finding))
        if self.became_nan is not None:
            lines.append(f"It became NaN at {self.became_nan[0]}: {self.became_nan[1]}.")
        if self.unseen:
            lines += ["Not seen:", *[f"  {line}" for line in folded(self.unseen)[:10]]]
        return "\n".join(lines)

    __repr__ = __str__

    def _headline(self) -> str:
        if self.finding is None:
            if not self.is_loss_finite:
                return "The loss is not finite, and has no graph that would say why."
            if self.unseen:
                return "No NaN and no infinity was found, but not all could be looked at."
            return "No NaN and no infinity reaches the loss or a leaf's gradient."
        if self.finding.phase == "given":
            return "What is not finite came in from outside:"
        if self.finding.phase == "forward":
            return "The loss is not finite. First, in the forward pass:"
        return "The loss is finite, its gradient is not. First, in the backward pass:"


def nan(loss: Tensor, gradient: Tensor | None = None) -> NanReport:
    """The first operation that made NaN or infinity of finite numbers, and what to write instead.

    Looks at the values, where they were kept or can be had again, if the loss is not finite; else
    runs the backward node by node, from `gradient` (ones at first). No `.grad` is written, nothing
    is freed, and no hook is called but those that unpack saved values. TypeError is raised for
    what is no tensor, RuntimeError for a gradient of another shape, and nothing else: the report
    says what could not be seen (a graph that was freed, values overwritten since).

    >>> import chainrule as torch
    >>> x = torch.tensor([0.0, 4.0], requires_grad=True)
    >>> loss = torch.where(x > 0, x.sqrt(), 0.0).sum()
    >>> report = torch.explain.nan(loss)
    >>> report.finding.op, report.finding.index, report.finding.cotangent, report.finding.slope
    ('sqrt', (0,), 0.0, inf)
    """
    root, seed = root_of(checked("nan", loss)), seed_of(loss, gradient)
    try:
        if unseen_in(loss):
            return NanReport(True, unseen=unseen_in(loss))
        finite = is_finite(loss._array)
        return _report(loss, seed, root, finite) if root else NanReport(finite)
    except Exception as error:  # a strange graph: a tensor inside a transform, say
        return NanReport(True, unseen=(f"the graph cannot be looked at: {error}",))


def _report(loss, seed, root, finite) -> NanReport:
    graph = graph_of(root)
    unseen = _freed(graph)
    if not finite:
        return _of(False, search(graph, loss), unseen)
    watch = Search(graph, loss)
    trail = watch.run(seed)
    if hooked(graph):
        unseen.append(f"hooks were not called, at {line_of(hooked(graph)[0])} first")
    return _of(True, trail, unseen + ([] if unseen[:1] else watch.refusals))


def _of(finite: bool, trail: Trail | None, unseen: list[str]) -> NanReport:
    if trail is None:
        return NanReport(finite, unseen=tuple(unseen))
    return NanReport(finite, trail.finding, trail.became_nan, tuple(unseen))


def _freed(graph: Graph) -> list[str]:
    freed = [node for node in graph.nodes if is_freed(node)]
    if not freed:
        return []
    return [
        (
            f"{len(freed)} of {len(graph.nodes)} nodes were freed by a backward, the first at "
            f"{line_of(freed[0])}: ask before it, or call backward(retain_graph=True)"
        )
    ]
