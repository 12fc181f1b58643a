"""Elements in another order, as copies: flip, roll, rot90.

Apart from transposing.py, whose results are views.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions.declare import method, public
from chainrule.functions.identity import checked_dim
from chainrule.functions.sizes import checked_dims, sizes_of
from chainrule.ops import rearrangement as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


@public
@method
def flip(input: Tensor, *axes, dims: tuple[int, ...] | None = None) -> Tensor:
    """The order along dimensions reversed, as a copy.

    >>> import chainrule as torch
    >>> torch.arange(3).flip(0)
    tensor([2, 1, 0])

    See https://docs.pytorch.org/docs/2.13/generated/torch.flip.html
    """
    return ops.flip(input, dims=checked_dims(sizes_of(axes, dims, "dims"), input.ndim))


@public
@method
def fliplr(input: Tensor) -> Tensor:
    """Flipped along the second dimension.

    >>> import chainrule as torch
    >>> torch.fliplr(torch.tensor([[1, 2], [3, 4]]))
    tensor([[2, 1],
            [4, 3]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.fliplr.html
    """
    return flip(input, 1)


@public
@method
def flipud(input: Tensor) -> Tensor:
    """Flipped along the first dimension.

    >>> import chainrule as torch
    >>> torch.flipud(torch.tensor([[1, 2], [3, 4]]))
    tensor([[3, 4],
            [1, 2]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.flipud.html
    """
    return flip(input, 0)


@public
@method
def roll(
    input: Tensor, shifts: int | tuple[int, ...], dims: int | tuple[int, ...] | None = None
) -> Tensor:
    """The elements moved along dimensions; what leaves at one end comes in at the other.

    >>> import chainrule as torch
    >>> torch.arange(3).roll(1)
    tensor([2, 0, 1])

    See https://docs.pytorch.org/docs/2.13/generated/torch.roll.html
    """
    shifts = (shifts,) if isinstance(shifts, int) else tuple(shifts)
    dims = (dims,) if isinstance(dims, int) else tuple(dims or ())
    if not shifts:
        raise RuntimeError("`shifts` required")
    if len(shifts) != len(dims) and (dims or len(shifts) != 1):
        raise RuntimeError(
            f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}"
        )
    dims = tuple([checked_dim(axis, input.ndim) for axis in dims]) if input.ndim else ()
    return ops.roll(input, shifts=shifts, dims=dims)


@public
@method
def rot90(input: Tensor, k: int = 1, dims: tuple[int, int] = (0, 1)) -> Tensor:
    """Turned by k quarter turns in the plane of two dimensions, from the first to the second.

    >>> import chainrule as torch
    >>> torch.rot90(torch.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.rot90.html
    """
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    first, second = (checked_dim(axis, input.ndim) for axis in dims)
    if first == second:
        raise RuntimeError(
            f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}"
        )
    return ops.rot90(input, k=k, dims=(first, second))
