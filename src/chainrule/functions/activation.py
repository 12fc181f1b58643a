"""The smooth activations: exponential units, sigmoids and their kin, gates.

Apart from rectified.py, which has those made of straight pieces. nn.functional takes its
functions from both; some stand in the top namespace or on Tensor too, as in PyTorch. The
formulas stand in ops/activation.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions.activation_arguments import (
    applied,
    check_floating,
    check_tensor,
    plain_number,
)
from chainrule.functions.declare import public
from chainrule.ops import activation as ops
from chainrule.ops import exponential

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

# ---------------------------------------------------------------- exponential and their kin


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``x`` where it is positive, ``alpha (exp(x) - 1)`` elsewhere.

    >>> import chainrule as torch
    >>> torch.nn.functional.elu(torch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return _scaled_elu(input, alpha, 1.0, inplace)


def _scaled_elu(input: Tensor, alpha: float, scale: float, inplace: bool) -> Tensor:
    check_floating(input, "elu")
    alpha = plain_number(alpha, "elu", "alpha", 2)
    op = ops.elu_in_place if inplace else ops.elu
    return applied(op, input, inplace, alpha=alpha, scale=scale, input_scale=1.0)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`elu`, written into the input.

    >>> import chainrule as torch
    >>> torch.nn.functional.elu_(torch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return elu(input, alpha, True)


# Chosen so that mean 0 and variance 1 are kept; see Klambauer et al., 2017.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


@public
def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """``scale * elu(x, alpha)`` with the two constants of self-normalizing networks.

    >>> import chainrule as torch
    >>> torch.selu(torch.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """
    return _scaled_elu(input, SELU_ALPHA, SELU_SCALE, inplace)


@public
def selu_(input: Tensor) -> Tensor:
    """`selu`, written into the input.

    >>> import chainrule as torch
    >>> torch.selu_(torch.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """
    return selu(input, True)


@public
def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``x`` where it is positive, ``alpha (exp(x / alpha) - 1)`` elsewhere.

    >>> import chainrule as torch
    >>> torch.celu(torch.tensor([-1.0, 2.0]), alpha=0.5)
    tensor([-0.4323,  2.0000])
    """
    check_floating(input, "celu", "elu_cpu")
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    alpha = plain_number(alpha, "celu", "alpha", 2)
    op = ops.celu_in_place if inplace else ops.celu
    return applied(op, input, inplace, alpha=alpha)


@public
def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`celu`, written into the input.

    >>> import chainrule as torch
    >>> torch.celu_(torch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return celu(input, alpha, True)


def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """``x`` times the normal distribution function of x, or an approximation by tanh.

    >>> import chainrule as torch
    >>> torch.nn.functional.gelu(torch.tensor([1.0]))
    tensor([0.8413])
    """
    check_floating(input, "gelu", "GeluKernelImpl")
    if approximate not in ("none", "tanh"):
        raise RuntimeError(
            f"approximate argument must be either none or tanh. Found {approximate!r}"
        )
    return ops.gelu(input) if approximate == "none" else ops.gelu_tanh(input)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * sigmoid(x)``.

    >>> import chainrule as torch
    >>> torch.nn.functional.silu(torch.tensor([-1.0, 2.0]))
    tensor([-0.2689,  1.7616])
    """
    check_tensor(input, "silu")
    if input.dtype.category < 2:
        check_floating(input, "silu")
    return applied(ops.silu, input, inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * tanh(softplus(x))``.

    >>> import chainrule as torch
    >>> torch.nn.functional.mish(torch.tensor([-1.0, 2.0]))
    tensor([-0.3034,  1.9440])
    """
    check_floating(input, "mish")
    return applied(ops.mish, input, inplace)


def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """``log(1 + exp(beta x)) / beta``; x itself where beta x is above `threshold`.

    >>> import chainrule as torch
    >>> torch.nn.functional.softplus(torch.tensor([0.0, 30.0]))
    tensor([ 0.6931, 30.0000])
    """
    check_floating(input, "softplus")
    beta = plain_number(beta, "softplus", "beta", 2)
    threshold = plain_number(threshold, "softplus", "threshold", 3)
    return exponential.softplus(input, beta=beta, threshold=threshold)


def logsigmoid(input: Tensor) -> Tensor:
    """``log(sigmoid(x))``, without overflow.

    >>> import chainrule as torch
    >>> torch.nn.functional.logsigmoid(torch.tensor([0.0, -200.0]))
    tensor([  -0.6931, -200.0000])
    """
    check_floating(input, "log_sigmoid")
    return exponential.logsigmoid(input)


def tanhshrink(input: Tensor) -> Tensor:
    """``x - tanh(x)``.

    >>> import chainrule as torch
    >>> torch.nn.functional.tanhshrink(torch.tensor([1.0]))
    tensor([0.2384])
    """
    return input - input.tanh()


def softsign(input: Tensor) -> Tensor:
    """``x / (1 + |x|)``.

    >>> import chainrule as torch
    >>> torch.nn.functional.softsign(torch.tensor([1.0, -3.0]))
    tensor([ 0.5000, -0.7500])
    """
    return input / (input.abs() + 1)


# ------------------------------------------------------------------------ along a dimension


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half along `dim` times the sigmoid of the second.

    >>> import chainrule as torch
    >>> torch.nn.functional.glu(torch.tensor([3.0, 0.0]))
    tensor([1.5000])
    """
    check_floating(input, "glu")
    if input.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    if not -input.ndim <= dim < input.ndim:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-input.ndim}, "
            f"{input.ndim - 1}], but got {dim})"
        )
    dim %= input.ndim
    if input.shape[dim] % 2:
        raise RuntimeError(
            f"Halving dimension must be even, but dimension {dim} is size {input.shape[dim]}"
        )
    return ops.glu(input, dim=dim)
