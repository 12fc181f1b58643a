"""Gradients of many cotangents, or tangents, at once: what vmap makes of a derivative.

Apart from the other checks, because here a derivative is compared with itself: computed at once,
and one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule.autograd.gradcheck import forward
from chainrule.autograd.gradcheck.analytical import gradients
from chainrule.autograd.gradcheck.arguments import outputs_of
from chainrule.autograd.gradcheck.exact import differentiable
from chainrule.autograd.gradcheck.numerical import numbers
from chainrule.autograd.gradcheck.report import GradcheckError
from chainrule.functions.joining import stack
from chainrule.functions.random import randn_like

if TYPE_CHECKING:
    from chainrule._core.core import Tensor
    from chainrule.autograd.gradcheck.parts import Part

BATCH = 2


def check_batched_gradients(part: Part) -> None:
    """Backward under vmap, for each output."""
    tensors = [part.inputs[argument] for argument in part.wanted]
    outputs = outputs_of(part.function, part.inputs)
    for number, place in enumerate(differentiable(outputs)):
        output = outputs[place]

        def backward(cotangent, output=output):
            return tuple(g for g in gradients(output, tensors, cotangent) if g is not None)

        _compare(
            backward, output, f"For output {number}", "gradient computation", "check_batched_grad"
        )


def check_batched_tangents(part: Part) -> None:
    """Forward mode under vmap, for each input."""
    zeros = forward.zero_tangents(part)
    for position, argument in enumerate(part.wanted):

        def forward_mode(tangent, argument=argument):
            found = forward.tangents_of(part, {**zeros, argument: tangent})
            return tuple(tangent for _, tangent in found if tangent is not None)

        _compare(
            forward_mode,
            part.inputs[argument].detach(),
            f"For input {position}",
            "gradient computation with forward-mode AD",
            "check_batched_forward_grad",
        )


def _compare(function, like: Tensor, where, what, option) -> None:
    """The function of a stack of random tensors, under vmap, and of each one."""
    from chainrule.func._vmap import mapped  # in which all is allowed that is outside

    seeds = [randn_like(like.detach()) for _ in range(BATCH)]
    expected = [function(seed) for seed in seeds]
    if not expected[0]:
        return
    remedy = f"If that cannot be batched, {option}=False leaves this check out."
    try:
        found = mapped(function)(stack(seeds))
    except RuntimeError as error:
        raise GradcheckError(
            f"While computing batched gradients, got: {error}\n\n{where}: gradcheck or "
            f"gradgradcheck failed while testing batched {what}: under vmap the derivative "
            f"raised. {remedy}"
        ) from error
    for got, one_by_one in zip(found, zip(*expected)):
        together = stack(list(one_by_one))
        if not numpy.allclose(numbers(got), numbers(together)):
            raise GradcheckError(
                f"{where}: gradcheck or gradgradcheck failed while testing batched {what}: under "
                f"vmap the results differ.\n\nGot:\n{got}\n\nExpected:\n{together}\n\n{remedy}"
            )
