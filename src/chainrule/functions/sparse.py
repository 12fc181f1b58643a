"""Sparse tensors taken apart, and brought to and from dense ones.

Apart from the records (ops.sparse): here are PyTorch's names, defaults and checks. Sums, products
with numbers and copies of sparse tensors are those of all tensors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor, bind_method
from chainrule._core.layouts import sparse_coo, strided
from chainrule.functions.conversion import to
from chainrule.functions.declare import method
from chainrule.ops import sparse as ops
from chainrule.ops.coo import CooArray, refusal

if TYPE_CHECKING:
    from typing import Any

    from chainrule._core.layouts import layout as layout_type

# ------------------------------------------------------------------------------------- parts


def _array_of(self: Any, name: str) -> CooArray:
    """The COO array of a sparse tensor; RuntimeError for dense ones, in PyTorch's words."""
    if ops.is_sparse(self):
        return self._array
    raise RuntimeError(f"{name} expected sparse coordinate tensor layout but got Strided")


def _parts_of(self: Any, name: str) -> CooArray:
    if ops.is_sparse(self):
        return self._array
    raise NotImplementedError(
        f"Could not run 'aten::{name}' with arguments from the 'CPU' backend: the tensor is dense"
    )


def _check_coalesced(array: CooArray, name: str) -> None:
    if not array.coalesced:
        raise RuntimeError(
            f"Cannot get {name} on an uncoalesced tensor, please call .coalesce() first"
        )


@method
def indices(self) -> Tensor:
    """The places of a coalesced sparse tensor: int64, (sparse dimensions, nnz).

    >>> import chainrule as torch
    >>> torch.eye(2).to_sparse().indices()
    tensor([[0, 1],
            [0, 1]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.indices.html
    """
    array = _array_of(self, "indices")
    _check_coalesced(array, "indices")
    return wrap_array(array.indices)


@method
def values(self) -> Tensor:
    """The values of a coalesced sparse tensor, in its memory and part of the graph.

    >>> import chainrule as torch
    >>> torch.tensor([0.0, 3.0]).to_sparse().values()
    tensor([3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.values.html
    """
    if not ops.is_sparse(self):
        raise RuntimeError("values expected sparse tensor layout but got Strided")
    _check_coalesced(self._array, "values")
    return ops.values(self)


@method
def _indices(self) -> Tensor:
    """The places of a sparse tensor, coalesced or not."""
    return wrap_array(_parts_of(self, "_indices").indices)


@method
def _values(self) -> Tensor:
    """The values of a sparse tensor, coalesced or not, as a constant in its memory."""
    return wrap_array(_parts_of(self, "_values").values)


@method
def _nnz(self) -> int:
    """How many values a sparse tensor holds."""
    return _parts_of(self, "_nnz").nnz


@method
def sparse_dim(self) -> int:
    """How many dimensions are sparse; 0 for a dense tensor."""
    return self._array.sparse_dim if ops.is_sparse(self) else 0


@method
def dense_dim(self) -> int:
    """How many dimensions each value of a sparse tensor has; all, for a dense one."""
    return self.ndim - sparse_dim(self)


@method
def coalesce(self) -> Tensor:
    """The sparse tensor with every place once, in order; itself where it is so already.

    >>> import chainrule as torch
    >>> torch.sparse_coo_tensor([[1, 1]], [2.0, 3.0], (2,)).coalesce().values()
    tensor([5.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.coalesce.html
    """
    return self if _array_of(self, "coalesce").coalesced else ops.coalesce(self)


@method
def is_coalesced(self) -> bool:
    """Whether every place of a sparse tensor comes once, in order."""
    return _array_of(self, "is_coalesced").coalesced


# ----------------------------------------------------------------------- to and from dense


@method
def to_dense(self, dtype=None, *, masked_grad: bool | None = None) -> Tensor:
    """All elements of a sparse tensor; a dense one itself.

    The gradient of a sparse tensor is sparse: what flows back to its places, and nothing else
    (`masked_grad=False` is refused).

    >>> import chainrule as torch
    >>> torch.sparse_coo_tensor([[1]], [2.0], (3,)).to_dense()
    tensor([0., 2., 0.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.to_dense.html
    """
    if not ops.is_sparse(self):
        return self if dtype is None else to(self, dtype)
    if dtype is not None:
        raise RuntimeError("dtype argument is not supported by sparse_to_dense")
    if masked_grad is False:
        raise NotImplementedError("to_dense(masked_grad=False): the gradient would be dense")
    return ops.to_dense(self)


@method
def to_sparse(
    self, sparse_dim: int | None = None, *, layout: layout_type | None = None,
    blocksize=None, dense_dim: int | None = None,
) -> Tensor:  # fmt: skip
    """The parts of a tensor that are not zero, as a sparse tensor.

    A part is an element, or, with `sparse_dim`, all that has one index in the first so many
    dimensions. NotImplementedError for layouts other than torch.sparse_coo.

    >>> import chainrule as torch
    >>> torch.tensor([[0.0, 0.0], [1.0, 2.0]]).to_sparse(1)
    tensor(indices=tensor([[1]]),
           values=tensor([[1., 2.]]),
           size=(2, 2), nnz=1, layout=torch.sparse_coo)

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.to_sparse.html
    """
    if layout not in (None, sparse_coo) or blocksize is not None or dense_dim is not None:
        raise NotImplementedError(
            f"to_sparse(layout={layout!r}, blocksize={blocksize!r}, dense_dim={dense_dim!r}): "
            "torch.sparse_coo is the only sparse layout"
        )
    if ops.is_sparse(self):
        if sparse_dim in (None, self._array.sparse_dim):
            return self
        raise RuntimeError(
            "to_sparse: conversion from Sparse to Sparse with sparse_dim argument "
            f"!=self.sparse_dim() is not supported: {sparse_dim} is not {self._array.sparse_dim}"
        )
    if sparse_dim is None:
        return ops.to_sparse(self, sparse_dim=self.ndim)
    _check_sparse_dim(sparse_dim, self.ndim)
    return ops.to_sparse_parts(self, sparse_dim=sparse_dim)


def _check_sparse_dim(count: int, ndim: int) -> None:
    if not 0 <= count <= ndim:
        raise RuntimeError(
            f"dense_to_sparse: sparse_dim argument must be in [0,{ndim}] range, but {count} is "
            "given"
        )
    if count == 0 < ndim:
        raise RuntimeError("dense_to_sparse: sparse_dim argument must be in >0 when self.dim()>0")


@method
def sparse_mask(self, mask: Tensor) -> Tensor:
    """What a tensor has at the places of a sparse one, at those places.

    >>> import chainrule as torch
    >>> torch.tensor([1.0, 2.0]).sparse_mask(torch.sparse_coo_tensor([[1]], [9.0], (2,)))
    tensor(indices=tensor([[1]]),
           values=tensor([2.]),
           size=(2,), nnz=1, layout=torch.sparse_coo)

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.sparse_mask.html
    """
    if not isinstance(mask, Tensor) or not ops.is_sparse(mask):
        raise refusal("sparse_mask")
    if self.shape != mask.shape:
        raise RuntimeError(
            "sparse_mask(): operands have incompatible sizes; self has size "
            f"{list(self.shape)} but mask has size {list(mask.shape)}"
        )
    return ops.masked(self, mask)


bind_method("is_sparse", property(ops.is_sparse))
bind_method("is_sparse_csr", False)
bind_method("layout", property(lambda self: sparse_coo if ops.is_sparse(self) else strided))
