"""OneCycleLR: up to a large rate and down to a tiny one, the momentum the other way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from chainrule.optim.lr_scheduler._base import LRScheduler, check_optimizer, set_value

if TYPE_CHECKING:
    from typing import Any

    from chainrule._core.core import Tensor
    from chainrule.optim.optimizer import Optimizer


def cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)


def line(start: float, end: float, share: float) -> float:
    return (end - start) * share + start


ANNEALING = {"cos": cosine, "linear": line}


class OneCycleLR(LRScheduler):
    """The 1cycle policy; `step()` is called after every batch, `total_steps` times at most.

    See https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.OneCycleLR.html
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        self.total_steps = length(total_steps, epochs, steps_per_epoch)
        if pct_start < 0 or pct_start > 1 or not isinstance(pct_start, float):
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        self._schedule_phases = phases(self.total_steps, float(pct_start), three_phase)
        if anneal_strategy not in ANNEALING:
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        self._anneal_func_type = anneal_strategy
        self._set_rates(max_lr, div_factor, final_div_factor, last_epoch)
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self._set_momenta(base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)

    def _set_rates(self, top: object, down: float, final: float, last_epoch: int) -> None:
        tops = one_each_group("max_lr", self.optimizer, top)
        if last_epoch != -1:
            return
        for group, rate in zip(self.optimizer.param_groups, tops, strict=True):
            group["initial_lr"] = rate / down
            group["max_lr"] = rate
            group["min_lr"] = group["initial_lr"] / final

    def _set_momenta(self, low: object, high: object, last_epoch: int) -> None:
        if not {"momentum", "betas"} & set(self.optimizer.defaults):
            raise ValueError(
                "optimizer must support momentum or beta1 with `cycle_momentum` option enabled"
            )
        self.use_beta1 = "betas" in self.optimizer.defaults
        highs = one_each_group("max_momentum", self.optimizer, high)
        lows = one_each_group("base_momentum", self.optimizer, low)
        if last_epoch != -1:
            return
        for group, top, bottom in zip(self.optimizer.param_groups, highs, lows, strict=True):
            self._set_momentum(group, top)
            group["max_momentum"] = top
            group["base_momentum"] = bottom

    def _set_momentum(self, group: dict, momentum: float) -> None:
        if self.use_beta1:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            set_value(group, "momentum", momentum)

    def get_lr(self) -> list[float | Tensor]:
        self._warn_outside_step()
        if self.last_epoch > self.total_steps:
            raise ValueError(
                f"Tried to step {self.last_epoch} times. The specified number of total steps is "
                f"{self.total_steps}"
            )
        phase, share = self._place()
        anneal = ANNEALING[self._anneal_func_type]
        rates = []
        for group in self.optimizer.param_groups:
            rates.append(anneal(group[phase["start_lr"]], group[phase["end_lr"]], share))
            if self.cycle_momentum:
                ends = group[phase["start_momentum"]], group[phase["end_momentum"]]
                self._set_momentum(group, anneal(*ends, share))
        return rates  # type: ignore[return-value]

    def _place(self) -> tuple[dict, float]:
        """The present phase, and how much of it is over."""
        begin = 0.0
        for phase in self._schedule_phases:
            end = phase["end_step"]
            if self.last_epoch <= end or phase is self._schedule_phases[-1]:
                return phase, (self.last_epoch - begin) / (end - begin)
            begin = end
        raise AssertionError("a schedule has phases")


def length(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    if total_steps is not None:
        check_positive("total_steps", total_steps)
        return total_steps
    if epochs is None or steps_per_epoch is None:
        raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
    check_positive("epochs", epochs)
    check_positive("steps_per_epoch", steps_per_epoch)
    return epochs * steps_per_epoch


def check_positive(name: str, value: object) -> None:
    if not isinstance(value, int) or value <= 0:
        raise ValueError(f"Expected positive integer {name}, but got {value}")


def phases(total_steps: int, pct_start: float, three_phase: bool) -> list[dict[str, Any]]:
    """Where each phase ends, and from and to which of a group's settings it goes."""
    rise = phase_of(pct_start * total_steps - 1, "initial_lr", "max_lr", falling=True)
    if not three_phase:
        return [rise, phase_of(total_steps - 1, "max_lr", "min_lr", falling=False)]
    back = phase_of(2 * pct_start * total_steps - 2, "max_lr", "initial_lr", falling=False)
    out = phase_of(total_steps - 1, "initial_lr", "min_lr", falling=False)
    return [rise, back, {**out, "start_momentum": "max_momentum"}]


def phase_of(end: float, start_lr: str, end_lr: str, falling: bool) -> dict:
    """A phase whose momentum falls or rises."""
    momenta = ["base_momentum", "max_momentum"]
    if falling:
        momenta.reverse()
    return {
        "end_step": end, "start_lr": start_lr, "end_lr": end_lr,
        "start_momentum": momenta[0], "end_momentum": momenta[1],
    }  # fmt: skip


def one_each_group(name: str, optimizer: Optimizer, value: object) -> list:
    groups = optimizer.param_groups
    if not isinstance(value, (list, tuple)):
        return [value] * len(groups)
    if len(value) != len(groups):
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has "
            f"{len(value)} values, param_groups has {len(groups)}."
        )
    return list(value)
