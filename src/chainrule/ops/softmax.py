"""Sums of exponentials that do not overflow: logsumexp, softmax, log_softmax.

Apart from reduction.py: each takes the largest element off first. The last two keep the shape, and
their `dim` is one number.
"""

from __future__ import annotations

import math

from chainrule.ops.arithmetic import conj
from chainrule.ops.exponential import exp
from chainrule.ops.kinds import general
from chainrule.ops.reduction import kept, sum, widened


def largest(xp, x, dim):
    """The largest element along a dimension, which stays as 1; -inf of none."""
    return xp.maximum.reduce(x, axis=dim, keepdims=True, initial=None if x.size else -math.inf)


@general()
def logsumexp(xp, x, *, dim, keepdim):
    top = xp.maximum.reduce(x.real, axis=dim, keepdims=True, initial=-math.inf)
    top = xp.where(xp.isfinite(top), top, 0).astype(top.dtype)
    powers = xp.exp(widened(xp, x - top))
    total = xp.log(xp.add.reduce(powers, axis=dim, keepdims=True)) + top
    total = total.astype(x.dtype, copy=False)
    return total if keepdim else total.squeeze(dim)


@logsumexp.vjp
def logsumexp_vjp(g, x, out, x_shape, dim, keepdim):
    g, out = (kept(value, x_shape, dim, keepdim) for value in (g, out))
    return g * conj(exp(x - out))


@general()
def softmax(xp, x, *, dim):
    wide = widened(xp, x)
    powers = xp.exp(wide - largest(xp, wide, dim))
    powers /= xp.add.reduce(powers, axis=dim, keepdims=True)
    return powers if wide is x else powers.astype(x.dtype)


@softmax.vjp
def softmax_vjp(g, x_shape, out, dim):
    return (g - sum(g * out, dim=(dim,) if x_shape else None, keepdim=True)) * out


@general()
def log_softmax(xp, x, *, dim):
    wide = widened(xp, x)
    shifted = wide - largest(xp, wide, dim)
    logs = shifted - xp.log(xp.add.reduce(xp.exp(shifted), axis=dim, keepdims=True))
    return logs if wide is x else logs.astype(x.dtype)


@log_softmax.vjp
def log_softmax_vjp(g, x_shape, out, dim):
    return g - exp(out) * sum(g, dim=(dim,) if x_shape else None, keepdim=True)
