"""Extremes, medians, their places, and truth over dimensions.

Apart from reduction.py: here elements are chosen, not added up. Ties share the cotangent evenly.
"""

from __future__ import annotations

from chainrule.ops.choice import where
from chainrule.ops.kinds import constant, general
from chainrule.ops.reduction import kept, sum

# ------------------------------------------------------------------------ over dimensions


def shared_among_equals(g, x, out, x_shape, dim, keepdim):
    """Equals of the result share g. Nothing equals NaN: 0 / 0 gives all NaN, as in PyTorch."""
    g, out = (kept(value, x_shape, dim, keepdim) for value in (g, out))
    chosen = x == out
    return g * chosen / sum(chosen, dim=dim, keepdim=True)


@general(node="AmaxBackward0")
def amax(xp, x, *, dim, keepdim):
    return xp.maximum.reduce(x, axis=dim, keepdims=keepdim)


@general(node="AminBackward0")
def amin(xp, x, *, dim, keepdim):
    return xp.minimum.reduce(x, axis=dim, keepdims=keepdim)


amax.vjp(shared_among_equals)
amin.vjp(shared_among_equals)


@general(node="AminmaxBackward0", results=2)
def aminmax(xp, x, *, dim, keepdim):
    return amin.kernel(xp, x, dim=dim, keepdim=keepdim), amax.kernel(
        xp, x, dim=dim, keepdim=keepdim
    )


@aminmax.vjp
def aminmax_vjp(g, x, outs, x_shape, dim, keepdim):
    low, high = (
        shared_among_equals(one, x, out, x_shape, dim, keepdim) for one, out in zip(g, outs)
    )
    return low + high


# ------------------------------------------------------------------------ of all elements


def shared_among_chosen(g, x, out, x_shape, dim, keepdim):
    """The same, but where the result is NaN, the NaNs share."""
    g, out = (kept(value, x_shape, dim, keepdim) for value in (g, out))
    chosen = (x == out) | ((x != x) & (out != out))
    return where(chosen, g / sum(chosen, dim=dim, keepdim=True), 0)


@general(node="MaxBackward1")
def max(xp, x, *, dim, keepdim):
    return xp.maximum.reduce(x, axis=dim, keepdims=keepdim)


@general(node="MinBackward1")
def min(xp, x, *, dim, keepdim):
    return xp.minimum.reduce(x, axis=dim, keepdims=keepdim)


@general(node="MedianBackward0")
def median(xp, x, *, dim, keepdim):
    """The lower median of all elements; NaN where there is one, or where there are none."""
    if not x.size:
        nothing = xp.nan if x.dtype.kind not in "iu" else xp.iinfo(x.dtype).min
        return xp.full((), nothing, x.dtype)
    flat = xp.sort(x, axis=None)
    middle = flat[-1] if flat[-1] != flat[-1] else flat[(flat.size - 1) // 2]
    return xp.asarray(middle, x.dtype)


for _op in (max, min, median):
    _op.vjp(shared_among_chosen)

# ---------------------------------------------------------------------------- without a derivative


@constant()
def argmax(xp, x, *, dim, keepdim):
    return xp.argmax(x, axis=dim, keepdims=keepdim)


@constant()
def argmin(xp, x, *, dim, keepdim):
    return xp.argmin(x, axis=dim, keepdims=keepdim)


@constant()
def all(xp, x, *, dim, keepdim):
    return xp.logical_and.reduce(x, axis=dim, keepdims=keepdim)


@constant()
def any(xp, x, *, dim, keepdim):
    return xp.logical_or.reduce(x, axis=dim, keepdims=keepdim)


@constant()
def count_nonzero(xp, x, *, dim):
    return xp.count_nonzero(x, axis=dim)
