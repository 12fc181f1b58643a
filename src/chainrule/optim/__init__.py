"""Optimizers: they change parameters in place, by the gradients found in `.grad`.

Apart from nn: any leaf tensors can be optimized. Steps work on the arrays underneath, without
a tape, in PyTorch's order of operations.
"""

from __future__ import annotations

from chainrule.optim import lr_scheduler
from chainrule.optim.adam import Adam, AdamW
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.sgd import SGD
from chainrule.optim.sparse_adam import SparseAdam

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "SparseAdam", "lr_scheduler"]


def __getattr__(name: str) -> object:
    raise AttributeError(
        f"module 'torch.optim' has no attribute '{name}': chainrule does not have it (yet)"
    )
