"""Python's operators on tensors: which function stands behind which.

Apart from the functions, because the core wants all of them at once and refuses to start with
a gap.
"""

from __future__ import annotations

from chainrule._core.core import bind_operators
from chainrule._core.operation import bind_late
from chainrule._core.products import bind_products
from chainrule.functions import arithmetic, matmul, powers, quotients
from chainrule.functions.unsupported import unsupported
from chainrule.ops import arithmetic as ops
from chainrule.ops import comparison as compare
from chainrule.ops import matmul as products

bind_products(products.dot, products.vm, products.mv, products.mm)
bind_operators(
    {
        "add": ops.add,
        "sub": ops.sub,
        "mul": ops.mul,
        "div": ops.div,
        "floor_div": quotients.operator_of(ops.floor_divide),
        "rfloor_div": quotients.operator_of(ops.floor_divide),
        "mod": quotients.operator_of(ops.remainder),
        "rmod": quotients.operator_of(ops.remainder),
        "pow": powers.power,
        "rpow": powers.power,
        "matmul": matmul.product,
        "neg": ops.neg,
        "positive": arithmetic.positive,
        "abs": ops.abs,
        "invert": compare.invert,
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
        "unsupported": unsupported,
        "ifloordiv": quotients.floor_divide_in_place,
        "imod": quotients.remainder_in_place,
        "ipow": powers.power_in_place,
        "iand": _in_place(compare.bitwise_and),
        "ior": _in_place(compare.bitwise_or),
        "ixor": _in_place(compare.bitwise_xor),
        "ilshift": _in_place(compare.bitwise_left_shift),
        "irshift": _in_place(compare.bitwise_right_shift),
    }
)
