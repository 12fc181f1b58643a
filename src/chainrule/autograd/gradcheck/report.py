"""What gradcheck says of a wrong derivative: PyTorch's phrase, then where and by how much.

Apart from the checks, so that each of them reads as what it compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy

from chainrule._core.apply import wrap_array

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


class GradcheckError(RuntimeError):
    """What gradcheck raises where a derivative is wrong."""


class Pair(NamedTuple):
    """One output and one input: whose derivative is compared, and in which mode.

    Both are counted as PyTorch counts them, among those that require grad; `argument` is the
    input's place among all. `half` says which half of complex numbers was considered.
    """

    output_number: int
    input_number: int
    argument: int
    output: Tensor
    tensor: Tensor
    half: str = ""
    forward: bool = False

    def mismatch(self, numerical, analytical) -> str:
        """The Jacobians, or the projections of them, that differ."""
        half = f"While considering the {self.half} only, " if self.half else ""
        mode = "computed with forward mode " if self.forward else ""
        return (
            f"{half}Jacobian {mode}mismatch for output {self.output_number} with respect to input "
            f"{self.input_number},\nnumerical:{shown(numerical)}\nanalytical:{shown(analytical)}\n"
        )

    def worst(self, numerical, analytical) -> str:
        """Where whole Jacobians differ most, by the indices of the output and of the input."""
        if not numerical.size:
            return ""
        apart = numpy.nan_to_num(_apart(numerical, analytical), nan=numpy.inf)
        row, column = numpy.unravel_index(apart.argmax(), apart.shape)
        return (
            f"The largest difference is in d output{_index(self.output, column)} / d "
            f"input{_index(self.tensor, row)}: {numerical[row, column]} measured, "
            f"{analytical[row, column]} computed. (The input is argument {self.argument} of the "
            f"function{self._maker()}.)"
        )

    def _maker(self) -> str:
        """The operation that made the output; not where halving it was the last one."""
        if self.output.grad_fn is None or (self.half and not self.forward):
            return ""
        return f"; the output was made by {self.output.grad_fn.name()}"


def _apart(numerical, analytical) -> numpy.ndarray:
    with numpy.errstate(invalid="ignore"):
        return abs(numerical - analytical)


def shown(value) -> Tensor | complex:
    """A Jacobian as a tensor; a projection as the number it is."""
    return wrap_array(value) if isinstance(value, numpy.ndarray) else value


def _index(tensor, position) -> str:
    place = numpy.unravel_index(position, tuple(tensor.shape)) if tensor.ndim else ()
    return str([int(part) for part in place])


def exact_mismatch(pair, numerical, analytical) -> GradcheckError:
    """Two whole Jacobians differ."""
    return GradcheckError(
        pair.mismatch(numerical, analytical) + "\n" + pair.worst(numerical, analytical)
    )


def fast_mismatch(pair, projections, numerical, analytical, within) -> GradcheckError:
    """Two projections differ; the whole Jacobians are shown, which may be close all the same."""
    apart = _apart(numerical, analytical)
    note = (
        "Fast gradcheck failed but element-wise differences are small. The tolerance of the fast "
        "mode is the one for single elements, added up; raise atol, or use fast_mode=False.\n"
    )
    return GradcheckError(
        f"{pair.mismatch(*projections)}\n"
        "These are random projections of the Jacobians, as fast mode compares them. The "
        "Jacobians themselves, as slow mode computes them:\n\n"
        f"Numerical:\n {shown(numerical)}\nAnalytical:\n{shown(analytical)}\n\n"
        f"The max per-element difference (slow mode) is: {apart.max(initial=0)}.\n"
        f"{note if within else ''}{pair.worst(numerical, analytical)}"
    )


def not_reentrant(first, second, tolerance) -> GradcheckError:
    """Two runs of backward gave two results."""
    return GradcheckError(
        "Backward is not reentrant, i.e., running backward with same input and grad_output "
        "multiple times gives different values, although analytical gradient matches numerical "
        f"gradient.The tolerance for nondeterminism was {tolerance}. The runs differ by up to "
        f"{abs(first - second).max(initial=0)}: does the backward draw random numbers, or keep "
        "something from run to run? nondet_tol= allows for differences that are known."
    )


def expected_zero(argument, matrix) -> GradcheckError:
    """No output requires grad, and yet one of them moves with an input."""
    return GradcheckError(
        "Numerical gradient for function expected to be zero: no output requires grad, but one "
        f"changes with argument {argument}, by up to {abs(matrix).max()} times its change. Was "
        "the output detached, or computed under no_grad?"
    )
