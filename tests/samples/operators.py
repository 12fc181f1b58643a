"""Python's operators: which operation each stands for, and how its node is named.

Apart from the tables of operations because an operator takes no keywords, may be reflected, and
because `1 - x` and `x - 1` are told apart by the graph.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.samples.arrays import Array, Given, index, mask, positive, real


@dataclass(frozen=True)
class Operator:
    """An expression of one or two operands, and the name of the node it leaves, if any."""

    text: str
    apply: Callable[..., Any]
    operands: tuple[Any, ...]
    node: str | None

    def __str__(self) -> str:
        kinds = [_kind(operand) for operand in self.operands]
        return f"{self.text}:{','.join(kinds)}"


def _kind(operand: Any) -> str:
    return str(operand) if isinstance(operand, (Array, Given)) else repr(operand)


def _both_ways(text, apply, tensor, number, reflected, domain="real"):
    """A binary operator on two tensors, a tensor and a number, and a number and a tensor."""
    x, y = real(2, 3, domain=domain), real(3, domain=domain)
    return (
        Operator(text, apply, (x, y), tensor),
        Operator(text, apply, (x, 2), number),
        Operator(text, apply, (x, 2.5), number),
        Operator(text, apply, (2, x), reflected),
        Operator(text, apply, (2.5, x), reflected),
        Operator(text, apply, (real(domain=domain), y), tensor),
    )


ARITHMETIC = (
    *_both_ways("x + y", operator.add, "AddBackward0", "AddBackward0", "AddBackward0"),
    *_both_ways("x - y", operator.sub, "SubBackward0", "SubBackward0", "RsubBackward1"),
    *_both_ways("x * y", operator.mul, "MulBackward0", "MulBackward0", "MulBackward0"),
    *_both_ways("x / y", operator.truediv, "DivBackward0", "DivBackward0", "MulBackward0"),
    *_both_ways("x % y", operator.mod, "RemainderBackward1", "RemainderBackward0", None),
    *_both_ways(
        "x ** y", operator.pow, "PowBackward1", "PowBackward0", "PowBackward2", domain="positive"
    ),
    Operator("x // y", operator.floordiv, (real(2, 3), real(3)), None),
    Operator("x // y", operator.floordiv, (real(2, 3), 2), None),
    Operator("x // y", operator.floordiv, (2, real(2, 3)), None),
    Operator("-x", operator.neg, (real(2, 3),), "NegBackward0"),
    Operator("+x", operator.pos, (real(2, 3),), None),
    Operator("abs(x)", abs, (real(2, 3),), "AbsBackward0"),
    Operator("x @ y", operator.matmul, (real(2, 3), real(3, 4)), "MmBackward0"),
    Operator("x @ y", operator.matmul, (real(3), real(3)), "DotBackward0"),
    Operator("x @ y", operator.matmul, (real(2, 3), real(3)), "MvBackward0"),
    Operator("x @ y", operator.matmul, (real(2, 3, 4), real(2, 4, 1)), "UnsafeViewBackward0"),
    Operator("pow(x, y)", pow, (positive(3), 2), "PowBackward0"),
    Operator("x ** y", operator.pow, (mask([1, 0]), True), None),
    Operator("x ** y", operator.pow, (index([2, 3]), 2.0), None),
)

COMPARISON = tuple(
    Operator(text, apply, operands, None)
    for text, apply in (
        ("x == y", operator.eq),
        ("x != y", operator.ne),
        ("x < y", operator.lt),
        ("x <= y", operator.le),
        ("x > y", operator.gt),
        ("x >= y", operator.ge),
    )
    for operands in ((real(2, 3), real(3)), (real(2, 3), 1), (0.5, real(2, 3)))
)

BITS = tuple(
    Operator(text, apply, operands, None)
    for text, apply in (("x & y", operator.and_), ("x | y", operator.or_), ("x ^ y", operator.xor))
    for operands in (
        (mask([1, 0, 1, 0]), mask([1, 1, 0, 0])),
        (index([6, 3, 12]), index([3, 5, 10])),
        (index([6, 3, 12]), 5),
        (5, index([6, 3, 12])),
        (mask([1, 0]), True),
    )
) + (
    Operator("~x", operator.invert, (mask([1, 0]),), None),
    Operator("~x", operator.invert, (index([6, -3]),), None),
    Operator("x << y", operator.lshift, (index([6, 3]), 2), None),
    Operator("x >> y", operator.rshift, (index([6, 3]), index([1, 0])), None),
)

# With = : what is written to, and whether the result still fits.
IN_PLACE = tuple(
    Operator(text, apply, operands, node)
    for text, apply, node in (
        ("x += y", operator.iadd, "AddBackward0"),
        ("x -= y", operator.isub, "SubBackward0"),
        ("x *= y", operator.imul, "MulBackward0"),
        ("x /= y", operator.itruediv, "DivBackward0"),
    )
    for operands in (
        (real(2, 3), real(3)),
        (real(2, 3), 2),
        (real(2, 3), 2.5),
        (real(2, 3), real()),
    )
) + (
    Operator("x **= y", operator.ipow, (positive(2, 3), 2), "PowBackward0"),
    Operator("x %= y", operator.imod, (real(2, 3), 1.5), "RemainderBackward0"),
)

BITS_IN_PLACE = tuple(
    Operator(text, apply, operands, None)
    for text, apply in (
        ("x &= y", operator.iand),
        ("x |= y", operator.ior),
        ("x ^= y", operator.ixor),
    )
    for operands in ((mask([1, 0, 1, 0]), mask([1, 1, 0, 0])), (index([6, 3, 12]), 5))
)

OPERATORS = ARITHMETIC + COMPARISON + BITS
OPERATORS_IN_PLACE = IN_PLACE + BITS_IN_PLACE


def operands(record: Operator, dtype: str = "float64") -> list[np.ndarray | float]:
    """The operands drawn: arrays where tensors stand, numbers as they are."""
    return [
        operand.draw(100 + place, dtype) if isinstance(operand, (Array, Given)) else operand
        for place, operand in enumerate(record.operands)
    ]
