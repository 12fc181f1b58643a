"""The fast mode: one random projection v^T J u of each Jacobian instead of all its elements.

Apart from `exact`: a few calls of the function instead of some for every element. The directions
are the same in every run, and those that PyTorch draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule.autograd.gradcheck import analytical, exact, forward, numerical
from chainrule.autograd.gradcheck.analytical import cotangent_like
from chainrule.autograd.gradcheck.arguments import Options, outputs_of
from chainrule.autograd.gradcheck.report import expected_zero, fast_mismatch
from chainrule.functions.generator import Generator
from chainrule.functions.random import rand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chainrule._core.core import Tensor
    from chainrule.autograd.gradcheck.parts import Part

# A direction has one vector for a real tensor, and two for a complex one: for its real and for
# its imaginary part, which are moved apart.
Direction = tuple[numpy.ndarray, ...]


def _directions(tensors: list[Tensor], generator: Generator) -> list[Direction]:
    return [
        tuple(_unit_vector(x.numel(), generator) for _ in range(1 + x.dtype.is_complex))
        for x in tensors
    ]


def _unit_vector(size: int, generator: Generator) -> numpy.ndarray:
    vector = numerical.numbers(rand(size, generator=generator))
    return vector / (numpy.linalg.norm(vector) or 1)


def _moved(part: Part, argument: int, direction: Direction, eps) -> Iterator[tuple]:
    """For each half of the input: 1 or i, and the change of each output in the direction."""
    tensor = part.inputs[argument]
    for unit, vector in zip((1, 1j), direction):
        step = cotangent_like(tensor, unit * vector)
        yield (
            unit,
            numerical.difference(part.function, part.inputs, tensor, ..., step, eps),
        )


def _projected(gradient: numpy.ndarray, direction: Direction):
    """The sum of gradient * direction, each half of complex numbers by itself."""
    if len(direction) == 1:
        return float(gradient @ direction[0])
    return complex(gradient.real @ direction[0], gradient.imag @ direction[1])


def _close(found, expected, options: Options, *directions: Direction) -> bool:
    """Whether projections agree, where each element of the Jacobian may be off by atol."""
    atol = options.atol * numpy.prod([direction[0].sum() for direction in directions])
    return numpy.allclose(found, expected, rtol=options.rtol, atol=atol)


def check_constant(part: Part, options: Options) -> None:
    """Where no output requires grad, nothing may depend on the inputs."""
    tensors = [part.inputs[argument] for argument in part.wanted]
    for argument, u in zip(part.wanted, _directions(tensors, Generator())):
        for _, changes in _moved(part, argument, u, options.eps):
            for change in changes:
                if not numpy.allclose(change, 0, rtol=0, atol=options.atol):
                    raise expected_zero(argument, change)


def check_backward(part: Part, options: Options) -> None:
    """v^T J u by backward with the cotangent v, and by moving the input along u."""
    tensors = [part.inputs[argument] for argument in part.wanted]
    outputs = outputs_of(part.function, part.inputs)
    places, generator = exact.differentiable(outputs), Generator()
    inward = _directions(tensors, generator)
    outward = _directions([outputs[place] for place in places], generator)
    moved = [list(_moved(part, *one, options.eps)) for one in zip(part.wanted, inward)]
    for number, (place, v) in enumerate(zip(places, outward)):
        seed = cotangent_like(outputs[place], v[0])
        rows = analytical.repeated_gradients(outputs[place], tensors, seed, options)
        for position, (row, u) in enumerate(zip(rows, inward)):
            measured = sum(unit * (changes[place] @ v[0]) for unit, changes in moved[position])
            computed = _projected(row, u)
            if not _close(computed, measured, options, u, v):
                pair = exact.backward_pair(part, outputs, (number, place), position)
                raise _backward_mismatch(part, pair, (measured, computed), options)


def _backward_mismatch(part, pair, projections, options):
    matrices = numerical.jacobians(part.function, part.inputs, pair.tensor, options.eps)
    outputs = outputs_of(part.function, part.inputs)
    place = exact.differentiable(outputs)[pair.output_number]
    (computed,) = analytical.jacobians(outputs[place], [pair.tensor], options)
    return _mismatch(pair, projections, matrices[place], computed, options)


def check_forward(part: Part, options: Options) -> None:
    """J u by forward mode with the tangent u, and by moving the input along u."""
    tensors = [part.inputs[argument] for argument in part.wanted]
    outputs = outputs_of(part.function, part.inputs)
    for position, u in enumerate(_directions(tensors, Generator())):
        argument = part.wanted[position]
        ((_, measured),) = _moved(part, argument, u, options.eps)
        computed = forward.directional(part, argument, u[0], options)
        for number, place in enumerate(exact.differentiable(outputs)):
            if not _close(computed[place], measured[place], options, u):
                pair = exact.forward_pair(part, outputs, (number, place), position)
                raise _forward_mismatch(
                    part, pair, place, (measured[place], computed[place]), options
                )


def _forward_mismatch(part, pair, place, projections, options):
    matrices = numerical.jacobians(part.function, part.inputs, pair.tensor, options.eps)
    computed = forward.jacobians(part, pair.argument, options)[place]
    return _mismatch(pair, projections, matrices[place], computed, options)


def _mismatch(pair, projections, numerical_jacobian, analytical_jacobian, options):
    within = exact.close(analytical_jacobian, numerical_jacobian, options)
    return fast_mismatch(pair, projections, numerical_jacobian, analytical_jacobian, within)
