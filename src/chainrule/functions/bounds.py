"""Numbers within bounds: maximum, minimum, fmax, fmin, clamp.

Apart from extremes.py, which looks for the largest along a dimension.
"""

from __future__ import annotations

from chainrule._core.core import Tensor
from chainrule._core.kernels import result_dtype
from chainrule.functions.declare import PUBLIC, alias, deliver, method, pairwise, public
from chainrule.functions.factory import fitting
from chainrule.functions.operands import NUMBERS, refuse_combination, refuse_writing
from chainrule.ops import arithmetic as ops

maximum = pairwise(
    ops.maximum,
    "The larger; NaN where either is.",
    "torch.tensor([1.0, 5.0]), torch.tensor([3.0, 3.0])",
    "tensor([3., 5.])",
    in_place=False,
    numbers=False,
)
minimum = pairwise(
    ops.minimum,
    "The smaller; NaN where either is.",
    "torch.tensor([1.0, 5.0]), torch.tensor([3.0, 3.0])",
    "tensor([1., 3.])",
    in_place=False,
    numbers=False,
)
fmax = pairwise(
    ops.fmax,
    "The larger; NaN only where both are.",
    "torch.tensor([1.0, 5.0]), torch.tensor([3.0, 3.0])",
    "tensor([3., 5.])",
    in_place=False,
    numbers=False,
)
fmin = pairwise(
    ops.fmin,
    "The smaller; NaN only where both are.",
    "torch.tensor([1.0, 5.0]), torch.tensor([3.0, 3.0])",
    "tensor([1., 3.])",
    in_place=False,
    numbers=False,
)

# By name and bounds: the op for bounds that are numbers, and the one for tensors.
LOWER = {
    "clamp": (ops.clamp_min.named("ClampBackward1"), ops.clamp_min_tensor),
    "clamp_min": (ops.clamp_min, ops.clamp_min_tensor.named("ClampMinBackward1")),
}
UPPER = {
    "clamp": (ops.clamp_max.named("ClampBackward1"), ops.clamp_max_tensor),
    "clamp_max": (ops.clamp_max, ops.clamp_max_tensor.named("ClampMaxBackward1")),
}
BOTH = (ops.clamp, ops.clamp_tensor)


def _clamping(name: str, input: Tensor, low, high):
    """The op for these bounds, its operands and its parameters."""
    if low is None:
        if high is None:
            _refuse_no_bounds(name, input)
        (by_number, by_tensor), bounds = UPPER[name], {"max": high}
    elif high is None:
        (by_number, by_tensor), bounds = LOWER[name], {"min": low}
    else:
        (by_number, by_tensor), bounds = BOTH, {"min": low, "max": high}
    if input.dtype.category == 2 and _always_fits(low) and _always_fits(high):
        return by_number, (input,), bounds  # at once: nearly all calls are of this kind
    values = bounds.values()
    if all(isinstance(value, NUMBERS) for value in values):
        input, dtype = _brought_together(input, values)
        return by_number, (input,), {side: fitting(bounds[side], dtype) for side in bounds}
    if not all(isinstance(value, Tensor) for value in values):
        refuse_combination(name, input, *values)
    return by_tensor, (input, *values), {}


def _always_fits(bound) -> bool:
    """Whether this is no bound, or a number that the smallest floating type can hold."""
    kind = type(bound)
    return bound is None or ((kind is float or kind is int) and -65504 <= bound <= 65504)


def _refuse_no_bounds(name, input):
    if name == "clamp":
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    refuse_combination(name, input, None)


def _brought_together(input, values):
    """The input in the type that it and its bounds have in common, and what they must fit."""
    dtype = input.dtype
    if dtype.category > 1:
        return input, dtype
    dtype = result_dtype(input, *values)
    return input.to(dtype), dtype


@public
@method
def clamp(input: Tensor, min=None, max=None, *, out: Tensor | None = None) -> Tensor:
    """minimum(maximum(input, min), max); bounds are numbers, or tensors, or None.

    At a bound the derivative is 1. RuntimeError where both bounds are None, or where one does not
    fit the input's type; TypeError where one is a number and one a tensor; NotImplementedError
    for complex numbers, which have no order.

    >>> import chainrule as torch
    >>> torch.clamp(torch.tensor([-2.0, 0.5, 2.0]), -1, 1)
    tensor([-1.0000,  0.5000,  1.0000])

    See https://docs.pytorch.org/docs/2.13/generated/torch.clamp.html
    """
    op, operands, bounds = _clamping("clamp", input, min, max)
    return deliver(op(*operands, **bounds), out, "clamp")


def _clamp_in_place(name: str, input: Tensor, low, high) -> Tensor:
    op, operands, bounds = _clamping(name, input, low, high)
    if operands[0] is not input:
        refuse_writing(operands[0].dtype, input)
    return op.in_place(*operands, **bounds)


@method(name="clamp_")
@public
def clamp_(input: Tensor, min=None, max=None) -> Tensor:
    """Clamp in place."""
    return _clamp_in_place("clamp", input, min, max)


alias(clamp, "clip")
PUBLIC["clip_"] = clamp_


@public
@method
def clamp_min(input: Tensor, min, *, out: Tensor | None = None) -> Tensor:
    """maximum(input, min).

    >>> import chainrule as torch
    >>> torch.clamp_min(torch.tensor([-2.0, 2.0]), 0)
    tensor([0., 2.])
    """
    op, operands, bounds = _clamping("clamp_min", input, min, None)
    return deliver(op(*operands, **bounds), out, "clamp_min")


@public
@method
def clamp_max(input: Tensor, max, *, out: Tensor | None = None) -> Tensor:
    """minimum(input, max).

    >>> import chainrule as torch
    >>> torch.clamp_max(torch.tensor([-2.0, 2.0]), 0)
    tensor([-2.,  0.])
    """
    op, operands, bounds = _clamping("clamp_max", input, None, max)
    return deliver(op(*operands, **bounds), out, "clamp_max")


@method(name="clamp_min_")
def _clamp_min_in_place(self, min):
    """Clamp from below in place."""
    return _clamp_in_place("clamp_min", self, min, None)


@method(name="clamp_max_")
def _clamp_max_in_place(self, max):
    """Clamp from above in place."""
    return _clamp_in_place("clamp_max", self, None, max)
