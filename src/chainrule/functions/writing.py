"""Writing into part of a tensor: what in-place forms do whose op leaves the rest as it is.

Apart from the core's own in-place operations, which compute a whole result first: here the values
go straight to their place, and the tape is told afterwards what the write amounted to.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from chainrule._core.apply import any_transformed
from chainrule._core.core import Tensor, blank
from chainrule._core.kernels import call_quietly
from chainrule._core.recording import record_call
from chainrule._core.writes import (
    bump_version,
    check_write,
    in_place_call,
    rewrite,
    share,
)
from chainrule.functions.declare import deliver, method, public
from chainrule.ops.shape import view

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.operation import Op


class Write:
    """What is to be written: op(x, *others, **parameters); `put` writes that into an array of x."""

    __slots__ = ("op", "others", "parameters", "put")

    def __init__(self, op: Op, others: tuple, parameters: dict, put: Callable) -> None:
        self.op, self.others, self.parameters, self.put = op, others, parameters, put


def write(self: Tensor, what: Write) -> Tensor:
    """Write into a tensor's memory, and record what it amounts to."""
    if any_transformed((self, *what.others)):
        return in_place_call(what.op, self, what.others, what.parameters)
    recorded = check_write(self, what.others)
    call_quietly(what.put, self._array)
    if not recorded:
        bump_version(self)
        return self
    value = share(blank(Tensor), self)
    record_call(what.op, (self, *what.others), what.parameters, value)
    bump_version(self)
    return rewrite(self, value)


def raised(x: Tensor) -> Tensor:
    """A tensor without dimensions as a view of one element."""
    return x if x._array.ndim else view(x, shape=(1,))


def both_forms(prepare: Callable[..., Write]) -> Callable:
    """Decorator: `prepare(input, ...)`, which says what is written, as `name` and as `name_`.

    A tensor without dimensions is shown to it as one of one element.
    """
    name = prepare.__name__

    @wraps(prepare)
    def written(input: Tensor, *arguments, out: Tensor | None = None, **keywords) -> Tensor:
        what = prepare(raised(input), *arguments, **keywords)
        return deliver(what.op(input, *what.others, **what.parameters), out, name)

    @wraps(prepare)
    def written_in_place(self: Tensor, *arguments, **keywords) -> Tensor:
        return write(self, prepare(raised(self), *arguments, **keywords))

    for form in (written, written_in_place):
        form.__annotations__ = {**prepare.__annotations__, "return": "Tensor"}
    written_in_place.__name__ = written_in_place.__qualname__ = name + "_"
    written_in_place.__doc__ = f"{name}, in place."
    method(written_in_place)
    return public(method(written))
