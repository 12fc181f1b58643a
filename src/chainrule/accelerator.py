"""torch.accelerator: whatever computes beside the CPU, of which chainrule has none.

Apart from `cuda`, because newer programs ask here and never name a maker of GPUs.
"""

from __future__ import annotations

__all__ = ["current_accelerator", "device_count", "is_available", "synchronize"]


def is_available() -> bool:
    """Whether there is an accelerator: False.

    >>> import chainrule as torch
    >>> torch.accelerator.current_accelerator() if torch.accelerator.is_available() else "cpu"
    'cpu'
    """
    return False


def device_count() -> int:
    """The number of accelerators: 0."""
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """The accelerator in use: None."""


def synchronize(device: object = None) -> None:
    """Waits for the accelerator: nothing to wait for, all work is done when a call returns."""
