"""The indices of a matrix's triangles: tril_indices, triu_indices.

Apart from diagonals.py, whose functions take the elements there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.types import DTYPES
from chainrule.functions.declare import public
from chainrule.functions.factory import check_place, finished, integer, type_for

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

INT64 = DTYPES["int64"]


def _triangle(name, indices, row, col, offset, dtype, place):
    for argument, extent in (("row", row), ("col", col)):
        extent = integer(name, argument, 1 if argument == "row" else 2, extent)
        if extent < 0:
            raise RuntimeError(f"{argument} must be non-negative, got{extent}")
    check_place(*place)
    wanted = type_for(name, dtype, default=INT64)
    if wanted.category > 1 or wanted.category == 0:
        raise NotImplementedError(f"\"{name}\" not implemented for '{wanted.legacy}'")
    found = indices(int(row), integer(name, "offset", 3, offset), int(col))
    return finished(name, numpy.stack(found).astype(wanted.numpy))


@public
def tril_indices(
    row, col, offset=0, *, dtype=None, device=None, layout=None, pin_memory=False
) -> Tensor:
    """The indices, as a (2, n) tensor, of a matrix's elements on and below a diagonal.

    >>> import chainrule as torch
    >>> torch.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.tril_indices.html
    """
    place = (device, layout, pin_memory)
    return _triangle("tril_indices", numpy.tril_indices, row, col, offset, dtype, place)


@public
def triu_indices(
    row, col, offset=0, *, dtype=None, device=None, layout=None, pin_memory=False
) -> Tensor:
    """The indices, as a (2, n) tensor, of a matrix's elements on and above a diagonal.

    >>> import chainrule as torch
    >>> torch.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.triu_indices.html
    """
    place = (device, layout, pin_memory)
    return _triangle("triu_indices", numpy.triu_indices, row, col, offset, dtype, place)
