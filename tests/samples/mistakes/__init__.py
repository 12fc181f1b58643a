"""Calls that must fail, with PyTorch's exception and key phrase: one table a subject.

Apart from the samples, which must succeed.
"""

from __future__ import annotations

from tests.samples.mistakes import (
    arithmetic,
    creation,
    gradients,
    indices,
    products,
    reductions,
    shapes,
    writes,
)
from tests.samples.mistakes.mistake import Mistake

MISTAKES: tuple[Mistake, ...] = (
    *gradients.MISTAKES,
    *writes.MISTAKES,
    *arithmetic.MISTAKES,
    *products.MISTAKES,
    *reductions.MISTAKES,
    *shapes.MISTAKES,
    *indices.MISTAKES,
    *creation.MISTAKES,
)

__all__ = ["MISTAKES"]
