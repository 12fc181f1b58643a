"""Another shape of the same elements: view, reshape, flatten, squeeze, ...

Apart from transposing.py, which exchanges dimensions, broadcasting.py, which repeats along them,
and from joining.py, cutting.py and repeating.py, which change how many elements there are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from chainrule._core.apply import wrap_array
from chainrule._core.types import as_dtype
from chainrule._core.writes import adopt, check_may_write
from chainrule.functions.declare import method, public
from chainrule.functions.identity import checked_dim
from chainrule.functions.sizes import checked_dims, filled_in, sizes_of
from chainrule.ops import shape as ops
from chainrule.ops.conversion import conj as conj_op
from chainrule.ops.conversion import contiguous_clone

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

unsafe_view = ops.reshape.named("UnsafeViewBackward0")
# The nodes of squeezing all dimensions, one, and some; and of the same in place.
SQUEEZES = tuple(ops.squeeze.named(f"SqueezeBackward{number}") for number in range(3))
SQUEEZES_IN_PLACE = tuple(ops.squeeze.named(f"SqueezeBackward{number}") for number in range(3, 6))
unsqueeze_in_place = ops.unsqueeze.named("UnsqueezeBackward1")


@method
def view(self, *shape, size=None, dtype=None) -> Tensor:
    """The same memory in another shape (or, given a dtype, read as another type).

    RuntimeError where only a copy could have that shape: see reshape.

    >>> import chainrule as torch
    >>> torch.arange(4).view(2, -1)
    tensor([[0, 1],
            [2, 3]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.view.html
    """
    if len(shape) == 1 and not isinstance(shape[0], (int, tuple, list)):
        dtype = shape[0]
    if dtype is not None:
        return _view_in_type(self, as_dtype(dtype))
    array = self._array
    shape = filled_in(sizes_of(shape, size), array)
    if not ops.is_viewable(array, shape):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one "
            "dimension spans across two contiguous subspaces). Use .reshape(...) instead. "
            f"(size {list(array.shape)}, stride {list(self.stride())}, wanted {list(shape)})"
        )
    return ops.view(self, shape=shape)


def _view_in_type(self, dtype):
    """The same bytes read as another type; a constant, unless the type stays."""
    array = self._array
    if dtype is self.dtype:
        return ops.view(self, shape=array.shape)
    _check_bytes(array, self.dtype, dtype)
    return wrap_array(array.view(dtype.numpy))


def _check_bytes(array, mine, wanted) -> None:
    """Whether the last dimension can be read in elements of another size."""
    have, need = mine.itemsize, wanted.itemsize
    if have == need:
        return
    what = f"to view {mine.legacy} as {wanted.legacy} (different element sizes)"
    if not array.ndim:
        raise RuntimeError(f"self.dim() cannot be 0 {what}")
    if array.strides[-1] != have:
        raise RuntimeError(f"self.stride(-1) must be 1 {what}, but got {array.strides[-1] // have}")
    if array.shape[-1] * have % need:
        raise RuntimeError(
            f"self.size(-1) must be divisible by {need // have} {what}, but got {array.shape[-1]}"
        )


@public
@method
def reshape(input: Tensor, *sizes, shape=None) -> Tensor:
    """The same elements in another shape: a view where that is possible, else a copy.

    >>> import chainrule as torch
    >>> torch.arange(4).reshape(2, 2)
    tensor([[0, 1],
            [2, 3]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.reshape.html
    """
    array = input._array
    shape = filled_in(sizes_of(sizes, shape, "shape"), array)
    if ops.is_viewable(array, shape):
        return ops.view(input, shape=shape)
    return unsafe_view(contiguous_clone(input), shape=shape)


@method
def view_as(self, other: Tensor) -> Tensor:
    """A view in the shape of another tensor."""
    return view(self, other.shape)


@method
def reshape_as(self, other: Tensor) -> Tensor:
    """Reshaped to the shape of another tensor."""
    return reshape(self, other.shape)


@public
@method
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Neighbouring dimensions made one; the tensor itself where it has that shape already.

    >>> import chainrule as torch
    >>> torch.ones(2, 3).flatten().shape
    torch.Size([6])

    See https://docs.pytorch.org/docs/2.13/generated/torch.flatten.html
    """
    start, end = checked_dim(start_dim, input.ndim), checked_dim(end_dim, input.ndim)
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if input.ndim == 0:
        return reshape(input, 1)
    if start == end:
        return input
    shape = tuple(input.shape)
    return reshape(input, *shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])


@public
@method
def ravel(input: Tensor) -> Tensor:
    """Flattened to one dimension.

    >>> import chainrule as torch
    >>> torch.ravel(torch.ones(2, 3)).shape
    torch.Size([6])

    See https://docs.pytorch.org/docs/2.13/generated/torch.ravel.html
    """
    return ops.view(input.contiguous(), shape=(input._array.size,))


@public
@method
def unflatten(input: Tensor, dim: int, sizes: tuple[int, ...]) -> Tensor:
    """One dimension made several, whose extents multiply to its own (one may be -1).

    >>> import chainrule as torch
    >>> torch.ones(6).unflatten(0, (2, -1)).shape
    torch.Size([2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.unflatten.html
    """
    dim, shape = checked_dim(dim, input.ndim), tuple(input.shape)
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if -1 not in sizes and math.prod(sizes) != shape[dim]:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} "
            f"({shape[dim]}) in the input tensor"
        )
    return view(input, *shape[:dim], *sizes, *shape[dim + 1 :])


# --------------------------------------------------------------------------- dimensions of one


def _squeezed(squeezes, input, dim) -> Tensor:
    """A view without some dimensions, by the op for all, one, or several of them."""
    shape = input.shape
    if dim is None:
        return squeezes[0](input, dim=tuple([k for k, size in enumerate(shape) if size == 1]))
    if isinstance(dim, int):
        axis = checked_dim(dim, input.ndim)
        return squeezes[1](input, dim=(axis,) if input.ndim and shape[axis] == 1 else ())
    dims = checked_dims(dim, input.ndim)
    return squeezes[2](input, dim=tuple([k for k in dims if input.ndim and shape[k] == 1]))


@public
@method
def squeeze(input: Tensor, dim: int | tuple[int, ...] | None = None) -> Tensor:
    """A view without the dimensions of extent 1: all of them, or those named.

    >>> import chainrule as torch
    >>> torch.ones(1, 2, 1).squeeze().shape
    torch.Size([2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.squeeze.html
    """
    return _squeezed(SQUEEZES, input, dim)


@method
def squeeze_(self, dim: int | tuple[int, ...] | None = None) -> Tensor:
    """squeeze, in place."""
    return become(self, _squeezed(SQUEEZES_IN_PLACE, self, dim))


@public
@method
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """A view with a dimension of extent 1 put in.

    >>> import chainrule as torch
    >>> torch.ones(2).unsqueeze(0).shape
    torch.Size([1, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.unsqueeze.html
    """
    return ops.unsqueeze(input, dim=checked_dim(dim, input.ndim + 1))


@method
def unsqueeze_(self, dim: int) -> Tensor:
    """unsqueeze, in place."""
    return become(self, unsqueeze_in_place(self, dim=checked_dim(dim, self.ndim + 1)))


def become(self: Tensor, view: Tensor) -> Tensor:
    """Let a tensor be another view of its own memory: the in-place form of a view."""
    check_may_write(self)
    return adopt(self, view)


# ------------------------------------------------------------------------------- complex numbers


@public
@method
def conj(input: Tensor) -> Tensor:
    """The complex conjugate; a real tensor itself.

    >>> import chainrule as torch
    >>> torch.conj(torch.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    return conj_op(input)


@public
@method
def resolve_conj(input: Tensor) -> Tensor:
    """The tensor itself: conjugates are computed at once."""
    return input
