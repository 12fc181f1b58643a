"""Running totals along a dimension: sums, products, logs of sums of exponentials.

Apart from reduction.py: these keep the shape, and `dim` is one number. What has no dimensions is
its own total.
"""

from __future__ import annotations

from chainrule.ops.arithmetic import conj
from chainrule.ops.exponential import exp
from chainrule.ops.kinds import general, linear
from chainrule.ops.reduction import product_of_others, widened
from chainrule.ops.shape import cat, narrow, pad_narrow
from chainrule.ops.softmax import logsumexp


def _accumulated(xp, accumulate, x, dim):
    """The running total by a ufunc, in x's type; 16-bit floats in float32, as PyTorch does."""
    if not x.ndim:
        return x.copy()
    wide = widened(xp, x)
    found = accumulate(wide, axis=dim, dtype=wide.dtype)
    return found if wide is x else found.astype(x.dtype)


def _part(x, dim, place):
    """The members of x at one place along a dimension, which is kept."""
    return narrow(x, dim=dim, start=place, length=1)


# ---------------------------------------------------------------------------------------- sums


@linear()
def cumsum(xp, x, *, dim):
    return _accumulated(xp, xp.add.accumulate, x, dim)


@cumsum.transpose
def cumsum_transpose(g, dim):
    return reverse_cumsum(g, dim=dim)


@linear(node="FlipBackward0")
def reverse_cumsum(xp, x, *, dim):
    """Sums from each element to the end: the transpose of cumsum."""
    back = (slice(None),) * dim + (slice(None, None, -1),) if x.ndim else ()
    return _accumulated(xp, xp.add.accumulate, x[back], dim)[back].copy()


@reverse_cumsum.transpose
def reverse_cumsum_transpose(g, dim):
    return cumsum(g, dim=dim)


# ------------------------------------------------------------------------------------ products


@general()
def cumprod(xp, x, *, dim):
    return _accumulated(xp, xp.multiply.accumulate, x, dim)


@cumprod.vjp
def cumprod_vjp(g, x, out, x_shape, dim):
    if not x_shape:
        return g
    if x._array.all():
        return reverse_cumsum(g * conj(out), dim=dim) / conj(x)
    return _cumprod_vjp_with_zeros(g, x, dim)


def _cumprod_vjp_with_zeros(g, x, dim):
    """Each partial product's own derivative, exact where factors are zero."""
    total, shape = None, tuple(x.shape)
    for last in range(shape[dim]):
        head = narrow(x, dim=dim, start=0, length=last + 1)
        part = _part(g, dim, last) * conj(product_of_others(head, dim))
        part = pad_narrow(part, shape=shape, dim=dim, start=0, length=last + 1)
        total = part if total is None else total + part
    return total


# -------------------------------------------------------------------------------- exponentials


@general()
def logcumsumexp(xp, x, *, dim):
    if x.dtype.kind != "c" or not x.ndim:
        return _accumulated(xp, xp.logaddexp.accumulate, x, dim)
    out = xp.moveaxis(x, dim, 0).copy()
    for place in range(1, len(out)):
        out[place] = logsumexp.kernel(xp, out[place - 1 : place + 1], dim=(0,), keepdim=False)
    return xp.moveaxis(out, 0, dim)


@logcumsumexp.vjp
def logcumsumexp_vjp(g, x, out, x_shape, dim):
    """From the end: what reaches a total goes on to its element and to the total before it.

    Their shares, exp(element - total) and exp(total before - total), are at most 1, so that no
    element is too far from another.
    """
    if not x_shape or not x_shape[dim]:
        return g
    parts, later = [], None
    for place in reversed(range(x_shape[dim])):
        reached = _part(g, dim, place) if later is None else _part(g, dim, place) + later
        total = _part(out, dim, place)
        parts.append(reached * conj(exp(_part(x, dim, place) - total)))
        if place:
            later = reached * conj(exp(_part(out, dim, place - 1) - total))
    return cat(*reversed(parts), dim=dim)
