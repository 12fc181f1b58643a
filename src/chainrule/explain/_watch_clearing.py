"""Whether the gradient of a parameter was cleared between two changes of the parameter.

Apart from the optimizers, because a program may change its parameters by itself. What counts is
step, backward, step on one and the same gradient: a backward of another loss in between (as of the
two networks that learn against each other) is no mistake if the gradient is cleared after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ref

import numpy

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

ELEMENTS = 8  # that are compared, to see whether a parameter was changed


class Clearing:
    """One parameter, from step to step; nothing is kept alive."""

    def __init__(self, parameter: Tensor):
        self.parameter = ref(parameter)
        self._left: tuple[ref[Tensor], int] | None = None  # the gradient that a step used
        self._accumulated = False
        self._values = _few_values(parameter)

    def before_backward(self) -> None:
        """Forget the gradient of the last step, if it is no longer there or was written to."""
        if self._left is not None and not self._is_as_left():
            self._left, self._accumulated = None, False

    def after_backward(self) -> bool:
        """Note what was added to a gradient that a step has used; whether anything was."""
        if self._left is None or self._is_as_left():
            return False
        self._accumulated = True
        self._leave()
        return True

    def stepped(self) -> bool:
        """The parameter was changed: whether by a gradient that an earlier step had used too."""
        parameter = self.parameter()
        is_stale = self._accumulated and parameter is not None and parameter._grad is not None
        self._accumulated = False
        self._leave()
        return is_stale

    def has_changed(self) -> bool:
        """Whether the program has changed the parameter since this was asked last."""
        parameter = self.parameter()
        if parameter is None:
            return False
        before, self._values = self._values, _few_values(parameter)
        return before != self._values

    def _leave(self) -> None:
        parameter = self.parameter()
        gradient = None if parameter is None else parameter._grad
        self._left = None
        if gradient is not None:
            self._left = ref(gradient), gradient._version

    def _is_as_left(self) -> bool:
        parameter = self.parameter()
        if parameter is None or self._left is None:
            return False
        gradient = parameter._grad
        if gradient is None or gradient is not self._left[0]():
            return False
        # A write through `.grad.data`, which clears as well, is not counted in the version.
        return gradient._version == self._left[1] and is_nonzero(gradient)


def is_nonzero(gradient: Tensor) -> bool:
    """Whether a gradient has an element that is not zero; yes for a sparse one."""
    array = gradient._array
    return bool(array.any()) if isinstance(array, numpy.ndarray) else True


def _few_values(parameter: Tensor) -> bytes:
    array = parameter._array
    return array.ravel()[:ELEMENTS].tobytes() if isinstance(array, numpy.ndarray) else b""
