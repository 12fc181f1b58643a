"""Checkpoints by a Function whose backward runs a backward of its own.

Apart from `_recomputing`, the way to prefer: this one knows only tensors among the arguments, and
cannot serve autograd.grad.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule._core.modes import current_run
from chainrule.autograd import Function, backward, enable_grad
from chainrule.utils.checkpoint._states import random_numbers_from, random_state

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def check_backward_validity(inputs: Iterable[Any]) -> None:
    """Warn where none of the inputs requires grad, so that none would get a gradient.

    >>> import chainrule as torch
    >>> from chainrule.utils.checkpoint import check_backward_validity
    >>> check_backward_validity([torch.ones(2, requires_grad=True), 3])
    """
    if not any(isinstance(value, Tensor) and value.requires_grad for value in inputs):
        warnings.warn(
            "None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2
        )


def detach_variable(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The inputs as leaves of a new graph, which require grad where the inputs do.

    Raises RuntimeError for what is no tuple.

    >>> import chainrule as torch
    >>> from chainrule.utils.checkpoint import detach_variable
    >>> x = torch.ones(2, requires_grad=True)
    >>> detach_variable((x * 2, 3))
    (tensor([2., 2.], requires_grad=True), 3)
    """
    if not isinstance(inputs, tuple):
        raise RuntimeError(
            "Only tuple of tensors is supported. Got Unsupported input type: "
            f"{type(inputs).__name__}"
        )
    return tuple(_leaf(value) if isinstance(value, Tensor) else value for value in inputs)


def _leaf(tensor):
    return tensor.detach().requires_grad_(tensor.requires_grad)


class CheckpointFunction(Function):
    """What checkpoint(use_reentrant=True) applies: forward without a graph, backward with one.

    See https://docs.pytorch.org/docs/2.13/checkpoint.html
    """

    @staticmethod
    def forward(ctx, run_function, preserve_rng_state, *args):
        """run_function(*args), of which only the tensors among the arguments are kept."""
        check_backward_validity(args)
        ctx.run_function = run_function
        ctx.random_state = random_state(preserve_rng_state)
        ctx.places = [k for k, value in enumerate(args) if isinstance(value, Tensor)]
        ctx.others = [None if isinstance(value, Tensor) else value for value in args]
        ctx.save_for_backward(*[args[k] for k in ctx.places])
        return run_function(*args)

    @staticmethod
    def backward(ctx, *cotangents):
        """Run the function again, with a graph, and go back through that."""
        _, has_targets = current_run()
        if has_targets:
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or "
                "passing an `inputs` parameter to .backward(). To resolve this error, you can "
                "either set use_reentrant=False, or call .backward() without passing the "
                "`inputs` argument."
            )
        inputs = list(ctx.others)
        for place, tensor in zip(ctx.places, ctx.saved_tensors):
            inputs[place] = tensor
        leaves = detach_variable(tuple(inputs))
        with enable_grad(), random_numbers_from(ctx.random_state):
            results = ctx.run_function(*leaves)
        _backward_from(results, cotangents)
        return None, None, *[x.grad if isinstance(x, Tensor) else None for x in leaves]


def _backward_from(results, cotangents):
    results = (results,) if isinstance(results, Tensor) else results
    pairs = [
        (result, g)
        for result, g in zip(results, cotangents)
        if isinstance(result, Tensor) and result.requires_grad
    ]
    if not pairs:
        raise RuntimeError(
            "none of output has requires_grad=True, this checkpoint() is not necessary"
        )
    backward(*zip(*pairs))
