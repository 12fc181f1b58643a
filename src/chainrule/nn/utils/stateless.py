"""Calling a module with other tensors in the places of its parameters and buffers.

Apart from `func`, whose functional_call this is too: here the tensors are put in and taken out.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chainrule._core.core import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chainrule.nn.modules.module import Module

_ABSENT = object()


def functional_call(
    module: Module,
    parameters_and_buffers: dict[str, Tensor],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """The former name of `chainrule.func.functional_call`, which see; FutureWarning.

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.stateless.functional_call.html
    """
    warnings.warn(
        "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be "
        "removed in a future version of PyTorch. Please use `torch.func.functional_call` instead, "
        "which takes the same arguments.",
        FutureWarning,
        stacklevel=2,
    )
    return call_with(module, parameters_and_buffers, args, kwargs, tie_weights, strict)


def call_with(
    module: Module,
    tensors: dict[str, Tensor],
    args: Any,
    kwargs: dict[str, Any] | None,
    tie_weights: bool,
    strict: bool,
) -> Any:
    """Call a module with other tensors; those it replaces while it runs are put in the dict."""
    positional = () if args is None else args if isinstance(args, tuple) else (args,)
    with _replaced(module, tensors, tie_weights, strict):
        return module(*positional, **(kwargs or {}))


@contextmanager
def _replaced(
    module: Module, tensors: dict[str, Tensor], tie_weights: bool, strict: bool
) -> Iterator[None]:
    own: dict[str, Tensor] = dict(module.named_parameters(remove_duplicate=False))
    own.update(module.named_buffers(remove_duplicate=False))
    new = _with_tied(tensors, own) if tie_weights else dict(tensors)
    if strict:
        _check_names(module, new, own)
    before: dict[str, Any] = {}
    try:
        for name, tensor in new.items():
            before[name] = _put(module, name, tensor)
        yield
    finally:
        after = {name: _put(module, name, tensor) for name, tensor in before.items()}
        tensors.update({name: after[name] for name in tensors if name in after})


def _with_tied(tensors: dict[str, Tensor], own: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors by all the names that their places have: a place may have several."""
    names_of: dict[int, list[str]] = {}
    for name, tensor in own.items():
        names_of.setdefault(id(tensor), []).append(name)
    found = dict(tensors)
    for names in names_of.values():
        given = [name for name in names if name in tensors]
        if any(tensors[name] is not tensors[given[0]] for name in given):
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(given)}, which are tied. "
                "Consider using tie_weights=False"
            )
        if given:
            found.update(dict.fromkeys(names, tensors[given[0]]))
    return found


def _check_names(module: Module, new: dict[str, Tensor], own: dict[str, Tensor]) -> None:
    lines = [
        f"\n\t{which} key(s): {', '.join(map(repr, sorted(names)))}."
        for which, names in (
            ("Unexpected", new.keys() - own.keys()),
            ("Missing", own.keys() - new.keys()),
        )
        if names
    ]
    if lines:
        raise RuntimeError(
            f"Error(s) in reparametrizing for {type(module).__name__}:{''.join(lines)}"
        )


def _put(module: Module, name: str, tensor: Any) -> Any:
    """Put a tensor in the place of a name; returns what was there."""
    if name == "":
        raise KeyError('tensor name can\'t be empty string ""')
    *path, last = name.split(".")
    owner: Any = module
    for part in path:
        if not hasattr(owner, part):
            raise AttributeError(f"{type(owner).__name__} has no attribute `{part}`")
        owner = getattr(owner, part)
    if tensor is not None and tensor is not _ABSENT and not isinstance(tensor, Tensor):
        raise TypeError(f"{tensor} is not an instance of torch.Tensor")
    for registry in (owner._parameters, owner._buffers):
        if last in registry:
            before = registry[last]
            registry[last] = tensor
            return before
    before = getattr(owner, last, _ABSENT)
    if tensor is _ABSENT:
        delattr(owner, last)
    else:
        setattr(owner, last, tensor)
    return before
