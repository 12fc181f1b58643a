"""LRScheduler: what all schedules of the learning rate share."""

from __future__ import annotations

import functools
import warnings
import weakref
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule.optim.optimizer import Optimizer

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

ORDER_ADVICE = (
    "See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
)


class LRScheduler:
    """The base of the schedules: `step()` sets the learning rates of the next epoch.

    A subclass defines `get_lr`, one learning rate a group, mostly from the present ones.

    See https://docs.pytorch.org/docs/2.13/optim.html#how-to-adjust-learning-rate
    """

    _get_lr_called_within_step = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        remember_initial_rates(optimizer, last_epoch)
        self.base_lrs: list[float | Tensor] = [
            own(group["initial_lr"]) for group in optimizer.param_groups
        ]
        self.last_epoch = last_epoch
        vars(optimizer)["step"] = noting_steps(optimizer)
        self._step_count = 0
        self._is_initial = False
        self._get_lr_called_within_step = False
        self._last_lr: list[float | Tensor] = []
        self._initial_step()

    def _initial_step(self) -> None:
        """Set the rates of the first epoch."""
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def state_dict(self) -> dict[str, Any]:
        """All that the schedule knows, except the optimizer."""
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take what `state_dict` gave."""
        self.__dict__.update(state_dict)

    def get_last_lr(self) -> list[float | Tensor]:
        """The learning rates of the present epoch, one a group."""
        return self._last_lr

    def get_lr(self) -> list[float | Tensor]:
        """The learning rates of the next epoch: for subclasses to define."""
        raise NotImplementedError(f"{type(self).__name__} does not define get_lr()")

    def step(self, epoch: int | None = None) -> None:
        """Go on to the next epoch (or, an older way, to `epoch`), and set its rates."""
        if self._step_count == 1:
            self._check_order()
        self._step_count += 1
        if epoch is not None:
            warnings.warn(
                "The epoch parameter in `scheduler.step()` was not necessary and is being "
                "deprecated where possible. Please use `scheduler.step()` to step the scheduler. "
                "During the deprecation, if epoch is different from None, the closed form is used "
                "instead of the new chainable form, where available.",
                UserWarning,
                stacklevel=2,
            )
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        self._get_lr_called_within_step = True
        try:
            if epoch is None:
                self.last_epoch += 1
                values = self.get_lr()
            else:
                self.last_epoch = epoch
                closed = getattr(self, "_get_closed_form_lr", self.get_lr)
                values = closed()
        finally:
            self._get_lr_called_within_step = False
        for group, value in zip(self.optimizer.param_groups, values, strict=False):
            set_value(group, "lr", value)
        self._last_lr = [own(group["lr"]) for group in self.optimizer.param_groups]

    def _check_order(self) -> None:
        if not hasattr(self.optimizer.step, "_wrapped_by_lr_sched"):
            warnings.warn(
                "Seems like `optimizer.step()` has been overridden after learning rate scheduler "
                "initialization. Please, make sure to call `optimizer.step()` before "
                "`lr_scheduler.step()`. " + ORDER_ADVICE,
                UserWarning,
                stacklevel=3,
            )
        elif not getattr(self.optimizer, "_opt_called", False):
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch "
                "1.1.0 and later, you should call them in the opposite order: "
                "`optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will "
                "result in PyTorch skipping the first value of the learning rate schedule. "
                + ORDER_ADVICE,
                UserWarning,
                stacklevel=3,
            )

    def _warn_outside_step(self) -> None:
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use "
                "`get_last_lr()`.",
                UserWarning,
                stacklevel=3,
            )

    def _rates(self) -> list[float | Tensor]:
        """The present learning rates."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def _scaled(self, factor: float) -> list[float | Tensor]:
        """The present learning rates times a factor."""
        return [rate * factor for rate in self._rates()]


def check_optimizer(optimizer: object) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def remember_initial_rates(optimizer: Optimizer, last_epoch: int) -> None:
    for number, group in enumerate(optimizer.param_groups):
        if last_epoch == -1:
            group.setdefault("initial_lr", own(group["lr"]))
        elif "initial_lr" not in group:
            raise KeyError(
                f"param 'initial_lr' is not specified in param_groups[{number}] when resuming "
                "scheduler with last_epoch >= 0: load the optimizer's state first, or begin with "
                "last_epoch=-1"
            )


def own(value: float | Tensor) -> float | Tensor:
    """A rate that stays what it is when the optimizer's, if a tensor, is written to."""
    return value.clone() if isinstance(value, Tensor) else value


def set_value(group: dict[str, Any], name: str, value: float | Tensor) -> None:
    """Set a setting of a group; a tensor keeps being the same tensor."""
    if isinstance(group[name], Tensor):
        group[name].fill_(float(value))
    else:
        group[name] = value


def noting_steps(optimizer: Optimizer) -> Callable:
    """The optimizer's step, which notes on the optimizer that it was called."""
    step: Any = optimizer.step
    if hasattr(step, "_wrapped_by_lr_sched"):
        return step
    # The function and a weak reference: a bound method would keep the optimizer in a cycle.
    function, reference = step.__func__, weakref.ref(optimizer)

    @functools.wraps(function)
    def noted_step(*args: object, **kwargs: object) -> object:
        owner = reference()
        vars(owner)["_opt_called"] = True
        return function(owner, *args, **kwargs)

    vars(noted_step)["_wrapped_by_lr_sched"] = True
    return noted_step


def one_each(optimizer: Optimizer, values: object, name: str) -> list:
    """A setting for each group: a list as it is, or one value repeated."""
    groups = optimizer.param_groups
    if not isinstance(values, (list, tuple)):
        return [values] * len(groups)
    if len(values) != len(groups):
        raise ValueError(f"Expected {len(groups)} {name}, but got {len(values)}")
    return list(values)
