"""Changes of type, copies, and the parts of complex numbers."""

from __future__ import annotations

import warnings

import numpy

from chainrule._core.program import Symbol, emit
from chainrule.ops.kinds import linear


@linear(node="ToCopyBackward0")
def cast(xp, x, *, dtype):
    return representable(x, dtype.numpy).astype(dtype.numpy)


def representable(array, dtype):
    """An array without what another dtype has no place for: the imaginary part, if it is real."""
    if array.dtype.kind != "c" or dtype.kind in "cb":
        return array
    global _has_warned
    if not _has_warned:
        _has_warned = True
        warnings.warn("Casting complex values to real discards the imaginary part", stacklevel=4)
    return array.real


_has_warned = False  # as in PyTorch, one warning a program


@cast.transpose
def cast_transpose(g):
    return g  # the engine casts every cotangent to its input's type


@linear()
def clone(xp, x):
    return x.copy(order="K")


@clone.transpose
def clone_transpose(g):
    return g


@linear(node="CloneBackward0")
def contiguous_clone(xp, x):
    return x.copy(order="C")


@contiguous_clone.transpose
def contiguous_clone_transpose(g):
    return g


@linear(node="ConjBackward0")
def conjugate(xp, x):
    return xp.conjugate(x)


@conjugate.transpose
def conjugate_transpose(g):
    return conjugate(g)


def conj(x):
    """The complex conjugate: an instruction of a formula, or an op; x itself where it is real."""
    if isinstance(x, Symbol):
        return emit(numpy.conjugate, (x,))
    return conjugate(x) if x.dtype.is_complex else x
