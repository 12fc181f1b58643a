"""Choosing by a condition: `where`.

Apart from comparison.py, whose results are conditions.
"""

from __future__ import annotations

from chainrule._core.core import Tensor
from chainrule._core.kernels import result_dtype
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.factory import fitting
from chainrule.functions.operands import NUMBERS, refuse_combination
from chainrule.ops.choice import choose


@public
def where(
    condition: Tensor, input=None, other=None, *, out: Tensor | None = None
) -> Tensor | tuple:
    """input where condition holds, other elsewhere; with condition alone, its nonzero indices.

    All three broadcast; input and other are tensors or numbers and are brought to their common
    type. RuntimeError where condition is not boolean.

    >>> import chainrule as torch
    >>> torch.where(torch.tensor([True, False]), torch.tensor([1.0, 2.0]), 0.0)
    tensor([1., 0.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.where.html
    """
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if condition.dtype.category != 0 and condition.dtype.name != "uint8":
        raise RuntimeError(
            "where expected condition to be a boolean tensor, but got a tensor with dtype "
            f"{condition.dtype.legacy}"
        )
    if condition.dtype.category:
        condition = condition.bool()
    if not (isinstance(input, Tensor) and isinstance(other, Tensor)):
        input, other = _converted(input, other)
    return deliver(choose(condition, input, other), out, "where")


def _converted(input, other):
    """The branches of `where`, numbers among them as numbers of the result's type."""
    for branch in (input, other):
        if not isinstance(branch, (Tensor, *NUMBERS)):
            refuse_combination("where", input, other)
    dtype = result_dtype(input, other)
    return [
        branch if isinstance(branch, Tensor) else fitting(branch, dtype)
        for branch in (input, other)
    ]


@method(name="where")
def _where_method(self, condition, other):
    """self where condition holds, other elsewhere."""
    return where(condition, self, other)
