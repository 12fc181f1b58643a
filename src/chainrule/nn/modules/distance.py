"""CosineSimilarity and PairwiseDistance: how far two batches of vectors lie apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.nn import functional as F
from chainrule.nn.modules.module import Module

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


class CosineSimilarity(Module):
    """``x1 . x2 / (|x1| |x2|)`` along `dim`, each norm at least `eps`."""

    __constants__ = ["dim", "eps"]
    dim: int
    eps: float

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """The p-norm of ``x1 - x2 + eps`` along the last dimension."""

    __constants__ = ["norm", "eps", "keepdim"]
    norm: float
    eps: float
    keepdim: bool

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)
