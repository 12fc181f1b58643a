"""The activations as PyTorch's functions and methods: names, signatures, checks, in-place forms.

Apart from nn.functional, which takes these names from here: some of them stand in the top
namespace or on Tensor too, as in PyTorch. The formulas stand in ops/activation.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.writes import in_place_call
from chainrule.functions.declare import method, public
from chainrule.ops import activation as ops
from chainrule.ops import exponential

if TYPE_CHECKING:
    from chainrule._core.core import Op


def _apply(op: Op, input: Tensor, in_place: bool = False, **parameters: object) -> Tensor:
    """An activation of a tensor, into the tensor itself where that is asked for."""
    return in_place_call(op, input, (), parameters) if in_place else op(input, **parameters)


def check_tensor(input: object, name: str, argument: str = "input", position: int = 1) -> None:
    """Refuse what is no tensor."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{name}(): argument '{argument}' (position {position}) must be Tensor, not "
            f"{type(input).__name__}"
        )


def check_floating(input: Tensor, name: str, kernel: str | None = None) -> None:
    """Refuse integers (and complex numbers), by the name PyTorch gives the kernel."""
    check_tensor(input, name)
    if not input.dtype.is_floating_point:
        raise NotImplementedError(
            f"\"{kernel or name + '_cpu'}\" not implemented for '{input.dtype.legacy}'"
        )


def check_ordered(input: Tensor, name: str) -> None:
    """Refuse complex numbers, which are neither large nor small."""
    check_tensor(input, name)
    if input.dtype.is_complex:
        raise NotImplementedError(f"{name}: clamp is not supported for complex types")


def check_number(value: object, name: str, argument: str, position: int) -> None:
    """Refuse what is no number."""
    if isinstance(value, Tensor) or not isinstance(value, (int, float)):
        raise TypeError(
            f"{name}(): argument '{argument}' (position {position}) must be Number, not "
            f"{type(value).__name__}"
        )


# ------------------------------------------------------------------ rectified and their kin


def _check_relu(input: Tensor) -> None:
    check_ordered(input, "relu")
    if input.dtype.category == 0:
        raise RuntimeError("Boolean inputs not supported for relu")


@public
@method
def relu(input: Tensor) -> Tensor:
    """``max(0, x)``; its derivative at 0 is 0.

    >>> import chainrule as torch
    >>> torch.relu(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.relu.html
    """
    _check_relu(input)
    return ops.relu(input)


@public
@method
def relu_(input: Tensor) -> Tensor:
    """`relu`, written into the input."""
    _check_relu(input)
    return _apply(ops.relu, input, True)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """``x`` where it is positive, ``negative_slope * x`` elsewhere.

    >>> import chainrule as torch
    >>> torch.nn.functional.leaky_relu(torch.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    check_floating(input, "leaky_relu")
    if inplace and negative_slope < 0 and input.requires_grad:
        raise RuntimeError(
            "In-place leakyReLu backward calculation is triggered with a negative slope which is "
            f"not supported: the slope is {negative_slope}. This is caused by calling in-place "
            "forward function with a negative slope, please call out-of-place version instead."
        )
    op = ops.leaky_relu_in_place if inplace else ops.leaky_relu
    return _apply(op, input, inplace, negative_slope=negative_slope)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`leaky_relu`, written into the input."""
    return leaky_relu(input, negative_slope, True)


@public
@method
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """``x`` where it is positive, ``weight * x`` elsewhere; one weight, or one a channel.

    >>> import chainrule as torch
    >>> torch.prelu(torch.tensor([-1.0, 2.0]), torch.tensor([0.5]))
    tensor([-0.5000,  2.0000])
    """
    check_floating(input, "prelu")
    check_tensor(weight, "prelu", "weight", 2)
    if weight.dtype is not input.dtype:
        raise RuntimeError(
            f"prelu: Type promoting not supported. Got {input.dtype.legacy} and "
            f"{weight.dtype.legacy}"
        )
    return ops.prelu(input, weight.view(_slope_shape(input, weight)))


def _slope_shape(input: Tensor, weight: Tensor) -> list[int]:
    """The shape in which the slopes stand along the channels, the input's second dimension."""
    if weight.numel() != 1:
        if input.ndim == 0:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input.shape[1] if input.ndim > 1 else 1
        if weight.numel() != channels:
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{weight.numel()} and channel size = {channels}."
            )
    if weight.ndim > 1:
        raise RuntimeError(
            "prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = "
            f"{weight.ndim}"
        )
    return [weight.numel() if axis == 1 else 1 for axis in range(input.ndim)]


random_slope = ops.prelu.named("RreluWithNoiseBackward0")
mean_slope = ops.leaky_relu.named("RreluWithNoiseBackward0")


@public
def rrelu(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    generator: object = None,
) -> Tensor:
    """``leaky_relu``, with slopes drawn from [lower, upper) in training, else their mean."""
    check_floating(input, "rrelu", "rrelu_with_noise_out_cpu")
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    if not training:
        return mean_slope(input, negative_slope=(lower + upper) / 2)
    return random_slope(input, _drawn_slopes(input, lower, upper, generator))


def _drawn_slopes(input: Tensor, lower: float, upper: float, generator: object) -> Tensor:
    """Slopes drawn in order for the elements that are not positive; 1 for the others."""
    flat = input._array <= 0
    count = int(flat.sum())
    drawn = wrap_array(numpy.empty(count, numpy.float64)).uniform_(
        lower, upper, generator=generator
    )
    slopes = numpy.ones(input.shape, input._array.dtype)
    slopes[flat] = drawn._array
    return wrap_array(slopes)


@public
def rrelu_(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    generator: object = None,
) -> Tensor:
    """`rrelu`, written into the input."""
    check_floating(input, "rrelu", "rrelu_with_noise_out_cpu")
    if not training:
        return leaky_relu(input, (lower + upper) / 2, True)
    return in_place_call(ops.prelu, input, (_drawn_slopes(input, lower, upper, generator),), None)


@public
def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """``x`` where it is above the threshold, else `value`."""
    check_tensor(input, "threshold")
    check_number(threshold, "threshold", "threshold", 2)
    check_number(value, "threshold", "value", 3)
    return _apply(ops.threshold, input, inplace, threshold=threshold, value=value)


@public
def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """`threshold`, written into the input."""
    return globals()["threshold"](input, threshold, value, True)


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """``x`` between two bounds, else the nearer of them; flat on the bounds themselves."""
    check_ordered(input, "hardtanh")
    if input.dtype.category == 0:
        raise RuntimeError("Bool inputs not supported for hardtanh")
    if min_val > max_val:
        raise ValueError(f"min_val cannot be greater than max_val: found {min_val} and {max_val}")
    if input.dtype.category == 1:
        min_val, max_val = int(min_val), int(max_val)
    return _apply(ops.hardtanh, input, inplace, min_val=min_val, max_val=max_val)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """`hardtanh`, written into the input."""
    return hardtanh(input, min_val, max_val, True)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(0, x), 6)``."""
    return hardtanh(input, 0.0, 6.0, inplace)


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
    op = ops.elu_in_place if inplace else ops.elu
    return _apply(op, input, inplace, alpha=alpha, scale=scale, input_scale=1.0)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`elu`, written into the input."""
    return elu(input, alpha, True)


# Chosen so that mean 0 and variance 1 are kept; see Klambauer et al., 2017.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


@public
def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """``scale * elu(x, alpha)`` with the two constants of self-normalizing networks."""
    return _scaled_elu(input, SELU_ALPHA, SELU_SCALE, inplace)


@public
def selu_(input: Tensor) -> Tensor:
    """`selu`, written into the input."""
    return selu(input, True)


@public
def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``x`` where it is positive, ``alpha (exp(x / alpha) - 1)`` elsewhere."""
    check_floating(input, "celu", "elu_cpu")
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    op = ops.celu_in_place if inplace else ops.celu
    return _apply(op, input, inplace, alpha=alpha)


@public
def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`celu`, written into the input."""
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
    """``x * sigmoid(x)``."""
    check_tensor(input, "silu")
    if input.dtype.category < 2:
        check_floating(input, "silu")
    return _apply(ops.silu, input, inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * tanh(softplus(x))``."""
    check_floating(input, "mish")
    return _apply(ops.mish, input, inplace)


def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """``log(1 + exp(beta x)) / beta``; x itself where beta x is above `threshold`."""
    check_floating(input, "softplus")
    return exponential.softplus(input, beta=beta, threshold=threshold)


def logsigmoid(input: Tensor) -> Tensor:
    """``log(sigmoid(x))``, without overflow."""
    check_floating(input, "log_sigmoid")
    return exponential.logsigmoid(input)


def tanhshrink(input: Tensor) -> Tensor:
    """``x - tanh(x)``."""
    return input - input.tanh()


def softsign(input: Tensor) -> Tensor:
    """``x / (1 + |x|)``."""
    return input / (input.abs() + 1)


# -------------------------------------------------------------------------------- piecewise


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(0, x + 3), 6) / 6``."""
    check_floating(input, "hardsigmoid")
    return _apply(ops.hardsigmoid, input, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * hardsigmoid(x)``."""
    check_floating(input, "hardswish")
    return _apply(ops.hardswish, input, inplace)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """``x`` brought nearer to 0 by `lambd`; 0 where it is no further away than that."""
    check_floating(input, "softshrink", "softshrink_check")
    if lambd < 0:
        raise RuntimeError(
            f"lambda must be greater or equal to 0, but found to be {lambd}; lambda must be in "
            f"range [0, {numpy.finfo(input._array.dtype).max:g}] for input dtype "
            f"{input.dtype.legacy}, but found {lambd:g}"
        )
    return ops.softshrink(input, lambd=lambd)


@public
@method
def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """``x``; 0 where it is no further than `lambd` from 0."""
    check_floating(input, "hardshrink")
    return ops.hardshrink(input, lambd=lambd)


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
