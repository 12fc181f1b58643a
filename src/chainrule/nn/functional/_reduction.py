"""How a loss joins its elements: 'none', 'mean' or 'sum', and the older ways to say so."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

CODES = {"none": 0, "mean": 1, "sum": 2}  # as the ops in ops/loss.py take them


def legacy_reduction(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """`reduction`, unless one of the two older arguments, now deprecated, says otherwise."""
    if size_average is None and reduce is None:
        return reduction
    if reduce is False:
        found = "none"
    else:
        found = "sum" if size_average is False else "mean"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{found}' instead.",
        stacklevel=4,
    )
    return found


def code_of(reduction: str) -> int:
    code = CODES.get(reduction)
    if code is None:
        raise ValueError(
            f"{reduction} is not a valid value for reduction; expected one of {list(CODES)}"
        )
    return code


def joined(losses: Tensor, reduction: str) -> Tensor:
    """The losses, their mean or their sum."""
    code = code_of(reduction)
    if code == 0:
        return losses
    return losses.mean() if code == 1 else losses.sum()
