"""What the engine needs by name: to multiply, reduce, cast and copy cotangents.

Apart from the records, because the engine is compiled before them and cannot import them: they
are bound to it once, here.
"""

from __future__ import annotations

import numpy

from chainrule._core.core import Tensor
from chainrule._core.engine import bind_engine
from chainrule._core.operation import Op, argument_names
from chainrule._core.program import Symbol, emit, select, trace
from chainrule._core.views import bind_ops
from chainrule.ops.arithmetic import add, mul, neg
from chainrule.ops.choice import where
from chainrule.ops.conversion import cast, clone, conj
from chainrule.ops.memory import as_strided, overlay
from chainrule.ops.reduction import sum
from chainrule.ops.shape import reshape, view_as_complex, view_as_real


def times(g, partial):
    """g * conj(partial); a boolean partial selects, so that no infinite g becomes NaN."""
    if isinstance(partial, Tensor):
        if partial.dtype.category == 0:
            return where(partial, g, 0)
        if partial.dtype is not g.dtype and not partial.dtype.is_complex:
            partial = cast(partial, dtype=g.dtype)  # of numbers alone: where(x == y, 0.5, ...)
        return mul(g, conj(partial))
    return mul(g, partial.conjugate() if isinstance(partial, complex) else partial)


def pushed(t, partial):
    """t * partial: what one operand's tangent adds to that of the result."""
    if isinstance(partial, Tensor) and partial.dtype.category == 0:
        return where(partial, t, 0)
    if not isinstance(partial, Tensor) and partial == 1:
        return t
    return mul(t, partial)


def cotangent_program(op: Op, position: int, is_complex: bool):
    """g * conj(partial) of one input of an elementwise op, as a program; None if untraceable."""
    partial = op.rules[position]

    def formula(g, *asked):
        factor = partial(*asked)
        if not isinstance(factor, Symbol):
            return g * (factor.conjugate() if is_complex else factor)
        if factor.boolean:
            return select(factor, g, 0)
        return g * (emit(numpy.conjugate, (factor,)) if is_complex else factor)

    return trace(formula, 1 + len(argument_names(partial)))


def sum_to(g, shape, dtype):
    """The sum of g over the dimensions in which it was broadcast, in another type."""
    if g.dtype is not dtype:
        if g.dtype.is_complex and not dtype.is_complex:
            g = g.real
        g = cast(g, dtype=dtype)
    if tuple(g.shape) == shape:
        return g
    lead = g.ndim - len(shape)
    dim = tuple(
        axis
        for axis in range(g.ndim)
        if axis < lead or (shape[axis - lead] == 1 and g.shape[axis] != 1)
    )
    g = sum(g, dim=dim, keepdim=True) if dim else g
    return reshape(g, shape=shape)


bind_engine(
    {
        "add": add,
        "cast": cast,
        "neg": neg,
        "times": times,
        "sum_to": sum_to,
        "clone_graph": clone,
        "cotangent_program": cotangent_program,
    }
)
bind_ops(as_strided, overlay, view_as_real, view_as_complex)
