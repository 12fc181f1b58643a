"""Why a gradient is None: of a parameter that never got one, and at an error that met None.

Apart from why_none, which answers one question that the user asks: here the question is found.
"""

from __future__ import annotations

import ast
import linecache
import os
import traceback
from typing import TYPE_CHECKING, Any

from chainrule._core.core import Tensor, source_of
from chainrule.explain._absent import why_none
from chainrule.explain._names import PACKAGE, variables_of
from chainrule.explain._watch_report import Note, place_text
from chainrule.nn import Module

if TYPE_CHECKING:
    from types import FrameType, TracebackType

    from chainrule.explain._watch_calls import Site


def reason_of_none(loss: Tensor, x: Tensor, name: str) -> str:
    """why_none, with the name that the program has for the tensor."""
    text = str(why_none(loss, x))
    return text if name == "x" else f"{text}\n(x is {name})"


def note_of_error(error: BaseException, site: Site | None) -> Note | None:
    """What an error shows that met None where a gradient was expected."""
    if not isinstance(error, TypeError | AttributeError) or "NoneType" not in str(error):
        return None
    place = _innermost(error.__traceback__)
    if place is None:
        return None
    frame, number = place
    for name, tensor in _asked_for_grad(frame, number):
        if tensor._grad is None:
            return _note(name, tensor, f"{frame.f_code.co_filename}, line {number}", site)
    return None


def _innermost(trace: TracebackType | None) -> tuple[FrameType, int] | None:
    """The last frame of an error's traceback that is the program's own."""
    found = None
    for frame, number in traceback.walk_tb(trace):
        inside = frame.f_code.co_filename.startswith(PACKAGE)
        if not inside and os.path.exists(frame.f_code.co_filename):
            found = frame, number
    return found


def _asked_for_grad(frame: FrameType, number: int) -> list[tuple[str, Tensor]]:
    """The tensors whose `.grad` a line of the program reads."""
    line = linecache.getline(frame.f_code.co_filename, number).strip()
    try:
        tree = ast.parse(line)
    except SyntaxError:
        return []
    variables = variables_of(frame)
    owners = [n.value for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "grad"]
    found = [(ast.unparse(owner), _value(owner, variables)) for owner in owners]
    return [(name, value) for name, value in found if isinstance(value, Tensor)]


def _value(expression: ast.expr, variables: dict[str, Any]) -> Any:
    """A variable or a member of a module; nothing of the program is called for it."""
    if isinstance(expression, ast.Name):
        return variables.get(expression.id)
    if isinstance(expression, ast.Attribute):
        owner = _value(expression.value, variables)
        return getattr(owner, expression.attr, None) if isinstance(owner, Module) else None
    return None


def _note(name: str, tensor: Tensor, where: str, site: Site | None) -> Note:
    loss = site.last_loss() if site is not None and site.last_loss is not None else None
    what = f"{name}.grad is None"
    node = tensor.grad_fn
    if node is not None:
        return Note(
            what, where,
            f"{name} is no leaf: it is the result of {type(node).__name__}, made at\n"
            f"{place_text(source_of(node))}\nand .grad is kept for leaves only.",
            f"change a leaf in place, unrecorded: `with torch.no_grad(): {name} -= ...`; or call "
            f"{name}.retain_grad() before the backward",
        )  # fmt: skip
    if loss is None:
        why = "No backward was called." if site is None else "No backward has reached it."
        if not tensor.requires_grad:
            why = f"{name} does not require grad."
        return Note(what, where, why, "loss.backward() before .grad is read")
    return Note(what, where, reason_of_none(loss, tensor, name))
