"""The losses between scores and classes: cross entropy, and minus log-probabilities."""

from __future__ import annotations

from chainrule._core.apply import is_transformed
from chainrule._core.core import Tensor
from chainrule.functions.activation_arguments import check_floating
from chainrule.nn.functional._probabilities import beside, refuse_gradient
from chainrule.nn.functional._reduction import code_of, joined, legacy_reduction
from chainrule.ops import loss as ops
from chainrule.ops.arithmetic import div

# ----------------------------------------------------------------------------- cross entropy


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Minus the log of the softmax of the scores, at the right class or weighed by target.

    `input` is (classes), (batch, classes) or (batch, classes, ...); `target` holds class numbers
    (int64), or probabilities in the input's own shape. `weight` is one number a class. Targets
    of `ignore_index` do not count. `label_smoothing` gives that share of the target to all
    classes alike.

    >>> import chainrule as torch
    >>> torch.nn.functional.cross_entropy(torch.zeros(1, 4), torch.tensor([2]))
    tensor(1.3863)

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.cross_entropy.html
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    code_of(reduction)
    for position, (name, value) in enumerate({"input": input, "target": target}.items(), 1):
        if not isinstance(value, Tensor):
            raise TypeError(
                f"cross_entropy_loss(): argument '{name}' (position {position}) must be Tensor, "
                f"not {type(value).__name__}"
            )
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")
    if input.shape == target.shape:
        return against_probabilities(
            input, target, weight, reduction, label_smoothing, ignore_index
        )
    scores = input.log_softmax(class_dim(input))
    if label_smoothing == 0:
        return nll_loss(scores, target, weight, ignore_index=ignore_index, reduction=reduction)
    return smoothed(scores, target, weight, ignore_index, reduction, label_smoothing)


def class_dim(input: Tensor) -> int:
    return 0 if input.ndim == 1 else 1


def check_class_weight(weight: Tensor, classes: int, name: str = "") -> None:
    if weight.ndim != 1 or weight.numel() != classes:
        raise RuntimeError(
            f"{name}weight tensor should be defined either for all {classes} classes or no "
            f"classes but got weight tensor of shape: {list(weight.shape)}"
        )


def along_classes(weight: Tensor, input: Tensor) -> Tensor:
    """The weights in a shape in which they multiply an input."""
    axis = class_dim(input)
    return weight.view([-1 if k == axis else 1 for k in range(input.ndim)])


def against_probabilities(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    reduction: str,
    label_smoothing: float,
    ignore_index: int,
) -> Tensor:
    """Cross entropy whose target is a distribution over the classes."""
    if not target.dtype.is_floating_point:
        raise RuntimeError(
            "Expected floating point type for target with class probabilities, got "
            f"{target.dtype.legacy}"
        )
    if ignore_index >= 0:
        raise RuntimeError(
            "ignore_index is not supported for floating point target; found "
            f"ignore_index={ignore_index}"
        )
    axis = class_dim(input)
    classes = input.shape[axis]
    scores = input.log_softmax(axis)
    if label_smoothing > 0:
        target = target * (1 - label_smoothing) + label_smoothing / classes
    terms = scores * target
    if weight is not None:
        check_class_weight(weight, classes, "cross_entropy: ")
        terms = terms * along_classes(weight, input)
    if reduction == "none":
        return -terms.sum(axis)
    total = -terms.sum()
    return divide_by_size(total, input.numel() / classes) if reduction == "mean" else total


def _total_weight(target: Tensor, weight: Tensor | None, ignored: Tensor) -> Tensor | int:
    """The weights of the targets that are not ignored, 1 each where there are none."""
    if is_transformed(target, weight):
        if weight is None:
            return (~ignored).sum()
        return weight[target.masked_fill(ignored, 0)].masked_fill(ignored, 0).sum()
    kept = target[~ignored]
    return kept.numel() if weight is None else weight[kept].sum()


# PyTorch's name for a division by a size.
divide_by_size = div.named("DivBackward1")


def smoothed(
    scores: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
) -> Tensor:
    """Cross entropy of the right class, and, for a share, of all classes alike."""
    axis = class_dim(scores)
    classes = scores.shape[axis]
    right = nll_loss(scores, target, weight, ignore_index=ignore_index, reduction=reduction)
    weighed = scores if weight is None else scores * along_classes(weight, scores)
    ignored = target == ignore_index
    everywhere = (-weighed.sum(axis)).masked_fill(ignored, 0)
    if reduction == "mean":
        everywhere = everywhere.sum() / _total_weight(target, weight, ignored)
    else:
        everywhere = joined(everywhere, reduction)
    return right * (1 - label_smoothing) + everywhere * (label_smoothing / classes)


# -------------------------------------------------------------------------------------- nll


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Minus the log-probability at the right class, times the class's weight.

    `input` is (classes), (batch, classes) or (batch, classes, ...); the mean is over the
    weights. IndexError for a class that there is not, NotImplementedError for integer inputs.

    >>> import chainrule as torch
    >>> torch.nn.functional.nll_loss(torch.tensor([[-1.0, -2.0]]), torch.tensor([1]))
    tensor(2.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.nll_loss.html
    """
    code = code_of(legacy_reduction(size_average, reduce, reduction))
    check_batch(input, target)
    check_target_type(target)
    check_floating(input, "nll_loss", "nll_loss_out_frame")
    array = class_weights(input, weight)
    if input.ndim == 1:
        target = target.view(())
    input = beside(input, weight)
    op = ops.nll_loss if input.ndim <= 2 else ops.nll_loss2d
    result = op(input, target, weight=array, ignore_index=ignore_index, reduction=code)
    # PyTorch's op takes images only: for all else it gives back a view.
    return result if input.ndim in (1, 2, 4) or code else result.view(target.shape)


def check_batch(input: Tensor, target: Tensor) -> None:
    if input.ndim < 1:
        raise ValueError(f"Expected 1 or more dimensions (got {input.ndim})")
    if input.ndim == 1:
        if target.numel() != 1 or target.ndim > 1:
            raise ValueError(
                "For 1D input, 1D target must have 1 element, but got target size: "
                f"{list(target.shape)}"
            )
        return
    if target.ndim < 1 or input.shape[0] != target.shape[0]:
        found = target.shape[0] if target.ndim else 1
        raise ValueError(
            f"Expected input batch_size ({input.shape[0]}) to match target batch_size ({found})."
        )
    if input.ndim == 2 and target.ndim != 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    wanted = [input.shape[0], *input.shape[2:]]
    if list(target.shape) != wanted:
        raise RuntimeError(f"Expected target size {wanted}, got {list(target.shape)}")


def check_target_type(target: Tensor) -> None:
    if target.dtype.legacy not in ("Long", "Byte"):
        raise RuntimeError(
            f"expected target dtype to be Long or Byte, but got {target.dtype.legacy}"
        )


def class_weights(input: Tensor, weight: Tensor | None) -> object:
    """The weights as the op takes them, checked."""
    if weight is None:
        return None
    check_class_weight(weight, input.shape[class_dim(input)])
    if weight.dtype is not input.dtype:
        raise RuntimeError(
            f"expected scalar type {input.dtype.legacy} but found {weight.dtype.legacy}"
        )
    refuse_gradient("nll_loss_forward", "weight", weight)
    # Where there will be a backward, it asks for what the weights were.
    return weight._array.copy() if input.requires_grad else weight._array
