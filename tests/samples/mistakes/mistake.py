"""Mistake: a call that must be refused, with the exception and the words it is refused with.

Apart from the tables, which are made of this record alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Mistake:
    """What is wrong, in words; the call, on a library; PyTorch's exception and its key phrase."""

    name: str
    run: Callable[[ModuleType], Any]
    exception: type[Exception]
    phrase: str

    def __str__(self) -> str:
        return self.name


def mistake(
    name: str, run: Callable[[ModuleType], Any], exception: type[Exception], phrase: str
) -> Mistake:
    """A line of a table."""
    return Mistake(name, run, exception, phrase)


def leaf(torch: ModuleType, *shape: int) -> Any:
    """Ones that require grad."""
    return torch.ones(*shape, requires_grad=True)
