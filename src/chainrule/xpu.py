"""torch.xpu: Intel's GPUs, on which chainrule does not compute.

Apart from `cuda`, because programs choose between the two by name.
"""

from __future__ import annotations

__all__ = ["device_count", "empty_cache", "is_available", "manual_seed_all", "synchronize"]


def is_available() -> bool:
    """Whether an Intel GPU is used: False."""
    return False


def device_count() -> int:
    """The number of Intel GPUs used: 0."""
    return 0


def manual_seed_all(seed: int) -> None:
    """Seeds the GPUs' random numbers: nothing to do."""


def empty_cache() -> None:
    """Gives free blocks of the GPU's memory back: nothing to do."""


def synchronize(device: object = None) -> None:
    """Waits for the GPU: nothing to wait for, all work is done when a call returns."""
