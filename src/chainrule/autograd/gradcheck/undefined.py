"""Cotangents and tangents that are zero, and those that are not there at all.

Apart from the values: a derivative may be right wherever it is measured and still fail, or make
something of nothing, where a result was not used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule.autograd.backward import grad
from chainrule.autograd.function import Function
from chainrule.autograd.gradcheck import forward
from chainrule.autograd.gradcheck.analytical import cotangent_like
from chainrule.autograd.gradcheck.arguments import outputs_of
from chainrule.autograd.gradcheck.exact import differentiable
from chainrule.autograd.gradcheck.numerical import numbers
from chainrule.autograd.gradcheck.report import GradcheckError
from chainrule.functions.generator import Generator
from chainrule.functions.random import rand

if TYPE_CHECKING:
    from chainrule.autograd.gradcheck.parts import Part


class UndefinedGrad(Function):
    """The identity, whose backward gives no gradient."""

    @staticmethod
    def forward(ctx, x):
        """The same values."""
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        """None, whatever arrives."""


def _checked(part: Part):
    outputs = outputs_of(part.function, part.inputs)
    tensors = [part.inputs[argument] for argument in part.wanted]
    return [outputs[place] for place in differentiable(outputs)], tensors


def _nonzero(outputs, tensors) -> int | None:
    """The number of the first input whose gradient is not zero though all cotangents are."""
    zeros = [cotangent_like(y, numpy.zeros(y.numel())) for y in outputs]
    found = grad(outputs, tensors, zeros, retain_graph=True, allow_unused=True)
    for position, gradient in enumerate(found):
        if gradient is not None and numbers(gradient).any():
            return position
    return None


def check_zero_cotangents(part: Part) -> None:
    """Every gradient is a multiple of the cotangents: where they are zero, it is zero."""
    position = _nonzero(*_checked(part))
    if position is not None:
        raise GradcheckError(
            "backward not multiplied by grad_output: with cotangents of zeros, the gradient of "
            f"argument {part.wanted[position]} is not zero"
        )


def check_undefined_cotangents(part: Part) -> None:
    """The same where all cotangents are undefined, and where one alone is."""
    outputs, tensors = _checked(part)
    everything = range(len(outputs))
    for absent in [everything, *([k] for k in everything if len(outputs) > 1)]:
        replaced = [UndefinedGrad.apply(y) if k in absent else y for k, y in enumerate(outputs)]
        try:
            position = _nonzero(replaced, tensors)
        except RuntimeError as error:
            raise GradcheckError(
                "Expected backward function to handle undefined output grads, but without the "
                f"cotangent of output {_listed(absent)} it raised: {error} "
                "(check_undefined_grad=False leaves this check out.)"
            ) from error
        if position is not None:
            raise GradcheckError(
                "Expected all input grads to be undefined or zero when all output grads are "
                f"undefined or zero, but without the cotangent of output {_listed(absent)} that "
                f"of argument {part.wanted[position]} is not. "
                "(check_undefined_grad=False leaves this check out.)"
            )


def _listed(places) -> str:
    return ", ".join(map(str, places))


def check_undefined_tangents(part: Part) -> None:
    """An input without a tangent is one whose tangent is zero, whatever the others have."""
    generator, zeros = Generator(), forward.zero_tangents(part)
    random = {
        argument: cotangent_like(
            x := part.inputs[argument], numbers(rand(x.numel(), generator=generator))
        )
        for argument in part.wanted
    }
    for argument in part.wanted:
        others = {place: tangent for place, tangent in random.items() if place != argument}
        if not others:
            continue
        expected = forward.tangents_of(part, {**others, argument: zeros[argument]})
        found = forward.tangents_of(part, others)
        for number, (with_zero, without) in enumerate(zip(expected, found)):
            _compare(number, argument, forward.elements(*with_zero), forward.elements(*without))


def _compare(number, argument, expected, found) -> None:
    if not numpy.allclose(found, expected):
        raise GradcheckError(
            f"Mismatch in tangent values for output with index: {number} when input: argument "
            f"{argument} has an undefined tangent value.  Got: {found} but expected: {expected}, "
            "as with a tangent of zeros"
        )
