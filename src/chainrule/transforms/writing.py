"""Writing into memory while a transform is under way: what `copyto` is for arrays without one.

Apart from the levels, because a write may make its target part of a level: a constant that a
tensor with a tangent is written into has a tangent from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy

from chainrule._core.kernels import call_quietly
from chainrule._core.writes import put_array
from chainrule.transforms.batch import BatchedArray
from chainrule.transforms.dual import DualArray
from chainrule.transforms.levels import WrappedArray, settled

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


def store(x: Tensor, array: Any) -> None:
    """Write values into the memory of x, and the tangents that come with them."""
    target = settled(x._array)
    array = settled(array)
    for level in duals_of(array):
        if level not in duals_of(target):
            target = _lifted(x, level)
    _copy(target, array)


def duals_of(array: Any) -> list:
    """The levels by which an array has a tangent."""
    found = []
    while isinstance(array, WrappedArray):
        if isinstance(array, DualArray):
            found.append(array.level)
        array = array.inner
    return found


def _lifted(x: Tensor, level) -> Any:
    """x, and what it is a view of, with a tangent of zeros; views of one memory share it."""
    base: Any = x._base
    if base is None:
        put_array(x, _with_tangent(x._array, level))
        return x._array
    if level not in duals_of(base._array):
        put_array(base, _with_tangent(base._array, level))
    put_array(x, _seen_in(base._array, x._array, level))
    return x._array


def _with_tangent(array: Any, level) -> DualArray:
    if isinstance(array, WrappedArray) and level < array.level:
        raise RuntimeError(
            "forward mode: a tensor with a tangent is written into one that belongs to a transform "
            "further in; use an operation that is not in place"
        )
    return DualArray(level, array, numpy.zeros(array.shape, array.dtype))


def _seen_in(base: Any, view: Any, level) -> DualArray:
    """A view of an array, made a dual: its tangent is the same view of the array's tangent."""
    tangent = base.tangent
    if isinstance(view, WrappedArray) or isinstance(tangent, WrappedArray):
        raise RuntimeError(
            "forward mode: a tensor with a tangent is written into a view made before, inside "
            "another transform; write into the tensor itself, or do not write in place"
        )
    offset = view.ctypes.data - base.inner.ctypes.data
    scale = [
        step // its for step, its in zip(base.inner.strides, tangent.strides) if its and step != its
    ]
    if scale:
        raise RuntimeError(
            "forward mode: a tensor with a tangent is written into a view of a tensor whose "
            "elements do not lie in order; clone() it first"
        )
    return DualArray(
        level, view, numpy.ndarray(view.shape, view.dtype, _memory(tangent), offset, view.strides)
    )


def _memory(array: Any) -> Any:
    while isinstance(array.base, numpy.ndarray):
        array = array.base
    return array


def _copy(target: Any, array: Any) -> None:
    """Level by level, the latest first; what is no part of a level is the same for all of it."""
    if not isinstance(target, WrappedArray):
        if isinstance(array, WrappedArray):
            raise _refusal(array)
        call_quietly(numpy.copyto, target, array, casting="unsafe")
        return
    if isinstance(array, WrappedArray) and target.level < array.level:
        raise _refusal(array)
    own = isinstance(array, WrappedArray) and array.level is target.level
    _copy(target.inner, array.inner if own else array)
    if isinstance(target, DualArray):
        _copy_tangent(target, array.tangent if own else None)


def _copy_tangent(target: Any, tangent: Any) -> None:
    if target.tangent is None:
        target.tangent = numpy.zeros(target.shape, target.dtype)
    _copy(target.tangent, numpy.zeros((), target.dtype) if tangent is None else tangent)


def _refusal(array: WrappedArray) -> RuntimeError:
    if isinstance(array, BatchedArray):
        return RuntimeError(
            "vmap: inplace arithmetic(self, *extra_args) is not possible because there exists a "
            "Tensor `other` in extra_args that has more elements than `self`. This happened due "
            "to `other` being vmapped over but `self` not being vmapped over at level "
            f"{array.level.depth}. Please try to use out-of-place operators instead of inplace "
            "arithmetic."
        )
    return RuntimeError("forward mode: cannot write a tensor with a tangent into this one")
