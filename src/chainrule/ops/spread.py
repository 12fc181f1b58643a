"""Variances and standard deviations, alone and with the mean.

Apart from reduction.py, because their slopes have conventions of their own where too few elements
are left.
"""

from __future__ import annotations

import math

from chainrule.ops.arithmetic import abs
from chainrule.ops.choice import where
from chainrule.ops.kinds import general
from chainrule.ops.reduction import count_of, kept, mean, mean_transpose, widened


@general()
def var(xp, x, *, dim, correction, keepdim):
    wide = widened(xp, x)
    count = count_of(x.shape, dim)
    off = wide - xp.add.reduce(wide, axis=dim, keepdims=True) / count
    squares = (off * off.conj()).real
    found = xp.add.reduce(squares, axis=dim, keepdims=keepdim) / max(count - correction, 0)
    return found if wide is x else found.astype(x.dtype)


@var.vjp
def var_vjp(g, x, x_shape, dim, correction, keepdim):
    """2 / freedom * g * deviation; PyTorch's infinities where there is no freedom."""
    g = kept(g, x_shape, dim, keepdim)
    deviation = x - mean(x, dim=dim, keepdim=True)
    freedom = count_of(x_shape, dim) - correction
    if dim is None and freedom <= 0:
        return g * (abs(deviation) * math.inf)
    return (2 / freedom if freedom else math.inf) * g * deviation


@general()
def std(xp, x, *, dim, correction, keepdim):
    return xp.sqrt(var.kernel(xp, x, dim=dim, correction=correction, keepdim=keepdim))


@std.vjp
def std_vjp(g, x, out, x_shape, dim, correction, keepdim):
    slope = where(out == 0, 0, g / (2 * out))
    return var_vjp(slope, x, x_shape, dim, correction, keepdim)


# ------------------------------------------------------------------------------- with the mean


@general(node="VarMeanBackward0", results=2)
def var_mean(xp, x, *, dim, correction, keepdim):
    spread = var.kernel(xp, x, dim=dim, correction=correction, keepdim=keepdim)
    return spread, mean.kernel(xp, x, dim=dim, keepdim=keepdim)


@var_mean.vjp
def var_mean_vjp(g, x, x_shape, dim, correction, keepdim):
    return var_vjp(g[0], x, x_shape, dim, correction, keepdim) + mean_transpose(
        g[1], x_shape, dim, keepdim
    )


@general(node="StdMeanBackward0", results=2)
def std_mean(xp, x, *, dim, correction, keepdim):
    spread = std.kernel(xp, x, dim=dim, correction=correction, keepdim=keepdim)
    return spread, mean.kernel(xp, x, dim=dim, keepdim=keepdim)


@std_mean.vjp
def std_mean_vjp(g, x, out, x_shape, dim, correction, keepdim):
    return std_vjp(g[0], x, out, x_shape, dim, correction, keepdim) + mean_transpose(
        g[1], x_shape, dim, keepdim
    )
