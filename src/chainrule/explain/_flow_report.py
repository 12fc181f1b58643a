"""What explain.flow reports: fields for programs, a table as text.

Apart from flow itself, which runs the backward.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from chainrule.explain._lines import Line, folded

# A report of ten thousand nodes is read no more than one of a few dozen lines.
MOST_ROWS = 40


@dataclass(frozen=True)
class Use:
    """What the uses of a leaf on one line send to it: their norm, and share of the total."""

    line: Line
    op: str
    norm: float
    share: float | None
    count: int


@dataclass(frozen=True)
class Target:
    """A leaf (or another tensor that was asked for); `norm` is None where nothing arrives."""

    name: str
    norm: float | None
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Point:
    """The operations of one line: the norm of the gradient that arrived at each of them.

    `gain` is what they multiply it by on its way to an operand (the geometric mean).
    """

    line: Line
    op: str
    norms: tuple[float, ...]
    gain: float


@dataclass(frozen=True)
class Way:
    """A way that is dead, cancelled, vanishing, exploding or not finite, and the line to blame.

    `gain` is what that operation makes of a gradient of norm 1, on average over `count` of it.
    """

    kind: str
    names: tuple[str, ...]
    norm: float
    line: Line
    op: str
    gain: float
    count: int = 1

    def __str__(self):
        """One line of the report."""
        what = f"{self.op} at {self.line}"
        whose = f" of {', '.join(self.names[:5])}{' ...' if len(self.names) > 5 else ''}"
        if self.kind == "dead":
            whose = whose if self.names else ""
            return f"dead: all of the gradient{whose} becomes zero in {what}"
        if self.kind == "cancelled":
            return f"cancelled: the gradients that meet on the way to{whose[3:]} add up to 0"
        if not self.names and self.kind != "not finite":
            return (
                f"{self.kind}: along {self.count} repetitions the gradient comes to norm "
                f"{self.norm:.3g}: {what} multiplies it by {self.gain:.2g} each time"
            )
        if self.kind == "not finite":
            return f"not finite: the gradient{whose}: see explain.nan(loss)"
        times = f"multiplies it by {self.gain:.2g}" + (" each time" if self.count > 1 else "")
        many = f" (x{self.count})" if self.count > 1 else ""
        return f"{self.kind}: the gradient{whose} has norm {self.norm:.3g}: {what}{many} {times}"


@dataclass(frozen=True)
class FlowReport:
    """What explain.flow found; `str()` of it is a table.

    `seed` is the norm that the backward started with; `targets` the leaves by name, `points` the
    norms by line, `ways` what is to be pointed out, `unseen` what could not be looked at.
    """

    seed: float
    targets: dict[str, Target] = field(default_factory=dict)
    points: tuple[Point, ...] = ()
    ways: tuple[Way, ...] = ()
    unseen: tuple[str, ...] = ()

    def __str__(self):
        """The report."""
        sections = [
            ("Gradients, and the uses they come from", self._targets()),
            ("Through the operations, from the loss", self._points()),
            ("To look at", folded(map(str, self.ways))),
            ("Not seen", folded(self.unseen)),
        ]
        return "\n".join(
            line
            for title, lines in sections
            if lines
            for line in (f"{title}:", *(f"  {line}" for line in shortened(lines)))
        )

    __repr__ = __str__

    def _targets(self) -> list[str]:
        lines = []
        for target in self.targets.values():
            if target.norm is None:
                lines.append(f"{target.name}: {self._why_nothing()}")
                continue
            lines.append(f"{target.name}: norm {target.norm:.4g}")
            for use in target.uses:
                share = "     " if use.share is None else f"{use.share:5.0%}"
                lines.append(
                    f"  {share}  norm {use.norm:<9.4g} {use.op} at {use.line}{_times(use.count)}"
                )
        return lines

    def _why_nothing(self) -> str:
        if self.unseen:
            return "nothing is seen to arrive (see below)"
        return "nothing arrives (see explain.why_none)"

    def _points(self) -> list[str]:
        return [
            f"{_range(point.norms):<20} {point.op:<12} {point.line}{_times(len(point.norms))}"
            for point in self.points
        ]


def _times(count: int) -> str:
    return f" (x{count})" if count > 1 else ""


def _range(norms: tuple[float, ...]) -> str:
    """The norm, or the first and the last of several."""
    first, last = norms[0], norms[-1]
    same = len(norms) == 1 or math.isclose(first, last)
    return f"{first:.4g}" if same else f"{first:.4g} to {last:.4g}"


def shortened(lines: list[str]) -> list[str]:
    """The first and last lines of many."""
    if len(lines) <= MOST_ROWS:
        return lines
    half = MOST_ROWS // 2
    return [*lines[:half], f"... {len(lines) - 2 * half} more ...", *lines[-half:]]
