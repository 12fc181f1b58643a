"""The record of an operation."""

from collections.abc import Callable
from typing import Any, Final, final

from chainrule._core.core import Tensor

Rule = Callable[..., Any]

def bind_late(functions: dict[str, Callable[..., Any]]) -> None: ...
def argument_names(function: Callable[..., Any]) -> tuple[str, ...]: ...

@final
class Op:
    name: Final[str]
    kind: Final[int]
    arity: Final[int]
    kernel: Final[Any]
    formula: Final[Any]
    rules: Final[tuple[Any, ...]]
    whole: Final[bool]
    joint: Final[bool]
    view: Final[bool]
    broadcasts: Final[bool]
    promotes: Final[bool]
    floats: Final[bool]
    refuses: Final[str | None]
    results: Final[int]
    saved_names: dict[str, int] | None
    parameters: Final[tuple[str, ...]]
    def __init__(
        self,
        name: str,
        kind: int,
        arity: int,
        kernel: Any,
        *,
        rules: tuple[Any, ...] = (),
        node: Any = None,
        parameters: Any = (),
        formula: Any = None,
        view: bool = False,
        broadcasts: bool = False,
        promotes: bool = False,
        floats: bool = False,
        whole: bool = False,
        joint: bool = False,
        results: int = 1,
        refuses: str | None = None,
    ) -> None: ...
    def __call__(self, *inputs: Any, **parameters: Any) -> Any: ...
    def set_rules(self, rules: tuple[Any, ...]) -> None: ...
    def asks_of(self, rule: Any) -> tuple[Any, ...]: ...
    def transpose(self, rule: Rule) -> Rule: ...
    def transposes(self, *rules: Rule | None) -> None: ...
    def vjp(self, rule: Rule) -> Rule: ...
    def vjps(self, *rules: Rule | None) -> None: ...
    def named(self, node: Any) -> Op: ...
    def symbolic(self, inputs: tuple[Any, ...], parameters: dict[str, Any]) -> Any: ...
    def in_place(self, x: Tensor, *others: Any, **parameters: Any) -> Tensor: ...
