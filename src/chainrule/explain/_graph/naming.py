"""The names that a program has for its tensors: variables, parameters of modules, members of lists.

Apart from reading.py, which knows nodes alone: names are found in the frame that asks for a
picture, or in what it gives.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chainrule._core.core import Node, Tensor
from chainrule.explain._names import variables_of

if TYPE_CHECKING:
    from types import FrameType

Named = Iterator[tuple[str, Any]]
_MEMBERS_AT_MOST = 1000


class Names:
    """What tensors and nodes are called; a name given by hand comes before one that was found."""

    def __init__(self, given: Any, frame: FrameType | None):
        self.tensors: dict[int, str] = {}
        self.nodes: dict[Node, str] = {}
        self.kept: list[Any] = []  # so that no identity is used twice
        if given is not None:
            for name, value in named_members("", given):
                self.add(name, value)
        if frame is not None:
            for name, value in variables_of(frame).items():
                if not name.startswith("__"):
                    for full, member in named_members(name, value):
                        self.add(full, member)

    def add(self, name: str, tensor: Any) -> None:
        """Note a name, unless there is one."""
        if id(tensor) in self.tensors:
            return
        self.kept.append(tensor)
        self.tensors[id(tensor)] = name
        if not tensor.is_leaf and not tensor._is_view():
            self.nodes.setdefault(tensor.grad_fn, name)

    def of_tensor(self, tensor: Tensor) -> str:
        """The name of a tensor, '' where nobody has one."""
        return self.tensors.get(id(tensor), "")

    def of_node(self, node: Node) -> str:
        """The name of what a node made."""
        return self.nodes.get(node, "")


def named_members(name: str, value: Any) -> Named:
    """(name, tensor) for a tensor, and for what a module, a mapping or a list holds of them."""
    if isinstance(value, Tensor):
        yield name or "x", value
    elif _is_module(value):
        for inner, parameter in value.named_parameters():
            yield f"{name}.{inner}" if name else inner, parameter
    elif isinstance(value, dict) and len(value) <= _MEMBERS_AT_MOST:
        for key, member in value.items():
            if isinstance(member, Tensor):
                yield f"{name}[{key!r}]" if name else str(key), member
    elif isinstance(value, (list, tuple)) and len(value) <= _MEMBERS_AT_MOST:
        for place, member in enumerate(value):
            if isinstance(member, Tensor):
                yield f"{name}[{place}]", member


def _is_module(value: Any) -> bool:
    """Whether a value is a neural network. (A program without networks need not import them.)"""
    networks = sys.modules.get("chainrule.nn")
    return networks is not None and isinstance(value, networks.Module)
