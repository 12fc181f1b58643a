"""What the user's program calls its tensors: the variables of the frame that asks.

Apart from _expressions.py, which reads the operands of one operation off its line.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import FrameType

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def names_of(tensors: Iterable[Any]) -> dict[int, str]:
    """By the id of each tensor, the variable that holds it; nothing for those in none."""
    wanted = {id(tensor) for tensor in tensors}
    found: dict[int, str] = {}
    frame = calling_frame()
    if frame is None:
        return found
    for variables in (frame.f_locals, frame.f_globals):
        for name, value in variables.items():
            if id(value) in wanted and not name.startswith("_"):
                found.setdefault(id(value), name)
    return found


def calling_frame() -> FrameType | None:
    """The innermost frame of the user's program."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return frame
