"""torch.backends.openmp: whether chainrule itself computes on OpenMP's threads.

Apart, because programs that report their surroundings ask for it by name.
"""

from __future__ import annotations

__all__ = ["is_available"]


def is_available() -> bool:
    """Whether chainrule uses OpenMP: False."""
    return False
