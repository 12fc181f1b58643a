"""Calling an op as a function."""

from collections.abc import Callable
from typing import Any, Final, final

from chainrule._core.operation import Op

@final
class Front:
    __wrapped__: Final[Callable[..., Any]]
    __name__: str
    __qualname__: str
    def __init__(self, op: Op, function: Callable[..., Any]) -> None: ...
    def __call__(self, *arguments: Any, **keywords: Any) -> Any: ...
    def __get__(self, instance: Any, owner: Any) -> Any: ...
