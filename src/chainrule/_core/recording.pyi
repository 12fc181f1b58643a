from typing import Any

from chainrule._core.apply import Array
from chainrule._core.core import Node, Storage, Tensor
from chainrule._core.operation import Op

def record_call(
    op: Op,
    inputs: tuple[Any, ...],
    parameters: dict[str, Any] | None,
    out: Tensor | tuple[Tensor, ...],
) -> Node: ...
def attach(node: Node, tensors: tuple[Tensor, ...], results: tuple[Tensor, ...]) -> None: ...
def parts_of(x: Tensor) -> tuple[Array, Storage, int]: ...
def restored(array: Array, storage: Storage, node: Node | None, number: int) -> Tensor: ...
