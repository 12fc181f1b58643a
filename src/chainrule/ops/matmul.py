"""Products of matrices and vectors, closed under transposition.

Apart from contraction, which multiplies over any dimensions: here they are the last two, and
the products go straight to BLAS. A product with a transposed factor is an op of its own
(`product_nt` is x @ y.T, `product_tn` is x.T @ y), so no backward copies a matrix or makes a
view of it.
"""

from __future__ import annotations

from chainrule._core.apply import matrix_product, outer_array
from chainrule.ops import product_sizes as sizes
from chainrule.ops.conversion import conj
from chainrule.ops.kinds import general, multilinear
from chainrule.ops.shape import expand_transpose, transpose

# ----------------------------------------------------------------------------------- products


@multilinear()
def mm(xp, x, y):
    sizes.check_matrices(x, y)
    return xp.matmul(x, y)


@multilinear(node="MmBackward0")
def product_nt(xp, x, y):
    """x @ y.T"""
    sizes.check_matrices(x, y.T)
    return xp.matmul(x, y.T)


@multilinear(node="MmBackward0")
def product_tn(xp, x, y):
    """x.T @ y"""
    return xp.matmul(x.T, y)


@multilinear()
def mv(xp, x, y):
    sizes.check_matrix_vector(x, y)
    return xp.matmul(x, y)


@multilinear(node="SqueezeBackward4")
def vm(xp, x, y):
    """A vector times a matrix."""
    sizes.check_matrices(x[None], y)
    return xp.matmul(x, y)


@multilinear()
def dot(xp, x, y):
    sizes.check_vectors(x, y)
    return xp.dot(x, y)


@multilinear()
def vdot(xp, x, y):
    """The sum of conj(x) * y."""
    sizes.check_vectors(x, y)
    return xp.vdot(x, y)


@multilinear(node="MulBackward0", promotes=True)
def outer(xp, x, y):
    return outer_array(x, y)


@multilinear()
def bmm(xp, x, y):
    """Matrices times matrices, one by one; any number of leading dimensions, the same in both."""
    sizes.check_batches(x, y)
    return xp.matmul(x, y)


batched = bmm.named("UnsafeViewBackward0")
swapped_batched = bmm.named("CloneBackward0")

# --------------------------------------------------------------------------------- transposes


def adjoint(x):
    """The conjugate transpose of each matrix, as a view."""
    return conj(transpose(x, dim0=-2, dim1=-1))


mm.transposes(lambda g, y: product_nt(g, conj(y)), lambda g, x: product_tn(conj(x), g))
product_nt.transposes(lambda g, y: matrix_product(mm, g, conj(y)), lambda g, x: product_tn(g, conj(x)))
product_tn.transposes(lambda g, y: product_nt(conj(y), g), lambda g, x: matrix_product(mm, conj(x), g))
mv.transposes(lambda g, y: outer(g, conj(y)), lambda g, x: matrix_product(vm, g, conj(x)))
vm.transposes(lambda g, y: matrix_product(mv, conj(y), g), lambda g, x: outer(conj(x), g))
dot.transposes(lambda g, y: g * conj(y), lambda g, x: g * conj(x))
vdot.transposes(lambda g, y: conj(g) * y, lambda g, x: g * x)
outer.transposes(lambda g, y: matrix_product(mv, g, conj(y)), lambda g, x: matrix_product(vm, conj(x), g))
for _op in (bmm, batched, swapped_batched):
    _op.transposes(lambda g, y: bmm(g, adjoint(y)), lambda g, x: bmm(adjoint(x), g))


# ------------------------------------------------------------------------------ sums with them


@general(node="AddmmBackward0")
def linear(xp, x, y, z):
    """The bias x added to y @ z.T, z the weight."""
    sizes.check_sum(x, y, z.T)
    out = xp.matmul(y, z.T)
    out += x
    return out


def total(g, x_shape):
    """g summed over the dimensions in which an operand of shape `x_shape` was expanded."""
    return g if g._array.shape == x_shape else expand_transpose(g, x_shape)


linear.vjps(
    total,
    lambda g, z: matrix_product(mm, g, conj(z)),
    lambda g, y: product_tn(g, conj(y)),
)
