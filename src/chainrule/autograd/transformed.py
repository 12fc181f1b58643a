"""Functions inside transforms: their own jvp and vmap.

Apart from Function, whose forward and backward work on any tensors: forward is run on what lies
below the innermost transform, which then adds what is its own, a tangent or a batch.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from chainrule._core.apply import any_transformed, is_transformed, wrap_array
from chainrule._core.core import Tensor
from chainrule._core.writes import put_array
from chainrule.functions import zeros_like
from chainrule.transforms.batch import BatchedArray, BatchLevel
from chainrule.transforms.dual import DualLevel
from chainrule.transforms.levels import Level, levels_of
from chainrule.transforms.parts import joined, parted
from chainrule.transforms.rules.batch import first
from chainrule.utils._pytree import _broadcast_to_and_flatten, tree_flatten, tree_unflatten


class VmapInfo(NamedTuple):
    """What a Function's vmap is told about the batch."""

    batch_size: int
    randomness: str


def run_forward(cls: Any, ctx: Any, arguments: tuple, plainly: Any) -> Any:
    """What forward returns; `plainly` runs it on tensors without a transform."""
    if not any_transformed(arguments):
        return plainly(cls, ctx, arguments)
    level = max(_level(value) for value in arguments if is_transformed(value))
    if isinstance(level, BatchLevel):
        return _on_batch(cls, ctx, arguments, plainly, level)
    assert isinstance(level, DualLevel)
    return _on_dual(cls, ctx, arguments, plainly, level)


def _level(value: Tensor) -> Level:
    array: Any = value._array
    return array.level


def _is_of(value: Any, level: Level) -> bool:
    return isinstance(value, Tensor) and getattr(value._array, "level", None) is level


# ------------------------------------------------------------------------------------- tangents


def _on_dual(cls, ctx, arguments, plainly, level):
    """forward on the primals, and the Function's jvp on the tangents."""
    pairs = [_parted(a, level) for a in arguments]
    primals = [primal for primal, _ in pairs]
    output = run_forward(cls, ctx, tuple(primals), plainly)
    outputs = output if isinstance(output, tuple) else (output,)
    tangents = [_tangent(ctx, *pair) for pair in pairs]
    found = _pushed(cls, ctx, tangents, outputs)
    results = tuple(_dual(ctx, *pair, level, k) for k, pair in enumerate(found))
    results = _written(ctx, arguments, primals, outputs, results)
    _rename(ctx, [*primals, *outputs], [*arguments, *results])
    return results if isinstance(output, tuple) else results[0]


def _parted(argument: Any, level: Level) -> tuple[Any, Tensor | None]:
    """An argument's primal and tangent of a level."""
    if not isinstance(argument, Tensor) or not level.holds(argument._array):
        return argument, None
    primal, tangent = parted(argument._array, level)
    return wrap_array(primal), None if tangent is None else wrap_array(tangent)


def _tangent(ctx: Any, primal: Any, tangent: Tensor | None) -> Tensor | None:
    """An argument's tangent: zeros where it has none, unless the Function wants None."""
    if tangent is not None or not isinstance(primal, Tensor):
        return tangent
    differentiable = primal.is_floating_point() or primal.is_complex()
    return zeros_like(primal) if ctx.materialize_grads and differentiable else None


def _pushed(cls, ctx, tangents, outputs):
    """(result, its tangent) for each result."""
    before, ctx._made.for_jvp = ctx._made.for_jvp, ctx.saved_for_forward
    try:
        found = cls.jvp(ctx, *tangents)
    finally:
        ctx._made.for_jvp = before
    found = found if isinstance(found, tuple) else (found,)
    if len(found) != len(outputs):
        raise RuntimeError(
            f"Function's jvp returned an invalid number of forward gradients (expected "
            f"{len(outputs)} but got {len(found)})"
        )
    return list(zip(outputs, found))


def _dual(ctx: Any, value: Any, tangent: Any, level: DualLevel, number: int) -> Any:
    if tangent is None:
        return value
    if not isinstance(value, Tensor) or any(value is one for one in ctx.non_differentiable):
        raise RuntimeError(
            f"Function's jvp returned a gradient at position {number}, but  the corresponding "
            "forward output is not a differentiable Tensor."
        )
    if not isinstance(tangent, Tensor):
        raise RuntimeError(
            f"expected Variable or None (got {type(tangent).__name__}) for grad output {number}."
        )
    if value.shape != tangent.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original "
            f"Tensor, this is not supported. Tensor is of size {list(value.shape)} while the given "
            f"forward gradient is of size {list(tangent.shape)}."
        )
    if not (tangent.is_floating_point() or tangent.is_complex()):
        raise RuntimeError(
            "Expected both tensor and its forward grad to be floating point or complex, but the "
            f"jvp of {value.dtype} values gave one of {tangent.dtype}"
        )
    return wrap_array(joined(value._array, tangent.to(value.dtype)._array, level))


def _written(ctx, arguments, primals, outputs, results):
    """The results, the arguments that forward wrote to as they are: now with the new tangents."""
    found = list(results)
    for argument, primal in zip(arguments, primals):
        if not any(primal is tensor for tensor in ctx.dirty_tensors):
            continue
        for k, output in enumerate(outputs):
            if output is primal:
                put_array(argument, results[k]._array)
                found[k] = argument
    return tuple(found)


def _rename(ctx: Any, old: list, new: list) -> None:
    """Let what ctx keeps be the tensors outside, so that backward and outer jvps see them whole."""
    outside = {id(one): other for one, other in zip(old, new) if isinstance(one, Tensor)}
    for name in ("to_save", "saved_for_forward", "dirty_tensors", "non_differentiable"):
        kept = getattr(ctx, name)
        setattr(ctx, name, tuple(outside.get(id(tensor), tensor) for tensor in kept))


# -------------------------------------------------------------------------------------- batches


def _on_batch(cls, ctx, arguments, plainly, level):
    """The Function's own vmap, or its forward as it is, if it says that this will do."""
    from chainrule.autograd.function import Function

    overridden = cls.vmap is not Function.vmap
    if cls.generate_vmap_rule and overridden:
        raise RuntimeError(
            f"You tried to vmap over {cls.__name__}, but it has both generate_vmap_rule=True and "
            "an overridden vmap staticmethod. Please set generate_vmap_rule=False or delete the "
            "overridden vmap staticmethod to avoid ambiguity."
        )
    if cls.generate_vmap_rule:
        below = _dual_levels(arguments)
        if below:
            return _on_dual(cls, ctx, arguments, plainly, max(below))
        return plainly(cls, ctx, arguments)
    if not overridden:
        raise RuntimeError(
            f"You tried to vmap over {cls.__name__}, but it does not have vmap support. Please "
            "override and implement the vmap staticmethod or set generate_vmap_rule=True."
        )
    leaves, spec = tree_flatten(arguments)
    values = tree_unflatten(
        [wrap_array(a._array.inner) if _is_of(a, level) else a for a in leaves], spec
    )
    dims = tree_unflatten([0 if _is_of(a, level) else None for a in leaves], spec)
    output = _entered(cls.vmap(VmapInfo(level.size, level.randomness), dims, *values), level)
    if cls.setup_context is not Function.setup_context:
        cls.setup_context(ctx, arguments, output)
    return output


def _dual_levels(arguments: tuple) -> list[Level]:
    """The levels of forward mode that arguments of a batch are part of."""
    return [
        level
        for value in arguments
        if isinstance(value, Tensor)
        for level in levels_of(value._array)
        if isinstance(level, DualLevel)
    ]


def _entered(returned: Any, level: BatchLevel) -> Any:
    """What a vmap staticmethod returned, (output, out_dims), as batches."""
    if not isinstance(returned, tuple) or len(returned) != 2:
        raise RuntimeError(
            "Expected the vmap staticmethod to have two returns, an output and out_dims with "
            "pytree structure compatible with the output. Got a "
            + (f"tuple of {len(returned)}" if isinstance(returned, tuple) else f"{type(returned)}")
            + " instead"
        )
    output, out_dims = returned
    flat, spec = tree_flatten(output)
    dims = _broadcast_to_and_flatten(out_dims, spec)
    if dims is None:
        raise RuntimeError(
            "The autograd.Function's vmap staticmethod returned an incompatible (output, out_dims) "
            f"tuple. Expected out_dims={out_dims} to be compatible with the structure of `output`. "
            f"out_dims has structure {tree_flatten(out_dims)[1]} but output has structure {spec}."
        )
    return tree_unflatten([_batch(value, dim, level) for value, dim in zip(flat, dims)], spec)


def _batch(value: Any, dim: int | None, level: BatchLevel) -> Any:
    if dim is None or not isinstance(value, Tensor):
        return value
    batch: Any = BatchedArray(level, first(value._array, dim % value.ndim))
    return wrap_array(batch)
