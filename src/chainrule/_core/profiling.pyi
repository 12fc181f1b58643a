from collections.abc import Callable
from typing import Any

from chainrule._core.source import Source

class Event:
    name: str
    kind: str
    parent: Event | None
    start: int
    end: int
    memory: int
    shapes: list[list[int]] | None
    stack: list[str] | None
    sequence: int | None
    @property
    def source(self) -> Source | None: ...

class Recorder:
    events: list[Event]
    def __init__(
        self, shapes: bool, memory: bool, stack_of: Callable[[], list[str]] | None
    ) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...

def begin_user(name: str) -> Event | None: ...
def end_user(event: Event) -> Any: ...
