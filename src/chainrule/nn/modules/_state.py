"""state_dict and load_state_dict: a module's tensors by name, out and in.

Apart from Module, because the protocol (one method a module, hooks before and after, lists of
what did not match) is a subject of its own, and the part of it that subclasses override.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from chainrule.nn.modules._handle import RemovableHandle, register
from chainrule.nn.modules._loading import (
    EXTRA_STATE,
    Loading,
    _IncompatibleKeys,
    own_state,
    take,
    unexpected,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class State:
    """What Module can save and load."""

    _version: int
    _modules: dict[str, Any]
    _state_dict_hooks: OrderedDict[int, Callable]
    _state_dict_pre_hooks: OrderedDict[int, Callable]
    _load_state_dict_pre_hooks: OrderedDict[int, Callable]
    _load_state_dict_post_hooks: OrderedDict[int, Callable]

    # ---- out

    def state_dict(
        self,
        *args: Any,
        destination: dict[str, Any] | None = None,
        prefix: str = "",
        keep_vars: bool = False,
    ) -> dict[str, Any]:
        """All parameters and persistent buffers by dotted name, sharing the module's memory.

        The tensors are detached, or with `keep_vars` the parameters themselves.

        >>> import chainrule as torch
        >>> list(torch.nn.Linear(2, 1).state_dict())
        ['weight', 'bias']
        """
        if args:
            destination, prefix, keep_vars = positional(args, destination, prefix, keep_vars)
        if destination is None:
            destination = OrderedDict()
            vars(destination)["_metadata"] = OrderedDict()
        local_metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = local_metadata
        for hook in self._state_dict_pre_hooks.values():
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(
                    destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars
                )
        for hook in self._state_dict_hooks.values():
            destination = after_state_dict(hook, self, destination, prefix, local_metadata)
        return destination

    def _save_to_state_dict(self, destination: dict, prefix: str, keep_vars: bool) -> None:
        """Put this module's own tensors, not its children's, into `destination`."""
        for name, tensor in own_state(self).items():
            destination[prefix + name] = tensor if keep_vars else tensor.detach()
        if overrides(self, "get_extra_state"):
            destination[prefix + EXTRA_STATE] = self.get_extra_state()

    # ---- in

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """Copy the tensors of a state dict into this module's, by name.

        Gives back what was missing and what was unexpected; with `strict`, either is a
        RuntimeError, as is a shape that does not fit. With `assign`, the module takes the
        tensors themselves instead of copying them.

        >>> import chainrule as torch
        >>> layer = torch.nn.Linear(2, 1)
        >>> layer.load_state_dict(torch.nn.Linear(2, 1).state_dict())
        <All keys matched successfully>
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        loading = Loading(getattr(state_dict, "_metadata", None), assign)
        loading.load(self, OrderedDict(state_dict), "")
        if strict:
            loading.report_keys()
        if loading.errors:
            problems = "\n\t".join(loading.errors)
            raise RuntimeError(
                f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{problems}"
            )
        return _IncompatibleKeys(loading.missing, loading.unexpected)

    def _load_from_state_dict(
        self,
        state_dict: dict,
        prefix: str,
        local_metadata: dict,
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Take this module's own tensors, not its children's, from `state_dict`."""
        for hook in self._load_state_dict_pre_hooks.values():
            hook(
                state_dict, prefix, local_metadata, strict,
                missing_keys, unexpected_keys, error_msgs,
            )  # fmt: skip
        assign = local_metadata.get("assign_to_params_buffers", False)
        for name, tensor in own_state(self).items():
            key = prefix + name
            if key in state_dict:
                problem = take(self, name, tensor, key, state_dict[key], assign)
                if problem is not None:
                    error_msgs.append(problem)
            elif strict:
                missing_keys.append(key)
        keeps_more = overrides(self, "set_extra_state")
        if keeps_more:
            if prefix + EXTRA_STATE in state_dict:
                self.set_extra_state(state_dict[prefix + EXTRA_STATE])
            elif strict:
                missing_keys.append(prefix + EXTRA_STATE)
        if strict:
            unexpected_keys.extend(unexpected(self, state_dict, prefix, keeps_more))

    # ---- beyond tensors

    def get_extra_state(self) -> object:
        """What a subclass wants in its state dict besides tensors; override both or neither."""
        raise RuntimeError(
            "Reached a code path in Module.get_extra_state() that should never be called: "
            f"{type(self).__name__} does not define it."
        )

    def set_extra_state(self, state: object) -> None:
        """Take back what `get_extra_state` gave."""
        raise RuntimeError(
            "Reached a code path in Module.set_extra_state() that should never be called: "
            f"{type(self).__name__} does not define it."
        )

    # ---- hooks

    def register_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, prefix, keep_vars)` before this module's state is collected."""
        return register(self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata)` after; it gives back None."""
        vars(hook)["_from_public_api"] = True
        return register(self._state_dict_hooks, hook)

    def _register_state_dict_hook(self, hook: Callable) -> RemovableHandle:
        """The same, and what the hook gives back replaces the state dict."""
        return register(self._state_dict_hooks, hook)

    def register_load_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook` before this module takes its tensors.

        With: module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys,
        error_msgs.
        """
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def _register_load_state_dict_pre_hook(
        self, hook: Callable, with_module: bool = False
    ) -> RemovableHandle:
        bound = BoundHook(hook, self) if with_module else hook
        return register(self._load_state_dict_pre_hooks, bound)

    def register_load_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, incompatible_keys)` afterwards; it may change the lists in place."""
        return register(self._load_state_dict_post_hooks, hook)


class BoundHook:
    """A hook that is given its module first; an object, so that modules stay picklable."""

    def __init__(self, hook: Callable, module: Any) -> None:
        self.hook = hook
        self.module = module

    def __call__(self, *args: object) -> object:
        return self.hook(self.module, *args)


def overrides(module: Any, method: str) -> bool:
    return getattr(type(module), method) is not getattr(State, method)


def after_state_dict(
    hook: Callable, module: Any, destination: dict, prefix: str, local_metadata: dict
) -> dict:
    result = hook(module, destination, prefix, local_metadata)
    if result is None:
        return destination
    if getattr(hook, "_from_public_api", False):
        raise RuntimeError("state_dict post-hook must return None")
    return result


def positional(args: tuple, destination: object, prefix: str, keep_vars: bool) -> list[Any]:
    """The older calling convention, `state_dict(destination, prefix, keep_vars)`."""
    warnings.warn(
        "Positional args are being deprecated, use kwargs instead. Refer to "
        "https://pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.state_dict"
        " for details.",
        FutureWarning,
        stacklevel=3,
    )
    return [*args, *(destination, prefix, keep_vars)[len(args) :]]
