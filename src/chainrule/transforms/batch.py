"""vmap: a batch of arrays that looks like one of them, and what operations make of it.

Apart from the rules themselves (see ops.batching): here an op is taken apart into its operands'
values, with the batch as their first dimension, and given to the rule in its record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.kernels import run_op
from chainrule._core.modes import count_batches
from chainrule.ops.arithmetic import mul
from chainrule.ops.conversion import contiguous_clone
from chainrule.ops.reduction import sum
from chainrule.ops.shape import expand
from chainrule.transforms.levels import Level, WrappedArray, without_tangents
from chainrule.transforms.members import call, member, refusal
from chainrule.transforms.rules.batch import Batch, each, first, moved
from chainrule.transforms.rules.table import rule_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.core import Tensor
    from chainrule._core.operation import Op

__all__ = ["BatchLevel", "BatchedArray", "first", "moved"]


class BatchedArray(WrappedArray):
    """Arrays of one shape, the members along the first dimension of `inner`, seen as one."""

    __slots__ = ("inner", "level")

    def __init__(self, level: BatchLevel, values: Any) -> None:
        self.level = level
        self.inner = values

    shape = property(lambda self: self.inner.shape[1:])
    strides = property(lambda self: self.inner.strides[1:])

    def __getitem__(self, index: Any) -> BatchedArray:
        """The same part of every member."""
        if isinstance(index, BatchedArray) and index.dtype == bool:
            return self.inner[index.inner]  # which elements an error is about
        return BatchedArray(self.level, self.inner[_behind_batch(index)])

    def __setitem__(self, index: Any, value: Any) -> None:
        own = isinstance(value, BatchedArray) and value.level is self.level
        self.inner[_behind_batch(index)] = value.inner if own else value

    def __getattr__(self, name: str) -> Any:
        """NumPy's methods, member by member."""
        method = getattr(numpy.ndarray, name, None)
        if not callable(method) or name.startswith("__"):
            raise AttributeError(f"'BatchedArray' object has no attribute '{name}'")

        def each(*arguments: Any, **keywords: Any) -> Any:
            return call(self.level, method, (self, *arguments), keywords)

        return each

    def item(self) -> Any:
        """Refused: there is one number a member."""
        raise RuntimeError(
            "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over "
            "calling .item() on a Tensor, please try to rewrite what you're doing with other "
            f"operations. (It has one value for each of the {self.level.size} members.)"
        )

    def described(self, tensor: Tensor, text: Callable) -> str:
        """The values of all members."""
        inner = repr(wrap_array(self.inner)).replace("\n", "\n    ")
        depth = self.level.depth if self.level.is_active else "dead"
        return f"BatchedTensor(lvl={depth}, bdim=0, value=\n    {inner}\n)"

    def by_member(self, function: Callable, arguments: tuple) -> Any:
        """Of each member."""
        level = max(part.level for part in arguments if isinstance(part, WrappedArray))
        return call(level, function, arguments, {})

    def truth(self) -> bool:
        """Refused: the members may not agree."""
        raise RuntimeError(
            "vmap: It looks like you're attempting to use a Tensor in some data-dependent control "
            "flow. We don't support that yet; torch.where chooses by member. (It has one value "
            f"for each of {self.level.size} members.)"
        )

    def exposed(self) -> Any:
        """Refused: the memory is not that of one member."""
        raise RuntimeError(
            "Cannot access data pointer of Tensor that doesn't have storage: it is being vmapped "
            f"over, and has values for each of {self.level.size} members"
        )

    def any(self, *arguments: Any, **keywords: Any) -> Any:
        """Whether any element of any member is not 0; along an axis, member by member."""
        if not arguments and not keywords:
            return self.inner.any()
        return call(self.level, numpy.any, (self, *arguments), keywords)

    def all(self, *arguments: Any, **keywords: Any) -> Any:
        """Whether no element of any member is 0; along an axis, member by member."""
        if not arguments and not keywords:
            return self.inner.all()
        return call(self.level, numpy.all, (self, *arguments), keywords)

    def __array_ufunc__(self, ufunc: Any, method: str, *arguments: Any, **keywords: Any) -> Any:
        """A NumPy function of elements, member by member."""
        written = keywords.pop("out", None)
        found = call(self.level, getattr(ufunc, method), arguments, keywords)
        if written is None:
            return found
        written[0][...] = found
        return written[0]

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        """A NumPy function, member by member."""
        return call(self.level, function, arguments, keywords)

    def __bool__(self) -> bool:
        """What is true of all members, or of none: else there is no one answer."""
        if self.inner.all():
            return True
        if self.inner.any():
            raise self.refuse("branch on")
        return False

    def without_tangents(self) -> Any:
        """Those of the values."""
        plain = without_tangents(self.inner)
        return self if plain is self.inner else BatchedArray(self.level, plain)

    def left(self) -> Any:
        """A batch has no meaning outside its vmap."""
        raise RuntimeError(
            "vmap: a tensor was used after the vmap that it belongs to had ended; return it from "
            "the function instead"
        )

    def refuse(self, what: str) -> RuntimeError:
        """The error of something that needs one number where there is one a member."""
        return refusal(self.level, what)


def _behind_batch(index: Any) -> tuple:
    return (slice(None), *(index if isinstance(index, tuple) else (index,)))


class BatchLevel(Level):
    """One use of vmap."""

    def __init__(self, size: int, randomness: str = "error") -> None:
        super().__init__()
        self.size = size
        self.randomness = randomness

    def __enter__(self) -> BatchLevel:
        count_batches(1)
        super().__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        count_batches(-1)

    def run(self, op: Op, arrays: tuple, parameters: dict | None) -> Any:
        """An op on all members at once, by the rule of its record."""
        batched = tuple(isinstance(a, BatchedArray) and a.level is self for a in arrays)
        values = tuple(a.inner if own else a for a, own in zip(arrays, batched))
        batch = Batch(op, values, batched, parameters or {}, self.size)
        if any(isinstance(value, BatchedArray) for value in batch.parameters.values()):
            result = each(batch, lambda k: member(self, parameters, k))  # a loss's weight
        else:
            result = rule_of(op)(batch)
        if isinstance(result, tuple):
            return tuple(BatchedArray(self, part) for part in result)
        return BatchedArray(self, result)

    def batch(self, values: Any) -> BatchedArray:
        """Values whose first dimension counts the members."""
        return BatchedArray(self, values)

    def lower(self, g: Tensor) -> Tensor:
        """For something that all members use: the sum of their cotangents."""
        from chainrule.transforms.crossing import sum_batch

        return sum_batch(g, level=self)

    def lift(self, g: Tensor) -> Tensor:
        """For a value that all members share: one of them has its cotangent, so the sum is right.

        As of the primal of a dual, its tangent being different in each member.
        """
        from chainrule.transforms.crossing import only_one

        return only_one(g, level=self)

    def summed(self, x: Any) -> Any:
        """The sum over the members of a batch, or of as many copies of one array."""
        if isinstance(x, BatchedArray) and x.level is self:
            return run_op(sum, (x.inner,), {"dim": (0,), "keepdim": False})
        return run_op(mul, (x, numpy.asarray(self.size, x.dtype)), None)


def alone(level: BatchLevel, x: Any) -> BatchedArray:
    """A batch whose first member is x, and whose others are zero."""
    first_member = numpy.arange(level.size) == 0
    mask = first_member.reshape(-1, *(1,) * x.ndim).astype(x.dtype)
    return BatchedArray(level, run_op(mul, (x, mask), None))


def repeated(array: Any, like: Any) -> Any:
    """A new array, once for each member of every batch that `like` is part of."""
    if not isinstance(like, WrappedArray):
        return array
    inner = repeated(array, like.inner)
    if not isinstance(like, BatchedArray):
        return inner
    size = like.level.size
    copies = run_op(expand, (inner,), {"shape": (size, *inner.shape)})
    return BatchedArray(like.level, run_op(contiguous_clone, (copies,), None))
