"""Comparisons, logic and bits: PyTorch's names for ops.comparison.

Apart from the records, which hold the kernels: here are signatures, forms and examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.kernels import call_quietly
from chainrule.functions import choice  # noqa: F401  (declares `where`)
from chainrule.functions.declare import alias, deliver, method, pairwise, pointwise, public
from chainrule.functions.operands import check_tensor
from chainrule.functions.picking import as_array
from chainrule.ops import comparison as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

eq = pairwise(
    ops.eq,
    "input == other.",
    "torch.tensor([1, 2]), 2",
    "tensor([False,  True])",
    written=ops.eq_in_place,
)
ne = pairwise(
    ops.ne,
    "input != other.",
    "torch.tensor([1, 2]), 2",
    "tensor([ True, False])",
    written=ops.ne_in_place,
)
lt = pairwise(
    ops.lt,
    "input < other.",
    "torch.tensor([1, 2]), 2",
    "tensor([ True, False])",
    written=ops.lt_in_place,
)
le = pairwise(
    ops.le,
    "input <= other.",
    "torch.tensor([1, 2]), 2",
    "tensor([True, True])",
    written=ops.le_in_place,
)
gt = pairwise(
    ops.gt,
    "input > other.",
    "torch.tensor([1, 2]), 2",
    "tensor([False, False])",
    written=ops.gt_in_place,
)
ge = pairwise(
    ops.ge,
    "input >= other.",
    "torch.tensor([1, 2]), 2",
    "tensor([False,  True])",
    written=ops.ge_in_place,
)
logical_and = pairwise(
    ops.logical_and,
    "Both are true (not 0).",
    "torch.tensor([True, False]), torch.tensor([True, True])",
    "tensor([ True, False])",
    numbers=False,
)
logical_or = pairwise(
    ops.logical_or,
    "Either is true (not 0).",
    "torch.tensor([True, False]), torch.tensor([True, True])",
    "tensor([True, True])",
    numbers=False,
)
logical_xor = pairwise(
    ops.logical_xor,
    "Just one is true (not 0).",
    "torch.tensor([True, False]), torch.tensor([True, True])",
    "tensor([False,  True])",
    numbers=False,
)
bitwise_and = pairwise(
    ops.bitwise_and,
    "input & other, for integers and booleans.",
    "torch.tensor([6]), torch.tensor([3])",
    "tensor([2])",
)
bitwise_or = pairwise(
    ops.bitwise_or,
    "input | other, for integers and booleans.",
    "torch.tensor([6]), torch.tensor([3])",
    "tensor([7])",
)
bitwise_xor = pairwise(
    ops.bitwise_xor,
    "input ^ other, for integers and booleans.",
    "torch.tensor([6]), torch.tensor([3])",
    "tensor([5])",
)
bitwise_left_shift = pairwise(
    ops.bitwise_left_shift,
    "input << other, for integers.",
    "torch.tensor([6]), torch.tensor([3])",
    "tensor([48])",
)
bitwise_right_shift = pairwise(
    ops.bitwise_right_shift,
    "input >> other, for integers.",
    "torch.tensor([6]), torch.tensor([3])",
    "tensor([0])",
)
logical_not = pointwise(
    ops.logical_not,
    "True where input is 0.",
    "torch.tensor([0, 2])",
    "tensor([ True, False])",
)
bitwise_not = pointwise(
    ops.bitwise_not,
    "~input, for integers and booleans.",
    "torch.tensor([0, 2])",
    "tensor([-1, -3])",
)
isnan = pointwise(
    ops.isnan,
    "Where the values are NaN.",
    "torch.tensor([-1.0, torch.nan])",
    "tensor([False,  True])",
    in_place=False,
)
isinf = pointwise(
    ops.isinf,
    "Where the values are infinite.",
    "torch.tensor([-1.0, torch.nan])",
    "tensor([False, False])",
    in_place=False,
)
isfinite = pointwise(
    ops.isfinite,
    "Where the values are neither infinite nor NaN.",
    "torch.tensor([-1.0, torch.nan])",
    "tensor([ True, False])",
    in_place=False,
)
signbit = pointwise(
    ops.signbit,
    "Where the sign bit is set, -0.0 included.",
    "torch.tensor([-1.0, torch.nan])",
    "tensor([ True, False])",
    in_place=False,
)

alias(ne, "not_equal")
alias(lt, "less")
alias(le, "less_equal")
alias(gt, "greater")
alias(ge, "greater_equal")


@public
@method
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and the same values.

    >>> import chainrule as torch
    >>> torch.equal(torch.ones(2), torch.ones(2))
    True

    See https://docs.pytorch.org/docs/2.13/generated/torch.equal.html
    """
    check_tensor(other, "equal", "other", 2)
    return numpy.array_equal(input._array, other._array)


@public
@method
def isclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Tensor:
    """Where abs(input - other) <= atol + rtol * abs(other).

    Shapes broadcast; RuntimeError where the dtypes differ or a tolerance is negative.

    >>> import chainrule as torch
    >>> torch.isclose(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.1]))
    tensor([ True, False])

    See https://docs.pytorch.org/docs/2.13/generated/torch.isclose.html
    """
    if input.dtype is not other.dtype:
        raise RuntimeError(f"{input.dtype.legacy} did not match {other.dtype.legacy}")
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if tolerance < 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {tolerance}")
    close = call_quietly(
        numpy.isclose, input._array, other._array, rtol=rtol, atol=atol, equal_nan=equal_nan
    )
    return wrap_array(as_array(close))


@public
@method
def allclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether isclose holds everywhere.

    >>> import chainrule as torch
    >>> torch.allclose(torch.tensor([1.0]), torch.tensor([1.0 + 1e-7]))
    True

    See https://docs.pytorch.org/docs/2.13/generated/torch.allclose.html
    """
    return bool(isclose(input, other, rtol, atol, equal_nan).all())


@public
@method
def isposinf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where the values are positive infinity.

    >>> import chainrule as torch
    >>> torch.isposinf(torch.tensor([1.0, torch.inf]))
    tensor([False,  True])
    """
    _refuse_complex(input, "isposinf")
    return deliver(ops.logical_and(ops.isinf(input), ops.gt(input, 0)), out, "isposinf")


def _refuse_complex(input: Tensor, name: str) -> None:
    if input.dtype.is_complex:
        raise RuntimeError(f"{name} does not support complex inputs.")


@public
@method
def isneginf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where the values are negative infinity.

    >>> import chainrule as torch
    >>> torch.isneginf(torch.tensor([1.0, -torch.inf]))
    tensor([False,  True])
    """
    _refuse_complex(input, "isneginf")
    return deliver(ops.logical_and(ops.isinf(input), ops.lt(input, 0)), out, "isneginf")
