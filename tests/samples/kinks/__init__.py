"""Where derivatives jump, branch or run off: the values and gradients that PyTorch gives.

Apart from the samples, which keep away from such places: finite differences say nothing there, and
what the gradient is has been agreed upon rather than computed.
"""

from __future__ import annotations

from tests.samples.kinks import pointwise, reductions
from tests.samples.kinks.kink import Kink

KINKS: tuple[Kink, ...] = pointwise.KINKS + reductions.KINKS

__all__ = ["KINKS"]
