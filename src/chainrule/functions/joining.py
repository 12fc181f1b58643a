"""Tensors put together: cat, stack, hstack, vstack, block_diag.

Apart from cutting.py, which takes them apart again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule._core.promotion import can_cast
from chainrule.functions.creation import empty
from chainrule.functions.declare import alias, deliver, public
from chainrule.functions.factory import kind_of
from chainrule.functions.identity import checked_dim
from chainrule.functions.shape import reshape, unsqueeze
from chainrule.ops import shape as ops
from chainrule.ops.diagonals import block_diag as block_diag_op

if TYPE_CHECKING:
    from collections.abc import Sequence

# ---------------------------------------------------------------------------------- cat, stack


def _tensors(tensors, name) -> tuple[Tensor, ...]:
    """A sequence of tensors; TypeError for anything else."""
    if isinstance(tensors, Tensor) or not hasattr(tensors, "__iter__"):
        raise TypeError(
            f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not "
            f"{kind_of(tensors)}"
        )
    tensors = tuple(tensors)
    for position, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(
                f"expected Tensor as element {position} in argument 0, but got {kind_of(tensor)}"
            )
    return tensors


def _delivered(result, out, name) -> Tensor:
    """The result, or `out` with it; all that join do so through cat, which says what is wrong."""
    if out is not None and not can_cast(result.dtype, out.dtype):
        raise TypeError(
            f"torch.cat(): input types can't be cast to the desired output type {out.dtype.legacy}"
        )
    return deliver(result, out, name)


@public
def cat(tensors: Sequence[Tensor], dim: int = 0, *, out: Tensor | None = None) -> Tensor:
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
    first = tensors[0]._array.shape
    if first == (0,):
        first = next((x._array.shape for x in tensors if x._array.shape != (0,)), (0,))
    dim = checked_dim(dim, len(first)) if first != (0,) else 0
    _check_alike(tensors, first, dim)
    return _delivered(ops.cat(*tensors, dim=dim), out, "cat")


def _check_alike(tensors, first, dim) -> None:
    """Refuse shapes that differ in another dimension than `dim`; any but (0,), which is empty."""
    for number, tensor in enumerate(tensors):
        shape = tensor._array.shape
        if shape == first or shape == (0,):
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
def stack(tensors: Sequence[Tensor], dim: int = 0, *, out: Tensor | None = None) -> Tensor:
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
    result = ops.stack(*tensors, dim=checked_dim(dim, len(shape) + 1))
    return _delivered(result, out, "stack")


# ---------------------------------------------------------------------- of at least so many dims


def _raised(tensor, ndim) -> Tensor:
    """A tensor with dimensions of 1 added in front up to `ndim`, which is 1 or 2."""
    if tensor.ndim >= ndim:
        return tensor
    return unsqueeze(tensor, 0) if tensor.ndim else reshape(tensor, (1,) * ndim)


def _at_least(ndim, tensors) -> Tensor | tuple[Tensor, ...]:
    if len(tensors) == 1:
        if isinstance(tensors[0], Tensor):
            return _raised(tensors[0], ndim)
        (tensors,) = tensors
    return tuple([_raised(tensor, ndim) for tensor in tensors])


@public
def atleast_1d(*tensors) -> Tensor | tuple[Tensor, ...]:
    """Tensors as they are, or, without dimensions, as views of one dimension.

    >>> import chainrule as torch
    >>> torch.atleast_1d(torch.tensor(1.0))
    tensor([1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.atleast_1d.html
    """
    return _at_least(1, tensors)


@public
def atleast_2d(*tensors) -> Tensor | tuple[Tensor, ...]:
    """Tensors as they are, or as views of two dimensions: vectors are rows.

    >>> import chainrule as torch
    >>> torch.atleast_2d(torch.tensor([1.0, 2.0]))
    tensor([[1., 2.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.atleast_2d.html
    """
    return _at_least(2, tensors)


@public
def hstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors side by side: along the first dimension of vectors, the second of others.

    >>> import chainrule as torch
    >>> torch.hstack([torch.tensor([1, 2]), torch.tensor([3])])
    tensor([1, 2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.hstack.html
    """
    raised = [_raised(tensor, 1) for tensor in _tensors(tensors, "hstack")]
    if not raised:
        raise RuntimeError("hstack expects a non-empty TensorList")
    return cat(raised, 0 if raised[0].ndim == 1 else 1, out=out)


@public
def vstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors one below the other; vectors are rows.

    >>> import chainrule as torch
    >>> torch.vstack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.vstack.html
    """
    raised = [_raised(tensor, 2) for tensor in _tensors(tensors, "vstack")]
    if not raised:
        raise RuntimeError("vstack expects a non-empty TensorList")
    return cat(raised, 0, out=out)


alias(vstack, "row_stack")


@public
def block_diag(*tensors) -> Tensor:
    """Matrices along the diagonal of a large one, zeros elsewhere; vectors are rows.

    RuntimeError for more than two dimensions.

    >>> import chainrule as torch
    >>> torch.block_diag(torch.tensor([[1, 2]]), torch.tensor([3]))
    tensor([[1, 2, 0],
            [0, 0, 3]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.block_diag.html
    """
    for place, tensor in enumerate(_tensors(tensors, "block_diag")):
        if tensor.ndim > 2:
            raise RuntimeError(
                "torch.block_diag: Input tensors must have 2 or fewer dimensions. Input "
                f"{place} has {tensor.ndim} dimensions"
            )
    return block_diag_op(*tensors) if tensors else empty(1, 0)
