"""torch.backends.mps: Apple's GPUs, on which chainrule does not compute.

Apart, because programs choose their device by asking here.
"""

from __future__ import annotations

__all__ = ["is_available", "is_built"]


def is_available() -> bool:
    """Whether an Apple GPU can be used: False.

    >>> import chainrule as torch
    >>> "mps" if torch.backends.mps.is_available() else "cpu"
    'cpu'
    """
    return False


is_built = is_available
