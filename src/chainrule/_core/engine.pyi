"""The backward pass: order, accumulation, un-broadcasting, hooks."""

from collections.abc import Callable
from typing import Any

from chainrule._core.core import Node, Tensor

def bind_engine(functions: dict[str, Callable[..., Any]]) -> None: ...
def is_running(identity: int) -> bool: ...
def will_run(node: Node) -> bool: ...
def sequence_of(node: Node) -> int: ...
def run_backward(
    roots: list[tuple[Node, int]],
    seeds: list[Tensor],
    targets: list[Node] | None,
    captures: list[tuple[Node, int]] | None,
    retain: bool,
    create: bool,
    inside: tuple = (),
) -> Any: ...
def backward_from_scalar(root: Tensor) -> bool: ...
