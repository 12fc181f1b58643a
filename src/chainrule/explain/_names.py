"""What the user's program calls its tensors: the variables of the frame that asks.

Apart from _expressions.py, which reads the operands of one operation off its line.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import os
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chainrule._core.core import AccumulateGrad, Node, Tensor, result_count
from chainrule.explain._expressions import operand_texts
from chainrule.explain._lines import line_of
from chainrule.explain._walk import root_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import FrameType

    from chainrule.explain._walk import Graph, Place

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def names_of(tensors: Iterable[Any]) -> dict[int, str]:
    """By the id of each tensor, the variable that holds it; nothing for those in none."""
    wanted = {id(tensor) for tensor in tensors}
    found: dict[int, str] = {}
    frame = calling_frame()
    if frame is None:
        return found
    for name, value in variables_of(frame).items():
        if id(value) in wanted and is_spoken(name):
            found.setdefault(id(value), name)
    return found


def is_spoken(name: str) -> bool:
    """Whether a name is one that a person gave: not `_`, nor a tool's `@py_assert1`."""
    return name.isidentifier() and not name.startswith("_")


def variables_of(frame: FrameType) -> dict[str, Any]:
    """The variables that a running function sees, its own first.

    Before Python 3.13 the dict of a function's variables stays with its frame, and would keep
    tensors alive that the function has let go: it is emptied, unless the program holds it too.
    """
    seen = frame.f_locals
    found = dict(seen)
    # Held by the frame, by `seen`, and by the call that counts.
    is_ours = type(seen) is dict and sys.getrefcount(seen) == 3
    if is_ours and frame.f_code.co_flags & inspect.CO_OPTIMIZED:
        seen.clear()
    outside = {name: value for name, value in dict(frame.f_globals).items() if name not in found}
    return {**found, **outside}


def calling_frame() -> FrameType | None:
    """The innermost frame of the user's program."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return frame


class PlaceNames:
    """What the results in a graph are called, each name once.

    A variable of the frame that asks; else the target of the assignment whose whole value the
    operation is; else, of a leaf, what an operation that uses it calls it; else t1, t2, ...
    """

    def __init__(self, graph: Graph):
        self._graph = graph
        self._names: dict[Place, str] = {}
        self._taken: set[str] = set()
        self._of_variables(calling_frame())
        for node in reversed(graph.nodes):
            for number in range(max(result_count(node), 1)):
                self._name(node, number)

    def __getitem__(self, place: Place) -> str:
        return self._names[place]

    def _of_variables(self, frame: FrameType | None) -> None:
        nodes = set(self._graph.nodes)
        for name, value in variables_of(frame).items() if frame is not None else ():
            place = root_of(value) if isinstance(value, Tensor) else None
            if not is_spoken(name) or place is None or place in self._names:
                continue
            if place[0] in nodes:
                self._take(place, name)

    def _name(self, node: Node, number: int) -> None:
        if (node, number) in self._names:
            return
        name = self._at_use(node) if isinstance(node, AccumulateGrad) else assigned_name(node)
        fallback = "f" if (node, number) == self._graph.root else "t1"
        self._take((node, number), name or fallback)

    def _at_use(self, leaf: Node) -> str:
        for user, k in self._graph.uses[leaf]:
            text = operand_texts(user, k + 1)[k]
            if text.replace(".", "_").isidentifier():
                return text
        return "x"

    def _take(self, place: Place, name: str) -> None:
        """Give a name, with the first number behind it that makes it another's than all others'."""
        stem, number = (name, 2) if name != "t1" else ("t", self._next)
        while name in self._taken:
            name, number = f"{stem}{number}", number + 1
        if stem == "t":
            self._next = number
        self._taken.add(name)
        self._names[place] = name

    _next = 2


def assigned_name(node: Node) -> str:
    """The variable that the user's line gives the result to: `h` of `h = x @ w`, '' if to none."""
    line = line_of(node)
    return _assigned(linecache.getline(line.file, line.number).strip(), line.text)


@lru_cache(maxsize=4096)
def _assigned(line: str, expression: str) -> str:
    try:
        (statement,) = ast.parse(line).body
    except (SyntaxError, ValueError):
        return ""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id if " ".join(line.split()) == expression else ""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return ""
    value = ast.get_source_segment(line, statement.value) or ""
    return statement.targets[0].id if " ".join(value.split()).strip("()") == expression else ""
