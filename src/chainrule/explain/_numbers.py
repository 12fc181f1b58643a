"""Numbers and arrays that were taken from tensors: where they left, and whether they came back.

Apart from the cuts, which tensors remember: a number remembers nothing, and only the latest are
known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule._core.core import is_freed
from chainrule._core.cuts import numbers_noted
from chainrule.explain._cuts import sorted_out
from chainrule.explain._ways import nodes_below, start_of
from chainrule.functions.expressions import line_text

if TYPE_CHECKING:
    from chainrule._core.core import Node, Tensor
    from chainrule._core.cuts import Cut

    Taken = tuple[object, str, list[Cut]]  # the number, None for an array; by what; its cuts


def numbers_taken_from(x: Tensor, alive: dict[int, Node]) -> list[Taken]:
    """The latest numbers and arrays taken from x, or from what was computed from it."""
    found = []
    for value, how, marks, _ in list(numbers_noted):
        sure, _ = sorted_out(x, _listed(marks), alive)
        if sure:
            found.append((value, how, sure))
    return found


def _listed(marks) -> list[Cut]:
    return list(marks) if isinstance(marks, tuple) else [marks]


def used_in(loss: Tensor, taken: list[Taken]) -> list[Cut]:
    """The cuts of the latest of these numbers that the graph of the loss computes with."""
    constants = _constants_of(loss) if taken else set()
    for value, _, cuts in taken[::-1]:
        if isinstance(value, float) and value in constants:
            return cuts
    return []


def _constants_of(loss) -> set[float]:
    """The plain numbers among what the nodes of a graph have saved."""
    found: set[float] = set()
    for node in nodes_below(start_of(loss)):
        if not is_freed(node):
            saved = map(node._saved_value, range(len(node._saved_asks())))
            found.update(value for value in saved if isinstance(value, float))
    return found


def lines_of_numbers(taken: list[Taken]) -> list[str]:
    """Where values left for plain numbers or NumPy, a line each."""
    lines = {
        f"  taken out by {how}(): {line_text(cuts[-1].source)}": None for _, how, cuts in taken
    }
    return list(lines)


def cuts_of_number(number: complex) -> list[Cut]:
    """Where a number was taken from a tensor last, if that is known."""
    for value, _, marks, _ in list(numbers_noted)[::-1]:
        if value is number:
            return _listed(marks)
    return []
