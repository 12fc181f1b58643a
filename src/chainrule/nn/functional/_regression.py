"""The losses between numbers: how far an input is from its target."""

from __future__ import annotations

import math
import warnings

from chainrule._core.core import Tensor
from chainrule._core.kernels import result_dtype
from chainrule._core.promotion import can_cast
from chainrule._core.types import get_default_dtype
from chainrule.nn.functional._reduction import code_of, joined, legacy_reduction
from chainrule.ops import loss as ops


def compared(input: Tensor, target: Tensor) -> None:
    """Warn of sizes that differ, where PyTorch does."""
    if target.shape != input.shape:
        warnings.warn(
            f"Using a target size ({target.size()}) that is different to the input size "
            f"({input.size()}). This will likely lead to incorrect results due to broadcasting. "
            "Please ensure they have the same size.",
            stacklevel=3,
        )


def check_common_type(name: str, input: Tensor, target: Tensor) -> None:
    """Refuse a pair of tensors of which neither is floating point, or one is complex."""
    one, two = input.dtype, target.dtype
    if one.is_complex or two.is_complex or not (one.is_floating_point or two.is_floating_point):
        found = two if two.is_complex else one
        raise NotImplementedError(f"\"{name}\" not implemented for '{found.legacy}'")


def check_weight(input: Tensor, weight: Tensor) -> None:
    if weight.size() != input.size():
        raise ValueError(
            f"Weights and input must have the same size. Found {weight.size()} and {input.size()}"
        )


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """``(input - target)^2``, its mean or its sum; weighted, the mean is over the weights.

    >>> import chainrule as torch
    >>> torch.nn.functional.mse_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
    tensor(2.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.mse_loss.html
    """
    compared(input, target)
    reduction = legacy_reduction(size_average, reduce, reduction)
    if weight is not None:
        check_weight(input, weight)
        return weighted((input - target) ** 2, weight, reduction)
    code = code_of(reduction)
    check_common_type("mse_cpu", input, target)
    return ops.mse_loss(input, target, reduction=code)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """``|input - target|``, its mean or its sum; weighted, the mean is over the weights.

    >>> import chainrule as torch
    >>> torch.nn.functional.l1_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
    tensor(1.)
    """
    compared(input, target)
    reduction = legacy_reduction(size_average, reduce, reduction)
    code_of(reduction)
    distance = (input - target).abs()
    if weight is None:
        return joined(distance, reduction)
    check_weight(input, weight)
    return weighted(distance, weight, reduction)


def weighted(losses: Tensor, weight: Tensor, reduction: str) -> Tensor:
    losses = losses * weight
    if code_of(reduction) != 1:
        return joined(losses, reduction)
    return losses.sum() / weight.sum()


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """``d^2 / (2 beta)`` where the distance d is below beta, else ``d - beta / 2``.

    >>> import chainrule as torch
    >>> torch.nn.functional.smooth_l1_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.5, 4.0]))
    tensor(0.8125)
    """
    compared(input, target)
    code = code_of(legacy_reduction(size_average, reduce, reduction))
    if beta < 0:
        raise RuntimeError(
            f"smooth_l1_loss does not support negative values for beta. Found {beta}"
        )
    if beta == 0:
        return joined((input - target).abs(), ("none", "mean", "sum")[code])
    check_common_type("smooth_l1_cpu", input, target)
    return ops.smooth_l1_loss(input, target, reduction=code, beta=beta)


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """``d^2 / 2`` where the distance d is below delta, else ``delta (d - delta / 2)``.

    >>> import chainrule as torch
    >>> torch.nn.functional.huber_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.5, 4.0]))
    tensor(0.8125)
    """
    compared(input, target)
    if delta <= 0:
        raise RuntimeError(
            f"huber_loss does not support non-positive values for delta. Found {delta}"
        )
    code = code_of(reduction)
    check_common_type("huber_cpu", input, target)
    if weight is None:
        return ops.huber_loss(input, target, reduction=code, delta=delta)
    check_weight(input, weight)
    losses = ops.huber_loss(input, target, reduction=0, delta=delta)
    return joined(losses * weight, reduction)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """``(log(var) + (input - target)^2 / var) / 2``, var at least eps; full adds log(2 pi) / 2.

    >>> import chainrule as torch
    >>> torch.nn.functional.gaussian_nll_loss(torch.zeros(2), torch.ones(2), torch.ones(2))
    tensor(0.5000)
    """
    spread = var if isinstance(var, Tensor) else input.new_full(tuple(input.shape), var)
    if bool((spread < 0).any()):
        raise ValueError("var has negative entry/entries")
    code_of(reduction)
    floor = broadcast_variance(input, spread).clone()
    _without_grad(floor, eps)
    losses = 0.5 * (floor.log() + (input - target) ** 2 / floor)
    if full:
        losses = losses + 0.5 * math.log(2 * math.pi)
    return joined(losses, reduction)


def broadcast_variance(input: Tensor, var: Tensor) -> Tensor:
    """A variance an input: one each, one a row, or a row of one."""
    if var.size() == input.size():
        return var
    if input.size()[:-1] == var.size():
        return var.unsqueeze(-1)
    if input.size()[:-1] == var.size()[:-1] and var.size(-1) == 1:
        return var
    raise ValueError(f"var is of incorrect size: {var.size()} for an input of {input.size()}")


def _without_grad(var: Tensor, eps: float) -> None:
    from chainrule.autograd import no_grad

    with no_grad():
        var.clamp_(min=eps)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``exp(input) - target * input``, or without log_input ``input - target * log(input)``.

    `full` adds Stirling's approximation of ``log(target!)`` where the target is above 1.

    >>> import chainrule as torch
    >>> torch.nn.functional.poisson_nll_loss(torch.zeros(2), torch.tensor([1.0, 3.0]))
    tensor(1.)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    code_of(reduction)
    if log_input:
        losses = input.exp() - target * input
    else:
        losses = input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        losses = losses + stirling.masked_fill(target <= 1, 0)
    return joined(losses, reduction)


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``log(1 + exp(-target * input))`` for targets of 1 or -1, in the input's type.

    RuntimeError where the input is of integers, or real and the target complex.

    >>> import chainrule as torch
    >>> torch.nn.functional.soft_margin_loss(torch.zeros(2), torch.tensor([1.0, -1.0]))
    tensor(0.6931)
    """
    code = code_of(legacy_reduction(size_average, reduce, reduction))
    common = result_dtype(input, target)
    if common.category < 2:
        common = get_default_dtype()
    if not can_cast(common, input.dtype):
        raise RuntimeError(
            f"result type {common.legacy} can't be cast to the desired output type "
            f"{input.dtype.legacy}"
        )
    return ops.soft_margin_loss(input, target, reduction=code)


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``input`` where the target is 1, ``max(0, margin - input)`` where it is -1.

    >>> import chainrule as torch
    >>> torch.nn.functional.hinge_embedding_loss(torch.tensor([0.5, 0.25]), torch.tensor([1, -1]))
    tensor(0.6250)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    zero = input.new_zeros(())
    near = (margin - input).clamp(min=0)
    return joined(near.where(target != 1, zero) + input.where(target != -1, zero), reduction)
