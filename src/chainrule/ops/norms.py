"""Norms: (sum |x| ** p) ** (1 / p), and its limits for p = 0 and infinite p.

Apart from reduction.py, because the slope differs from one p to the next.
"""

from __future__ import annotations

import math

from chainrule.ops.arithmetic import abs, pow_number, sgn
from chainrule.ops.choice import where
from chainrule.ops.extremes import shared_among_chosen
from chainrule.ops.kinds import general
from chainrule.ops.reduction import kept, widened


@general(node="LinalgVectorNormBackward0")
def vector_norm(xp, x, *, ord, dim, keepdim):
    size = xp.absolute(x)
    wide = widened(xp, size)
    found = _norm(xp, wide, ord, dim, keepdim)
    return found if wide is size else found.astype(size.dtype)


def _norm(xp, size, ord, dim, keepdim):
    if ord == 2:
        return xp.sqrt(xp.add.reduce(size * size, axis=dim, keepdims=keepdim))
    if ord == 1:
        return xp.add.reduce(size, axis=dim, keepdims=keepdim)
    if ord == 0:
        return xp.add.reduce(size != 0, axis=dim, keepdims=keepdim, dtype=size.dtype)
    if math.isinf(ord):
        extreme = xp.maximum if ord > 0 else xp.minimum
        return extreme.reduce(size, axis=dim, keepdims=keepdim)
    return xp.add.reduce(size**ord, axis=dim, keepdims=keepdim) ** (1 / ord)


@vector_norm.vjp
def vector_norm_vjp(g, x, out, x_shape, ord, dim, keepdim):
    """x |x|^(p-2) / out^(p-1), and 0 where that is 0 / 0. For p = 0 there is none."""
    g, out = (kept(value, x_shape, dim, keepdim) for value in (g, out))
    if ord == 0:
        return None
    if ord == 1:
        return g * sgn(x)
    if math.isinf(ord):
        return sgn(x) * shared_among_chosen(g, abs(x), out, x_shape, dim, True)
    if ord == 2:
        return g * where(out == 0, 0, x / out)
    scale = where(out == 0, 0, g / pow_number(out, exponent=ord - 1))
    size = abs(x)
    return scale * sgn(x) * where(size == 0, 0, pow_number(size, exponent=ord - 1))


@general(broadcasts=True, promotes=True)
def dist(xp, x, y, *, p):
    return vector_norm.kernel(xp, x - y, ord=p, dim=None, keepdim=False)


def dist_vjp(g, x, y, out, p):
    difference = x - y
    return vector_norm_vjp(g, difference, out, tuple(difference.shape), p, None, False)


def dist_other_vjp(g, x, y, out, p):
    slope = dist_vjp(g, x, y, out, p)
    return None if slope is None else -slope


dist.vjps(dist_vjp, dist_other_vjp)
