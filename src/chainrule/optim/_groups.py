"""What an optimizer is given to optimize: checked, and brought into the form it is kept in.

Apart from Optimizer, because all of it happens once, when parameters are handed over.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule.nn.modules.module import type_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def parameter_groups(params: Iterable) -> list[dict[str, Any]]:
    """`params` as a list of groups: one group where it holds no dicts."""
    if isinstance(params, Tensor):
        raise TypeError(
            "params argument given to the optimizer should be an iterable of Tensors or dicts, "
            f"but got {params.type()}"
        )
    groups = list(params)
    if not groups:
        raise ValueError("optimizer got an empty parameter list")
    return groups if isinstance(groups[0], dict) else [{"params": groups}]


def checked_group(group: dict[str, Any], others: list[dict[str, Any]]) -> dict[str, Any]:
    """A group whose "params" is a list of leaves that no other group holds."""
    if not isinstance(group, dict):
        raise TypeError(f"param_group must be a dict, but got {type(group)}")
    group["params"] = listed(group["params"])
    separate_names(group)
    for parameter in group["params"]:
        check_parameter(parameter)
    check_names(group, others)
    if len(group["params"]) != len(set(group["params"])):
        warnings.warn(
            "optimizer contains a parameter group with duplicate parameters; in future, this "
            "will cause an error; see github.com/pytorch/pytorch/issues/40967 for more "
            "information",
            stacklevel=4,
        )
    taken = {parameter for other in others for parameter in other["params"]}
    if not taken.isdisjoint(group["params"]):
        raise ValueError("some parameters appear in more than one parameter group")
    return group


def listed(params: Any) -> list:
    if isinstance(params, Tensor):
        return [params]
    if isinstance(params, set):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering "
            "of tensors in sets will change between runs. Please use a list instead."
        )
    return list(params)


def separate_names(group: dict[str, Any]) -> None:
    """Turn (name, parameter) pairs into parameters and a list of "param_names"."""
    pairs = [entry for entry in group["params"] if isinstance(entry, tuple)]
    if not pairs:
        return
    if len(pairs) != len(group["params"]):
        raise ValueError(
            "all optimizer params should be with/without names. Some param names are missing"
        )
    group["params"] = [parameter for _, parameter in pairs]
    group["param_names"] = [name for name, _ in pairs]


def check_parameter(parameter: object) -> None:
    if not isinstance(parameter, Tensor):
        raise TypeError(
            "optimizer can only optimize Tensors, but one of the params is " + type_name(parameter)
        )
    if not (parameter.is_leaf or parameter.retains_grad):
        raise ValueError("can't optimize a non-leaf Tensor")


def check_names(group: dict[str, Any], others: list[dict[str, Any]]) -> None:
    named = "param_names" in group
    if others and ("param_names" in others[0]) != named:
        found = "with" if named else "without"
        raise ValueError(
            "all optimizer param groups should be with/without names. cannot add param group "
            f"{found} names to the optimizer"
        )


def check_setting(name: str, value: Any, *, low: float = 0.0) -> None:
    """Refuse a setting below `low`, in PyTorch's words."""
    if not low <= value:
        raise ValueError(f"Invalid {name}: {value}")


def check_options(
    *, fused: bool | None = False, foreach: bool | None = False, differentiable: bool = False
) -> None:
    """Refuse combinations of how a step is run that PyTorch refuses, and what is not there."""
    if fused and foreach:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
    if fused and differentiable:
        raise RuntimeError("`fused` does not support `differentiable`")
    if differentiable:
        raise NotImplementedError(
            "differentiable=True: steps work on the arrays and are not put on the tape"
        )


def check_learning_rate(lr: Any) -> None:
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    check_setting("learning rate", lr)
