"""One place where NaN or infinity was made: the line, the element, its numbers, why, what instead.

Apart from the two searches, forward and backward, which both end in one of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy

from chainrule._core.core import Node, inputs_of
from chainrule.explain._expressions import operand_texts
from chainrule.explain._lines import Line, line_of, node_op, spoken
from chainrule.explain._remedies import Facts, reason

if TYPE_CHECKING:
    from chainrule.explain._values import Value

ELEMENTWISE = 0


@dataclass(frozen=True)
class Finding:
    """Where NaN or infinity was made of finite numbers, and why.

    `made` is the first such element, and `index` where it stands, as `phase` says: in the result
    ("forward"); in the gradient of operand `operand` ("backward"), when `cotangent` is the element
    of the gradient that arrived; or in what came in from outside ("given"). `operands` are the
    numbers that met there, by the user's expressions, or a few words about whole arrays;
    `unkept` the operands whose values nobody kept, which may have brought it.
    """

    phase: str
    op: str
    line: Line
    made: float | complex
    index: tuple[int, ...]
    count: int
    size: int
    operands: dict[str, Any]
    operand: str = ""
    cotangent: float | complex | None = None
    slope: float | complex | None = None
    cause: str = ""
    remedy: str = ""
    unkept: tuple[str, ...] = ()

    def __str__(self):
        """The report of this place, a line a fact."""
        lines = [f"  {self.line}", f"  {self._made()}"]
        if self.operands:
            lines.append(
                "  with " + ", ".join(f"{k} = {_told(v)}" for k, v in self.operands.items())
            )
        if self.cause:
            lines.append(f"Why: {self.cause}")
        if self.unkept:
            them = ", ".join(self.unkept)
            lines.append(f"(It may have come in with what nobody kept: the result of {them}.)")
        if self.remedy:
            lines.append(f"Instead: {self.remedy}")
        return "\n".join(lines)

    def _made(self) -> str:
        share = f" ({self.count} of {self.size} elements)" if self.size > 1 else ""
        where = f" at {list(self.index)}" if self.index else ""
        if self.phase == "given":
            return f"{self.op} holds {self.made:g}{where}{share}"
        what = "the result" if self.phase == "forward" else f"the gradient of {self.operand}"
        product = ""
        if self.slope is not None:
            product = f": {self.cotangent:g} * {self.slope:g}"
        elif self.cotangent is not None:
            product = f", of a gradient of {self.cotangent:g}"
        return f"{self.op} made {self.made:g} in {what}{where}{share}{product}"


def _told(value: Any) -> str:
    """A number in few digits; words as they are."""
    return value if isinstance(value, str) else f"{value:.6g}"


def is_finite(value: Value) -> bool:
    """Whether a value is finite throughout."""
    return bool(numpy.isfinite(value).all())


def has_nan(value: Value) -> bool:
    """Whether there is NaN in a value."""
    return bool(numpy.isnan(value).any())


def first_bad(array: Any) -> tuple[tuple[int, ...], Any, int]:
    """(index, element, how many) of what is not finite in an array."""
    array = numpy.asarray(array)
    places = numpy.argwhere(~numpy.isfinite(array))
    index = tuple(int(k) for k in places[0])
    return index, array[index].item(), len(places)


def forward_finding(
    node: Node, operands: list[Value], out: Any, unkept: tuple[str, ...]
) -> Finding:
    """What a node made of operands that are finite as far as they are known."""
    index, made, count = first_bad(out)
    names = operand_texts(node, len(operands))
    numbers = tuple(element(node, value, out.shape, index) for value in operands)
    facts = Facts(
        spoken(node), *kind_of(out), numbers, tuple(names), made, is_certain=not unkept,
        is_function=node_op(node) is None,
    )  # fmt: skip
    cause, remedy = reason(facts)
    shown = described(names, operands, numbers)
    return Finding(
        "forward", spoken(node), line_of(node), made, index, count, out.size, shown,
        cause=cause, remedy=remedy, unkept=unkept,
    )  # fmt: skip


def given_finding(line: Line, name: str, value: Any, cause: str) -> Finding:
    """What came in with a leaf or a constant, not finite from the start."""
    index, made, count = first_bad(value)
    size = numpy.size(value)
    return Finding("given", name, line, made, index, count, size, {}, cause=cause)


def kind_of(array: Any) -> tuple[str, float]:
    """The name of an array's type, and its largest number."""
    try:
        return str(array.dtype), float(numpy.finfo(array.dtype).max)
    except ValueError:  # a type of our own: bfloat16
        return str(array.dtype), 3.39e38


def is_pointwise(node: Node) -> bool:
    """Whether each element of the result is made of one element of each operand."""
    op = node_op(node)
    return op is not None and (op.kind == ELEMENTWISE or op.broadcasts)


def element(node: Node, value: Value, shape: tuple[int, ...], index: tuple[int, ...]) -> Any:
    """The element of an operand that an elementwise op meets at an index of its result."""
    if value is None:
        return None
    try:
        if is_pointwise(node):
            return numpy.broadcast_to(value, shape)[index].item()
    except (ValueError, IndexError):  # of another shape after all
        return None
    return value.item() if numpy.size(value) == 1 and hasattr(value, "item") else None


def described(names: list[str], operands: list[Value], numbers: tuple) -> dict[str, Any]:
    """The operands by name: their numbers at the element, or a few words about them."""
    shown = {}
    for name, value, number in zip(names, operands, numbers):
        if re.fullmatch(r"-?[\d.]+(e[-+]?\d+)?", name):  # a number says itself what it is
            continue
        if number is not None:
            shown[name] = number
        elif value is not None:
            shown[name] = in_words(value)
    return shown


def in_words(value: Any) -> str:
    """Shape and range of an array."""
    array = numpy.asarray(value)
    if array.dtype.kind not in "fiu" or not array.size:
        return f"[{array.dtype} of shape {list(array.shape)}]"
    least, most = array.min(), array.max()
    return f"[{array.dtype} of shape {list(array.shape)}, from {least:.4g} to {most:.4g}]"


def is_norm(node: Node) -> bool:
    """Whether a root is of a sum of squares."""
    child = inputs_of(node)[0][0]
    if child is None or spoken(child) not in ("sum", "mean"):
        return False
    squares = inputs_of(child)[0][0]
    return squares is not None and spoken(squares) in ("pow", "mul", "square")
