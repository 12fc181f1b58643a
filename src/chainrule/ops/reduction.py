"""Sums, means and products over dimensions.

`dim` is a tuple of dimensions counted from the front, or None for all. Apart from extremes.py,
spread.py, norms.py and softmax.py, whose formulas are written with these.
"""

from __future__ import annotations

import math

from chainrule.ops.arithmetic import conj
from chainrule.ops.kinds import general, linear
from chainrule.ops.shape import cat, expand, narrow, reshape


def kept(value, x_shape, dim, keepdim):
    """A reduced value with the reduced dimensions put back as 1, so that it broadcasts with x."""
    if keepdim or dim is None:
        return value
    shape = tuple(1 if axis in dim else extent for axis, extent in enumerate(x_shape))
    return reshape(value, shape=shape)


def count_of(x_shape, dim):
    """How many elements make one of the result."""
    return math.prod(x_shape if dim is None else [x_shape[axis] for axis in dim])


def widened(xp, x):
    """16-bit floats in float32, in which PyTorch computes with them; all else as it is."""
    if x.dtype.itemsize == 2 and x.dtype.kind not in "iu":
        return x.astype(xp.float32)
    return x


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
    count = x.size if dim is None else count_of(x.shape, dim)
    wide = widened(xp, x)
    mean = xp.true_divide(xp.add.reduce(wide, axis=dim, keepdims=keepdim), wide.dtype.type(count))
    return mean if wide is x else mean.astype(x.dtype)


@mean.transpose
def mean_transpose(g, x_shape, dim, keepdim):
    share = g / count_of(x_shape, dim)
    return expand(kept(share, x_shape, dim, keepdim), shape=x_shape)


mean_all = mean.named("MeanBackward0")


@general(node="NansumBackward0")
def nansum(xp, x, *, dim, keepdim):
    return _added(xp, xp.where(x == x, x, x.dtype.type(0)), dim, keepdim)


@nansum.vjp
def nansum_vjp(g, x, x_shape, dim, keepdim):
    return sum_transpose(g, x_shape, dim, keepdim) * (x == x)


# ------------------------------------------------------------------------------------ products


@general(node="ProdBackward1")
def prod(xp, x, *, dim, keepdim):
    product = xp.multiply.reduce(widened(xp, x), axis=dim, keepdims=keepdim)
    return product.astype(x.dtype, copy=False) if x.dtype.kind not in "biu" else product


@prod.vjp
def prod_vjp(g, x, out, x_shape, dim, keepdim):
    g, out = (kept(value, x_shape, dim, keepdim) for value in (g, out))
    if x._array.all():
        return g * conj(out / x)
    return g * conj(others_product(x, dim))


prod_all = prod.named("ProdBackward0")


def others_product(x, dim):
    """For each element the product of all others along dim: exact whatever is zero among them."""
    if dim is None:
        shape = tuple(x.shape)
        return reshape(product_of_others(reshape(x, shape=(math.prod(shape),)), 0), shape=shape)
    return product_of_others(x, dim[0])


def product_of_others(x, axis):
    """By halves: the others of a pair's product, times the pair's other member."""
    count = x.shape[axis]
    if count == 1:
        return x * 0 + 1
    half = count // 2
    a = narrow(x, dim=axis, start=0, length=half)
    b = narrow(x, dim=axis, start=half, length=half)
    pairs = a * b
    rest = narrow(x, dim=axis, start=2 * half, length=count - 2 * half)
    outer = product_of_others(cat(pairs, rest, dim=axis) if count % 2 else pairs, axis)
    ofpairs = narrow(outer, dim=axis, start=0, length=half)
    parts = [ofpairs * b, ofpairs * a]
    if count % 2:
        parts.append(narrow(outer, dim=axis, start=half, length=1))
    return cat(*parts, dim=axis)
