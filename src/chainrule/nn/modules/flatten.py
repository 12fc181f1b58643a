"""Flatten and Unflatten: layers that only change the shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.nn.modules.module import Module

if TYPE_CHECKING:
    from chainrule._core.core import Tensor
    from chainrule._core.sizes import Size


class Flatten(Module):
    """Joins the dimensions from `start_dim` to `end_dim`; the first is left as the batch.

    >>> import chainrule as torch
    >>> torch.nn.Flatten()(torch.zeros(2, 3, 4)).shape
    torch.Size([2, 12])

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.Flatten.html
    """

    __constants__ = ["start_dim", "end_dim"]
    start_dim: int
    end_dim: int

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Splits dimension `dim` into the sizes `unflattened_size`.

    >>> import chainrule as torch
    >>> torch.nn.Unflatten(1, (2, 3))(torch.zeros(5, 6)).shape
    torch.Size([5, 2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.Unflatten.html
    """

    __constants__ = ["dim", "unflattened_size"]
    dim: int
    unflattened_size: Size | list[int] | tuple[int, ...]

    def __init__(self, dim: int, unflattened_size: Size | list[int] | tuple[int, ...]) -> None:
        super().__init__()
        _check_sizes(unflattened_size)
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


def _check_sizes(sizes: object) -> None:
    if not isinstance(sizes, (tuple, list)):
        raise TypeError(
            f"unflattened_size must be a tuple of ints, but found type {type(sizes).__name__}"
        )
    for position, size in enumerate(sizes):
        if not isinstance(size, int):
            raise TypeError(
                "unflattened_size must be tuple of ints, but found element of type "
                f"{type(size).__name__} at pos {position}"
            )
