"""Diagonals and triangles of matrices: diagonal, diag, diag_embed, tril, triu.

Apart from shape.py, because elements are left out, or zeros put in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions.declare import deliver, method, public
from chainrule.functions.identity import checked_dim
from chainrule.ops import diagonals as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

# ---------------------------------------------------------------------------------- diagonals


def _two_dims(dim1, dim2, ndim) -> tuple[int, int]:
    """Two dimensions counted from the front; RuntimeError where they are the same."""
    first, second = checked_dim(dim1, ndim), checked_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return first, second


@public
@method
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A view of a diagonal, as the last dimension.

    >>> import chainrule as torch
    >>> torch.eye(2).diagonal()
    tensor([1., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.diagonal.html
    """
    dim1, dim2 = _two_dims(dim1, dim2, input.ndim)
    return ops.diagonal(input, offset=offset, dim1=dim1, dim2=dim2)


@public
@method
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices with the last dimension on a diagonal and zeros elsewhere.

    >>> import chainrule as torch
    >>> torch.diag_embed(torch.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.diag_embed.html
    """
    dim1, dim2 = _two_dims(dim1, dim2, input.ndim + 1)
    return ops.diag_embed(input, offset=offset, dim1=dim1, dim2=dim2)


@public
@method
def diag(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """A vector made the diagonal of a matrix, or the diagonal of a matrix as a copy.

    >>> import chainrule as torch
    >>> torch.diag(torch.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.diag.html
    """
    if input.ndim == 1:
        result = ops.diag_embed(input, offset=diagonal, dim1=0, dim2=1)
    elif input.ndim == 2:
        result = ops.diagonal_copy(input, offset=diagonal, dim1=0, dim2=1)
    else:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    return deliver(result, out, "diag")


# ---------------------------------------------------------------------------------- triangles


def _triangle(op, name):
    def triangle(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
        if input.ndim < 2:
            raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
        return deliver(op(input, diagonal=diagonal), out, name)

    side, shown = ("lower", "[1., 0.],\n        [1., 1.]") if name == "tril" else (
        "upper", "[1., 1.],\n        [0., 1.]"
    )  # fmt: skip
    triangle.__name__ = triangle.__qualname__ = name
    triangle.__doc__ = (
        f"The {side} triangle of each matrix, with zeros elsewhere.\n\n"
        f">>> import chainrule as torch\n>>> torch.{name}(torch.ones(2, 2))\ntensor([{shown}])\n\n"
        f"See https://docs.pytorch.org/docs/2.13/generated/torch.{name}.html"
    )

    def written(self, diagonal: int = 0):
        return op.in_place(self, diagonal=diagonal)

    method(written, name=name + "_")
    return method(public(triangle))


tril = _triangle(ops.tril, "tril")
triu = _triangle(ops.triu, "triu")
