"""ReduceLROnPlateau: a smaller learning rate when a measure stops getting better."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from chainrule.optim.lr_scheduler._base import LRScheduler, check_optimizer, own, set_value

if TYPE_CHECKING:
    from typing import Any, SupportsFloat

    from chainrule.optim.optimizer import Optimizer


class ReduceLROnPlateau(LRScheduler):
    """The rate times `factor` once a measure was no better for more than `patience` epochs.

    `mode` 'min' or 'max' says which way is better, `threshold` by how much it must be, of the
    best so far ('rel') or in itself ('abs'). `step(measure)` is called every epoch.

    >>> import chainrule as torch
    >>> sgd = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    >>> schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(sgd, factor=0.5, patience=0)
    >>> schedule.step(3.0); schedule.step(3.0); schedule.get_last_lr()
    [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: list[float] | float = 0,
        eps: float = 1e-8,
    ) -> None:
        # Not LRScheduler's: it takes no step before the first measure.
        if factor >= 1.0:
            raise ValueError("Factor should be < 1.0.")
        self.factor = factor
        check_optimizer(optimizer)
        self.optimizer = optimizer
        self.default_min_lr = None if isinstance(min_lr, (list, tuple)) else min_lr
        self.min_lrs = minimal_rates(optimizer, min_lr)
        self.patience = patience
        self.cooldown = cooldown
        self.eps = eps
        self.last_epoch = 0
        self._last_lr = [own(group["lr"]) for group in optimizer.param_groups]
        self._init_is_better(mode, threshold, threshold_mode)
        self._reset()

    def _init_is_better(self, mode: str, threshold: float, threshold_mode: str) -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode} is unknown!")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode} is unknown!")
        self.mode_worse = math.inf if mode == "min" else -math.inf
        self.mode = mode
        self.threshold = threshold
        self.threshold_mode = threshold_mode

    def _reset(self) -> None:
        """Forget what was measured."""
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    @property
    def in_cooldown(self) -> bool:
        """Whether a reduction is so recent that bad epochs do not count yet."""
        return self.cooldown_counter > 0

    def step(  # type: ignore[override]
        self, metrics: SupportsFloat, epoch: int | None = None
    ) -> None:
        """Take in the measure of an epoch, and reduce the rates if it is time."""
        current = float(metrics)
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self.is_better(current, self.best):
            self.best = current
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce_lr()
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = [own(group["lr"]) for group in self.optimizer.param_groups]

    def is_better(self, a: float, best: float) -> bool:
        """Whether `a` is better than `best` by the threshold."""
        sign = 1 if self.mode == "min" else -1
        if self.threshold_mode == "rel":
            return sign * a < sign * (best * (1.0 - sign * self.threshold))
        return sign * a < sign * (best - sign * self.threshold)

    def _reduce_lr(self) -> None:
        groups = self.optimizer.param_groups
        added = len(groups) - len(self.min_lrs)
        if added > 0 and self.default_min_lr is None:
            raise RuntimeError(
                "The number of param groups in the `optimizer` "
                f"({len(groups)}) differs from when `ReduceLROnPlateau` was initialized "
                f"({len(self.min_lrs)}), usually due to a new param group being added to the "
                "optimizer. Please modify the `min_lrs` field to match the length of the "
                "`optimizer` param groups."
            )
        least = [*self.min_lrs, *[self.default_min_lr or 0.0] * added]
        for group, floor in zip(groups, least, strict=False):
            old = float(group["lr"])
            new = max(old * self.factor, floor)
            if old - new > self.eps:
                set_value(group, "lr", new)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take what `state_dict` gave."""
        self.__dict__.update(state_dict)
        self._init_is_better(self.mode, self.threshold, self.threshold_mode)


def minimal_rates(optimizer: Optimizer, min_lr: list[float] | float) -> list[float]:
    groups = optimizer.param_groups
    if not isinstance(min_lr, (list, tuple)):
        return [min_lr] * len(groups)
    if len(min_lr) != len(groups):
        raise ValueError(f"expected {len(groups)} min_lrs, got {len(min_lr)}")
    return list(min_lr)
