"""How reports speak of nodes: the user's line and expression, the operation's name.

Apart from the reports, so that all of them name the same thing in the same words.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from chainrule._core.core import AccumulateGrad, Node, source_of
from chainrule.functions.expressions import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 72


class Line(NamedTuple):
    """An expression of the user's program: where it stands, and how it reads."""

    file: str
    number: int
    column: int
    text: str

    def __str__(self):
        """The place, then the expression: `train.py:12: x.sqrt()`."""
        where = f"{os.path.basename(self.file)}:{self.number}" if self.file else "unknown line"
        return f"{where}: {shortened(self.text)}" if self.text else where


def line_of(node: Node) -> Line:
    """The line that made a node."""
    source = source_of(node)
    if source is None:
        return Line("", 0, 0, "")
    text = " ".join(text_of(source).split())
    return Line(source.filename, source.line or 0, source.column or 0, text)


def shortened(text: str, longest: int = LONGEST) -> str:
    """A text that fits on a line of a report."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def spoken(node: Node) -> str:
    """What a node is called in a sentence: `sqrt` for SqrtBackward0, a leaf, a Function's name."""
    if isinstance(node, AccumulateGrad):
        return "leaf"
    name = type(node).__name__.partition("Backward")[0]
    if node_op(node) is None:
        return name
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def node_op(node: Node):
    """The record of a node's operation; None for a Function or a leaf, whatever its user named."""
    return Node.op.__get__(node)


def folded(lines: Iterable[str]) -> list[str]:
    """The lines with repetitions told once: `... (x50)`; in the order of first appearance."""
    counts: dict[str, int] = {}
    for line in lines:
        counts[line] = counts.get(line, 0) + 1
    return [line if count == 1 else f"{line} (x{count})" for line, count in counts.items()]
