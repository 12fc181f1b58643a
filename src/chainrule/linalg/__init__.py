"""Norms, as PyTorch has them under `torch.linalg`. What is not here raises AttributeError.

Apart from functions.norms, where they are defined under their names in the top namespace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions.norms import vector_norm

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

__all__ = ["norm", "vector_norm"]


def norm(
    A: Tensor, ord: float | str | None = None, dim: int | tuple[int, ...] | None = None,
    keepdim: bool = False, *, out: Tensor | None = None, dtype: object = None,
) -> Tensor:  # fmt: skip
    """The vector norm, of the flattened tensor without `dim`; "fro" and None mean 2.

    Matrix norms other than "fro" are not there and raise NotImplementedError.

    >>> import chainrule as torch
    >>> torch.linalg.norm(torch.tensor([3.0, 4.0]))
    tensor(5.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.linalg.norm.html
    """
    is_matrix = (dim is None and A.ndim == 2) or (isinstance(dim, tuple) and len(dim) == 2)
    if ord not in (None, "fro") and is_matrix:
        raise NotImplementedError(f"linalg.norm: the matrix norm of order {ord!r} is not there")
    order = 2.0 if ord is None or isinstance(ord, str) else ord
    return vector_norm(A, order, dim, keepdim, dtype=dtype, out=out)
