"""Forward mode: arrays with a tangent, and what operations make of them.

Apart from the formulas of tangents (see tangents) and from batch, which shares nothing but levels.

Note: reverse mode through duals. Rules run on duals as on any arrays, so forward over reverse
needs nothing more. In reverse over forward, a cotangent of a dual array is a dual array too: that
of a loss L is the c for which dL is the tangent part of c * d(dual). Such a c is carried through
any recorded op by the op's ordinary rule, and at the ends (see crossing) it parts into the
cotangents of primal and tangent.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.kernels import run_op
from chainrule._core.modes import is_inference_mode_enabled, switch_grad
from chainrule.transforms.levels import Level, WrappedArray, without_tangents
from chainrule.transforms.tangents import pushforward

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.core import Tensor
    from chainrule._core.operation import Op


class DualArray(WrappedArray):
    """A primal and its tangent; a tangent of None is zero."""

    __slots__ = ("inner", "level", "tangent")

    def __init__(self, level: DualLevel, primal: Any, tangent: Any) -> None:
        self.level = level
        self.inner = primal
        self.tangent = tangent

    shape = property(lambda self: self.inner.shape)
    parts = property(lambda self: (self.inner, self.tangent))
    strides = property(lambda self: self.inner.strides)

    def __getitem__(self, index: Any) -> DualArray:
        """The same part of primal and tangent."""
        tangent = None if self.tangent is None else self.tangent[index]
        return DualArray(self.level, self.inner[index], tangent)

    def lay_out(self) -> None:
        """Give the tangent the primal's strides: then a view shows the same elements of both."""
        if self.tangent is not None:
            self.tangent = laid_out(self.tangent, self.inner)

    def __getattr__(self, name: str) -> Any:
        """NumPy's methods are refused: they would lose the tangent."""
        if not callable(getattr(numpy.ndarray, name, None)) or name.startswith("__"):
            raise AttributeError(f"'DualArray' object has no attribute '{name}'")

        def refused(*arguments: Any, **keywords: Any) -> Any:
            raise self.refuse(f"call numpy.ndarray.{name} on")

        return refused

    def without_tangents(self) -> Any:
        """The primal's."""
        return without_tangents(self.inner)

    def __array_ufunc__(self, ufunc: Any, method: str, *arguments: Any, **keywords: Any) -> Any:
        """Comparisons, which have no derivative; all else would lose the tangent."""
        if method != "__call__" or ufunc.nout != 1 or ufunc.types[0][-1] != "?":
            raise self.refuse(f"call numpy.{ufunc.__name__} on")
        return ufunc(*[without_tangents(part) for part in arguments], **keywords)

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        """Places and truth, which have no derivative; all else would lose the tangent."""
        found = function(*[without_tangents(part) for part in arguments], **keywords)
        if getattr(found, "dtype", numpy.dtype(bool)).kind not in "biu":
            raise self.refuse(f"call numpy.{function.__name__} on")
        return found

    def any(self) -> Any:
        """Whether any element is not 0."""
        return self.inner.any()

    def all(self) -> Any:
        """Whether no element is 0."""
        return self.inner.all()

    def described(self, tensor: Tensor, text: Callable) -> str:
        """As the primal, with the tangent."""
        tangent = self.tangent
        if isinstance(self.inner, WrappedArray) or tangent is None:
            return text(tensor, without_tangents(self.inner))
        shown = repr(wrap_array(tangent)) if tangent.ndim else tangent.item()
        return text(tensor, self.inner, f"tangent={shown}")

    def by_member(self, function: Callable, arguments: tuple) -> Any:
        """Of primals."""
        plain = [without_tangents(part) for part in arguments]
        for array in plain:
            if isinstance(array, WrappedArray):
                return array.by_member(function, tuple(plain))
        return function(*plain)

    def exposed(self) -> Any:
        """The primal's numbers."""
        inner = self.inner
        return inner.exposed() if isinstance(inner, WrappedArray) else inner.view()

    def left(self) -> Any:
        """What is seen of it once its level was left."""
        return self.inner

    def refuse(self, what: str) -> RuntimeError:
        """The error of something that would lose the tangent without a word."""
        return RuntimeError(
            f"forward mode: cannot {what} a tensor that has a tangent; use "
            "forward_ad.unpack_dual(x).primal, or an operation of tensors"
        )


class _Switch(threading.local):
    """Whether forward mode is switched off in this thread."""

    off = False


_switch = _Switch()


def switch_off(off: bool) -> bool:
    """Let results have no tangents, or have them again; returns what was before."""
    before, _switch.off = _switch.off, off
    return before


def is_off() -> bool:
    """Whether results have no tangents: by the switch, or in inference mode."""
    return _switch.off or is_inference_mode_enabled()


class DualLevel(Level):
    """One use of forward mode."""

    gives_tangents = True

    def run(self, op: Op, arrays: tuple, parameters: dict | None) -> Any:
        """An op on primals, and its pushforward on tangents."""
        mine = [isinstance(a, DualArray) and a.level is self for a in arrays]
        if op.view and mine[0]:
            arrays[0].lay_out()
        primals = tuple(a.inner if own else a for a, own in zip(arrays, mine))
        tangents = [
            a.tangent if own and differentiable(op, k) else None
            for k, (a, own) in enumerate(zip(arrays, mine))
        ]
        out = run_op(op, primals, parameters)
        if is_off():
            return out
        if not op.rules:
            return self.by_formula(op, arrays, parameters, out)
        found = self.tangents_of(op, primals, tangents, parameters, out)
        if isinstance(out, tuple):
            return tuple(self.dual(*pair) for pair in zip(out, found))
        return self.dual(out, found)

    def by_formula(self, op: Op, arrays: tuple, parameters: dict | None, out: Any) -> Any:
        """An op without a derivative; a slope has one, that of the formula which is its kernel."""
        if op.formula is None or out.dtype.kind in "biu":
            return out
        numbers = [(parameters or {})[name] for name in op.parameters]
        before = switch_grad(False)
        try:
            return op.formula(*[wrap_array(array) for array in arrays], *numbers)._array
        finally:
            switch_grad(before)

    def tangents_of(
        self, op: Op, primals: tuple, tangents: list, parameters: dict | None, out: Any
    ) -> Any:
        """The tangent of each result, None where it is zero."""
        if all(tangent is None for tangent in tangents):
            return (None,) * len(out) if isinstance(out, tuple) else None
        return pushforward(op, primals, tangents, parameters, out)

    def dual(self, primal: Any, tangent: Any) -> Any:
        """The two together; what has no derivatives as it is."""
        return primal if primal.dtype.kind in "biu" else DualArray(self, primal, tangent)

    def lower(self, g: Tensor) -> Tensor:
        """For something without a tangent of its own."""
        from chainrule.transforms.crossing import tangent_part

        return tangent_part(g, level=self)

    def lift(self, g: Tensor) -> Tensor:
        """For a dual of which, the level being left, only the primal was used."""
        from chainrule.transforms.crossing import only_tangent

        return only_tangent(g, level=self)


def differentiable(op: Op, k: int) -> bool:
    """Whether an op has a derivative in its operand k."""
    return bool(op.rules) and (op.joint or op.rules[k] is not None)


def laid_out(tangent: Any, primal: Any) -> Any:
    """A tangent with the strides of its primal, so that a view of it shows the same elements."""
    if tangent.strides == primal.strides or isinstance(tangent, WrappedArray):
        return tangent
    if isinstance(primal, WrappedArray):
        return tangent
    laid = numpy.empty_like(primal)
    if laid.strides != primal.strides:
        reach = sum((n - 1) * step for n, step in zip(primal.shape, primal.strides))
        memory = numpy.zeros(reach // primal.itemsize + 1 if primal.size else 0, primal.dtype)
        laid = numpy.ndarray(primal.shape, primal.dtype, memory, 0, primal.strides)
    laid[...] = tangent
    return laid
