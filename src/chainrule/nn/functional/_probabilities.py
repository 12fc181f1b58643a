"""The losses between probabilities: of two classes, as such or as logits, and of distributions."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from chainrule._core.apply import is_transformed
from chainrule.functions.activation_arguments import check_floating
from chainrule.functions.identity import constant_array
from chainrule.functions.index_reading import BOOL
from chainrule.nn.functional._reduction import code_of, joined, legacy_reduction
from chainrule.ops import loss as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


def refuse_gradient(name: str, argument: str, value: Tensor | None) -> None:
    if value is None:
        return
    if constant_array(value) is not value._array:
        raise NotImplementedError(
            f"Trying to use forward AD with {name} that does not support it with respect to "
            f"argument '{argument}': its detach() has no tangent"
        )
    if value.requires_grad:
        raise RuntimeError(
            f"The function '{name}' is not differentiable with respect to argument "
            f"'{argument}'. This input cannot have requires_grad True."
        )


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``-(t log p + (1 - t) log(1 - p))``, each log at least -100, for probabilities p.

    RuntimeError where p or t is not between 0 and 1, NotImplementedError for integers.

    >>> import chainrule as torch
    >>> torch.nn.functional.binary_cross_entropy(torch.tensor([0.5]), torch.tensor([1.0]))
    tensor(0.6931)

    See
    https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.binary_cross_entropy.html
    """
    code = code_of(legacy_reduction(size_average, reduce, reduction))
    if target.size() != input.size():
        raise ValueError(
            f"Using a target size ({target.size()}) that is different to the input size "
            f"({input.size()}) is deprecated. Please ensure they have the same size."
        )
    if target.dtype is not input.dtype:
        raise RuntimeError(f"Found dtype {target.dtype.legacy} but expected {input.dtype.legacy}")
    check_floating(input, "binary_cross_entropy", "binary_cross_entropy")
    check_probabilities("input", input)
    check_probabilities("target", target)
    refuse_gradient("binary_cross_entropy", "weight", weight)
    return ops.binary_cross_entropy(
        beside(input, weight), target, weight=array_of(weight, input), reduction=code
    )


def check_probabilities(name: str, values: Tensor) -> None:
    array = values._array
    if not ((array >= 0) & (array <= 1)).all():
        wrong = array[~((array >= 0) & (array <= 1))].flat[0]
        raise RuntimeError(f"all elements of {name} should be between 0 and 1, found {wrong}")


def beside(input: Tensor, *weights: Tensor | None) -> Tensor:
    """The input of a loss as part of the batches that its weights are part of.

    For the weights are parameters of an operation, which decide about no batch.
    """
    for weight in weights:
        if weight is not None and is_transformed(weight):
            input = input.where(weight.new_ones((), dtype=BOOL), input)
    return input


def array_of(weight: Tensor | None, input: Tensor) -> object:
    """The array of a weight in an input's type and shape, None where there is none."""
    if weight is None:
        return None
    if input.requires_grad:
        weight = weight.detach().clone()  # backward will ask for what it was
    return weight.expand(input.shape)._array.astype(input._array.dtype, copy=False)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of the sigmoid of the input, computed without overflow.

    `pos_weight` multiplies the term of the positive targets. The result has the target's type;
    integers are refused.

    >>> import chainrule as torch
    >>> torch.nn.functional.binary_cross_entropy_with_logits(torch.zeros(2), torch.ones(2))
    tensor(0.6931)

    See
    https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
    """
    code = code_of(legacy_reduction(size_average, reduce, reduction))
    if target.size() != input.size():
        raise ValueError(
            f"Target size ({target.size()}) must be the same as input size ({input.size()})"
        )
    check_floating(input, "binary_cross_entropy_with_logits", "log_sigmoid_cpu")
    if not target.dtype.is_floating_point:
        raise RuntimeError(
            f"result type {input.dtype.legacy} can't be cast to the desired output type "
            f"{target.dtype.legacy}"
        )
    name = "binary_cross_entropy_with_logits"
    refuse_gradient(name, "weight", weight)
    refuse_gradient(name, "pos_weight", pos_weight)
    return ops.binary_cross_entropy_with_logits(
        beside(input, weight, pos_weight),
        target,
        weight=array_of(weight, input),
        pos_weight=array_of(pos_weight, input),
        reduction=code,
    )


# ---------------------------------------------------------------------------- distributions


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """``t (log t - input)``, where the input is a log-probability, and t may be given as log t.

    `reduction` may also be 'batchmean': the sum, divided by the size of the batch.

    >>> import chainrule as torch
    >>> F = torch.nn.functional
    >>> F.kl_div(torch.zeros(1, 2), torch.full((1, 2), 0.5), reduction="batchmean")
    tensor(-0.6931)

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.kl_div.html
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support "
            "size.'batchmean' divides only by the batch size, and aligns with the KL div math "
            "definition.'mean' will be changed to behave the same as 'batchmean' in the next "
            "major release.",
            stacklevel=2,
        )
    if log_target:
        losses = target.exp() * (target - input)
    else:
        losses = target.xlogy(target) - target * input
    if reduction == "batchmean":
        total = losses.sum()
        return total / input.shape[0] if input.ndim else total
    return joined(losses, reduction)
