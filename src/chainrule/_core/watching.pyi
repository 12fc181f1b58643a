"""Operations as somebody sees them pass: selective checkpoints, and logs of what ran."""

from typing import Any, Protocol

from chainrule._core.operation import Op

class Watcher(Protocol):
    def before(self, op: Op, inputs: tuple[Any, ...], parameters: dict[str, Any]) -> Any: ...
    def after(
        self, op: Op, inputs: tuple[Any, ...], parameters: dict[str, Any], result: Any
    ) -> None: ...

def watch(watcher: Watcher) -> None: ...
def unwatch() -> None: ...
