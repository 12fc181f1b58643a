"""Elements repeated, as copies: repeat, tile, repeat_interleave.

Apart from broadcasting.py, whose results are views.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule.functions.declare import method, public
from chainrule.functions.factory import kind_of
from chainrule.functions.identity import checked_dim
from chainrule.functions.members import index_select
from chainrule.functions.shape import reshape
from chainrule.functions.sizes import sizes_of
from chainrule.ops import rearrangement as ops
from chainrule.ops.conversion import contiguous_clone
from chainrule.ops.shape import expand, unsqueeze, view


@method
def repeat(self, *counts, repeats: tuple[int, ...] | None = None) -> Tensor:
    """The tensor repeated along each dimension, as a copy.

    >>> import chainrule as torch
    >>> torch.arange(2).repeat(2, 2)
    tensor([[0, 1, 0, 1],
            [0, 1, 0, 1]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.repeat.html
    """
    return _repeated(self, sizes_of(counts, repeats, "repeats"))


def _repeated(input, counts) -> Tensor:
    shape = input._array.shape
    if len(counts) < len(shape):
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of "
            f"tensor: {len(counts)} < {len(shape)}"
        )
    if counts and min(counts) < 0:
        whole = (1,) * (len(counts) - len(shape)) + shape
        sizes = [count * extent for count, extent in zip(counts, whole)]
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(sizes)}: {sizes}")
    return ops.repeat(input, repeats=tuple(counts))


@public
@method
def tile(input: Tensor, *counts, dims: tuple[int, ...] | None = None) -> Tensor:
    """The tensor repeated along its last dimensions.

    >>> import chainrule as torch
    >>> torch.tile(torch.arange(2), (2,))
    tensor([0, 1, 0, 1])

    See https://docs.pytorch.org/docs/2.13/generated/torch.tile.html
    """
    found = sizes_of(counts, dims, "dims")
    return _repeated(input, (1,) * (input.ndim - len(found)) + found)


@public
@method
def repeat_interleave(
    input: Tensor,
    repeats: int | Tensor | None = None,
    dim: int | None = None,
    *,
    output_size: int | None = None,
) -> Tensor:
    """Each element (or member along a dimension) repeated, next to itself.

    `repeats` is an int or a tensor of counts. Without dim the tensor is flattened first. Without
    repeats, the input holds the counts, and their numbers are repeated.

    >>> import chainrule as torch
    >>> torch.arange(2).repeat_interleave(2)
    tensor([0, 0, 1, 1])

    See https://docs.pytorch.org/docs/2.13/generated/torch.repeat_interleave.html
    """
    if repeats is None:
        return wrap_array(_places(input, output_size))
    if dim is None:
        input, dim = (input if input.ndim == 1 else reshape(input, -1)), 0
    elif not input.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    dim = checked_dim(dim, input.ndim)
    if isinstance(repeats, int):
        return _alike(input, repeats, dim, output_size)
    if not isinstance(repeats, Tensor):
        raise TypeError(
            "repeat_interleave() received an invalid combination of arguments - got "
            f"({kind_of(repeats)}), but expected Tensor repeats or int repeats"
        )
    return _by_counts(input, repeats, dim, output_size)


def _alike(input, count, dim, output_size) -> Tensor:
    """Every member as often: a new dimension repeats, and is joined with the one before."""
    if count < 0:
        raise RuntimeError("Repeats must be non-negative")
    shape = input._array.shape
    if output_size is not None and output_size != shape[dim] * count:
        raise RuntimeError(
            f"repeat_interleave: Invalid output_size, expected {shape[dim] * count} but got "
            f"{output_size}"
        )
    wide = (*shape[: dim + 1], count, *shape[dim + 1 :])
    repeated = expand(unsqueeze(input, dim=dim + 1), shape=wide)
    joined = (*shape[:dim], shape[dim] * count, *shape[dim + 1 :])
    return view(contiguous_clone(repeated), shape=joined)


def _by_counts(input, counts, dim, output_size) -> Tensor:
    """Each member as often as its own count says, or all as often as the only count."""
    if counts.ndim > 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    extent, given = input._array.shape[dim], counts._array.size
    if given == 1:
        counts = wrap_array(numpy.broadcast_to(counts._array.reshape(-1), (extent,)))
    elif given != extent:
        raise RuntimeError(
            "repeats must have the same size as input along dim, but got repeats.size(0) = "
            f"{given} and input.size({dim}) = {extent}"
        )
    return index_select(input, dim, wrap_array(_places(counts, output_size)))


def _places(counts, output_size) -> numpy.ndarray:
    """The number of each member, as often as its count says."""
    array = counts._array
    if counts.dtype.name not in ("int64", "int32"):
        raise NotImplementedError(
            f"\"repeat_interleave_cpu\" not implemented for '{counts.dtype.legacy}'"
        )
    if array.ndim != 1:
        raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
    if array.size and array.min() < 0:
        raise RuntimeError("repeats can not be negative")
    if output_size is not None and output_size != array.sum():
        raise RuntimeError("allocated size does not match required size")
    return numpy.arange(array.size).repeat(array)
