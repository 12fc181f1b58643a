"""Views by strides: windows along a dimension, and any place in memory.

Apart from shape.py: here elements may come up more than once, or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions.declare import method, public
from chainrule.functions.identity import checked_dim
from chainrule.functions.memory import storage_offset
from chainrule.functions.shape import become
from chainrule.ops import windows as ops
from chainrule.ops.memory import as_strided as as_strided_op

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

as_strided_in_place = as_strided_op.named("AsStridedBackward1")


@method
def unfold(self, dimension: int, size: int, step: int) -> Tensor:
    """A view of windows along a dimension, `step` apart; the windows are the last dimension.

    >>> import chainrule as torch
    >>> torch.arange(4).unfold(0, 2, 1)
    tensor([[0, 1],
            [1, 2],
            [2, 3]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.unfold.html
    """
    dim = checked_dim(dimension, self.ndim)
    extent = self._array.shape[dim] if self.ndim else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > extent:
        raise RuntimeError(
            f"maximum size for tensor at dimension {dim} is {extent} but size is {size}"
        )
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    return ops.unfold(self, dim=dim, size=size, step=step)


@public
@method
def as_strided(
    input: Tensor, size: tuple[int, ...], stride: tuple[int, ...], storage_offset: int | None = None
) -> Tensor:
    """A view of the memory by size and strides, counted in elements from the storage's first.

    RuntimeError where it would reach beyond the memory, and for negative strides.

    >>> import chainrule as torch
    >>> torch.arange(6).as_strided((2, 2), (3, 1))
    tensor([[0, 1],
            [3, 4]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.as_strided.html
    """
    return _placed(as_strided_op, input, size, stride, storage_offset)


@method
def as_strided_(
    self, size: tuple[int, ...], stride: tuple[int, ...], storage_offset: int | None = None
) -> Tensor:
    """as_strided, in place: the tensor becomes another view of its memory."""
    return become(self, _placed(as_strided_in_place, self, size, stride, storage_offset))


def _placed(op, input, size, stride, start) -> Tensor:
    """The view at a place in memory; without `start`, from the tensor's own first element."""
    size, stride = tuple(size), tuple(stride)
    if len(size) != len(stride):
        raise RuntimeError(
            f"mismatch in length of strides and shape: {list(stride)} and {list(size)}"
        )
    if min(stride, default=0) < 0:
        raise RuntimeError(
            "as_strided: Negative strides are not supported at the moment, got strides: "
            f"{list(stride)}"
        )
    if start is not None and start < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {start}")
    if min(size, default=0) < 0:
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={list(size)} and strides="
            f"{list(stride)}"
        )
    offset = 0 if start is None else start - storage_offset(input)
    item = input._array.itemsize
    own = tuple(step // item for step in input._array.strides)
    return op(input, size=size, stride=stride, offset=offset, base_stride=own)
