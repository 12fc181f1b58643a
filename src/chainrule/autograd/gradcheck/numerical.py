"""Derivatives as they are measured: central differences of the function's values.

Apart from what is judged by them. An input is moved in its own memory, so that the function sees
it wherever else it holds that tensor: as a parameter of a module, or as another argument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule.autograd.gradcheck.arguments import outputs_of

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


def numbers(tensor: Tensor) -> numpy.ndarray:
    """The elements in a row, in double precision; never the tensor's own memory."""
    wide = numpy.complex128 if tensor.dtype.is_complex else numpy.float64
    return tensor.detach()._array.astype(wide).reshape(-1)


def difference(function, inputs, tensor, place, step, eps) -> list[numpy.ndarray]:
    """(f(x + eps * step) - f(x - eps * step)) / (2 eps) for each output, step being at `place`."""
    memory = tensor.data
    before = memory[place].clone()
    ends = []
    try:
        for sign in (1, -1):
            memory[place] = before + step * (sign * eps)
            ends.append([(y, numbers(y)) for y in outputs_of(function, inputs)])
    finally:
        memory[place] = before
    for (upper, _), (lower, _) in zip(*ends):
        _check_same(upper, lower, place, eps)
    with numpy.errstate(invalid="ignore"):
        return [(up - down) / (2 * eps) for (_, up), (_, down) in zip(*ends)]


def _check_same(upper, lower, place, eps) -> None:
    where = f"when inputs are perturbed on index {place} by {eps}, but got"
    if upper.shape != lower.shape:
        raise AssertionError(
            f"Expected `func` to return outputs with the same shape {where}: shapes "
            f"{upper.shape} and {lower.shape}."
        )
    if upper.dtype is not lower.dtype:
        raise AssertionError(
            f"Expected `func` to return outputs with the same dtype {where}: dtypes "
            f"{upper.dtype} and {lower.dtype}."
        )


def jacobians(function, inputs, tensor, eps) -> list[numpy.ndarray]:
    """d output / d tensor for each output: a row an element of the input, a column of the output.

    For a complex x = a + ib and a real f this is df/da + i df/db, which is PyTorch's gradient.
    """
    sizes = [(output.numel(), output.dtype) for output in outputs_of(function, inputs)]
    units = (1, 1j) if tensor.dtype.is_complex else (1,)
    matrices = [
        numpy.zeros((tensor.numel(), size), complex if dtype.is_complex or units[1:] else float)
        for size, dtype in sizes
    ]
    for row, place in enumerate(numpy.ndindex(tuple(tensor.shape))):
        for unit in units:
            moved = difference(function, inputs, tensor, place, unit, eps)
            for matrix, column in zip(matrices, moved):
                matrix[row] += unit * column
    return matrices
