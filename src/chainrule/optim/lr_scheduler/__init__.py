"""Schedules of the learning rate: `step()` after each epoch sets the rates of the next.

Apart from the optimizers, which read their learning rate and do not know who set it.
"""

from __future__ import annotations

from chainrule.optim.lr_scheduler._base import LRScheduler
from chainrule.optim.lr_scheduler._cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from chainrule.optim.lr_scheduler._cycle import OneCycleLR
from chainrule.optim.lr_scheduler._decay import (
    ConstantLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from chainrule.optim.lr_scheduler._joined import ChainedScheduler, SequentialLR
from chainrule.optim.lr_scheduler._plateau import ReduceLROnPlateau

_LRScheduler = LRScheduler  # its name until PyTorch 2.0

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]


def __getattr__(name: str) -> object:
    raise AttributeError(
        f"module 'torch.optim.lr_scheduler' has no attribute '{name}': "
        "chainrule does not have it (yet)"
    )
