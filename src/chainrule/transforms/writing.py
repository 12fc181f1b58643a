"""Writing into memory while a transform is under way: what `copyto` is for arrays without one.

Apart from the levels, because a write may make its target part of a level: a constant that a
tensor with a tangent is written into has a tangent from then on.
"""

from __future__ import annotations

import gc
from sys import getrefcount
from typing import Any

import numpy

from chainrule._core.core import AccumulateGrad, Tensor
from chainrule._core.kernels import call_quietly, run_op
from chainrule._core.modes import is_grad_enabled
from chainrule._core.recording import parts_of
from chainrule._core.writes import put_array
from chainrule.ops.conversion import contiguous_clone
from chainrule.ops.memory import as_strided, overlay
from chainrule.ops.shape import expand
from chainrule.transforms.batch import BatchedArray
from chainrule.transforms.dual import DualArray, laid_out
from chainrule.transforms.levels import WrappedArray, levels_of, settled


def store(x: Tensor, array: Any) -> None:
    """Write values into the memory of x, and the tangents that come with them."""
    _refuse_outside(x)
    target, array = settled(x._array), settled(array)
    refuse_dual_of_result(x, target)
    if _has_room(target, array):
        _copy(target, array)
        return
    views = other_views(x)
    if x._base is None:
        put_array(x, _merged(target, array))
    else:
        _write_over(x, x._base, array)
    for view in views:
        _see_again(view, x if x._base is None else x._base)


def refuse_dual_of_result(x: Tensor, target: Any) -> None:
    """A dual made of a tensor with a history is a view, and has none of its own to write to."""
    base = x._base
    if base is None or not base.requires_grad or not is_grad_enabled():
        return
    lacking = set(levels_of(target)) - set(levels_of(settled(base._array)))
    if any(level.gives_tangents for level in lacking):
        raise RuntimeError(
            "forward mode: an in-place operation on a dual of a tensor that requires grad, which "
            "would have to change the history of that tensor too; clone() the dual first"
        )


def other_views(x: Tensor) -> list[Tensor]:
    """The tensors besides x and its base that show the same memory.

    Nobody else keeps a list of them: so they are looked for, but only where there can be any.
    """
    base = x if x._base is None else x._base
    storage = parts_of(base)[1]
    if getrefcount(storage) <= (2 if base is x else 3) + 1:
        return []
    return [
        view
        for view in gc.get_referrers(base)
        if isinstance(view, Tensor) and view._base is base and view is not x
    ]


def _see_again(view: Tensor, base: Tensor) -> None:
    """Let a view show what its base has been given, as it does the values."""
    root, seen = settled(base._array), settled(view._array)
    if root.dtype != seen.dtype:
        raise RuntimeError(
            "forward mode: a tensor with a tangent is written into one that is also seen in "
            "another dtype; clone() the tensor first"
        )
    put_array(view, run_op(as_strided, (root,), _place(seen, root)))


def _refuse_outside(x: Tensor) -> None:
    """Refuse to write, recorded, to what a tensor outside is inside.

    A leaf would have no history; another tensor would keep, outside a batch, the history of its
    former values.
    """
    from chainrule.transforms.crossing import enter_batch, make_dual

    node = x.grad_fn if is_grad_enabled() else None
    if node is None or not (node.op is enter_batch or node.op is make_dual):
        return
    if isinstance(node.next_functions[0][0], AccumulateGrad):
        raise RuntimeError(
            "a leaf Variable that requires grad is being used in an in-place operation, inside a "
            f"transform, where it has shape {list(x.shape)}: write to its clone()."
        )
    if node.op is enter_batch:
        raise RuntimeError(
            "vmap: a tensor from outside that requires grad is being used in an in-place "
            f"operation; inside it has shape {list(x.shape)}: write to its clone()."
        )


def _has_room(target: Any, array: Any) -> bool:
    """Whether the target is part of all levels that the values are part of."""
    return set(levels_of(array)) <= set(_common_levels(target))


def _common_levels(array: Any) -> tuple:
    """The levels that an array and the tangents of it are all part of; duals count as such."""
    if not isinstance(array, WrappedArray):
        return ()
    mine = _common_levels(array.inner)
    if isinstance(array, DualArray) and array.tangent is not None:
        mine = tuple(level for level in mine if level in _common_levels(array.tangent))
    return (array.level, *mine)


def _write_over(x: Tensor, base: Tensor, array: Any) -> None:
    """Write into a view: its base gets what it lacks, and x is the same view of that."""
    root = settled(base._array)
    place = _place(settled(x._array), root)
    put_array(base, _merged(root, run_op(overlay, (root, array), place)))
    put_array(x, run_op(as_strided, (settled(base._array),), place))


def _place(view: Any, root: Any) -> dict[str, Any]:
    """Where a view lies in its base, counted in elements."""
    item = root.itemsize
    return {
        "size": tuple(view.shape),
        "stride": tuple(step // item for step in view.strides),
        "offset": (_address(view) - _address(root)) // item,
        "base_stride": tuple(step // item for step in root.strides),
    }


def _address(array: Any) -> int:
    return array.address if isinstance(array, WrappedArray) else array.ctypes.data


def _merged(target: Any, array: Any) -> Any:
    """The values of `array` in the memory of the target, with the tangents of `array`."""
    if not isinstance(array, WrappedArray):
        _copy(target, array)
        return target
    own = isinstance(target, WrappedArray) and target.level is array.level
    if isinstance(array, DualArray):
        inner = _merged(target.inner if own else target, array.inner)
        return DualArray(array.level, inner, _of_shape(array.tangent, inner))
    if not own:
        raise _refusal(array)
    return BatchedArray(array.level, _merged(target.inner, array.inner))


def _of_shape(tangent: Any, primal: Any) -> Any:
    """A tangent in memory of its own, laid out like its primal so that views of both agree."""
    if tangent is None:
        return None
    tangent = run_op(expand, (tangent,), {"shape": tuple(primal.shape)})
    tangent = run_op(contiguous_clone, (tangent,), None)
    return laid_out(tangent, primal)


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
