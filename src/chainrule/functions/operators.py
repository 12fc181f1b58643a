"""Python's operators on tensors: which function stands behind which.

Apart from the functions, because the core wants all of them at once and refuses to start with
a gap.
"""

from __future__ import annotations

from chainrule._core.core import Tensor, bind_operators
from chainrule._core.operation import bind_late
from chainrule._core.products import bind_products
from chainrule._core.types import dtype_of
from chainrule.functions import arithmetic, matmul
from chainrule.ops import arithmetic as ops
from chainrule.ops import comparison as compare
from chainrule.ops import matmul as products

BOOLEAN_NEGATION = (
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert "
    "a mask, use the `~` or `logical_not()` operator instead."
)


def _unsupported(op, arrays):
    """NumPy has no loop of this op for these types: PyTorch's error for the same."""
    legacy = dtype_of(arrays[0]).legacy
    if legacy == "Bool" and op.name == "sub":
        arithmetic.refuse_booleans(*arrays)
    if legacy == "Bool" and op.name == "neg":
        raise RuntimeError(BOOLEAN_NEGATION)
    raise NotImplementedError(f"\"{op.name}_cpu\" not implemented for '{legacy}'")


def _power(input, exponent):
    if isinstance(exponent, (Tensor, int, float, complex)):
        return arithmetic.power(input, exponent)
    return NotImplemented


bind_products(products.dot, products.vm, products.mv, products.mm)
bind_operators(
    {
        "add": ops.add,
        "sub": ops.sub,
        "mul": ops.mul,
        "div": ops.div,
        "floor_div": arithmetic.floor_divide,
        "rfloor_div": arithmetic.floor_divide,
        "mod": arithmetic.rest_of,
        "rmod": arithmetic.rest_of,
        "pow": _power,
        "rpow": arithmetic.power,
        "matmul": matmul.product,
        "neg": ops.neg,
        "positive": arithmetic.positive,
        "abs": ops.abs,
        "invert": compare.bitwise_not,
        "and": compare.bitwise_and,
        "or": compare.bitwise_or,
        "xor": compare.bitwise_xor,
        "lshift": compare.bitwise_left_shift,
        "rshift": compare.bitwise_right_shift,
        "eq": compare.eq,
        "ne": compare.ne,
        "lt": compare.lt,
        "le": compare.le,
        "gt": compare.gt,
        "ge": compare.ge,
        "reciprocal": ops.reciprocal,
    }
)


def _in_place(op):
    return lambda input, other: op.in_place(input, other)


bind_late(
    {
        "unsupported": _unsupported,
        "ifloordiv": arithmetic._floor_divide_in_place,
        "imod": _in_place(ops.remainder),
        "ipow": arithmetic._pow_in_place,
        "iand": _in_place(compare.bitwise_and),
        "ior": _in_place(compare.bitwise_or),
        "ixor": _in_place(compare.bitwise_xor),
        "ilshift": _in_place(compare.bitwise_left_shift),
        "irshift": _in_place(compare.bitwise_right_shift),
    }
)
