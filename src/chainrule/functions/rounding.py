"""Roundings: floor, ceil, trunc, frac, round, and nan_to_num.

Apart from bounds.py, whose functions keep numbers within bounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions.declare import alias, deliver, method, pointwise, public
from chainrule.ops import arithmetic as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

floor = pointwise(
    ops.floor,
    "The largest integer not above.",
    "torch.tensor([-1.5, 2.5])",
    "tensor([-2.,  2.])",
)
ceil = pointwise(
    ops.ceil,
    "The smallest integer not below.",
    "torch.tensor([-1.5, 2.5])",
    "tensor([-1.,  3.])",
)
trunc = pointwise(
    ops.trunc,
    "The integer part.",
    "torch.tensor([-1.5, 2.5])",
    "tensor([-1.,  2.])",
)
frac = pointwise(
    ops.frac,
    "What trunc takes away.",
    "torch.tensor([-1.5, 2.5])",
    "tensor([-0.5000,  0.5000])",
)

alias(trunc, "fix")


@public
@method
def round(input: Tensor, *, decimals: int = 0, out: Tensor | None = None) -> Tensor:
    """The nearest integer, halves to even; or the nearest multiple of 10 ** -decimals.

    >>> import chainrule as torch
    >>> torch.round(torch.tensor([0.5, 1.5, 2.4]))
    tensor([0., 2., 2.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.round.html
    """
    if decimals == 0:
        return deliver(ops.round(input), out, "round")
    return deliver(ops.round_decimals(input, decimals=decimals), out, "round")


@method(name="round_")
@public
def round_(input: Tensor, *, decimals: int = 0) -> Tensor:
    """Round in place."""
    if decimals == 0:
        return ops.round.in_place(input)
    return ops.round_decimals.in_place(input, decimals=decimals)


@public
@method
def nan_to_num(
    input: Tensor, nan: float | None = None, posinf: float | None = None,
    neginf: float | None = None, *, out: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """NaN replaced by `nan` (0), infinities by `posinf` and `neginf` (the largest finite numbers).

    >>> import chainrule as torch
    >>> torch.nan_to_num(torch.tensor([torch.nan, 1.0]))
    tensor([0., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.nan_to_num.html
    """
    values = {"nan": nan or 0.0, "posinf": posinf, "neginf": neginf}
    return deliver(ops.nan_to_num(input, **values), out, "nan_to_num")


@method(name="nan_to_num_")
@public
def nan_to_num_(input: Tensor, nan=None, posinf=None, neginf=None) -> Tensor:
    """Replace NaN and infinities in place."""
    return ops.nan_to_num.in_place(input, nan=nan or 0.0, posinf=posinf, neginf=neginf)
