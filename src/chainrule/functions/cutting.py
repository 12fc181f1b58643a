"""Views of pieces along a dimension: split, chunk, tensor_split, unbind, narrow.

Apart from joining.py, which puts pieces together, and from indexing.py, which reads x[...].
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule.functions.declare import method, public
from chainrule.functions.identity import checked_dim
from chainrule.ops import shape as ops

if TYPE_CHECKING:
    from collections.abc import Sequence


@public
@method
def split(
    tensor: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0
) -> tuple[Tensor, ...]:
    """Views of a tensor cut along a dimension: in pieces of one size, or of the sizes given.

    RuntimeError where the sizes do not add up.

    >>> import chainrule as torch
    >>> torch.arange(3).split(2)
    (tensor([0, 1]), tensor([2]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.split.html
    """
    dim = checked_dim(dim, tensor.ndim)
    if not tensor.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    extent, size = tensor._array.shape[dim], split_size_or_sections
    if not isinstance(size, int):
        sizes = tuple(size)
        _check_sizes(sizes, extent, dim)
        return ops.split_with_sizes(tensor, split_sizes=sizes, dim=dim)
    if size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
    if size == 0 and extent:
        raise RuntimeError(
            f"split_size can only be 0 if dimension size is 0, but got dimension size of {extent}"
        )
    return ops.split(tensor, split_sizes=_pieces(extent, size), dim=dim)


def _check_sizes(sizes, extent, dim) -> None:
    """Refuse sizes that do not add up to the extent of a dimension."""
    if min(sizes, default=0) < 0:
        raise RuntimeError(
            "split_with_sizes expects split_sizes have only non-negative entries, but got "
            f"split_sizes={list(sizes)}"
        )
    if sum(sizes) != extent:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {extent} (input tensor's "
            f"size at dimension {dim}), but got split_sizes={list(sizes)}"
        )


@public
@method
def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Views of a tensor cut along a dimension in pieces of the sizes given.

    >>> import chainrule as torch
    >>> torch.arange(3).split_with_sizes([1, 2])
    (tensor([0]), tensor([1, 2]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.split.html
    """
    return split(input, list(split_sizes), dim)


def _pieces(extent, size):
    if extent == 0:
        return (0,)
    return (size,) * (extent // size) + ((extent % size,) if extent % size else ())


@public
@method
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of a tensor cut along a dimension into (at most) so many equal pieces.

    >>> import chainrule as torch
    >>> torch.arange(3).chunk(2)
    (tensor([0, 1]), tensor([2]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.chunk.html
    """
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    if not input.ndim:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    dim = checked_dim(dim, input.ndim)
    extent = input._array.shape[dim]
    if extent == 0:
        return ops.split(input, split_sizes=(0,) * chunks, dim=dim)
    return ops.split(input, split_sizes=_pieces(extent, math.ceil(extent / chunks)), dim=dim)


@public
@method
def tensor_split(
    input: Tensor, indices_or_sections: int | Sequence[int] | Tensor, dim: int = 0
) -> tuple[Tensor, ...]:
    """Views of a tensor cut before the indices given, or into so many nearly equal pieces.

    >>> import chainrule as torch
    >>> torch.arange(4).tensor_split((1, 3))
    (tensor([0]), tensor([1, 2]), tensor([3]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.tensor_split.html
    """
    if not input.ndim:
        raise RuntimeError(
            "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims"
        )
    dim = checked_dim(dim, input.ndim)
    extent = input._array.shape[dim]
    if isinstance(indices_or_sections, Tensor):
        indices_or_sections = _as_numbers(indices_or_sections)
    if isinstance(indices_or_sections, int):
        indices_or_sections = _cuts(extent, indices_or_sections)
    ends = [0, *indices_or_sections, extent]
    before = (slice(None),) * dim
    return tuple(input[(*before, slice(a, max(a, b)))] for a, b in itertools.pairwise(ends))


def _as_numbers(tensor) -> int | list[int]:
    """The indices, or the number of pieces, that a tensor holds."""
    if tensor.dtype.name != "int64":
        raise RuntimeError(
            "tensor_split expected tensor_indices_or_sections to have dtype of long, but got "
            f"{tensor.dtype.legacy}"
        )
    return tensor.tolist()


def _cuts(extent, count) -> list[int]:
    """Where to cut for so many pieces, the first of them larger by one where need be."""
    if count <= 0:
        raise RuntimeError(f"number of sections must be larger than 0, got {count}")
    small, larger = divmod(extent, count)
    return [k * small + min(k, larger) for k in range(1, count)]


@public
@method
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of a tensor's members along a dimension.

    >>> import chainrule as torch
    >>> torch.arange(2).unbind()
    (tensor(0), tensor(1))

    See https://docs.pytorch.org/docs/2.13/generated/torch.unbind.html
    """
    dim = checked_dim(dim, input.ndim)
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return ops.unbind(input, dim=dim)


@public
@method
def narrow(input: Tensor, dim: int, start: int | Tensor, length: int) -> Tensor:
    """A view of a run of one dimension.

    RuntimeError where the run is longer than what is left, IndexError where it starts outside.

    >>> import chainrule as torch
    >>> torch.arange(4).narrow(0, 1, 2)
    tensor([1, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.narrow.html
    """
    if not input.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    dim, start = checked_dim(dim, input.ndim), int(start)
    extent = input._array.shape[dim]
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if not -extent <= start <= extent:
        raise IndexError(
            f"start out of range (expected to be in range of [{-extent}, {extent}], but got "
            f"{start})"
        )
    start = start + extent if start < 0 else start
    if start + length > extent:
        raise RuntimeError(
            f"start ({start}) + length ({length}) exceeds dimension size ({extent})."
        )
    return ops.narrow(input, dim=dim, start=start, length=length)
