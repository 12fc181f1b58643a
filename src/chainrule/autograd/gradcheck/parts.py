"""A function of complex numbers as two of real ones, whose derivatives can be compared.

Apart from the comparisons, which then know one kind of output (backward) or of input (forward).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chainrule._core.core import Tensor
from chainrule.autograd.gradcheck.arguments import as_tuple, needs_gradient
from chainrule.functions.complex_numbers import complex as complex_of
from chainrule.functions.complex_numbers import imag, real

if TYPE_CHECKING:
    from collections.abc import Callable


class Part(NamedTuple):
    """What is differentiated, at which inputs, and which half of the complex numbers that is.

    `halved` are the places of the outputs (in backward mode) or inputs (in forward mode) of which
    only this half is considered.
    """

    function: Callable
    inputs: tuple
    half: str = ""
    halved: frozenset[int] = frozenset()

    @property
    def wanted(self) -> list[int]:
        """The places of the inputs that require grad."""
        return [place for place, value in enumerate(self.inputs) if needs_gradient(value)]

    def half_of(self, place: int) -> str:
        """What to say of the input or output at this place: nothing where it is whole."""
        return self.half if place in self.halved else ""


def complex_places(values) -> frozenset[int]:
    """The places of the complex tensors."""
    return frozenset(
        place
        for place, value in enumerate(values)
        if isinstance(value, Tensor) and value.dtype.is_complex
    )


def parts_of_outputs(function, inputs, outputs) -> list[Part]:
    """The function itself where its outputs are real; else their imaginary and real halves."""
    places = complex_places(outputs)
    if not places:
        return [Part(function, inputs)]

    def halved(take):
        def half(*arguments):
            found = as_tuple(function(*arguments))
            return tuple(take(y) if y.dtype.is_complex else y for y in found)

        return half

    return [
        Part(halved(imag), inputs, "imaginary part of complex outputs", places),
        Part(halved(real), inputs, "real part of complex outputs", places),
    ]


def parts_of_inputs(function, inputs) -> list[Part]:
    """The function itself where its inputs are real; else it as one of their halves."""
    places = complex_places(inputs)
    if not places:
        return [Part(function, inputs)]

    def of_imaginary(*arguments):
        return function(
            *_joined(inputs, places, lambda k: (real(inputs[k]), arguments[k]), arguments)
        )

    def of_real(*arguments):
        return function(
            *_joined(inputs, places, lambda k: (arguments[k], imag(inputs[k])), arguments)
        )

    return [
        Part(of_imaginary, _halves(inputs, imag), "imaginary part of complex inputs", places),
        Part(of_real, _halves(inputs, real), "real part of complex inputs", places),
    ]


def _halves(inputs, take) -> tuple:
    """Leaves of their own that hold one half of each complex input."""
    return tuple(
        take(value).detach().clone().requires_grad_(value.requires_grad)
        if isinstance(value, Tensor) and value.dtype.is_complex
        else value
        for value in inputs
    )


def _joined(inputs, places, halves, arguments) -> list:
    """The arguments, where a half was given with the other half, which stays."""
    return [
        complex_of(*halves(place)) if place in places else arguments[place]
        for place in range(len(inputs))
    ]
