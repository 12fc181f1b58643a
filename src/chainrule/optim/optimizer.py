"""Optimizer: groups of parameters, each with its settings, and a step that changes them.

Apart from the algorithms, which only say how one parameter follows from its gradient. Saving
and loading is in `_state`, checking what an optimizer is given in `_groups`.
"""

from __future__ import annotations

import functools
from collections import OrderedDict, defaultdict
from typing import TYPE_CHECKING

from chainrule._core.modes import switch_grad
from chainrule.nn.modules._handle import RemovableHandle, register
from chainrule.nn.parameter import clear_gradient
from chainrule.optim._groups import checked_group, parameter_groups
from chainrule.optim._state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from chainrule._core.core import Tensor


class Optimizer(State):
    """The base of all optimizers.

    `params` is an iterable of tensors, of (name, tensor) pairs, or of dicts which hold such an
    iterable under "params" and settings of their own; `defaults` are the settings of the rest.

    See https://docs.pytorch.org/docs/2.13/optim.html
    """

    def __init__(self, params: Iterable, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self._make_hooks()
        self.state: dict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        for group in parameter_groups(params):
            self.add_param_group(group)

    def _make_hooks(self) -> None:
        self._optimizer_step_pre_hooks: OrderedDict[int, Callable] = OrderedDict()
        self._optimizer_step_post_hooks: OrderedDict[int, Callable] = OrderedDict()
        self._optimizer_state_dict_pre_hooks: OrderedDict[int, Callable] = OrderedDict()
        self._optimizer_state_dict_post_hooks: OrderedDict[int, Callable] = OrderedDict()
        self._optimizer_load_state_dict_pre_hooks: OrderedDict[int, Callable] = OrderedDict()
        self._optimizer_load_state_dict_post_hooks: OrderedDict[int, Callable] = OrderedDict()

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            setattr(cls, "step", with_step_hooks(cls.step))  # noqa: B010  (a method is assigned)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Optimize more parameters, with settings of their own where they differ.

        >>> import chainrule as torch
        >>> sgd = torch.optim.SGD([torch.zeros(1)], lr=0.1)
        >>> sgd.add_param_group({"params": [torch.ones(1)], "lr": 0.01})
        >>> [group["lr"] for group in sgd.param_groups]
        [0.1, 0.01]
        """
        group = checked_group(param_group, self.param_groups)
        for name, value in self.defaults.items():
            group.setdefault(name, value)
        self.param_groups.append(group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients; with `set_to_none=False`, fill them with zeros."""
        for group in self.param_groups:
            for parameter in group["params"]:
                clear_gradient(parameter, set_to_none)

    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Change the parameters by their gradients: for subclasses to define."""
        raise NotImplementedError(f"{type(self).__name__} does not define step()")

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for number, group in enumerate(self.param_groups):
            lines += [""] if number else []
            lines.append(f"Parameter Group {number}")
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return "\n".join([*lines, ")"])

    # ---- hooks

    def register_step_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before a step; it may give back new ones."""
        return register(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after a step."""
        return register(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(
        self, hook: Callable, prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook(optimizer)` before the state is collected."""
        return register(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(
        self, hook: Callable, prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` after; what it gives back replaces the state."""
        return register(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(
        self, hook: Callable, prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` before loading; it may give back another."""
        return register(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(
        self, hook: Callable, prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook(optimizer)` after loading."""
        return register(self._optimizer_load_state_dict_post_hooks, hook, prepend)


def with_step_hooks(step: Callable) -> Callable:
    """`step`, with the optimizer's hooks before and after it."""
    if getattr(step, "hooked", False):
        return step

    @functools.wraps(step)
    def hooked_step(self: Optimizer, *args: object, **kwargs: object) -> object:
        if not (self._optimizer_step_pre_hooks or self._optimizer_step_post_hooks):
            return step(self, *args, **kwargs)
        everything = (self, *args)
        for hook in list(self._optimizer_step_pre_hooks.values()):
            answer = hook(self, everything, kwargs)
            if answer is not None:
                everything, kwargs = _both(step, answer)
        result = step(*everything, **kwargs)
        for hook in list(self._optimizer_step_post_hooks.values()):
            hook(self, everything, kwargs)
        return result

    vars(hooked_step)["hooked"] = True
    return hooked_step


def _both(step: Callable, answer: object) -> tuple[tuple, dict]:
    if isinstance(answer, tuple) and len(answer) == 2:
        return answer
    raise RuntimeError(
        f"{step} must return None or a tuple of (new_args, new_kwargs), but got {answer}."
    )


def evaluated(closure: Callable[[], float] | None) -> float | None:
    """What the closure of a step gives, with gradients on."""
    if closure is None:
        return None
    before = switch_grad(True)
    try:
        return closure()
    finally:
        switch_grad(before)
