"""Norms of vectors: PyTorch's names for ops.norms.

Apart from reduction.py, because of what they ask of the order and the type.
"""

from __future__ import annotations

from chainrule._core.core import Tensor
from chainrule._core.kernels import result_dtype
from chainrule._core.promotion import promote_types
from chainrule._core.types import as_dtype
from chainrule.functions.activation_arguments import check_tensor
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.reduction_arguments import (
    FLOAT,
    check_type,
    dims_of,
    in_type,
)
from chainrule.ops import norms as ops


def vector_norm(
    x: Tensor, ord=2, dim=None, keepdim: bool = False, *, dtype=None, out=None
) -> Tensor:
    """(sum |x| ** ord) ** (1 / ord); for ord inf and -inf the extremes, for 0 the nonzeros.

    Its derivative is 0 at 0. RuntimeError for integers, and for a dtype that holds less than x's.

    >>> import chainrule as torch
    >>> torch.linalg.vector_norm(torch.tensor([3.0, 4.0]))
    tensor(5.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.linalg.vector_norm.html
    """
    check_type(x, "vector_norm")
    if isinstance(ord, (str, Tensor)) or ord is None:
        raise TypeError(
            "linalg_vector_norm(): argument 'ord' (position 2) must be Number, not "
            f"{type(ord).__name__}"
        )
    if dtype is not None:
        _check_wider(x.dtype, as_dtype(dtype))
        x = in_type(x, dtype)
    dims = dims_of(dim, x.ndim, "vector_norm")
    if not x._array.size and (ord < 0 or ord == float("inf")):
        _check_not_empty(x, ord, dims)
    return deliver(ops.vector_norm(x, ord=ord, dim=dims, keepdim=keepdim), out, "vector_norm")


def _check_wider(mine, wanted) -> None:
    """The type of a norm may hold more than the input's, and nothing else."""
    name = "linalg.vector_norm: dtype should be"
    if wanted.category < FLOAT:
        raise RuntimeError(f"{name} floating point or complex, but got {wanted.legacy}")
    if mine.is_complex is not wanted.is_complex:
        kind = "complex" if mine.is_complex else "real"
        raise RuntimeError(f"{name} {kind} for {kind} inputs, but got {wanted.legacy}")
    if promote_types(mine, wanted) is not wanted:
        raise RuntimeError(
            f"linalg.vector_norm: the dtype of the input ({mine.legacy}) should be convertible "
            f"without narrowing to the specified dtype ({wanted.legacy})"
        )


def _check_not_empty(x, ord, dims) -> None:
    """Nothing has no largest and no smallest."""
    shape = x._array.shape
    for axis in range(len(shape)) if dims is None else dims:
        if shape[axis] == 0:
            where = "an empty tensor" if dims is None else f"the empty dimension {axis}"
            raise RuntimeError(
                f"linalg.vector_norm cannot compute the {ord} norm on {where} because the "
                "operation does not have an identity"
            )


@public
@method
def norm(input: Tensor, p="fro", dim=None, keepdim: bool = False, out=None, dtype=None) -> Tensor:
    """The vector norm over the given dimensions ("fro": p = 2).

    NotImplementedError for the nuclear norm.

    >>> import chainrule as torch
    >>> torch.norm(torch.tensor([3.0, 4.0]))
    tensor(5.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.norm.html
    """
    if p == "nuc":
        raise NotImplementedError("norm: the nuclear norm needs svd, which is not there yet")
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f"linalg.matrix_norm: Order {p} not supported.")
    order = 2 if p in ("fro", None) else p
    return vector_norm(input, order, dim, keepdim, dtype=dtype, out=out)


@public
@method
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The norm of input - other. RuntimeError for integers.

    >>> import chainrule as torch
    >>> torch.dist(torch.tensor([3.0, 4.0]), torch.zeros(2))
    tensor(5.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.dist.html
    """
    check_tensor(input, "dist")
    check_tensor(other, "dist", "other", 2)
    common = result_dtype(input, other)
    if common.category < FLOAT:
        raise RuntimeError(
            "norm(): input dtype should be either floating point or complex. Got "
            f"{common.legacy} instead."
        )
    return ops.dist(input, other, p=p)
