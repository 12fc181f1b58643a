"""From the cotangent of a result to those of the inputs."""

from collections.abc import Callable
from typing import Any

from chainrule._core.core import Node, Tensor

def bind_functions(
    run: Callable[[Node, tuple[Any, ...]], tuple[Any, ...]], release: Callable[[Node], None]
) -> None: ...
def cotangents_of(node: Node, given: tuple[Tensor | None, ...]) -> tuple[Tensor | None, ...]: ...
