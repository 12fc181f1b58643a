"""Levels: one a transform that is under way, and which of them takes an operation.

Apart from what the levels do with it (see batch, dual). An array that is part of several is
wrapped by the innermost of them last, so that the outermost wrapper is of the latest level:
that one takes the operation, and hands on to the others what it makes of it.
"""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, Any

import numpy
from numpy.lib.mixins import NDArrayOperatorsMixin

from chainrule._core.kernels import run_op
from chainrule._core.modes import in_backward
from chainrule._core.types import dtype_of
from chainrule._core.wrapped import Wrapped
from chainrule.ops.conversion import cast, clone
from chainrule.ops.cotangents import sum_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.core import Tensor
    from chainrule._core.operation import Op

_numbers = itertools.count(1)


class _Thread(threading.local):
    """The levels that are entered in this thread, the innermost last."""

    def __init__(self):
        self.levels = []


_thread = _Thread()


class Level:
    """One use of a transform: entered, and left again. Later ones are further in."""

    gives_tangents = False

    def __init__(self) -> None:
        self.number = next(_numbers)
        self.is_active = True

    def __enter__(self) -> Level:
        _thread.levels.append(self)
        return self

    def __exit__(self, *exception: object) -> None:
        _thread.levels.remove(self)
        self.is_active = False

    def __lt__(self, other: Level) -> bool:
        return self.number < other.number

    @property
    def depth(self) -> int:
        """How many levels of this thread it is in, itself included."""
        return _thread.levels.index(self) + 1

    def holds(self, array: Any) -> bool:
        """Whether an array is part of this level."""
        return self in levels_of(array)

    def run(self, op: Op, arrays: tuple, parameters: dict | None) -> Any:
        """An op, some of whose operands are wrapped by this level and none by a later one."""
        raise NotImplementedError

    def lower(self, g: Tensor) -> Tensor:
        """The cotangent of something outside this level, of one from within it."""
        raise NotImplementedError

    def lift(self, g: Tensor) -> Tensor:
        """The cotangent of something within this level, of one from outside it."""
        raise NotImplementedError


class WrappedArray(Wrapped, NDArrayOperatorsMixin):
    """What batches and duals have in common: a level, and the face of an array."""

    __slots__ = ()

    level: Any  # of the subclass's own kind
    shape: Any
    inner: Any  # an array, perhaps itself wrapped, with the strides and the memory of this one

    dtype = property(lambda self: self.inner.dtype)
    itemsize = property(lambda self: self.inner.itemsize)
    flags = property(lambda self: self.inner.flags)

    @property
    def parts(self) -> tuple:
        """The arrays that it is made of; some may be None."""
        return (self.inner,)

    @property
    def size(self) -> int:
        """How many elements this array seems to have."""
        count = 1
        for extent in self.shape:
            count *= extent
        return count

    @property
    def nbytes(self) -> int:
        """The bytes of those elements."""
        return self.size * self.itemsize

    @property
    def ndim(self) -> int:
        """How many dimensions it seems to have."""
        return len(self.shape)

    @property
    def address(self) -> int:
        """Where in memory its first element lies."""
        inner = self.inner
        return inner.address if isinstance(inner, WrappedArray) else inner.ctypes.data

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        """The same in another type; constants if that has no derivatives."""
        if dtype == self.dtype and not copy:
            return self
        return self.level.run(cast, (self,), {"dtype": dtype_of(numpy.empty(0, dtype))})

    def copy(self, order: str = "C") -> Any:
        """The same in memory of its own."""
        return self.level.run(clone, (self,), None)

    def __len__(self) -> int:
        return self.shape[0]

    def without_tangents(self) -> Any:
        """The same, without the tangents that any level has given it."""
        raise NotImplementedError

    def exposed(self) -> Any:
        """What NumPy may see of it."""
        raise NotImplementedError

    def described(self, tensor: Tensor, text: Callable) -> str:
        """How it prints; `text` is how a tensor of plain values does."""
        raise NotImplementedError

    def by_member(self, function: Callable, arguments: tuple) -> Any:
        """What a function of arrays finds, where it has no derivative."""
        raise NotImplementedError

    def truth(self) -> bool:
        """Whether its one element is not 0, for a program that branches on it."""
        return bool(self.item())

    def item(self) -> Any:
        """Its one element."""
        return self.exposed().item()

    def tolist(self) -> Any:
        """Its elements, as nested lists."""
        return self.exposed().tolist()

    def left(self) -> Any:
        """What is seen of it once its level was left."""
        raise NotImplementedError

    def refuse(self, what: str) -> RuntimeError:
        """The error of something that needs plain numbers."""
        raise NotImplementedError

    def __array__(self, *arguments, **keywords):
        """Refused: the numbers are not those of one array."""
        raise self.refuse("take the values of")

    def min(self, *arguments: Any, **keywords: Any) -> Any:
        """The smallest of all elements: what holds of it holds of every member."""
        if arguments or keywords:
            raise self.refuse("take minima along a dimension of")
        return self.inner.min()

    def max(self, *arguments: Any, **keywords: Any) -> Any:
        """The largest of all elements."""
        if arguments or keywords:
            raise self.refuse("take maxima along a dimension of")
        return self.inner.max()

    def __dlpack__(self, **keywords: Any) -> Any:
        """Refused: others would see the memory without the transform."""
        raise self.refuse("export")

    def __dlpack_device__(self) -> Any:
        """Refused, as what it is asked for is."""
        raise self.refuse("export")

    def __getitem__(self, index):
        """A view of a part, by NumPy's basic indexing."""
        raise NotImplementedError


def active(kind: type | None = None) -> list[Level]:
    """The levels that are under way in this thread, outermost first; of one kind if asked."""
    return [level for level in _thread.levels if kind is None or isinstance(level, kind)]


def enter_all(levels: list[Level]) -> None:
    """Let this thread, a new one, be inside the levels of the thread that it works for."""
    _thread.levels.extend(levels)


def levels_of(array: Any) -> tuple[Level, ...]:
    """The levels that an array, or the tangent of it, is part of, the innermost first."""
    found, waiting = set(), [array]
    while waiting:
        part = waiting.pop()
        if isinstance(part, WrappedArray):
            found.add(part.level)
            waiting += part.parts
    return tuple(sorted(found, reverse=True))


def without_tangents(array: Any) -> Any:
    """An array whose elements are to be compared or put in order: there tangents are no matter."""
    return array.without_tangents() if isinstance(array, WrappedArray) else array


def settled(array: Any) -> Any:
    """An array without the levels that were left: what is seen of it now is the primal.

    Not while a backward runs: it goes through what was recorded inside those levels.
    """
    if in_backward():
        return array
    while isinstance(array, WrappedArray) and not array.level.is_active:
        array = array.left()
    return array


def run(op: Op, arrays: tuple, parameters: dict | None) -> Any:
    """What the core does not do itself: an op with wrapped operands."""
    arrays = tuple(settled(array) if isinstance(array, Wrapped) else array for array in arrays)
    given = (*arrays, *(parameters or {}).values())
    found = [array.level for array in given if isinstance(array, WrappedArray)]
    if not found:
        return run_op(op, arrays, parameters)
    crossed = crossed_level(parameters)
    if crossed is not None and not crossed < max(found):
        return op.kernel(None, *arrays, **(parameters or {}))
    return max(found).run(op, arrays, parameters)


def crossed_level(parameters: dict | None) -> Level | None:
    """The level that an op enters or leaves (see crossing), None of any other op."""
    return (parameters.get("level") or parameters.get("within")) if parameters else None


# -------------------------------------------------------------------------------- cotangents


def levels_between(x: Any, out: Any, parameters: dict | None) -> tuple | None:
    """(levels of a result but not of an operand, the other way round); None: there are none.

    What an op crosses itself, its own rule deals with; but not where that depends on whether the
    backward takes place within the level (see crossing).
    """
    crossed = parameters.get("level") if parameters else None
    mine, its = levels_of(x), levels_of(out)
    lower = tuple(level for level in its if level not in mine and level is not crossed)
    lift = tuple(level for level in mine if level not in its and level is not crossed)
    return (lower, lift) if lower or lift else None


def fit(g: Tensor, shape: tuple, dtype: Any, levels: tuple | None, inside: tuple) -> Tensor:
    """A cotangent brought to the shape, the type and the levels of the operand it is for.

    Note: lowering. What lies outside a batch and is used by all of its members gets the sum of
    their cotangents, as what is broadcast does; and likewise for tangents. But not in a backward
    that takes place inside the batch itself: there each member has its own cotangent (so that
    vmap(grad(f)) gives gradients by sample).
    """
    lower, lift = levels or ((), ())
    for level in lower:
        if level not in inside:
            g = level.lower(g)
    for level in lift:
        if level not in inside:
            g = level.lift(g)
    return sum_to(g, shape, dtype)
