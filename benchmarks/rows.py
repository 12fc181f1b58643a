"""What a row of the table is: something measured, and what is claimed of it.

Apart, so that the files with programs hold programs only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

Run = Callable[[int], float]
"""Runs a program so many times over, and gives a number that it computed."""


@dataclass(frozen=True)
class Speed:
    """A program that both libraries run; chainrule is claimed to be `wanted` times faster."""

    key: str
    title: str
    wanted: float
    program: Callable[[ModuleType], Run]


@dataclass(frozen=True)
class Figure:
    """A figure that each library has; chainrule's is claimed to be at most `limit`."""

    key: str
    title: str
    unit: str
    limit: float
    measure: Callable[[list[str]], dict[str, float]]


@dataclass(frozen=True)
class Result:
    """A row that was measured. Without PyTorch `theirs` is None, and so is `met` for a speed."""

    key: str
    title: str
    unit: str
    ours: float
    theirs: float | None
    wanted: str
    met: bool | None

    @property
    def ratio(self) -> float | None:
        """PyTorch's figure in chainrule's: above one, chainrule is better."""
        return None if self.theirs is None else self.theirs / self.ours
