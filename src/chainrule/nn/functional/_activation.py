"""Activations with the signatures of nn.functional, where `chainrule.functions` has others.

Those that may write into their input, and those along a dimension that may be left out.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from chainrule.functions import rectified

if TYPE_CHECKING:
    from chainrule._core.core import Tensor
    from chainrule._core.types import dtype as Dtype


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """``max(0, x)``.

    >>> import chainrule as torch
    >>> torch.nn.functional.relu(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.relu.html
    """
    return rectified.relu_(input) if inplace else rectified.relu(input)


def rrelu(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """`leaky_relu`, with slopes drawn from [lower, upper) in training, else their mean.

    >>> import chainrule as torch
    >>> torch.nn.functional.rrelu(torch.tensor([-1.0, 2.0]))
    tensor([-0.2292,  2.0000])
    """
    function = rectified.rrelu_ if inplace else rectified.rrelu
    return function(input, lower, upper, training)


def sigmoid(input: Tensor) -> Tensor:
    """``1 / (1 + exp(-x))``.

    >>> import chainrule as torch
    >>> torch.nn.functional.sigmoid(torch.tensor([0.0]))
    tensor([0.5000])
    """
    return input.sigmoid()


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent.

    >>> import chainrule as torch
    >>> torch.nn.functional.tanh(torch.tensor([1.0]))
    tensor([0.7616])
    """
    return input.tanh()


# ------------------------------------------------------------------------ along a dimension


def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None
) -> Tensor:
    """``exp(x)`` divided by its sum along `dim`; with `dtype`, computed in that type.

    >>> import chainrule as torch
    >>> torch.nn.functional.softmax(torch.zeros(2), dim=0)
    tensor([0.5000, 0.5000])

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.softmax.html
    """
    return input.softmax(chosen_dim("softmax", input, dim, _stacklevel), dtype=dtype)


def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None
) -> Tensor:
    """`softmax` of ``-x``.

    >>> import chainrule as torch
    >>> torch.nn.functional.softmin(torch.tensor([0.0, 1.0]), dim=0)
    tensor([0.7311, 0.2689])
    """
    return (-input).softmax(chosen_dim("softmin", input, dim, _stacklevel), dtype=dtype)


def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None
) -> Tensor:
    """The logarithm of `softmax`, without overflow.

    >>> import chainrule as torch
    >>> torch.nn.functional.log_softmax(torch.zeros(2), dim=0)
    tensor([-0.6931, -0.6931])
    """
    return input.log_softmax(chosen_dim("log_softmax", input, dim, _stacklevel), dtype=dtype)


def chosen_dim(name: str, input: Tensor, dim: int | None, stacklevel: int) -> int:
    """`dim`, or, where that is left out, what PyTorch chose before it had to be said."""
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include "
        "dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if input.ndim in (0, 1, 3) else 1


def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """`softmax` of the logits plus Gumbel noise, over `tau`: a draw that can be differentiated.

    With `hard`, the result is one-hot, and its derivative is that of the softmax.

    >>> import chainrule as torch
    >>> torch.nn.functional.gumbel_softmax(torch.zeros(2, 3), hard=True).sum(1)
    tensor([1., 1.])
    """
    from chainrule.functions import empty_like, zeros_like

    noise = -empty_like(logits).exponential_().log()
    soft = ((logits + noise) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    chosen = zeros_like(logits).scatter_(dim, index, 1.0)
    return chosen - soft.detach() + soft
