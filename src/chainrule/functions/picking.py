"""Elements at places found along a dimension, and the places: PyTorch's named pairs.

Apart from extremes, sorting and running extremes, which find the places, each in its own way; the
values are taken there, and so is the derivative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.cuts import mark
from chainrule._core.wrapped import Wrapped
from chainrule.functions.results import result_type
from chainrule.ops.gathering import gather, pick

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.core import Tensor
    from chainrule._core.operation import Op


def _pair(op: Op, node: str, name: str) -> tuple[Op, type]:
    return op.named(node), result_type(name, ("values", "indices"))


# What is asked for -> the op that takes the elements, and the type of the pair.
PAIRS = {
    "max": _pair(pick, "MaxBackward0", "max"),
    "min": _pair(pick, "MinBackward0", "min"),
    "median": _pair(pick, "MedianBackward1", "median"),
    "kthvalue": _pair(pick, "KthvalueBackward0", "kthvalue"),
    "cummax": _pair(gather, "CummaxBackward0", "cummax"),
    "cummin": _pair(gather, "CumminBackward0", "cummin"),
    "topk": _pair(gather, "TopkBackward0", "topk"),
    "sort": _pair(gather, "SortBackward0", "sort"),
    "stable sort": _pair(gather, "SortBackward1", "sort"),
}


def pairs_at(input: Tensor, dim: int, places: numpy.ndarray, name: str) -> tuple[Tensor, Tensor]:
    """The elements at places that have as many dimensions as the input."""
    op, pair = PAIRS[name]
    index = wrap_array(places if input.ndim else numpy.zeros((), numpy.int64))
    return pair(op(input, index, dim=dim), mark(index, input, "indices"))


def pair_at(
    input: Tensor, dim: int, places: numpy.ndarray, keepdim: bool, name: str
) -> tuple[Tensor, Tensor]:
    """The elements at one place of a dimension each; the dimension is kept as 1, or goes."""
    op, pair = PAIRS[name]
    keepdim = keepdim and input.ndim > 0
    index = wrap_array(numpy.expand_dims(places, dim) if keepdim else as_array(places))
    return pair(op(input, index, dim=dim, keepdim=keepdim), mark(index, input, "indices"))


def as_array(found: object) -> numpy.ndarray:
    """What NumPy found, as an array: of no dimensions it may have given a number."""
    return found if isinstance(found, Wrapped) else numpy.asarray(found)  # type: ignore[return-value]


def by_member(function: Callable, *arguments: object) -> numpy.ndarray:
    """What a function of arrays finds; for each member of a batch, where one is among them."""
    for array in arguments:
        if isinstance(array, Wrapped):
            return array.by_member(function, arguments)
    return function(*arguments)


def rows_of(input: Tensor) -> numpy.ndarray:
    """The array, with a dimension to look along even where the tensor has none."""
    array = input._array
    if isinstance(array, Wrapped):
        from chainrule.transforms.levels import without_tangents

        array = without_tangents(array)
    return array if array.ndim else array.reshape(1)
