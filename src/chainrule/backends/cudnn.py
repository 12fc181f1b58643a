"""torch.backends.cudnn: switches of NVIDIA's library, which is not there; they can be set and read.

Apart, because nearly every training script sets `deterministic` and `benchmark` here.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chainrule.backends.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "allow_tf32",
    "benchmark",
    "benchmark_limit",
    "deterministic",
    "enabled",
    "flags",
    "is_acceptable",
    "is_available",
    "version",
]

enabled = True
benchmark = False
benchmark_limit: int | None = None
deterministic = False
allow_tf32 = True


def is_available() -> bool:
    """Whether cuDNN is used: False."""
    return False


def is_acceptable(tensor: object) -> bool:
    """Whether cuDNN could compute with this tensor: False."""
    return False


def version() -> int | None:
    """The version of cuDNN: None."""
    return None


@contextmanager
def flags(
    enabled: bool = False,
    benchmark: bool = False,
    benchmark_limit: int | None = 10,
    deterministic: bool = False,
    allow_tf32: bool = True,
) -> Iterator[None]:
    """Sets the switches for the time of a `with`, then sets them back.

    >>> import chainrule as torch
    >>> with torch.backends.cudnn.flags(enabled=False, benchmark=True):
    ...     torch.backends.cudnn.enabled, torch.backends.cudnn.benchmark
    (False, True)
    >>> torch.backends.cudnn.enabled
    True
    """
    wanted = {
        "enabled": enabled,
        "benchmark": benchmark,
        "deterministic": deterministic,
        "allow_tf32": allow_tf32,
    }
    module = sys.modules[__name__]
    before = {name: getattr(module, name) for name in wanted}
    try:
        for name, value in wanted.items():
            setattr(module, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(module, name, value)


sys.modules[__name__].__class__ = Switches
