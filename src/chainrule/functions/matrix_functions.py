"""Functions of matrices and vectors made of products: kron, cross, trace, matrix_power.

Apart from matmul, which multiplies, and from contraction, where labels say how.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from chainrule._core.types import DTYPES
from chainrule.functions.broadcasting import common_shape
from chainrule.functions.creation import eye, ones
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.identity import checked_dim
from chainrule.functions.matmul import check_tensors, matmul, unsafe_view
from chainrule.ops import arithmetic
from chainrule.ops import product_sizes as sizes
from chainrule.ops.contraction import trace as trace_op
from chainrule.ops.conversion import clone
from chainrule.ops.matmul import cross as cross_op
from chainrule.ops.shape import expand

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

# PyTorch's zeroth power is written into a copy of the matrix, whose gradient is then zero.
written_over = arithmetic.add.named("CopyBackwards")


@public
@method
def kron(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Kronecker product: every element of one tensor times all of the other, as blocks.

    >>> import chainrule as torch
    >>> torch.kron(torch.tensor([1, 2]), torch.tensor([1, 1]))
    tensor([1, 1, 2, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.kron.html
    """
    check_tensors("kron", input=input, other=other)
    ndim = max(input.ndim, other.ndim)
    a, b = ((1,) * (ndim - x.ndim) + tuple(x.shape) for x in (input, other))
    spaced = unsafe_view(input, shape=tuple(extent for m in a for extent in (m, 1)))
    inside = unsafe_view(other, shape=tuple(extent for n in b for extent in (1, n)))
    product = arithmetic.mul(spaced, inside)
    return deliver(unsafe_view(product, shape=tuple(m * n for m, n in zip(a, b))), out, "kron")


@public
@method
def cross(
    input: Tensor, other: Tensor, dim: int | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The cross product of vectors of three elements, along a dimension.

    Without `dim`, along the first dimension of size 3, which PyTorch deprecates.

    >>> import chainrule as torch
    >>> torch.cross(torch.tensor([1, 0, 0]), torch.tensor([0, 1, 0]), dim=0)
    tensor([0, 0, 1])

    See https://docs.pytorch.org/docs/2.13/generated/torch.cross.html
    """
    check_tensors("cross", input=input, other=other)
    if dim is None:
        dim = next((axis for axis, extent in enumerate(input.shape) if extent == 3), None)
        if dim is None:
            raise RuntimeError(f"no dimension of size 3 in input of shape {list(input.shape)}")
        warnings.warn(
            "Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass "
            "the dim explicitly or simply use torch.linalg.cross.\nThe default value of dim will "
            "change to agree with that of linalg.cross in a future release.",
            stacklevel=2,
        )
    return deliver(cross_along(input, other, dim), out, "cross")


def cross_along(input: Tensor, other: Tensor, dim: int) -> Tensor:
    """The cross product along a dimension: what torch.cross and torch.linalg.cross share."""
    if input.ndim != other.ndim:
        raise RuntimeError(
            "linalg.cross: inputs must have the same number of dimensions. Got "
            f"{input.ndim} and {other.ndim}"
        )
    checked_dim(dim, input.ndim)
    if input.shape[dim] != 3 or other.shape[dim] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {input.shape[dim]} and "
            f"{other.shape[dim]}"
        )
    sizes.check_types(input._array, other._array, "cross")
    if input.shape != other.shape:
        shape = common_shape(input.shape, other.shape)
        input, other = (expand(x, shape=shape) for x in (input, other))
    return cross_op(input, other, dim=dim)


@public
@method
def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix.

    >>> import chainrule as torch
    >>> torch.trace(torch.eye(3))
    tensor(3.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.trace.html
    """
    check_tensors("trace", input=input)
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    sizes.refuse_bool(input.dtype, "trace")
    return trace_op(input)


@public
@method
def matrix_power(input: Tensor, n: int, *, out: Tensor | None = None) -> Tensor:
    """A square matrix (or a batch of them) multiplied with itself n - 1 times, by squaring.

    n may be 0, which gives the identity. Negative powers need an inverse, which chainrule does
    not have yet: NotImplementedError.

    >>> import chainrule as torch
    >>> torch.matrix_power(torch.tensor([[1, 1], [0, 1]]), 3)
    tensor([[1, 3],
            [0, 1]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.matrix_power.html
    """
    check_tensors("matrix_power", input=input)
    if isinstance(n, bool) or not isinstance(n, int):
        raise TypeError(
            f"matrix_power(): argument 'n' (position 2) must be int, not {type(n).__name__}"
        )
    if input.ndim < 2:
        raise RuntimeError(
            "linalg.matrix_power: The input tensor A must have at least 2 dimensions."
        )
    rows, columns = input.shape[-2:]
    if rows != columns:
        raise RuntimeError(
            "linalg.matrix_power: A must be batches of square matrices, but they are "
            f"{rows} by {columns} matrices"
        )
    if n < 0:
        raise NotImplementedError(f"matrix_power: chainrule has no inverse yet, for n = {n}")
    return deliver(_power(input, n), out, "matrix_power")


def _power(x, n: int):
    if n == 0:
        nothing = x.masked_fill(ones(x.shape[-1], dtype=DTYPES["bool"]), 0)
        return written_over(nothing, eye(x.shape[-1], dtype=x.dtype))
    if n == 1:
        return clone(x)
    result, square = None, x
    while n:
        if n & 1:
            result = square if result is None else matmul(result, square)
        n >>= 1
        if n:
            square = matmul(square, square)
    return result
