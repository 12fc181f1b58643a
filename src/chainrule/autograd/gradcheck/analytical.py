"""Derivatives as backward computes them: Jacobians, one unit cotangent after the other.

Apart from `numerical`, by which they are judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule.autograd.backward import grad
from chainrule.autograd.gradcheck.numerical import numbers
from chainrule.autograd.gradcheck.report import GradcheckError, not_reentrant

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


def gradients(output, tensors, cotangent) -> list[Tensor | None]:
    """The gradients of one output in each tensor; None where there is none. The graph stays."""
    return list(grad(output, tensors, cotangent, retain_graph=True, allow_unused=True))


def cotangent_like(output: Tensor, elements: numpy.ndarray) -> Tensor:
    """A cotangent of the output's shape and dtype with these elements."""
    return wrap_array(elements.reshape(tuple(output.shape))).to(output.dtype)


def repeated_gradients(output, tensors, cotangent, options) -> list[numpy.ndarray]:
    """The gradients in rows of elements, computed twice and found to be the same."""
    first, second = (gradients(output, tensors, cotangent) for _ in range(2))
    if options.check_grad_dtypes:
        _check_dtypes(tensors, first)
    rows = [
        [_elements(found, tensor) for found, tensor in zip(run, tensors)] for run in (first, second)
    ]
    for a, b in zip(*rows):
        if not numpy.allclose(a, b, rtol=0, atol=options.nondet_tol, equal_nan=True):
            raise not_reentrant(a, b, options.nondet_tol)
    return rows[0]


def jacobians(output, tensors, options) -> list[numpy.ndarray]:
    """d output / d tensor for each tensor, in the form of `numerical.jacobians`."""
    size = output.numel()
    matrices = [
        numpy.zeros((x.numel(), size), complex if x.dtype.is_complex else float) for x in tensors
    ]
    for column in range(size):
        unit = numpy.zeros(size)
        unit[column] = 1
        found = repeated_gradients(output, tensors, cotangent_like(output, unit), options)
        for matrix, elements in zip(matrices, found):
            matrix[:, column] = elements
    return matrices


def _elements(found, tensor) -> numpy.ndarray:
    if found is None:
        return numpy.zeros(tensor.numel())
    return numbers(found)


def _check_dtypes(tensors, found) -> None:
    for position, (tensor, part) in enumerate(zip(tensors, found)):
        if part is not None and part.dtype is not tensor.dtype:
            raise GradcheckError(
                f"Gradient has dtype mismatch: that of input {position} is of {part.dtype}, the "
                f"input of {tensor.dtype}"
            )
