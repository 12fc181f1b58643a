"""make_tensor: a tensor of random numbers between bounds, in any dtype.

Apart from the comparisons, which take any tensor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import chainrule

if TYPE_CHECKING:
    from collections.abc import Sequence


def make_tensor(
    *shape: int | Sequence[int],
    dtype: chainrule.dtype,
    device: str | chainrule.device = "cpu",
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Any = None,
) -> chainrule.Tensor:
    """A tensor of this shape and dtype, with numbers drawn evenly from `low` to below `high`.

    Without bounds, floats and complex parts lie in [-9, 9), signed integers in [-9, 10), unsigned
    ones in [0, 10), booleans are either. With `noncontiguous` the elements stand two apart, with
    `exclude_zero` the smallest positive number (1 for integers) stands in for 0.

    Raises ValueError when `low` is not below `high`, or when integers are asked for gradients.

    >>> import chainrule as torch
    >>> from chainrule.testing import make_tensor
    >>> make_tensor(2, 3, dtype=torch.float32).shape
    torch.Size([2, 3])

    See https://docs.pytorch.org/docs/2.13/testing.html
    """
    if memory_format is not None:
        raise NotImplementedError("make_tensor: memory_format is not supported; leave it out")
    floats = dtype.is_floating_point or dtype.is_complex
    if requires_grad and not floats:
        raise ValueError(f"`requires_grad=True` is not supported for integral dtypes, got {dtype}")
    sizes = _sizes(shape)
    lowest, highest = _bounds(dtype, low, high)
    result = (_real if floats else _whole)(sizes, dtype, lowest, highest).to(device)
    if noncontiguous and result.numel() > 1:
        result = result.repeat_interleave(2, dim=-1)[..., ::2]
    if exclude_zero:
        result[result == 0] = chainrule.finfo(dtype).tiny if floats else 1
    return result.requires_grad_(requires_grad)


def _sizes(shape: tuple[int | Sequence[int], ...]) -> tuple[int, ...]:
    if len(shape) == 1 and not isinstance(shape[0], int):
        return tuple(shape[0])
    return tuple(size for size in shape if isinstance(size, int))


def _bounds(dtype: chainrule.dtype, low: float | None, high: float | None) -> tuple[float, float]:
    if dtype is chainrule.bool:
        default = (0, 2)
    elif dtype is chainrule.uint8:
        default = (0, 10)
    else:
        default = (-9, 9 if dtype.is_floating_point or dtype.is_complex else 10)
    low, high = default[0] if low is None else low, default[1] if high is None else high
    if not low < high:
        raise ValueError(f"make_tensor: `low` must be less than `high`, but got {low} >= {high}")
    return low, high


def _real(
    sizes: tuple[int, ...], dtype: chainrule.dtype, low: float, high: float
) -> chainrule.Tensor:
    if not dtype.is_complex:
        return chainrule.empty(sizes, dtype=dtype).uniform_(low, high)
    part = chainrule.float32 if dtype is chainrule.complex64 else chainrule.float64
    pairs = chainrule.empty((*sizes, 2), dtype=part).uniform_(low, high)
    return chainrule.view_as_complex(pairs)


def _whole(
    sizes: tuple[int, ...], dtype: chainrule.dtype, low: float, high: float
) -> chainrule.Tensor:
    return chainrule.randint(int(low), int(high), sizes).to(dtype)
