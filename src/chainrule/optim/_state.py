"""An optimizer's state_dict and load_state_dict: its state by number instead of by tensor.

Apart from Optimizer, because saved files know parameters only by their place in the groups.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


class State:
    """What Optimizer can save and load."""

    state: dict[Any, Any]
    param_groups: list[dict[str, Any]]
    defaults: dict[str, Any]
    _make_hooks: Callable[[], None]
    _optimizer_step_pre_hooks: dict[int, Callable]
    _optimizer_state_dict_pre_hooks: dict[int, Callable]
    _optimizer_state_dict_post_hooks: dict[int, Callable]
    _optimizer_load_state_dict_pre_hooks: dict[int, Callable]
    _optimizer_load_state_dict_post_hooks: dict[int, Callable]

    def state_dict(self) -> dict[str, Any]:
        """{"state": {number: state}, "param_groups": groups by number}, sharing the tensors.

        >>> import chainrule as torch
        >>> torch.optim.SGD([torch.zeros(1)]).state_dict()["param_groups"][0]["params"]
        [0]
        """
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        numbers: dict[Tensor, int] = {}
        for parameter in all_parameters(self.param_groups):
            numbers.setdefault(parameter, len(numbers))
        groups = [
            {
                **{key: value for key, value in group.items() if key != "params"},
                "params": [numbers[parameter] for parameter in group["params"]],
            }
            for group in self.param_groups
        ]
        # A key that is no parameter is something a subclass keeps for itself.
        state = {
            numbers[key] if isinstance(key, Tensor) else key: value
            for key, value in self.state.items()
        }
        return after(
            self._optimizer_state_dict_post_hooks, self, {"state": state, "param_groups": groups}
        )

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take state and settings from a state dict, for parameters in the same order.

        ValueError where the groups do not match. Tensors are brought to the dtype of their
        parameter, or shared where they have it.
        """
        state_dict = after(self._optimizer_load_state_dict_pre_hooks, self, state_dict.copy())
        saved = copy.deepcopy(state_dict["param_groups"])
        check_match(self.param_groups, saved)
        numbers = all_parameters(saved)
        parameters = dict(zip(numbers, all_parameters(self.param_groups), strict=True))
        state: dict[Any, Any] = defaultdict(dict)
        for key, value in state_dict["state"].items():
            parameter = parameters.get(key)
            state[key if parameter is None else parameter] = (
                value if parameter is None else fitted(parameter, value)
            )
        groups = [taken(old, new) for old, new in zip(self.param_groups, saved, strict=True)]
        self.__setstate__({"state": state, "param_groups": groups})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "defaults": self.defaults, "state": self.state, "param_groups": self.param_groups
        }  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take attributes from a state; settings it lacks are the defaults."""
        self.__dict__.update(state)
        if "_optimizer_step_pre_hooks" not in self.__dict__:
            self._make_hooks()


def all_parameters(groups: list[dict[str, Any]]) -> Iterator:
    return (parameter for group in groups for parameter in group["params"])


def after(hooks: dict[int, Callable], optimizer: State, state_dict: dict) -> dict:
    """The state dict after hooks that may replace it."""
    for hook in hooks.values():
        answer = hook(optimizer, state_dict)
        state_dict = state_dict if answer is None else answer
    return state_dict


def check_match(groups: list[dict[str, Any]], saved: list[dict[str, Any]]) -> None:
    if len(groups) != len(saved):
        raise ValueError(
            "loaded state dict has a different number of parameter groups: "
            f"{len(saved)} instead of {len(groups)}"
        )
    for group, other in zip(groups, saved, strict=True):
        if len(group["params"]) != len(other["params"]):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of "
                f"optimizer's group: {len(other['params'])} parameters instead of "
                f"{len(group['params'])}"
            )


def fitted(parameter: Tensor, value: Any, key: object = None) -> Any:
    """A value of the state with its tensors in the dtype of the parameter."""
    if isinstance(value, Tensor):
        # Counts of steps stay float32, so that 2^24 steps can be counted for a float16.
        keeps = key == "step" or not parameter.is_floating_point()
        return value if keeps else value.to(dtype=parameter.dtype)
    if isinstance(value, dict):
        return {name: fitted(parameter, part, name) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(fitted(parameter, part) for part in value)
    return value


def taken(group: dict, saved: dict) -> dict:
    """The saved settings, for the parameters that are there."""
    saved["params"] = group["params"]
    if "param_names" in group and "param_names" not in saved:
        saved["param_names"] = group["param_names"]
    return saved
