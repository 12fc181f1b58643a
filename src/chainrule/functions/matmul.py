"""Products of matrices and vectors: @, mm, mv, dot, bmm, outer, inner.

Apart from contraction, where a string or a list says which dimensions are multiplied over, and
from sums_of_products, which add something to a product.
"""

from __future__ import annotations

import math

from chainrule._core.core import Tensor
from chainrule._core.kernels import result_dtype
from chainrule._core.products import direct_product, matrix_product
from chainrule.functions.broadcasting import common_shape
from chainrule.functions.declare import alias, deliver, method, public
from chainrule.functions.factory import kind_of
from chainrule.ops import arithmetic
from chainrule.ops import matmul as ops
from chainrule.ops.conversion import cast
from chainrule.ops.shape import expand, reshape, unsqueeze

flat_view = reshape.named("ViewBackward0")
inner_dot = ops.dot.named("ViewBackward0")
unsafe_view = reshape.named("UnsafeViewBackward0")

# The products that are one op, by the numbers of dimensions of their factors.
DIRECT = {(2, 2): ops.mm, (2, 1): ops.mv, (1, 1): ops.dot, (1, 2): ops.vm}


def are_tensors(x, y) -> bool:
    """Whether both operands are tensors."""
    return isinstance(x, Tensor) and isinstance(y, Tensor)


def check_tensors(name: str, **operands) -> None:
    """TypeError for the first operand that is no tensor."""
    for position, (argument, value) in enumerate(operands.items(), 1):
        if not isinstance(value, Tensor):
            raise TypeError(
                f"{name}(): argument '{argument}' (position {position}) must be Tensor, not "
                f"{kind_of(value)}"
            )


# -------------------------------------------------------------------------------------- matmul


@public
@method
def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix product, of vectors, matrices or batches of matrices; batch dimensions broadcast.

    (n, k) @ (k, m) gives (n, m); a vector on the left counts as a row, on the right as a column,
    and that dimension is left out of the result. RuntimeError where sizes or dtypes differ.

    >>> import chainrule as torch
    >>> torch.matmul(torch.ones(2, 3), torch.ones(3))
    tensor([3., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.matmul.html
    """
    result = direct_product(input, other)
    if result is None:
        check_tensors("matmul", input=input, other=other)
        op = DIRECT.get((input.ndim, other.ndim))
        result = _of_many(input, other) if op is None else matrix_product(op, input, other)
    return result if out is None else deliver(result, out, "matmul")


def product(input, other) -> Tensor:
    """The operator @: as matmul, but what is no tensor is left to Python's own TypeError."""
    return matmul(input, other) if are_tensors(input, other) else NotImplemented


def _of_many(x, y):
    """The product where one factor is a batch of matrices."""
    if x.ndim == 0 or y.ndim == 0:
        raise RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {x.ndim}D and {y.ndim}D"
        )
    if y.ndim <= 2:
        return _of_rows(x, y)
    if x.ndim == 1:
        product = _of_batches(unsqueeze(x, dim=0), y, ops.batched)
        return unsafe_view(product, shape=(*product.shape[:-2], product.shape[-1]))
    return _of_batches(x, y, ops.swapped_batched if x.ndim == 2 else ops.batched)


def _of_rows(x, y):
    """Every row of a batch of matrices times one matrix or vector: one large product."""
    shape = x.shape
    product = matrix_product(ops.mm if y.ndim == 2 else ops.mv, rows_of(x), y)
    return unsafe_view(product, shape=(*shape[:-1], *y.shape[1:]))


def rows_of(x: Tensor) -> Tensor:
    """All vectors along the last dimension, as the rows of one matrix."""
    shape = x.shape
    return flat_view(x, shape=(math.prod(shape[:-1]), shape[-1]))


def _of_batches(x, y, op):
    """Batches of matrices, their leading dimensions expanded to the same."""
    if x.shape[:-2] != y.shape[:-2]:
        batch = common_shape(x.shape[:-2], y.shape[:-2])
        x, y = (expand(part, shape=(*batch, *part.shape[-2:])) for part in (x, y))
    return op(x, y)


# ----------------------------------------------------------- products of a given number of dims


@public
@method
def mm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of two matrices, (n, k) and (k, m); nothing broadcasts.

    >>> import chainrule as torch
    >>> torch.mm(torch.ones(1, 3), torch.ones(3, 2))
    tensor([[3., 3.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.mm.html
    """
    if not (are_tensors(input, mat2) and input.ndim == mat2.ndim == 2):
        check_tensors("mm", input=input, mat2=mat2)
        name, matrix = ("self", input) if input.ndim != 2 else ("mat2", mat2)
        raise RuntimeError(f"{name} must be a matrix, not {matrix.ndim}-D")
    result = matrix_product(ops.mm, input, mat2)
    return result if out is None else deliver(result, out, "mm")


@public
@method
def mv(input: Tensor, vec: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of a matrix (n, k) and a vector (k).

    >>> import chainrule as torch
    >>> torch.mv(torch.ones(2, 3), torch.ones(3))
    tensor([3., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.mv.html
    """
    if not (are_tensors(input, vec) and input.ndim == 2 and vec.ndim == 1):
        check_tensors("mv", input=input, vec=vec)
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {input.ndim}, {vec.ndim}")
    result = matrix_product(ops.mv, input, vec)
    return result if out is None else deliver(result, out, "mv")


@public
@method
def dot(input: Tensor, tensor: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sum of the products of two vectors' elements: sum_i x_i y_i.

    >>> import chainrule as torch
    >>> torch.dot(torch.tensor([2, 3]), torch.tensor([2, 1]))
    tensor(7)

    See https://docs.pytorch.org/docs/2.13/generated/torch.dot.html
    """
    _check_vectors("dot", input=input, tensor=tensor)
    result = matrix_product(ops.dot, input, tensor)
    return result if out is None else deliver(result, out, "dot")


@public
@method
def vdot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The scalar product of two vectors, the first conjugated: sum_i conj(x_i) y_i.

    >>> import chainrule as torch
    >>> torch.vdot(torch.tensor([1j]), torch.tensor([1j]))
    tensor(1.+0.j)

    See https://docs.pytorch.org/docs/2.13/generated/torch.vdot.html
    """
    _check_vectors("vdot", input=input, other=other)
    return deliver(ops.vdot(input, other), out, "vdot")


def _check_vectors(name, **operands) -> None:
    check_tensors(name, **operands)
    x, y = operands.values()
    if x.ndim != 1 or y.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {x.ndim}D and {y.ndim}D tensors")


@public
@method
def bmm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The products of two batches of matrices, (b, n, k) and (b, k, m); nothing broadcasts.

    >>> import chainrule as torch
    >>> torch.bmm(torch.ones(2, 1, 3), torch.ones(2, 3, 1)).shape
    torch.Size([2, 1, 1])

    See https://docs.pytorch.org/docs/2.13/generated/torch.bmm.html
    """
    if not (are_tensors(input, mat2) and input.ndim == mat2.ndim == 3):
        check_tensors("bmm", input=input, mat2=mat2)
        name, batch = ("batch1", input) if input.ndim != 3 else ("batch2", mat2)
        raise RuntimeError(f"{name} must be a 3D tensor, not {batch.ndim}D")
    result = ops.bmm(input, mat2)
    return result if out is None else deliver(result, out, "bmm")


@public
@method
def outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix of the products of two vectors' elements: x_i y_j.

    >>> import chainrule as torch
    >>> torch.outer(torch.tensor([1, 2]), torch.tensor([3, 4]))
    tensor([[3, 4],
            [6, 8]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.outer.html
    """
    check_tensors("outer", input=input, vec2=vec2)
    check_vector_arguments("outer", self=input, vec2=vec2)
    return deliver(ops.outer(*promoted(input, vec2)), out, "outer")


def promoted(*tensors) -> list[Tensor]:
    """The tensors in their common type."""
    first = tensors[0].dtype
    if all(x.dtype is first for x in tensors):
        return list(tensors)
    common = result_dtype(*tensors)
    return [x if x.dtype is common else cast(x, dtype=common) for x in tensors]


def check_vector_arguments(name: str, **vectors) -> None:
    """RuntimeError for the first operand that is no vector."""
    for argument, vector in vectors.items():
        if vector.ndim != 1:
            raise RuntimeError(f"{name}: Expected 1-D argument {argument}, but got {vector.ndim}-D")


alias(outer, "ger")


@public
@method
def inner(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The products of all vectors along the last dimension of one tensor and of another.

    (..., k) and (..., k) give the leading dimensions of both; with a number (a 0-dim tensor), the
    plain product.

    >>> import chainrule as torch
    >>> torch.inner(torch.ones(2, 3), torch.ones(3))
    tensor([3., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.inner.html
    """
    check_tensors("inner", input=input, other=other)
    if input.ndim == 0 or other.ndim == 0:
        return deliver(arithmetic.mul(input, other), out, "inner")
    if input.shape[-1] != other.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(input.shape)} and {list(other.shape)}"
        )
    if input.dtype is not other.dtype:
        raise RuntimeError(
            f"both inputs should have same dtype, but got {input.dtype} and {other.dtype}"
        )
    if input.ndim == other.ndim == 1:
        return deliver(matrix_product(inner_dot, input, other), out, "inner")
    product = ops.times_turned(rows_of(input), rows_of(other))
    shape = (*input.shape[:-1], *other.shape[:-1])
    return deliver(flat_view(product, shape=shape), out, "inner")
