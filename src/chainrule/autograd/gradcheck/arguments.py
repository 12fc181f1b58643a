"""What gradcheck is given: its options, the inputs and the outputs of the function.

Apart from the checks, which need not ask again: what cannot be checked is refused here.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

from chainrule._core.core import Tensor


class Options(NamedTuple):
    """The keywords of gradcheck, by their own names."""

    eps: float
    atol: float
    rtol: float
    nondet_tol: float
    check_undefined_grad: bool
    check_grad_dtypes: bool
    check_batched_grad: bool
    check_batched_forward_grad: bool
    check_forward_ad: bool
    check_backward_ad: bool
    fast_mode: bool


def check_options(options: Options) -> None:
    """AssertionError for checks that need another one."""
    for holds, complaint in (
        (
            options.check_forward_ad or options.check_backward_ad,
            "Expected at least one of check_forward_ad or check_backward_ad to be True",
        ),
        (
            options.check_backward_ad or not options.check_batched_grad,
            "Setting check_batched_grad=True requires check_backward_ad to be True",
        ),
        (
            options.check_forward_ad or not options.check_batched_forward_grad,
            "Setting check_batched_forward_grad=True requires check_forward_ad to be True",
        ),
    ):
        if not holds:
            raise AssertionError(complaint)


def as_tuple(value) -> tuple:
    """A tuple of what the function takes or returns; whatever is no sequence stands alone."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def needs_gradient(value) -> bool:
    """Whether this is a tensor that requires grad."""
    return isinstance(value, Tensor) and value.requires_grad


def outputs_of(function, inputs) -> tuple[Tensor, ...]:
    """What the function returns; AttributeError where that is not tensors alone."""
    found = as_tuple(function(*inputs))
    for position, output in enumerate(found):
        if not isinstance(output, Tensor):
            raise AttributeError(
                f"{type(output).__name__!r} object has no attribute 'requires_grad': output "
                f"{position} of the function is {output!r}; expected Tensor outputs from the "
                "function"
            )
    return found


def check_inputs(inputs) -> list[int]:
    """The places of the inputs that require grad; those whose precision is low give a warning."""
    wanted = [place for place, value in enumerate(inputs) if needs_gradient(value)]
    for place in wanted:
        _check_layout(place, inputs[place])
        _check_precision(place, inputs[place])
        _check_strides(place, inputs[place])
    if not wanted:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of "
            "them have requires_grad=True."
        )
    return wanted


def check_outputs(outputs) -> None:
    """ValueError for sparse outputs: what is measured are all elements."""
    if any(output.is_sparse for output in outputs):
        raise ValueError(
            "Sparse output is not supported at gradcheck yet. Please call "
            "to_dense(masked_grad=...) on the output of fn for gradcheck."
        )


def _check_layout(place, tensor) -> None:
    if tensor.is_sparse:
        raise NotImplementedError(
            f"gradcheck: input {place} is sparse, and its elements cannot be moved one by one; "
            "check a function of its values() instead"
        )


def _check_precision(place, tensor) -> None:
    if tensor.dtype.name not in ("float64", "complex128"):
        warnings.warn(
            f"Input #{place} requires gradient and is not a double precision floating point or "
            "complex. This check will likely fail if all the inputs are not of double "
            f"precision floating point or complex. (It is of {tensor.dtype}.)",
            stacklevel=5,
        )


def _check_strides(place, tensor) -> None:
    if tensor.numel() and any(
        step == 0 and size > 1 for step, size in zip(tensor.stride(), tensor.shape)
    ):
        raise RuntimeError(
            f"The {place}th input has a dimension with stride 0. gradcheck only supports inputs "
            "that are non-overlapping to be able to compute the numerical gradients correctly. "
            "You should call .contiguous on the input before passing it to gradcheck. (Its shape "
            f"is {tuple(tensor.shape)}, its strides {tuple(tensor.stride())}.)"
        )
