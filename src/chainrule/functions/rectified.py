"""The activations made of straight pieces: relu and its kin, thresholds, shrinking.

Apart from activation.py, which has the smooth ones. The formulas stand in ops/activation.py.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.modes import count_batches
from chainrule._core.writes import in_place_call
from chainrule.functions.activation_arguments import (
    applied,
    check_floating,
    check_number,
    check_ordered,
    check_tensor,
    plain_number,
)
from chainrule.functions.declare import method, public
from chainrule.functions.factory import fitting
from chainrule.functions.random import rand_like
from chainrule.ops import activation as ops

# ------------------------------------------------------------------ rectified and their kin


def _check_relu(input: Tensor) -> None:
    if isinstance(input, Tensor) and input.dtype.is_floating_point:
        return  # at once: relu is called more often than all others
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

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.relu.html
    """
    _check_relu(input)
    return ops.relu(input)


@public
@method
def relu_(input: Tensor) -> Tensor:
    """`relu`, written into the input.

    >>> import chainrule as torch
    >>> torch.relu_(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    _check_relu(input)
    return applied(ops.relu, input, True)


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
    negative_slope = plain_number(negative_slope, "leaky_relu", "negative_slope", 2)
    op = ops.leaky_relu_in_place if inplace else ops.leaky_relu
    return applied(op, input, inplace, negative_slope=negative_slope)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`leaky_relu`, written into the input.

    >>> import chainrule as torch
    >>> torch.nn.functional.leaky_relu_(torch.tensor([-1.0, 2.0]))
    tensor([-0.0100,  2.0000])
    """
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
            f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}"
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
    """``leaky_relu``, with slopes drawn from [lower, upper) in training, else their mean.

    >>> import chainrule as torch
    >>> torch.rrelu(torch.tensor([-1.0, 2.0]))
    tensor([-0.2292,  2.0000])
    """
    check_floating(input, "rrelu", "rrelu_with_noise_out_cpu")
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    if not training:
        return mean_slope(input, negative_slope=(lower + upper) / 2)
    return random_slope(input, _drawn_slopes(input, lower, upper, generator))


def _drawn_slopes(input: Tensor, lower: float, upper: float, generator: object) -> Tensor:
    """Slopes drawn in order for the elements that are not positive; 1 for the others."""
    if count_batches():  # members have others that are not positive: one is drawn for each element
        like = wrap_array(numpy.empty(input.shape, input.dtype.numpy))
        by_element = rand_like(like, generator=generator) * (upper - lower) + lower
        return by_element.where(input.detach() <= 0, 1.0)
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
    """`rrelu`, written into the input.

    >>> import chainrule as torch
    >>> torch.rrelu_(torch.tensor([-1.0, 2.0]))
    tensor([-0.2292,  2.0000])
    """
    check_floating(input, "rrelu", "rrelu_with_noise_out_cpu")
    if not training:
        return leaky_relu(input, (lower + upper) / 2, True)
    return in_place_call(ops.prelu, input, (_drawn_slopes(input, lower, upper, generator),), None)


@public
def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """``x`` where it is above the threshold, else `value`.

    >>> import chainrule as torch
    >>> torch.threshold(torch.tensor([-1.0, 2.0]), 0.5, 9.0)
    tensor([9., 2.])
    """
    return _above(input, threshold, value, inplace)


def _above(input: Tensor, bound, value, in_place: bool) -> Tensor:
    check_tensor(input, "threshold")
    check_number(bound, "threshold", "threshold", 2)
    check_number(value, "threshold", "value", 3)
    if input.dtype.category == 1:
        bound, value = fitting(bound, input.dtype), fitting(value, input.dtype)
    return applied(ops.threshold, input, in_place, threshold=bound, value=value)


@public
def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """`threshold`, written into the input.

    >>> import chainrule as torch
    >>> torch.threshold_(torch.tensor([-1.0, 2.0]), 0.5, 9.0)
    tensor([9., 2.])
    """
    return _above(input, threshold, value, True)


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """``x`` between two bounds, else the nearer of them; flat on the bounds themselves.

    >>> import chainrule as torch
    >>> torch.nn.functional.hardtanh(torch.tensor([-3.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    check_ordered(input, "hardtanh")
    if input.dtype.category == 0:
        raise RuntimeError("Bool inputs not supported for hardtanh")
    if min_val > max_val:
        raise ValueError(f"min_val cannot be greater than max_val: found {min_val} and {max_val}")
    if input.dtype.category == 1:
        min_val, max_val = int(min_val), int(max_val)
    if input.dtype.name == "uint8" and (min_val < 0 or max_val < 0):
        raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
    return applied(ops.hardtanh, input, inplace, min_val=min_val, max_val=max_val)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """`hardtanh`, written into the input.

    >>> import chainrule as torch
    >>> torch.nn.functional.hardtanh_(torch.tensor([-3.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    return hardtanh(input, min_val, max_val, True)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(0, x), 6)``.

    >>> import chainrule as torch
    >>> torch.nn.functional.relu6(torch.tensor([-1.0, 9.0]))
    tensor([0., 6.])
    """
    return hardtanh(input, 0.0, 6.0, inplace)


# -------------------------------------------------------------------------------- piecewise


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(0, x + 3), 6) / 6``.

    >>> import chainrule as torch
    >>> torch.nn.functional.hardsigmoid(torch.tensor([-4.0, 0.0]))
    tensor([0.0000, 0.5000])
    """
    check_floating(input, "hardsigmoid")
    return applied(ops.hardsigmoid, input, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * hardsigmoid(x)``.

    >>> import chainrule as torch
    >>> torch.nn.functional.hardswish(torch.tensor([-4.0, 1.0]))
    tensor([-0.0000, 0.6667])
    """
    check_floating(input, "hardswish")
    return applied(ops.hardswish, input, inplace)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """``x`` brought nearer to 0 by `lambd`; 0 where it is no further away than that.

    >>> import chainrule as torch
    >>> torch.nn.functional.softshrink(torch.tensor([0.25, -2.0]))
    tensor([ 0.0000, -1.5000])
    """
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
    """``x``; 0 where it is no further than `lambd` from 0.

    >>> import chainrule as torch
    >>> torch.hardshrink(torch.tensor([0.25, -2.0]))
    tensor([ 0., -2.])
    """
    check_floating(input, "hardshrink")
    lambd = plain_number(lambd, "hardshrink", "lambd", 2)
    return ops.hardshrink(input, lambd=lambd)
