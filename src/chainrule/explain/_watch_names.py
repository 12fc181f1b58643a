"""What the program calls its parameters: `model.layers.0.weight`.

Apart from _names.py, which looks for tensors alone: here they are looked for in modules too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule._core.core import Tensor
from chainrule.explain._names import calling_frame, variables_of
from chainrule.nn import Module

if TYPE_CHECKING:
    from collections.abc import Iterator


def parameter_names(parameters: list[Tensor], owner: str) -> dict[int, str]:
    """By the id of each parameter: its name in the frame that runs, else its number and shape."""
    found: dict[int, str] = {}
    for name, tensor in _tensors_in_sight():
        found.setdefault(id(tensor), name)
    return {
        id(tensor): found.get(
            id(tensor), f"number {number} of {owner} (shape {list(tensor.shape)})"
        )
        for number, tensor in enumerate(parameters)
    }


def _tensors_in_sight() -> Iterator[tuple[str, Tensor]]:
    """Tensors that variables hold, and the parameters of modules that they hold, by name."""
    frame = calling_frame()
    variables = {} if frame is None else variables_of(frame)
    yield from _among(variables.items())
    if "self" in variables:
        members = getattr(variables["self"], "__dict__", {})
        yield from _among((f"self.{name}", value) for name, value in members.items())


def _among(pairs: Any) -> Iterator[tuple[str, Tensor]]:
    for name, value in pairs:
        if isinstance(value, Tensor):
            yield name, value
        elif isinstance(value, Module):
            for path, parameter in value.named_parameters():
                yield f"{name}.{path}", parameter
