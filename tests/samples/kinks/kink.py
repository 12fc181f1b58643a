"""Kink: a place where a derivative jumps, and what PyTorch gives there.

Apart from the tables, which are made of this record alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kink:
    """The function (of the library and its inputs), the place, and PyTorch's answer.

    `gradients` are those of the sum of the values, one for each of the inputs.
    """

    name: str
    run: Callable[..., Any]
    inputs: list[Any]
    value: Any
    gradients: list[Any]

    def __str__(self) -> str:
        return self.name
