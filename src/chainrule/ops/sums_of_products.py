"""Something added to a product of matrices: addmm and its kin, and the linear layer.

Apart from the products, because these are ops of three inputs, linear in the first, and PyTorch
records each as one node.
"""

from __future__ import annotations

from chainrule._core.products import add_into, product_array
from chainrule.ops import product_sizes as sizes
from chainrule.ops.conversion import conj
from chainrule.ops.kinds import general
from chainrule.ops.matmul import (
    adjoint,
    bmm,
    matrix_times,
    outer,
    times,
    times_turned,
    turned_times,
    vector_times,
)
from chainrule.ops.reduction import sum
from chainrule.ops.shape import expand, expand_transpose

# ---------------------------------------------------------------------------------- of kernels


def _sum(x, product, beta, alpha):
    """beta * x + alpha * product; with beta 0, x does not count, whatever it holds."""
    if alpha != 1:
        product = alpha * product
    if beta == 0:
        return product
    return product + (x if beta == 1 else beta * x)


def _rows(x):
    """Batches of matrices side by side: (b, n, k) as (n, b * k)."""
    return x.swapaxes(0, 1).reshape(x.shape[1], -1)


# ------------------------------------------------------------------------------------ of rules


def total(g, x_shape):
    """g summed over the dimensions in which an operand of shape `x_shape` was expanded."""
    shape = g._array.shape
    if shape == x_shape:
        return g
    if shape[1:] == x_shape:
        return sum(g, dim=(0,), keepdim=False)  # the commonest: a bias
    return expand_transpose(g, x_shape)


def scaled(g, number):
    """The cotangent of something that was multiplied by a number."""
    return g if number == 1 else g * number.conjugate()


def _total(g, x_shape, beta):
    return total(scaled(g, beta), x_shape)


def _by_batch(g, y_shape):
    """The cotangent of a sum over a batch is that of each of its terms."""
    return expand(g, shape=(y_shape[0], *g.shape))


# --------------------------------------------------------------------------------- the records


@general(node="AddmmBackward0")
def linear(xp, x, y, z):
    """x + y @ z.T: the bias, the input, the weight."""
    if y.shape[1] != z.shape[1] or not x.dtype is y.dtype is z.dtype or y.dtype.kind == "b":
        sizes.check_sum(x, y, z.T)
    out = product_array(y, z, False, True)
    if x.shape != out.shape[1:]:
        sizes.check_expands(x, out.shape)
    add_into(out, x)
    return out


linear.vjps(
    total,
    lambda g, z: times(g, conj(z)),
    lambda g, y: turned_times(g, conj(y)),
)  # fmt: skip


@general()
def addmm(xp, x, y, z, *, beta, alpha):
    sizes.check_sum(x, y, z)
    return _sum(x, product_array(y, z), beta, alpha)


addmm.vjps(
    _total,
    lambda g, z, alpha: times_turned(scaled(g, alpha), conj(z)),
    lambda g, y, alpha: turned_times(conj(y), scaled(g, alpha)),
)


@general()
def addmv(xp, x, y, z, *, beta, alpha):
    sizes.check_vector_sum(x, y, z)
    return _sum(x, product_array(y, z), beta, alpha)


addmv.vjps(
    _total,
    lambda g, z, alpha: outer(scaled(g, alpha), conj(z)),
    lambda g, y, alpha: vector_times(scaled(g, alpha), conj(y)),
)


@general()
def addr(xp, x, y, z, *, beta, alpha):
    sizes.check_expands(x, (y.size, z.size))
    return _sum(x, xp.multiply.outer(y, z), beta, alpha)


addr.vjps(
    _total,
    lambda g, z, alpha: matrix_times(scaled(g, alpha), conj(z)),
    lambda g, y, alpha: vector_times(conj(y), scaled(g, alpha)),
)


@general()
def addbmm(xp, x, y, z, *, beta, alpha):
    """beta * x + alpha * the sum of the products of a batch."""
    sizes.check_batch_total(x, y, z)
    return _sum(x, product_array(_rows(y), z.reshape(-1, z.shape[2])), beta, alpha)


addbmm.vjps(
    _total,
    lambda g, y_shape, z, alpha: bmm(_by_batch(scaled(g, alpha), y_shape), adjoint(z)),
    lambda g, y, y_shape, alpha: bmm(adjoint(y), _by_batch(scaled(g, alpha), y_shape)),
)


@general()
def baddbmm(xp, x, y, z, *, beta, alpha):
    sizes.check_batch_sum(x, y, z)
    return _sum(x, product_array(y, z), beta, alpha)


baddbmm.vjps(
    _total,
    lambda g, z, alpha: bmm(scaled(g, alpha), adjoint(z)),
    lambda g, y, alpha: bmm(adjoint(y), scaled(g, alpha)),
)
