"""What computes below the tape, and the switches that PyTorch programs set for it.

One module a library. PyTorch's libraries (cudnn, mps, mkl, ...) are not used here: their switches
can be set and read, and do nothing.
"""

from __future__ import annotations

from chainrule.backends import cuda, cudnn, mkl, mkldnn, mps, openmp

__all__ = ["cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp"]
