"""Taking a state dict: what fits where, what is missing, and what is wrong.

Apart from the protocol in `_state`, which says when each module takes what is its own.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule._core.modes import switch_grad
from chainrule.nn.parameter import Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

EXTRA_STATE = "_extra_state"


class _IncompatibleKeys(namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    """What load_state_dict did not find, and found no place for."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()

    __str__ = __repr__


class Loading:
    """One load_state_dict under way: what was missing, unexpected and wrong so far."""

    def __init__(self, metadata: Mapping | None, assign: bool) -> None:
        self.metadata = metadata
        self.assign = assign
        self.missing: list[str] = []
        self.unexpected: list[str] = []
        self.errors: list[str] = []

    def load(self, module: Any, state_dict: dict, prefix: str) -> None:
        local = {} if self.metadata is None else self.metadata.get(prefix[:-1], {})
        if self.assign:
            local["assign_to_params_buffers"] = True
        module._load_from_state_dict(
            state_dict, prefix, local, True, self.missing, self.unexpected, self.errors
        )
        for name, child in module._modules.items():
            if child is not None:
                path = f"{prefix}{name}."
                below = {key: value for key, value in state_dict.items() if key.startswith(path)}
                self.load(child, below, path)
        keys = _IncompatibleKeys(self.missing, self.unexpected)
        for hook in module._load_state_dict_post_hooks.values():
            if hook(module, keys) is not None:
                raise AssertionError(
                    "Hooks registered with ``register_load_state_dict_post_hook`` are not "
                    "expected to return new values, if incompatible_keys need to be modified, "
                    "it should be done inplace."
                )

    def report_keys(self) -> None:
        """Make errors of the keys that did not match, before the other errors."""
        if self.unexpected:
            self.errors.insert(0, f"Unexpected key(s) in state_dict: {quoted(self.unexpected)}. ")
        if self.missing:
            self.errors.insert(0, f"Missing key(s) in state_dict: {quoted(self.missing)}. ")


def quoted(keys: list[str]) -> str:
    return ", ".join(f'"{key}"' for key in keys)


def own_state(module: Any) -> dict[str, Tensor]:
    """The parameters and persistent buffers that a module itself holds."""
    transient = module._non_persistent_buffers_set
    kept = {name: tensor for name, tensor in module._buffers.items() if name not in transient}
    return {
        name: tensor for name, tensor in (module._parameters | kept).items() if tensor is not None
    }


def unexpected(module: Any, state_dict: dict, prefix: str, keeps_more: bool) -> list[str]:
    """The keys below `prefix` that neither this module nor a child of it has a place for."""
    own = own_state(module)
    found = []
    for key in state_dict:
        if not key.startswith(prefix):
            continue
        name, dot, _ = key[len(prefix) :].partition(".")
        if key == prefix + EXTRA_STATE:
            known = keeps_more
        else:
            known = name in (module._modules if dot else own)
        if not known:
            found.append(key)
    return found


def take(module: Any, name: str, tensor: Tensor, key: str, value: Any, assign: bool) -> str | None:
    """Copy `value` into a tensor of the module, or put it in its place; says what is wrong."""
    if not isinstance(value, Tensor):
        return (
            f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like '
            f"object from checkpoint but received {type(value)}"
        )
    if tensor.ndim == 0 and tuple(value.shape) == (1,):
        value = value[0]  # scalars were saved as one element until PyTorch 0.3
    if value.shape != tensor.shape:
        return (
            f"size mismatch for {key}: copying a param with shape {value.shape} from checkpoint, "
            f"the shape in current model is {tensor.shape}."
        )
    try:
        put(module, name, tensor, value, assign)
    except Exception as error:
        return (
            f'While copying the parameter named "{key}", whose dimensions in the model are '
            f"{tensor.shape} and whose dimensions in the checkpoint are {value.shape}, "
            f"an exception occurred : {error.args}."
        )
    return None


def put(module: Any, name: str, tensor: Tensor, value: Tensor, assign: bool) -> None:
    before = switch_grad(False)
    try:
        if not assign:
            tensor.copy_(value)
            return
        if isinstance(tensor, Parameter):
            wanted = tensor.requires_grad
            if isinstance(value, Parameter):
                value.requires_grad_(wanted)
            else:
                value = Parameter(value, requires_grad=wanted)
        setattr(module, name, value)
    finally:
        switch_grad(before)
