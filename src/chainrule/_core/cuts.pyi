"""Where gradients were cut off."""

from collections import deque
from typing import Any, Final, final
from weakref import ref

from chainrule._core.core import Node, Tensor
from chainrule._core.operation import Op
from chainrule._core.source import Source

@final
class Cut:
    how: Final[Op | str]
    mode: Final[int]
    time: Final[int]
    leaf: Final[ref[Tensor] | None]
    leaves: Final[tuple[ref[Tensor], ...] | None]
    all_leaves: Final[bool]
    sequence: Final[int]
    node_type: Final[type[Node] | None]
    @property
    def name(self) -> str: ...
    @property
    def source(self) -> Source | None: ...
    @property
    def node_source(self) -> Source | None: ...

numbers_noted: Final[deque[tuple[Any, str, Cut | tuple[Cut, ...], int]]]

def mark(out: Tensor, x: Tensor, how: str) -> Tensor: ...
def marks_of(x: Tensor) -> tuple[Cut, ...]: ...
def set_marks(x: Tensor, cuts: tuple[Cut, ...]) -> None: ...
def note_number(x: Tensor, value: Any, how: str) -> Any: ...
def numbers_so_far() -> int: ...
def mark_numbers_since(out: Tensor, since: int) -> Tensor: ...
