"""NumPy's inner loops, found in the ufunc objects and called without NumPy's per-call work."""

from typing import Final

import numpy

class LoopTable:
    ufunc: Final[numpy.ufunc]
    arity: Final[int]
    def __init__(self, ufunc: numpy.ufunc) -> None: ...

def table_of(ufunc: numpy.ufunc) -> LoopTable: ...
def table_without(ufunc: numpy.ufunc, kinds: str) -> LoopTable: ...
