"""What ran in a region, before and again: shown where the two differ and debug was asked for.

Apart from the region, because it costs as much as the rest together and few ask for it.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule._core.source import here
from chainrule._core.watching import unwatch, watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from chainrule._core.operation import Op


class Log:
    """The operations of the original run and of the last recomputation."""

    def __init__(self) -> None:
        self.lines: dict[str, list[str]] = {"original": [], "recomputation": []}

    @contextlib.contextmanager
    def recording(self, title: str) -> Iterator[None]:
        """Note the operations of this thread under a title."""
        self.lines[title] = []
        watch(_Lines(self.lines[title]))
        try:
            yield
        finally:
            unwatch()

    def text(self) -> str:
        """Both runs, one operation a line, and the first at which they part."""
        original, again = self.lines["original"], self.lines["recomputation"]
        return "\n".join(
            [
                " An error happened while unpacking tensors; dumping logs of latest computation",
                "because you passed `debug=True` to `torch.utils.checkpoint.checkpoint()`.",
                "",
                "Operators of the original forward:",
                *_numbered(original),
                "",
                "Operators of the recomputation:",
                *_numbered(again),
                "",
                _first_difference(original, again),
            ]
        )


def _numbered(lines):
    return [f"{number:4d}. {line}" for number, line in enumerate(lines, 1)]


def _first_difference(original, again):
    for number, (before, now) in enumerate(zip(original, again), 1):
        if before != now:
            return f"They part at operation {number}: {before}, then {now}."
    if len(again) < len(original):
        return f"The recomputation ended after {len(again)} of {len(original)} operations."
    return "The operations are the same."


class _Lines:
    """A watcher that writes a line for each operation."""

    def __init__(self, lines):
        self.lines = lines

    def before(self, op: Op, inputs: tuple[Any, ...], parameters: dict[str, Any]) -> None:
        """Nothing: every operation runs."""

    def after(
        self, op: Op, inputs: tuple[Any, ...], parameters: dict[str, Any], result: Any
    ) -> None:
        given = [_short(value) for value in inputs]
        given += [f"{name}={value}" for name, value in parameters.items()]
        self.lines.append(f"{_short(result)} = {op.name}({', '.join(given)}) at {here()}")


def _short(value):
    if isinstance(value, Tensor):
        return f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_short, value))})"
    return repr(value)
