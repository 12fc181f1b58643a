"""torch.backends.mkl: whether chainrule itself is linked to Intel's MKL.

Apart, because NumPy brings its own BLAS, which may be MKL or another: ask `numpy.show_config()`.
"""

from __future__ import annotations

__all__ = ["is_available"]


def is_available() -> bool:
    """Whether chainrule is linked to MKL: False."""
    return False
