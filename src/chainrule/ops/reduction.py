"""Reductions over dimensions: sums, means, products, extremes, norms.

`dim` is a tuple of dimensions counted from the front, or None for all. Apart from scan.py
(cumulative forms) and normalisation (softmax): those keep the shape.
"""

from __future__ import annotations

import math

from chainrule.ops.arithmetic import abs, conj, pow_number, sgn
from chainrule.ops.choice import where
from chainrule.ops.exponential import exp
from chainrule.ops.kinds import constant, general, linear
from chainrule.ops.shape import cat, expand, narrow, pad_narrow, reshape


def _dims(dim, shape):
    return range(len(shape)) if dim is None else dim


def kept(value, x_shape, dim, keepdim):
    """A reduced value with the reduced dimensions put back as 1, so that it broadcasts with x."""
    if keepdim or dim is None:
        return value
    shape = tuple(1 if axis in dim else extent for axis, extent in enumerate(x_shape))
    return reshape(value, shape=shape)


def _count(x_shape, dim):
    return math.prod(x_shape if dim is None else [x_shape[axis] for axis in dim])


# ------------------------------------------------------------------------------ sums and means


def _added(xp, x, dim, keepdim):
    """The sum; float16 is added up in float32, as PyTorch does."""
    if x.dtype.itemsize == 2 and x.dtype.kind not in "iu":
        return xp.add.reduce(x, axis=dim, keepdims=keepdim, dtype=xp.float32).astype(x.dtype)
    return xp.add.reduce(x, axis=dim, keepdims=keepdim)


@linear(node="SumBackward1")
def sum(xp, x, *, dim, keepdim):
    return _added(xp, x, dim, keepdim)


@sum.transpose
def sum_transpose(g, x_shape, dim, keepdim):
    return expand(kept(g, x_shape, dim, keepdim), shape=x_shape)


sum_all = sum.named("SumBackward0")


@linear(node="MeanBackward1")
def mean(xp, x, *, dim, keepdim):
    count = x.size if dim is None else _count(x.shape, dim)
    return xp.true_divide(_added(xp, x, dim, keepdim), x.dtype.type(count))


@mean.transpose
def mean_transpose(g, x_shape, dim, keepdim):
    share = g / _count(x_shape, dim)
    return expand(kept(share, x_shape, dim, keepdim), shape=x_shape)


mean_all = mean.named("MeanBackward0")

# ------------------------------------------------------------------------------------ products


@general(node="ProdBackward1")
def prod(xp, x, *, dim, keepdim):
    return xp.multiply.reduce(x, axis=dim, keepdims=keepdim)


@prod.vjp
def prod_vjp(g, x, out, x_shape, dim, keepdim):
    g, out = (kept(value, x_shape, dim, keepdim) for value in (g, out))
    if x._array.all():
        return g * conj(out / x)
    return g * conj(others_product(x, dim))


prod_all = prod.named("ProdBackward0")


def others_product(x, dim):
    """For each element the product of all others along dim: exact whatever is zero among them."""
    axis = 0 if dim is None else dim[0]
    if dim is None:
        shape = tuple(x.shape)
        return reshape(_others(reshape(x, shape=(math.prod(shape),)), 0), shape=shape)
    return _others(x, axis)


def _others(x, axis):
    """By halves: the others of a pair's product, times the pair's other member."""
    count = x.shape[axis]
    if count == 1:
        return x * 0 + 1
    half = count // 2
    a = narrow(x, dim=axis, start=0, length=half)
    b = narrow(x, dim=axis, start=half, length=half)
    pairs = a * b
    rest = narrow(x, dim=axis, start=2 * half, length=count - 2 * half)
    outer = _others(cat(pairs, rest, dim=axis) if count % 2 else pairs, axis)
    ofpairs = narrow(outer, dim=axis, start=0, length=half)
    parts = [ofpairs * b, ofpairs * a]
    if count % 2:
        parts.append(narrow(outer, dim=axis, start=half, length=1))
    return cat(*parts, dim=axis)


# ------------------------------------------------------------------------------------ extremes
# Ties share the cotangent evenly.


def _shared(g, x, out, x_shape, dim, keepdim):
    g, out = (kept(value, x_shape, dim, keepdim) for value in (g, out))
    chosen = (x == out) | ((x != x) & (out != out))
    count = sum(chosen, dim=dim, keepdim=True)
    return where(chosen, g / count, 0)


@general(node="AmaxBackward0")
def amax(xp, x, *, dim, keepdim):
    return xp.maximum.reduce(x, axis=dim, keepdims=keepdim)


@general(node="AminBackward0")
def amin(xp, x, *, dim, keepdim):
    return xp.minimum.reduce(x, axis=dim, keepdims=keepdim)


amax.vjp(_shared)
amin.vjp(_shared)
max_all, min_all = amax.named("MaxBackward1"), amin.named("MinBackward1")


@general(node="MedianBackward0")
def median(xp, x, *, dim, keepdim):
    """The lower median of all elements; NaN where there is one."""
    flat = xp.sort(x, axis=None)
    middle = flat[-1] if flat[-1] != flat[-1] else flat[(flat.size - 1) // 2]
    return xp.asarray(middle, x.dtype)


median.vjp(_shared)


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


# -------------------------------------------------------------------------- spread and size


def _deviation(x, dim):
    return x - mean(x, dim=dim, keepdim=True)


@general()
def var(xp, x, *, dim, correction, keepdim):
    count = _count(x.shape, dim)
    off = x - xp.add.reduce(x, axis=dim, keepdims=True) / count
    squares = (off * off.conj()).real
    return xp.add.reduce(squares, axis=dim, keepdims=keepdim) / max(count - correction, 0)


@var.vjp
def var_vjp(g, x, x_shape, dim, correction, keepdim):
    g = kept(g, x_shape, dim, keepdim)
    return (
        (2 / max(_count(x_shape, dim) - correction, 0) if g._array.size else 0)
        * g
        * _deviation(x, dim)
    )


@general()
def std(xp, x, *, dim, correction, keepdim):
    return xp.sqrt(var.kernel(xp, x, dim=dim, correction=correction, keepdim=keepdim))


@std.vjp
def std_vjp(g, x, out, x_shape, dim, correction, keepdim):
    g, out = (kept(value, x_shape, dim, keepdim) for value in (g, out))
    slope = where(out == 0, 0, g / (out * max(_count(x_shape, dim) - correction, 0)))
    return slope * _deviation(x, dim)


@general(node="LinalgVectorNormBackward0")
def vector_norm(xp, x, *, ord, dim, keepdim):
    size = xp.absolute(x)
    if ord == 2:
        return xp.sqrt(xp.add.reduce(size * size, axis=dim, keepdims=keepdim))
    if ord == 1:
        return xp.add.reduce(size, axis=dim, keepdims=keepdim)
    if ord == 0:
        return xp.add.reduce(size != 0, axis=dim, keepdims=keepdim).astype(size.dtype)
    if math.isinf(ord):
        extreme = xp.maximum if ord > 0 else xp.minimum
        return extreme.reduce(size, axis=dim, keepdims=keepdim)
    total = xp.add.reduce(size**ord, axis=dim, keepdims=keepdim)
    return (total ** (1 / ord)).astype(size.dtype)


@vector_norm.vjp
def vector_norm_vjp(g, x, out, x_shape, ord, dim, keepdim):
    """x |x|^(p-2) / out^(p-1), and 0 where that is 0 / 0."""
    g, out = (kept(value, x_shape, dim, keepdim) for value in (g, out))
    if ord == 0:
        return g * 0 * x
    if ord == 1:
        return g * sgn(x)
    if math.isinf(ord):
        return sgn(x) * _shared(g, abs(x), out, x_shape, dim, True)
    if ord == 2:
        return where(out == 0, 0, g / out) * x
    scale = where(out == 0, 0, g / pow_number(out, exponent=ord - 1))
    size = abs(x)
    return scale * sgn(x) * where(size == 0, 0, pow_number(size, exponent=ord - 1))


@general()
def logsumexp(xp, x, *, dim, keepdim):
    top = xp.maximum.reduce(x, axis=dim, keepdims=True)
    top = xp.where(xp.isfinite(top), top, 0).astype(x.dtype)
    total = xp.log(xp.add.reduce(xp.exp(x - top), axis=dim, keepdims=True)) + top
    return total if keepdim else total.squeeze(tuple(_dims(dim, x.shape)))


@logsumexp.vjp
def logsumexp_vjp(g, x, out, x_shape, dim, keepdim):
    g, out = (kept(value, x_shape, dim, keepdim) for value in (g, out))
    return g * conj(exp(x - out))


# ------------------------------------------------------------------------------- keeping shape


@general()
def softmax(xp, x, *, dim):
    powers = xp.exp(x - xp.maximum.reduce(x, axis=dim, keepdims=True))
    powers /= xp.add.reduce(powers, axis=dim, keepdims=True)
    return powers


@softmax.vjp
def softmax_vjp(g, out, dim):
    return (g - sum(g * out, dim=(dim,), keepdim=True)) * out


@general()
def log_softmax(xp, x, *, dim):
    shifted = x - xp.maximum.reduce(x, axis=dim, keepdims=True)
    return shifted - xp.log(xp.add.reduce(xp.exp(shifted), axis=dim, keepdims=True))


@log_softmax.vjp
def log_softmax_vjp(g, out, dim):
    return g - exp(out) * sum(g, dim=(dim,), keepdim=True)


@linear()
def cumsum(xp, x, *, dim):
    return xp.add.accumulate(x, axis=dim, dtype=x.dtype)


@cumsum.transpose
def cumsum_transpose(g, dim):
    return reverse_cumsum(g, dim=dim)


@linear(node="FlipBackward0")
def reverse_cumsum(xp, x, *, dim):
    """Sums from each element to the end: the transpose of cumsum."""
    return xp.flip(xp.add.accumulate(xp.flip(x, dim), axis=dim), dim).copy()


@reverse_cumsum.transpose
def reverse_cumsum_transpose(g, dim):
    return cumsum(g, dim=dim)


@general()
def cumprod(xp, x, *, dim):
    return xp.multiply.accumulate(x, axis=dim, dtype=x.dtype)


@cumprod.vjp
def cumprod_vjp(g, x, out, dim):
    if x._array.all():
        return reverse_cumsum(g * conj(out), dim=dim) / conj(x)
    return _cumprod_vjp_with_zeros(g, x, dim)


def _cumprod_vjp_with_zeros(g, x, dim):
    """Each partial product's own derivative, exact where factors are zero."""
    total, shape = None, tuple(x.shape)
    for last in range(shape[dim]):
        head = narrow(x, dim=dim, start=0, length=last + 1)
        part = narrow(g, dim=dim, start=last, length=1) * conj(_others(head, dim))
        part = pad_narrow(part, shape=shape, dim=dim, start=0, length=last + 1)
        total = part if total is None else total + part
    return total
