"""The slow mode: every element of every Jacobian, measured and computed.

Apart from `fast`, which compares one projection of each, and comes here to say what differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule.autograd.gradcheck import analytical, forward, numerical
from chainrule.autograd.gradcheck.arguments import Options, outputs_of
from chainrule.autograd.gradcheck.report import Pair, exact_mismatch, expected_zero

if TYPE_CHECKING:
    from chainrule.autograd.gradcheck.parts import Part


def close(found, expected, options: Options) -> bool:
    """Whether a computed Jacobian is within the tolerances of the measured one."""
    return numpy.allclose(found, expected, rtol=options.rtol, atol=options.atol)


def differentiable(outputs) -> list[int]:
    """The places of the outputs that are checked."""
    return [place for place, output in enumerate(outputs) if output.requires_grad]


def check_constant(part: Part, options: Options) -> None:
    """Where no output requires grad, nothing may depend on the inputs."""
    for argument in part.wanted:
        tensor = part.inputs[argument]
        for matrix in numerical.jacobians(part.function, part.inputs, tensor, options.eps):
            if matrix.any():
                raise expected_zero(argument, matrix)


def check_backward(part: Part, options: Options) -> None:
    """The Jacobians of each output by backward."""
    tensors = [part.inputs[argument] for argument in part.wanted]
    measured = [
        numerical.jacobians(part.function, part.inputs, tensor, options.eps) for tensor in tensors
    ]
    outputs = outputs_of(part.function, part.inputs)
    for number, place in enumerate(differentiable(outputs)):
        computed = analytical.jacobians(outputs[place], tensors, options)
        for position, found in enumerate(computed):
            expected = measured[position][place]
            if not close(found, expected, options):
                pair = backward_pair(part, outputs, (number, place), position)
                raise exact_mismatch(pair, expected, found)


def check_forward(part: Part, options: Options) -> None:
    """The Jacobians in each input by forward mode."""
    outputs = outputs_of(part.function, part.inputs)
    for position, argument in enumerate(part.wanted):
        tensor = part.inputs[argument]
        measured = numerical.jacobians(part.function, part.inputs, tensor, options.eps)
        computed = forward.jacobians(part, argument, options)
        for number, place in enumerate(differentiable(outputs)):
            if not close(computed[place], measured[place], options):
                pair = forward_pair(part, outputs, (number, place), position)
                raise exact_mismatch(pair, measured[place], computed[place])


def backward_pair(part, outputs, output, position) -> Pair:
    """Output (its number among those that are checked, its place), and the input's number."""
    number, place = output
    argument = part.wanted[position]
    half = part.half_of(place)
    return Pair(number, position, argument, outputs[place], part.inputs[argument], half)


def forward_pair(part, outputs, output, position) -> Pair:
    """The same, in forward mode: there inputs are halved, not outputs."""
    number, place = output
    argument = part.wanted[position]
    half = part.half_of(argument)
    return Pair(number, position, argument, outputs[place], part.inputs[argument], half, True)
