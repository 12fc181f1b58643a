"""Dropout in its forms: what is zeroed (elements, channels), and what by (zero, SELU's low)."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

from chainrule.functions.activation import SELU_ALPHA, SELU_SCALE
from chainrule.functions.activation_arguments import check_tensor
from chainrule.functions.random_drawing import chances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chainrule._core.core import Tensor


def check_probability(p: float) -> None:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, zeros each element with probability p and divides the others by 1 - p.

    >>> import chainrule as torch
    >>> torch.nn.functional.dropout(torch.ones(2), 1.0)
    tensor([0., 0.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.dropout.html
    """
    check_tensor(input, "dropout")
    check_probability(p)
    if not training or p == 0:
        return input
    return scaled(input, mask(input, p, input.shape), inplace)


def mask(input: Tensor, p: float, shape: Sequence[int]) -> Tensor:
    """0 with probability p, else 1 / (1 - p)."""
    if p == 1:
        return input.new_zeros(shape)
    return chances(tuple(shape), input, 1 - p).div_(1 - p)


def scaled(input: Tensor, factor: Tensor, inplace: bool) -> Tensor:
    return input.mul_(factor) if inplace else input * factor


# --------------------------------------------------------------------------------- channels


def channel_shape(input: Tensor) -> list[int]:
    """The shape of one number a channel, for (batch, channels, ...)."""
    return [*input.shape[:2], *[1] * (input.ndim - 2)]


def dropout_channels(
    input: Tensor, p: float, training: bool, inplace: bool, unbatched: int
) -> Tensor:
    """Dropout of whole channels; an input of `unbatched` dimensions has no batch."""
    check_probability(p)
    if not training or p == 0:
        return input
    if input.ndim != unbatched:
        return scaled(input, mask(input, p, channel_shape(input)), inplace)
    batch = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    result = scaled(batch, mask(batch, p, channel_shape(batch)), inplace)
    return result.squeeze_(0) if inplace else result.squeeze(0)


def dropout1d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Zeros whole channels of (batch, channels, length) or (channels, length).

    >>> import chainrule as torch
    >>> torch.nn.functional.dropout1d(torch.ones(2, 3), 0.5, training=False).shape
    torch.Size([2, 3])
    """
    check_probability(p)
    if input.ndim not in (2, 3):
        raise RuntimeError(
            "dropout1d: Expected 2D or 3D input, but received a "
            f"{input.ndim}D input. Note that dropout1d exists to provide channel-wise dropout on "
            "inputs with 1 spatial dimension, a channel dimension, and an optional batch "
            "dimension (i.e. 2D or 3D inputs)."
        )
    return dropout_channels(input, p, training, inplace, unbatched=2)


def dropout2d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Zeros whole channels of (batch, channels, height, width).

    >>> import chainrule as torch
    >>> torch.nn.functional.dropout2d(torch.ones(1, 2, 3, 3), 1.0).sum()
    tensor(0.)
    """
    check_probability(p)
    if input.ndim not in (3, 4):
        warnings.warn(
            f"dropout2d: Received a {input.ndim}-D input to dropout2d, which is deprecated and "
            "will result in an error in a future release. To retain the behavior and silence "
            "this warning, please use dropout instead. Note that dropout2d exists to provide "
            "channel-wise dropout on inputs with 2 spatial dimensions, a channel dimension, and "
            "an optional batch dimension (i.e. 3D or 4D inputs).",
            stacklevel=2,
        )
    # Three dimensions are a batch of channels of one dimension, as in PyTorch.
    return dropout_channels(input, p, training, inplace, unbatched=0)


def dropout3d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Zeros whole channels of (batch, channels, depth, height, width).

    >>> import chainrule as torch
    >>> torch.nn.functional.dropout3d(torch.ones(1, 2, 3, 3, 3), 1.0).sum()
    tensor(0.)
    """
    check_probability(p)
    if input.ndim not in (4, 5):
        warnings.warn(
            f"dropout3d: Received a {input.ndim}-D input to dropout3d, which is deprecated and "
            "will result in an error in a future release. To retain the behavior and silence "
            "this warning, please use dropout instead. Note that dropout3d exists to provide "
            "channel-wise dropout on inputs with 3 spatial dimensions, a channel dimension, and "
            "an optional batch dimension (i.e. 4D or 5D inputs).",
            stacklevel=2,
        )
    return dropout_channels(input, p, training, inplace, unbatched=4)


# ------------------------------------------------------------------------------------ alpha


def alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """Dropout that keeps mean and variance of what SELU gives.

    >>> import chainrule as torch
    >>> torch.nn.functional.alpha_dropout(torch.ones(2))
    tensor([1., 1.])
    """
    check_probability(p)
    if not training or p == 0:
        return input
    return alpha_scaled(input, p, inplace, list(input.shape))


def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """`alpha_dropout` of whole channels.

    >>> import chainrule as torch
    >>> torch.nn.functional.feature_alpha_dropout(torch.ones(1, 2))
    tensor([[1., 1.]])
    """
    check_probability(p)
    if not training or p == 0:
        return input
    if input.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    return alpha_scaled(input, p, inplace, channel_shape(input))


def alpha_scaled(input: Tensor, p: float, inplace: bool, shape: list[int]) -> Tensor:
    """``a (x kept, else low) + b``, where a and b bring mean and variance back."""
    if p == 1:
        return scaled(input, input.new_zeros(shape), inplace)
    low = SELU_ALPHA * SELU_SCALE
    a = 1.0 / math.sqrt((low * low * p + 1) * (1 - p))
    kept = input.new_empty(shape).bernoulli_(1 - p)
    offset = (kept - 1).mul_(low * a).add_(low * a * p)
    result = scaled(input, kept * a, inplace)
    return result.add_(offset) if inplace else result + offset
