"""Arrays of zeros in another's likeness, as part of the same levels where that matters.

Apart from dual and batch, which both need them.
"""

from __future__ import annotations

from typing import Any

import numpy


def zeros_like(array: Any) -> Any:
    """Zeros of the same shape and type: the same for every member of a batch, with no tangent."""
    return numpy.zeros(tuple(array.shape), array.dtype)
