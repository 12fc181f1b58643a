"""What the losses as layers have in common: how the elements are joined, and weights.

Apart from the losses, which are grouped by what they compare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.nn.functional._reduction import legacy_reduction
from chainrule.nn.modules.module import Module

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


class _Loss(Module):
    """What all losses keep: how the elements are joined, 'none', 'mean' or 'sum'."""

    reduction: str

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__()
        self.reduction = legacy_reduction(size_average, reduce, reduction)


class _WeightedLoss(_Loss):
    """A loss with a weight a class or an element, which is a buffer."""

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
