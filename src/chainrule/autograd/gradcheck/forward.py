"""Derivatives as forward mode computes them: Jacobians, one unit tangent after the other.

Apart from `analytical`, which does the same by backward.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule.autograd.gradcheck.analytical import cotangent_like
from chainrule.autograd.gradcheck.arguments import Options, outputs_of
from chainrule.autograd.gradcheck.numerical import numbers
from chainrule.autograd.gradcheck.report import GradcheckError

if TYPE_CHECKING:
    from chainrule._core.core import Tensor
    from chainrule.autograd.gradcheck.parts import Part


def tangents_of(part: Part, tangents: dict[int, Tensor]) -> list[tuple[Tensor, Tensor | None]]:
    """The outputs and their tangents, where the inputs at these places have these tangents.

    Inputs that are left out have none: an undefined one, which counts as zero.
    """
    from chainrule.autograd import forward_ad

    with forward_ad.dual_level():
        duals = [
            forward_ad.make_dual(value.detach().requires_grad_(), tangents[place])
            if place in tangents
            else value
            for place, value in enumerate(part.inputs)
        ]
        found = [forward_ad.unpack_dual(y) for y in outputs_of(part.function, duals)]
        return [(primal, tangent) for primal, tangent in found]


def zero_tangents(part: Part) -> dict[int, Tensor]:
    """A tangent of zeros for each input that is checked."""
    return {
        argument: cotangent_like(x := part.inputs[argument], numpy.zeros(x.numel()))
        for argument in part.wanted
    }


def elements(primal: Tensor, tangent: Tensor | None) -> numpy.ndarray:
    """A tangent's elements in a row; zeros for none."""
    return numpy.zeros(primal.numel()) if tangent is None else numbers(tangent)


def directional(part: Part, argument: int, direction, options: Options) -> list[numpy.ndarray]:
    """The tangent of each output, as that input moves in this direction and no other moves."""
    tangents = zero_tangents(part)
    tangents[argument] = cotangent_like(part.inputs[argument], direction)
    found = tangents_of(part, tangents)
    if options.check_grad_dtypes:
        _check_dtypes(found)
    return [elements(primal, tangent) for primal, tangent in found]


def jacobians(part: Part, argument: int, options: Options) -> list[numpy.ndarray]:
    """d output / d input for each output, in the form of `numerical.jacobians`."""
    size = part.inputs[argument].numel()
    rows = [directional(part, argument, numpy.eye(1, size, row)[0], options) for row in range(size)]
    if rows:
        return [numpy.stack(matrix) for matrix in zip(*rows)]
    return [numpy.zeros((0, y.numel())) for y in outputs_of(part.function, part.inputs)]


def _check_dtypes(found) -> None:
    for number, (primal, tangent) in enumerate(found):
        if tangent is not None and tangent.dtype is not primal.dtype:
            raise GradcheckError(
                f"Gradient has dtype mismatch: the tangent of output {number} is of "
                f"{tangent.dtype}, the output of {primal.dtype}"
            )
