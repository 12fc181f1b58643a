"""What programs use beside tensors: nested containers, checkpoints and the like.

Apart from what they are used with: each module is imported by its own name, or when it is asked for
(`torch.utils.checkpoint.checkpoint` needs no import of its own, as in PyTorch).
"""

from __future__ import annotations

import importlib
from typing import Any

_LAZY = ("_pytree", "checkpoint")


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return importlib.import_module(f"chainrule.utils.{name}")
    raise AttributeError(f"module 'chainrule.utils' has no attribute '{name}'")
