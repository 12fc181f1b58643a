"""Products of matrices and vectors, closed under transposition.

Apart from contraction, which multiplies over any dimensions: here they are the last two, and
the products go straight to BLAS. A product with a transposed factor is an op of its own
(`product_nt` is x @ y.T, `product_tn` is x.T @ y), so no backward copies a matrix or makes a
view of it.
"""

from __future__ import annotations

from chainrule._core.products import matrix_product, outer_array, product_array
from chainrule.ops import product_sizes as sizes
from chainrule.ops.conversion import conj
from chainrule.ops.kinds import multilinear
from chainrule.ops.shape import transpose

# ------------------------------------------------------------------------------------- records


@multilinear()
def mm(xp, x, y):
    sizes.check_matrices(x, y)
    return product_array(x, y)


@multilinear(node="MmBackward0")
def product_nt(xp, x, y):
    sizes.check_matrices(x, y.T)
    return product_array(x, y.T)


@multilinear(node="MmBackward0")
def product_tn(xp, x, y):
    sizes.check_matrices(x.T, y)
    return product_array(x.T, y)


@multilinear()
def mv(xp, x, y):
    sizes.check_matrix_vector(x, y)
    return product_array(x, y)


@multilinear(node="SqueezeBackward4")
def vm(xp, x, y):
    """A vector times a matrix."""
    sizes.check_matrices(x[None], y)
    return product_array(x, y)


@multilinear()
def dot(xp, x, y):
    sizes.check_vectors(x, y)
    return xp.dot(x, y)


@multilinear()
def vdot(xp, x, y):
    """The sum of conj(x) * y."""
    sizes.check_vectors(x, y)
    return xp.vdot(x, y)


@multilinear(node="MulBackward0")
def outer(xp, x, y):
    return outer_array(x, y)


@multilinear()
def bmm(xp, x, y):
    """Matrices times matrices, one by one; any number of leading dimensions, the same in both."""
    if x.shape[:-2] + x.shape[-1:] != y.shape[:-1] or x.dtype is not y.dtype or x.dtype.kind == "b":
        sizes.check_batches(x, y)
    return product_array(x, y)


batched = bmm.named("UnsafeViewBackward0")
swapped_batched = bmm.named("CloneBackward0")


@multilinear(node="LinalgCrossBackward0")
def cross(xp, x, y, *, dim):
    return xp.cross(x, y, axis=dim)


# ------------------------------------------------------------ the products, by the direct way


def times(x, y):
    """x @ y, of matrices"""
    return matrix_product(mm, x, y)


def times_turned(x, y):
    """x @ y.T"""
    return matrix_product(product_nt, x, y, False, True)


def turned_times(x, y):
    """x.T @ y"""
    return matrix_product(product_tn, x, y, True, False)


def matrix_times(x, y):
    """x @ y, of a matrix and a vector"""
    return matrix_product(mv, x, y)


def vector_times(x, y):
    """x @ y, of a vector and a matrix"""
    return matrix_product(vm, x, y)


def adjoint(x):
    """The conjugate transpose of each matrix, as a view."""
    return conj(transpose(x, dim0=-2, dim1=-1))


# ---------------------------------------------------------------------------------- transposes
# fmt: off

# op                   for x, of g and the other factor       for y
mm.transposes(         lambda g, y: times_turned(g, conj(y)), lambda g, x: turned_times(conj(x), g))
product_nt.transposes( lambda g, y: times(g, conj(y)),        lambda g, x: turned_times(g, conj(x)))
product_tn.transposes( lambda g, y: times_turned(conj(y), g), lambda g, x: times(conj(x), g))
mv.transposes(         lambda g, y: outer(g, conj(y)),        lambda g, x: vector_times(g, conj(x)))
vm.transposes(         lambda g, y: matrix_times(conj(y), g), lambda g, x: outer(conj(x), g))
outer.transposes(      lambda g, y: matrix_times(g, conj(y)), lambda g, x: vector_times(conj(x), g))
dot.transposes(        lambda g, y: g * conj(y),              lambda g, x: g * conj(x))
vdot.transposes(       lambda g, y: conj(g) * y,              lambda g, x: g * x)
for _op in (bmm, batched, swapped_batched):
    _op.transposes(    lambda g, y: bmm(g, adjoint(y)),       lambda g, x: bmm(adjoint(x), g))
cross.transposes(
    lambda g, y, dim: cross(conj(y), g, dim=dim),
    lambda g, x, dim: cross(g, conj(x), dim=dim),
)
# fmt: on
