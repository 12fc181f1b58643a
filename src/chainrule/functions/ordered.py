"""Finding places in sequences that are in order: searchsorted, bucketize.

Apart from sorting.py, which puts sequences in order. Nothing here has a derivative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule.functions.declare import deliver, public
from chainrule.functions.picking import by_member

if TYPE_CHECKING:
    from typing import Literal


@public
def searchsorted(
    sorted_sequence: Tensor, input: Tensor | complex, *, out_int32: bool = False,
    right: bool = False, side: str | None = None, sorter: Tensor | None = None,
    out: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Where values would be put into a sequence in order, so that it stays in order.

    A sequence of several dimensions is one of sequences, and the values go to the same place in
    theirs. `sorter` is what argsort says of a sequence that is not in order.

    >>> import chainrule as torch
    >>> torch.searchsorted(torch.tensor([1.0, 3.0]), torch.tensor([2.0]))
    tensor([1])

    See https://docs.pytorch.org/docs/2.13/generated/torch.searchsorted.html
    """
    edge = _edge(right, side)
    values = input._array if isinstance(input, Tensor) else numpy.asarray(input)
    rows = sorted_sequence._array
    _check_sequence(rows, values)
    if sorter is not None:
        rows = numpy.take_along_axis(rows, sorter._array, -1)
    found = by_member(_places, rows, values, edge)
    if out_int32:
        found = found.astype(numpy.int32)
    return deliver(wrap_array(found), out, "searchsorted")


def _places(rows, values, edge: Literal["left", "right"]):
    """Where values go in a row, or each in the row at its own place."""
    kind = numpy.result_type(rows, values)
    rows, values = rows.astype(kind, copy=False), values.astype(kind, copy=False)
    if rows.ndim == 1:
        return numpy.asarray(rows.searchsorted(values, edge))
    found = numpy.empty(values.shape, numpy.int64)
    for place in numpy.ndindex(rows.shape[:-1]):
        found[place] = rows[place].searchsorted(values[place], edge)
    return found


def _edge(right, side) -> Literal["left", "right"]:
    if side not in (None, "left", "right"):
        raise RuntimeError(
            f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}"
        )
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left "
            "while right was True"
        )
    return "right" if right else side or "left"


def _check_sequence(rows, values) -> None:
    if not rows.ndim:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 "
            "dimension"
        )
    if rows.ndim > 1 and rows.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 "
            "dimensions of boundaries tensor and input value tensor must match, but we got "
            f"boundaries tensor {list(rows.shape)} and input value tensor {list(values.shape)}"
        )


@public
def bucketize(
    input: Tensor | complex, boundaries: Tensor, *, out_int32: bool = False, right: bool = False,
    out: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Which of the intervals between boundaries each value lies in.

    >>> import chainrule as torch
    >>> torch.bucketize(torch.tensor([0, 2, 9]), torch.tensor([1, 3]))
    tensor([0, 1, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.bucketize.html
    """
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right, out=out)
