"""Joining, cutting, repeating and turning: PyTorch's names for the rest of ops.shape.

Apart from shape.py, whose results are views of all the elements there were.
"""

from __future__ import annotations

import itertools
import math

from chainrule._core.core import Tensor
from chainrule.functions.declare import alias, deliver, method, public
from chainrule.functions.identity import checked_dim
from chainrule.functions.shape import diagonal, reshape, sizes_of, transpose, unsqueeze
from chainrule.ops import shape as ops

# ---------------------------------------------------------------------------------------- joining


def _tensors(tensors, name):
    if isinstance(tensors, Tensor):
        raise TypeError(
            f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor"
        )
    tensors = tuple(tensors)
    for position, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(
                f"expected Tensor as element {position} in argument 0, but got "
                f"{type(tensor).__name__}"
            )
    return tensors


@public
def cat(tensors, dim: int = 0, *, out: Tensor | None = None) -> Tensor:
    """Tensors one after the other along a dimension; types promote. Empty 1-D ones are left out.

    ValueError for no tensors; RuntimeError where other dimensions differ.

    >>> import chainrule as torch
    >>> torch.cat([torch.ones(1), torch.zeros(2)])
    tensor([1., 0., 0.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.cat.html
    """
    tensors = _tensors(tensors, "cat")
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    joined = [tensor for tensor in tensors if tensor._array.shape != (0,)] or tensors[:1]
    dim = checked_dim(dim, joined[0].ndim)
    _check_alike(joined, dim)
    return deliver(ops.cat(*joined, dim=dim), out, "cat")


def _check_alike(tensors, dim):
    first = tensors[0]._array.shape
    for number, tensor in enumerate(tensors):
        shape = tensor._array.shape
        if shape == first:
            continue
        if len(shape) != len(first):
            raise RuntimeError(
                f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}"
            )
        for axis, (expected, got) in enumerate(zip(first, shape)):
            if axis != dim and expected != got:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {dim}. Expected size "
                    f"{expected} but got size {got} for tensor number {number} in the list."
                )
    if not first:
        raise RuntimeError("zero-dimensional tensor (at position 0) cannot be concatenated")


alias(cat, "concat", "concatenate")


@public
def stack(tensors, dim: int = 0, *, out: Tensor | None = None) -> Tensor:
    """Tensors of one shape side by side along a new dimension; types promote.

    >>> import chainrule as torch
    >>> torch.stack([torch.ones(2), torch.zeros(2)])
    tensor([[1., 1.],
            [0., 0.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.stack.html
    """
    tensors = _tensors(tensors, "stack")
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    shape = tensors[0]._array.shape
    for number, tensor in enumerate(tensors):
        if tensor._array.shape != shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(shape)} at entry 0 "
                f"and {list(tensor.shape)} at entry {number}"
            )
    return deliver(ops.stack(*tensors, dim=checked_dim(dim, len(shape) + 1)), out, "stack")


def _raised(tensors, ndim):
    """Each tensor with dimensions of 1 added in front up to ndim."""
    return [
        reshape(tensor, *(1,) * (ndim - tensor.ndim), *tensor.shape)
        if tensor.ndim < ndim
        else tensor
        for tensor in sizes_of((tensors,) if isinstance(tensors, Tensor) else (list(tensors),))
    ]


def _at_least(ndim, tensors):
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return _raised(tensors[0], ndim)[0]
    return tuple(_raised(sizes_of(tensors), ndim))


@public
def atleast_1d(*tensors) -> Tensor | tuple[Tensor, ...]:
    """Tensors with at least one dimension."""
    return _at_least(1, tensors)


@public
def atleast_2d(*tensors) -> Tensor | tuple[Tensor, ...]:
    """Tensors with at least two dimensions."""
    return _at_least(2, tensors)


@public
def hstack(tensors, *, out: Tensor | None = None) -> Tensor:
    """Tensors side by side: along the first dimension of vectors, the second of others."""
    tensors = _raised(tensors, 1)
    return cat(tensors, 0 if tensors[0].ndim == 1 else 1, out=out)


@public
def vstack(tensors, *, out: Tensor | None = None) -> Tensor:
    """Tensors one below the other."""
    return cat(_raised(tensors, 2), 0, out=out)


alias(vstack, "row_stack")

# ---------------------------------------------------------------------------------------- cutting


@public
@method
def split(tensor: Tensor, split_size_or_sections, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of a tensor cut along a dimension: in pieces of one size, or of the sizes given.

    RuntimeError where the sizes do not add up.

    >>> import chainrule as torch
    >>> torch.arange(3).split(2)
    (tensor([0, 1]), tensor([2]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.split.html
    """
    dim = checked_dim(dim, tensor.ndim)
    if tensor.ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    extent = tensor._array.shape[dim]
    if not isinstance(split_size_or_sections, int):
        sizes = tuple(split_size_or_sections)
        if sum(sizes) != extent or min(sizes, default=0) < 0:
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {extent} (input tensor's "
                f"size at dimension {dim}), but got split_sizes={list(sizes)}"
            )
        return ops.split_with_sizes(tensor, split_sizes=sizes, dim=dim)
    size = split_size_or_sections
    if size < 0 or (size == 0 and extent):
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
    return ops.split(tensor, split_sizes=_pieces(extent, size), dim=dim)


@public
@method
def split_with_sizes(input: Tensor, split_sizes, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of a tensor cut along a dimension in pieces of the sizes given."""
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
    extent = input._array.shape[checked_dim(dim, input.ndim)]
    if extent == 0:
        return ops.split(input, split_sizes=(0,) * chunks, dim=checked_dim(dim, input.ndim))
    return split(input, math.ceil(extent / chunks), dim)


@public
@method
def tensor_split(input: Tensor, indices_or_sections, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of a tensor cut before the indices given, or into so many nearly equal pieces."""
    dim = checked_dim(dim, input.ndim)
    extent = input._array.shape[dim]
    if isinstance(indices_or_sections, Tensor):
        indices_or_sections = indices_or_sections.tolist()
    if isinstance(indices_or_sections, int):
        count = indices_or_sections
        if count <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {count}")
        sizes = [extent // count + (k < extent % count) for k in range(count)]
        indices_or_sections = [sum(sizes[: k + 1]) for k in range(count - 1)]
    cuts = [slice(0, extent).indices(extent)[0], *indices_or_sections, extent]
    before = (slice(None),) * dim
    return tuple(input[(*before, slice(a, max(a, b)))] for a, b in itertools.pairwise(cuts))


@public
@method
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of a tensor's members along a dimension.

    >>> import chainrule as torch
    >>> torch.arange(2).unbind()
    (tensor(0), tensor(1))

    See https://docs.pytorch.org/docs/2.13/generated/torch.unbind.html
    """
    if input.ndim == 0:
        checked_dim(dim, 0)
        raise RuntimeError("Dimension specified as 0 but tensor has no dimensions")
    return ops.unbind(input, dim=checked_dim(dim, input.ndim))


@public
@method
def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """A view of a run of one dimension.

    >>> import chainrule as torch
    >>> torch.arange(4).narrow(0, 1, 2)
    tensor([1, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.narrow.html
    """
    dim = checked_dim(dim, input.ndim)
    extent = input._array.shape[dim]
    start = int(start) + extent if start < 0 else int(start)
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if start + length > extent:
        raise RuntimeError(
            f"start ({start}) + length ({length}) exceeds dimension size ({extent})."
        )
    return ops.narrow(input, dim=dim, start=start, length=length)


# -------------------------------------------------------------------------------------- repeating


@method
def repeat(self, *repeats) -> Tensor:
    """The tensor repeated along each dimension, as a copy.

    >>> import chainrule as torch
    >>> torch.arange(2).repeat(2, 2)
    tensor([[0, 1, 0, 1],
            [0, 1, 0, 1]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.repeat.html
    """
    repeats = sizes_of(repeats)
    if len(repeats) < self.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of "
            f"tensor: {len(repeats)} < {self.ndim}"
        )
    return ops.repeat(self, repeats=tuple(repeats))


@public
@method
def tile(input: Tensor, *dims) -> Tensor:
    """The tensor repeated along its last dimensions.

    >>> import chainrule as torch
    >>> torch.tile(torch.arange(2), (2,))
    tensor([0, 1, 0, 1])

    See https://docs.pytorch.org/docs/2.13/generated/torch.tile.html
    """
    dims = sizes_of(dims)
    return repeat(input, *(1,) * (input.ndim - len(dims)), *dims)


@public
@method
def repeat_interleave(
    input: Tensor, repeats, dim: int | None = None, *, output_size=None
) -> Tensor:
    """Each element (or member along a dimension) repeated, next to itself.

    `repeats` is an int or a tensor of counts. Without dim the tensor is flattened first.

    >>> import chainrule as torch
    >>> torch.arange(2).repeat_interleave(2)
    tensor([0, 0, 1, 1])

    See https://docs.pytorch.org/docs/2.13/generated/torch.repeat_interleave.html
    """
    if dim is None:
        input, dim = reshape(input, -1), 0
    dim = checked_dim(dim, input.ndim)
    if isinstance(repeats, Tensor):
        counts = repeats.tolist()
        counts = [counts] if isinstance(counts, int) else counts
        repeats = counts[0] if len(counts) == 1 else tuple(counts)
    if isinstance(repeats, (tuple, list)):
        repeats = tuple(repeats)
        if len(repeats) != input.shape[dim]:
            raise RuntimeError(
                "repeats must have the same size as input along dim, but got repeats.size(0) = "
                f"{len(repeats)} and input.size({dim}) = {input.shape[dim]}"
            )
    return ops.repeat_interleave(input, repeats=repeats, dim=dim)


# ---------------------------------------------------------------------------------------- turning


def _dims(dims, ndim):
    dims = (dims,) if isinstance(dims, int) else tuple(dims)
    return tuple(checked_dim(axis, ndim) for axis in dims)


@public
@method
def flip(input: Tensor, *dims) -> Tensor:
    """The order along dimensions reversed, as a copy.

    >>> import chainrule as torch
    >>> torch.arange(3).flip(0)
    tensor([2, 1, 0])

    See https://docs.pytorch.org/docs/2.13/generated/torch.flip.html
    """
    return ops.flip(input, dims=_dims(sizes_of(dims), input.ndim))


@public
@method
def fliplr(input: Tensor) -> Tensor:
    """Flipped along the second dimension."""
    return flip(input, 1)


@public
@method
def flipud(input: Tensor) -> Tensor:
    """Flipped along the first dimension."""
    return flip(input, 0)


@public
@method
def roll(input: Tensor, shifts, dims=None) -> Tensor:
    """The elements moved along dimensions; what leaves at one end comes in at the other.

    >>> import chainrule as torch
    >>> torch.arange(3).roll(1)
    tensor([2, 0, 1])

    See https://docs.pytorch.org/docs/2.13/generated/torch.roll.html
    """
    shifts = (shifts,) if isinstance(shifts, int) else tuple(shifts)
    dims = () if dims is None else _dims(dims, input.ndim)
    if not dims and len(shifts) == 1:
        flat = ops.roll(reshape(input, -1), shifts=shifts, dims=(0,))
        return reshape(flat, *input.shape)
    if len(shifts) != len(dims):
        raise RuntimeError(
            f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}"
        )
    return ops.roll(input, shifts=shifts, dims=dims)


@public
@method
def rot90(input: Tensor, k: int = 1, dims=(0, 1)) -> Tensor:
    """Turned by k quarter turns in the plane of two dimensions."""
    a, b = _dims(dims, input.ndim)
    if k % 4 == 2:
        return flip(input, a, b)
    if k % 4 == 0:
        return input.clone()
    return flip(transpose(input, a, b), a if k % 4 == 1 else b)


# --------------------------------------------------------------------------- triangles, diagonals


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


@public
@method
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices with the last dimension on a diagonal and zeros elsewhere."""
    ndim = input.ndim + 1
    dim1, dim2 = checked_dim(dim1, ndim), checked_dim(dim2, ndim)
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
        return deliver(diag_embed(input, diagonal), out, "diag")
    if input.ndim != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    return deliver(_diagonal(input, diagonal).clone(), out, "diag")


_diagonal = diagonal


@public
def block_diag(*tensors: Tensor) -> Tensor:
    """Matrices along the diagonal of a large one, zeros elsewhere."""
    from chainrule.functions.creation import zeros

    matrices = [
        unsqueeze(tensor, 0) if tensor.ndim == 1 else reshape(tensor, *tensor.shape[-2:] or (1, 1))
        for tensor in tensors
    ]
    width = sum(matrix.shape[1] for matrix in matrices)
    rows, start = [], 0
    for matrix in matrices:
        height, own = matrix.shape
        parts = [zeros(height, start), matrix, zeros(height, width - start - own)]
        rows.append(cat([part for part in parts if part.numel()] or parts[1:2], 1))
        start += own
    return cat(rows, 0)
