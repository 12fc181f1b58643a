"""gather and take_along_dim: elements along a dimension, by an index that has a number for each.

Apart from scattering.py, which writes them, and from members.py, whose index names whole members.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.types import DTYPES
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.factory import kind_of
from chainrule.functions.identity import checked_dim
from chainrule.functions.index_reading import INT64
from chainrule.functions.writing import raised
from chainrule.ops import gathering as ops
from chainrule.ops.shape import expand, view

INT32 = DTYPES["int32"]


# ------------------------------------------------------------------------------------ checks


def as_numbers(
    tensor: Tensor, name: str, message: str = "Expected dtype int32/int64 for index"
) -> Tensor:
    """An index tensor as int64; RuntimeError for other types."""
    if tensor.dtype is INT64:
        return tensor
    if tensor.dtype is not INT32:
        raise RuntimeError(f"{name}(): {message}")
    return wrap_array(tensor._array.astype(numpy.int64))


def check_tensor(value, name: str, argument: str, position: int) -> None:
    """Refuse an argument that is no tensor."""
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{name}(): argument '{argument}' (position {position}) must be Tensor, not "
            f"{kind_of(value)}"
        )


def check_numbers(array: numpy.ndarray, dim: int, size: int) -> None:
    """Refuse numbers out of bounds, negative ones among them."""
    if array.size and array.view(numpy.uint64).max() >= size:  # negative numbers are huge there
        wrong = array[(array < 0) | (array >= size)].flat[0]
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {dim} with size {size}")


def checked_index(input: Tensor, dim: int, index: Tensor, name: str, other: str) -> tuple:
    """The dimension, counted from the front, and the index, with what is wrong with them."""
    dim = checked_dim(dim, input.ndim)
    check_tensor(index, name, "index", 3)
    index = raised(as_numbers(index, name))
    if index.ndim != input.ndim and index.numel():
        raise RuntimeError(
            f"Index tensor must have the same number of dimensions as {other} tensor: it has "
            f"{index.ndim}, not {input.ndim}"
        )
    return dim, index


def larger_axis(index, shape, but=None) -> int | None:
    """A dimension in which an index is larger than a shape."""
    for axis, (mine, theirs) in enumerate(zip(index.shape, shape)):
        if mine > theirs and axis != but:
            return axis
    return None


# ------------------------------------------------------------------------------------ gather


@public
@method
def gather(
    input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False, out: Tensor | None = None
) -> Tensor:
    """Elements along a dimension: ``out[i][j] = input[index[i][j]][j]`` for dim 0, and so on.

    `index`, of int64 or int32, has as many dimensions as input and is nowhere larger, but in
    `dim`; negative numbers raise RuntimeError.

    >>> import chainrule as torch
    >>> torch.gather(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([[0], [1]]))
    tensor([[1],
            [4]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.gather.html
    """
    x, shape = raised(input), index._array.shape if isinstance(index, Tensor) else ()
    dim, index = checked_index(x, dim, index, "gather", "input")
    if index.ndim != x.ndim:
        return deliver(input.new_empty(shape), out, "gather")
    axis = larger_axis(index, x.shape, dim)
    if axis is not None:
        raise RuntimeError(
            f"Size does not match at dimension {axis} expected index {list(index.shape)} to be no "
            f"larger than self {list(x.shape)} apart from dimension {dim}"
        )
    check_numbers(index._array, dim, x._array.shape[dim])
    index = index if shape else view(index, shape=())
    return deliver(ops.gather(input, index, dim=dim), out, "gather")


@public
@method
def take_along_dim(
    input: Tensor, indices: Tensor, dim: int | None = None, *, out: Tensor | None = None
) -> Tensor:
    """gather, with both broadcast in all dimensions but `dim`; of the flattened tensor without it.

    Numbers beyond the size start again from 0, as do negative ones from the end.

    >>> import chainrule as torch
    >>> torch.take_along_dim(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[1]]), 1)
    tensor([[2],
            [4]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.take_along_dim.html
    """
    if dim is None:
        return gather(input.reshape(-1), 0, indices.reshape(-1), out=out)
    if indices.dtype is not INT64:
        raise RuntimeError(
            "torch.take_along_dim(): dtype of indices should be Long but got "
            f"{indices.dtype.legacy}"
        )
    if input.ndim != indices.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of "
            f"dimensions, but got {input.ndim} dimensions for input, and {indices.ndim} "
            "dimensions for indices"
        )
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    dim = checked_dim(dim, input.ndim)
    size = input._array.shape[dim]
    mine, theirs = list(input._array.shape), list(indices._array.shape)
    for axis in range(input.ndim):
        if axis != dim:
            mine[axis] = theirs[axis] = _common(mine[axis], theirs[axis], axis)
    input = input if mine == list(input.shape) else expand(input, shape=tuple(mine))
    numbers = indices._array
    if numbers.size and numbers.view(numpy.uint64).max() >= size:
        indices = wrap_array(numbers % size)
    if theirs != list(indices.shape):
        indices = expand(indices, shape=tuple(theirs))
    return deliver(ops.gather(input, indices, dim=dim), out, "take_along_dim")


def _common(a: int, b: int, axis: int) -> int:
    if a != b and a != 1 and b != 1:
        raise RuntimeError(
            f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton "
            f"dimension {axis}"
        )
    return b if a == 1 else a
