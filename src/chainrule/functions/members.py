"""Whole members along a dimension, by a vector of numbers: index_select, index_add, index_put, ...

Apart from gathering.py, whose index has a number for every element, and from indexing.py, which
reads Python's own index.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import is_transformed, wrap_array
from chainrule._core.core import Tensor
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.factory import fitting
from chainrule.functions.gathering import as_numbers, check_numbers, check_tensor
from chainrule.functions.identity import checked_dim
from chainrule.functions.index_reading import INT64, in_bounds
from chainrule.functions.writing import Write, both_forms, raised
from chainrule.ops import indexing as ops
from chainrule.ops.filling import masked_fill_tensor
from chainrule.ops.places import add_members, put_members
from chainrule.ops.shape import view

select_op = ops.index.named("IndexSelectBackward0")
copy_op = ops.index_put.named("IndexCopyBackward0")
fill_number_op = ops.index_put.named("IndexFillBackward0")
fill_op = ops.index_put.named("IndexFillBackward1")


@public
@method
def index_select(input: Tensor, dim: int, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The members along a dimension that a vector of numbers names, as a copy.

    `index` is of int64 or int32, with no negative numbers.

    >>> import chainrule as torch
    >>> torch.index_select(torch.tensor([5, 6, 7]), 0, torch.tensor([2, 0]))
    tensor([7, 5])

    See https://docs.pytorch.org/docs/2.13/generated/torch.index_select.html
    """
    check_tensor(index, "index_select", "index", 3)
    if index.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    index = as_numbers(index, "index_select", "Expected dtype int32 or int64 for index")
    dim, index = checked_dim(dim, input.ndim), raised(index)
    array, size = index._array, input._array.shape[dim] if input.ndim else 1
    if array.size and array.view(numpy.uint64).max() >= size:
        raise _outside(array, size, input)
    if not input.ndim:
        if array.size != 1:
            raise RuntimeError(
                f"index_select(): Index to scalar can have only 1 value, got {array.size} value(s)"
            )
        index = view(index, shape=())
    return deliver(select_op(input, index, dims=(dim,)), out, "index_select")


def _outside(array, size, input) -> Exception:
    wrong = array[(array < 0) | (array >= size)].flat[0]
    if input.ndim < 2:
        return IndexError(f"index out of range in self: {wrong}, of {size} elements")
    return RuntimeError(f"INDICES element is out of DATA bounds, id={wrong} axis_dim={size}")


# ----------------------------------------------------------------------------------- writing


def _put(op, put, dim, index, values) -> Write:
    """The write of values over, or onto, the members that an index names."""
    numbers, array = index._array, values._array
    return Write(
        op, (values, index), {"dims": (dim,)},
        lambda out: put(numpy, out, numbers, (dim,), array),
    )  # fmt: skip


def _without(shape, dim) -> list[int]:
    return [*shape[:dim], *shape[dim + 1 :]]


@both_forms
def index_add(
    input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: complex = 1
) -> Write:
    """input with alpha * source added to the members that a vector of numbers names.

    >>> import chainrule as torch
    >>> torch.zeros(3).index_add(0, torch.tensor([1, 1]), torch.ones(2))
    tensor([0., 2., 0.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.index_add_.html
    """
    check_tensor(source, "index_add", "source", 4)
    dim = checked_dim(dim, input.ndim)
    if index.ndim > 1:
        raise IndexError(
            f"index_add_(): Index is supposed to be a vector, but got dim: {index.ndim} with "
            f"type: {index.dtype.legacy} and size: {list(index.shape)}"
        )
    message = f"Expected dtype int32/int64 for index but got: {index.dtype.legacy}"
    index = raised(as_numbers(index, "index_add_", message))
    if source.dtype is not input.dtype:
        raise RuntimeError(
            f"index_add_(): self ({input.dtype.legacy}) and source ({source.dtype.legacy}) must "
            "have the same scalar type"
        )
    source = source if input.ndim > 1 or input.numel() != 1 else raised(source)
    _check_added(input, dim, index, source)
    _check_places(index._array, dim, input._array.shape)
    if alpha != 1:
        source = source * fitting(alpha, input.dtype)
    return _put(ops.index_add, add_members, dim, index, source)


def _check_places(array, dim, shape) -> None:
    """Refuse numbers out of bounds; of a vector, as index_select does."""
    if len(shape) > 1:
        check_numbers(array, dim, shape[dim])
    elif array.size and array.view(numpy.uint64).max() >= shape[0]:
        raise IndexError("index out of range in self")


def _check_added(input, dim, index, source) -> None:
    if source.ndim and dim >= source.ndim:
        raise RuntimeError(
            f"index_add_(): Indexing dim {dim} is out of bounds of the source tensor with dim "
            f"{source.ndim}"
        )
    if source.ndim and index.numel() != source.shape[dim]:
        raise RuntimeError(
            f"index_add_(): Number of indices ({index.numel()}) should be equal to "
            f"source.size(dim): ({source.shape[dim]}), for dim: {dim}"
        )
    if source.ndim != input.ndim or _without(source.shape, dim) != _without(input.shape, dim):
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. "
            f"Got self.shape = {list(input.shape)} source.shape = {list(source.shape)}"
        )


@both_forms
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Write:
    """input with source written over the members that a vector of numbers names.

    >>> import chainrule as torch
    >>> torch.zeros(3).index_copy(0, torch.tensor([2]), torch.ones(1))
    tensor([0., 0., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.index_copy_.html
    """
    check_tensor(source, "index_copy", "source", 4)
    dim = checked_dim(dim, input.ndim)
    if index.ndim > 1:
        raise IndexError(f"index_copy_(): Index should have dimension 1 or 0 (got {index.ndim})")
    _check_long(index, "index_copy_")
    if source.dtype is not input.dtype:
        raise RuntimeError(
            "index_copy_(): self and source expected to have the same dtype, but got (self) "
            f"{input.dtype.legacy} and (source) {source.dtype.legacy}"
        )
    index, source = raised(index), _copied(input, dim, index.numel(), source)
    array, size = index._array, input._array.shape[dim]
    if array.size and array.view(numpy.uint64).max() >= size:
        wrong = array[(array < 0) | (array >= size)].flat[0]
        raise IndexError(
            f"index_copy_(): index {wrong} is out of bounds for dimension {dim} with size {size}"
        )
    return _put(copy_op, put_members, dim, index, source)


def _check_long(index, name) -> None:
    if index.dtype is not INT64:
        raise RuntimeError(
            f"{name}(): Expected a long tensor for index, but got {index.dtype.legacy}"
        )


def _copied(input, dim, count, source) -> Tensor:
    """What index_copy writes, with what is wrong with it."""
    if not source.ndim:
        if count != 1:
            raise IndexError(
                f"index_copy_(): When source is scalar, index should have one element (got {count})"
            )
        source = source.reshape((1,) * input.ndim)
    if source.ndim != input.ndim:
        raise IndexError(
            "index_copy_(): When source and destination are not scalars, their dimensionality "
            f"must match. Source dimensionality ({source.ndim}), destination dimensionality "
            f"({input.ndim})"
        )
    mine, theirs = _without(input.shape, dim), _without(source.shape, dim)
    if mine != theirs:
        named = [" ".join(map(str, shape)) for shape in (mine, theirs)]
        raise RuntimeError(
            "index_copy_(): Source/destination tensor must have same slice shapes. Destination "
            f"slice shape: {named[0]} at dimension {dim} and source slice shape: {named[1]} at "
            "dimension 0."
        )
    if source.shape[dim] != count:
        raise IndexError(
            f"index_copy_(): Number of indices ({count}) should be equal to source.size(dim) "
            f"({source.shape[dim]})"
        )
    return source


def _fill_by_member(input: Tensor, dim: int, index: Tensor, value: Tensor) -> Write:
    """The fill where each member of a batch has numbers of its own: as a mask says them."""
    length = input._array.shape[dim]
    marks = (index.reshape(-1, 1) == wrap_array(numpy.arange(length))).any(0)
    mask = marks.reshape(tuple(length if axis == dim else 1 for axis in range(input.ndim)))
    return Write(masked_fill_tensor, (mask, value), {}, lambda out: None)  # written by the op


@both_forms
def index_fill(input: Tensor, dim: int, index: Tensor, value: complex | Tensor) -> Write:
    """input with one value in all members that a vector of numbers names.

    >>> import chainrule as torch
    >>> torch.zeros(3).index_fill(0, torch.tensor([0, 2]), 7)
    tensor([7., 0., 7.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.index_fill_.html
    """
    dim = checked_dim(dim, input.ndim)
    if index.dtype is not INT64:
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    if index.ndim > 1:
        raise RuntimeError("Index has to be a vector/scalar")
    op, index = fill_op, raised(index)
    if not isinstance(value, Tensor):
        if isinstance(value, complex) and not input.dtype.is_complex:
            raise RuntimeError(
                "index_fill_(): Converting complex Scalar to non-complex type is not supported"
            )
        op, value = fill_number_op, fitting(value, input.dtype)
        value = wrap_array(numpy.array(value, input.dtype.numpy))
    elif value.ndim:
        raise RuntimeError(
            "index_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.ndim} dimension(s)."
        )
    elif value.dtype.is_complex and not input.dtype.is_complex:
        raise RuntimeError(
            "index_fill_(): Converting complex Scalar to non-complex type is not supported"
        )
    numbers = in_bounds(index._array, dim, input._array.shape[dim])
    if is_transformed(index):
        return _fill_by_member(input, dim, wrap_array(numbers), value.to(input.dtype))
    if op is fill_op:  # what is named twice is still one place, with one cotangent
        index = wrap_array(numpy.unique(numbers))
    return _put(op, put_members, dim, index, value.to(input.dtype))
