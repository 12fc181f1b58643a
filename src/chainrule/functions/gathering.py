"""Taking and putting by index tensors: gather, scatter, index_select, masked_fill, embedding, ...

Apart from indexing.py, which reads Python's own index. Each function turns its arguments into one
index of arrays; the derivative is that of taking or putting there.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.identity import checked_dim
from chainrule.functions.indexing import _value, write_at
from chainrule.ops import indexing as ops

gather_op = ops.take_index.named("GatherBackward0")
select_op = ops.take_index.named("IndexSelectBackward0")
take_op = ops.take_index.named("TakeBackward0")
masked_op = ops.take_index.named("MaskedSelectBackward0")
embedding_op = ops.take_index.named("EmbeddingBackward0")
scatter_op = ops.index_put.named("ScatterBackward0")
scatter_value_op = ops.index_put.named("ScatterBackward1")
scatter_add_op = ops.index_add.named("ScatterAddBackward0")
index_add_op = ops.index_add.named("IndexAddBackward0")
index_copy_op = ops.index_put.named("IndexCopyBackward0")
index_fill_op = ops.index_put.named("IndexFillBackward0")


def along(index: numpy.ndarray, dim: int) -> tuple:
    """The index that takes index[i, j, ...] along one dimension and i, j, ... along the others."""
    places: list = list(numpy.indices(index.shape, sparse=True))
    places[dim] = index
    return tuple(places)


def at(index: numpy.ndarray, dim: int) -> tuple:
    """The index that takes whole members along a dimension."""
    return (slice(None),) * dim + (index,)


def _checked_index(index, input, dim, name) -> numpy.ndarray:
    """The array of an index tensor for gather and scatter: none negative, none too large."""
    array = index._array
    if array.dtype.kind not in "iu":
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    if max(array.ndim, 1) != max(input.ndim, 1) and array.size:
        raise RuntimeError(
            "Index tensor must have the same number of dimensions as input tensor: "
            f"{array.ndim} and {input.ndim}"
        )
    size = input._array.shape[dim] if input.ndim else 1
    wrong = (array < 0) | (array >= size)
    if wrong.any():
        raise RuntimeError(
            f"index {array[wrong].flat[0]} is out of bounds for dimension {dim} with size {size}"
        )
    return array


def _check_extents(index, input, dim, name):
    for axis, (mine, theirs) in enumerate(zip(index.shape, input._array.shape)):
        if axis != dim and mine > theirs:
            raise RuntimeError(
                f"Size does not match at dimension {axis} expected index {list(index.shape)} to "
                f"be no larger than self {list(input.shape)} apart from dimension {dim}"
            )


@public
@method
def gather(
    input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False, out: Tensor | None = None
) -> Tensor:
    """out[i][j] = input[index[i][j]][j] for dim 0, and so on.

    `index` has as many dimensions as input; negative indices raise RuntimeError.

    >>> import chainrule as torch
    >>> torch.gather(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([[0], [1]]))
    tensor([[1],
            [4]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.gather.html
    """
    dim = checked_dim(dim, input.ndim)
    array = _checked_index(index, input, dim, "gather")
    _check_extents(array, input, dim, "gather")
    if input.ndim == 0 or array.ndim == 0:
        found = gather_op(input.reshape(-1), index=(array.reshape(-1),))
        return deliver(found.reshape(array.shape), out, "gather")
    return deliver(gather_op(input, index=along(array, dim)), out, "gather")


@public
@method
def take_along_dim(
    input: Tensor, indices: Tensor, dim: int | None = None, *, out: Tensor | None = None
) -> Tensor:
    """gather, with input and indices broadcast in the other dimensions; flattened without dim.

    >>> import chainrule as torch
    >>> torch.take_along_dim(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[1]]), 1)
    tensor([[2],
            [4]])
    """
    if dim is None:
        return deliver(gather(input.reshape(-1), 0, indices.reshape(-1)), out, "take_along_dim")
    dim = checked_dim(dim, input.ndim)
    shape = [max(a, b) for a, b in zip(input.shape, indices.shape)]
    index_shape, input_shape = list(shape), list(shape)
    index_shape[dim], input_shape[dim] = indices.shape[dim], input.shape[dim]
    found = gather(input.expand(input_shape), dim, indices.expand(index_shape))
    return deliver(found, out, "take_along_dim")


# ------------------------------------------------------------------------------ scatter


def _scatter_operands(self, dim, index, src):
    """The op, the value and the index of a scatter."""
    dim = checked_dim(dim, self.ndim)
    array = _checked_index(index, self, dim, "scatter")
    _check_extents(array, self, dim, "scatter")
    if not isinstance(src, Tensor):
        return scatter_value_op, _value(self, src), along(array, dim)
    if src.dtype is not self.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    if any(a > b for a, b in zip(array.shape, src.shape)):
        raise RuntimeError(
            f"Expected index {list(array.shape)} to be no larger than src {list(src.shape)}"
        )
    part = src[tuple(slice(0, extent) for extent in array.shape)]
    return scatter_op, part, along(array, dim)


def _reduced(self, dim, index, src, reduce):
    """The same for scatter(reduce="add")."""
    _, value, places = _scatter_operands(self, dim, index, src)
    if reduce == "add":
        return scatter_add_op, value, places
    raise NotImplementedError(f"scatter: reduce={reduce!r} is not there; 'add' and None are")


@public
@method
def scatter(input: Tensor, dim: int, index: Tensor, src=None, *, value=None, reduce=None) -> Tensor:
    """A copy of input with src (a tensor or a number) written where index says, along dim.

    >>> import chainrule as torch
    >>> torch.zeros(1, 3).scatter(1, torch.tensor([[2]]), 5.0)
    tensor([[0., 0., 5.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.scatter_.html
    """
    src = value if src is None else src
    find = _scatter_operands if reduce is None else _reduced
    op, value, places = find(input, dim, index, src, *([reduce] if reduce else []))
    return op(input, value, index=places)


@method
def scatter_(self: Tensor, dim: int, index: Tensor, src=None, *, value=None, reduce=None) -> Tensor:
    """scatter, in place."""
    src = value if src is None else src
    find = _scatter_operands if reduce is None else _reduced
    op, value, places = find(self, dim, index, src, *([reduce] if reduce else []))
    return op.in_place(self, value, index=places)


@public
@method
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """A copy of input with src added where index says, along dim.

    >>> import chainrule as torch
    >>> torch.zeros(3).scatter_add(0, torch.tensor([1, 1]), torch.ones(2))
    tensor([0., 2., 0.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.scatter_add_.html
    """
    _, value, places = _scatter_operands(input, dim, index, src)
    return scatter_add_op(input, value, index=places)


@method
def scatter_add_(self: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """scatter_add, in place."""
    _, value, places = _scatter_operands(self, dim, index, src)
    return scatter_add_op.in_place(self, value, index=places)


# ------------------------------------------------------------------------------ by members


def _members(input, dim, index) -> tuple:
    """The index of whole members along a dimension."""
    dim = checked_dim(dim, input.ndim)
    array = index._array
    if array.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if array.dtype.kind not in "iu":
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    size = input._array.shape[dim]
    if ((array < 0) | (array >= size)).any():
        raise IndexError(f"index out of range in self: {array.tolist()} for a size of {size}")
    return at(array.reshape(-1), dim)


@public
@method
def index_select(input: Tensor, dim: int, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The members along a dimension that index names, as a copy.

    >>> import chainrule as torch
    >>> torch.index_select(torch.tensor([5, 6, 7]), 0, torch.tensor([2, 0]))
    tensor([7, 5])

    See https://docs.pytorch.org/docs/2.13/generated/torch.index_select.html
    """
    return deliver(select_op(input, index=_members(input, dim, index)), out, "index_select")


def _added(input, dim, index, source, alpha):
    places = _members(input, dim, index)
    if source.dtype is not input.dtype:
        raise RuntimeError("index_add_(): self and source expected to have the same dtype")
    return source if alpha == 1 else source * alpha, places


@public
@method
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha=1) -> Tensor:
    """A copy of input with alpha * source added to the members that index names.

    >>> import chainrule as torch
    >>> torch.zeros(3).index_add(0, torch.tensor([1, 1]), torch.ones(2))
    tensor([0., 2., 0.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.index_add_.html
    """
    value, places = _added(input, dim, index, source, alpha)
    return index_add_op(input, value, index=places)


@method
def index_add_(self: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha=1) -> Tensor:
    """index_add, in place."""
    value, places = _added(self, dim, index, source, alpha)
    return index_add_op.in_place(self, value, index=places)


@public
@method
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """A copy of input with source written over the members that index names."""
    return index_copy_op(input, source, index=_members(input, dim, index))


@method
def index_copy_(self: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """index_copy, in place."""
    return index_copy_op.in_place(self, source, index=_members(self, dim, index))


@public
@method
def index_fill(input: Tensor, dim: int, index: Tensor, value) -> Tensor:
    """A copy of input with one value in all members that index names."""
    return index_fill_op(input, _value(input, value), index=_members(input, dim, index))


@method
def index_fill_(self: Tensor, dim: int, index: Tensor, value) -> Tensor:
    """index_fill, in place."""
    return index_fill_op.in_place(self, _value(self, value), index=_members(self, dim, index))


@public
@method
def index_put(input: Tensor, indices, values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of input with values written (or added) at the indices, as x[indices] = values.

    >>> import chainrule as torch
    >>> torch.zeros(3).index_put((torch.tensor([1]),), torch.tensor(5.0))
    tensor([0., 5., 0.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.index_put_.html
    """
    return index_put_(input.clone(), indices, values, accumulate)


@method
def index_put_(self: Tensor, indices, values: Tensor, accumulate: bool = False) -> Tensor:
    """index_put, in place."""
    from chainrule.functions.indexing import _viewed

    viewed, arrays = _viewed(self, tuple(indices))
    write_at(viewed, arrays, values, accumulate)
    return self


# ------------------------------------------------------------------------------ flat and masked


def _flat(input, index, name) -> numpy.ndarray:
    array, size = index._array, input._array.size
    wrong = (array < -size) | (array >= size)
    if wrong.any():
        raise IndexError(
            f"out of range: tried to access index {array[wrong].flat[0]} on a tensor of {size} "
            "elements."
        )
    return numpy.where(array < 0, array + size, array)


@public
@method
def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements of the flattened tensor that index names, in index's shape.

    >>> import chainrule as torch
    >>> torch.take(torch.tensor([[5, 6], [7, 8]]), torch.tensor([0, 3]))
    tensor([5, 8])

    See https://docs.pytorch.org/docs/2.13/generated/torch.take.html
    """
    places = numpy.unravel_index(_flat(input, index, "take"), input._array.shape or (1,))
    return take_op(input if input.ndim else input.reshape(1), index=tuple(places))


def _mask(input, mask) -> None:
    if mask.dtype.name != "bool":
        raise RuntimeError(
            f"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype}"
        )


def _fill_value(input, value) -> Tensor:
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(
            "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.ndim} dimension(s)."
        )
    return _value(input, value)


@public
@method
def masked_fill(input: Tensor, mask: Tensor, value) -> Tensor:
    """value where mask holds, input elsewhere; mask broadcasts.

    >>> import chainrule as torch
    >>> torch.ones(2).masked_fill(torch.tensor([True, False]), 0)
    tensor([0., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.masked_fill_.html
    """
    _mask(input, mask)
    return ops.masked_fill(input, mask, _fill_value(input, value))


@method
def masked_fill_(self: Tensor, mask: Tensor, value) -> Tensor:
    """masked_fill, in place."""
    _mask(self, mask)
    return ops.masked_fill.in_place(self, mask, _fill_value(self, value))


@public
@method
def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements where mask holds, as a vector; the two broadcast.

    >>> import chainrule as torch
    >>> torch.masked_select(torch.tensor([1, 2, 3]), torch.tensor([True, False, True]))
    tensor([1, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.masked_select.html
    """
    if mask.dtype.name != "bool":
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    shape = numpy.broadcast_shapes(input._array.shape, mask._array.shape) or (1,)
    places = numpy.broadcast_to(mask._array, shape).nonzero()
    whole = input if input._array.shape == shape else input.expand(shape)
    return deliver(masked_op(whole, index=places), out, "masked_select")


@method
def masked_scatter_(self: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """The elements of source, one after the other, written where mask holds."""
    places = numpy.broadcast_to(mask._array, self._array.shape).nonzero()
    count = len(places[0]) if places else 0
    if count > source._array.size:
        raise RuntimeError(
            "masked_scatter: expected self and source to have same dtypes and "
            f"source to have at least {count} elements"
        )
    return write_at(self, places, source.reshape(-1)[:count])


@public
@method
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """A copy of input with the elements of source written where mask holds."""
    return masked_scatter_(input.clone(), mask, source)


# ------------------------------------------------------------------------------ without gradient


@public
@method
def nonzero(input: Tensor, *, as_tuple: bool = False, out: Tensor | None = None):  # noqa: ANN201
    """The indices of the elements that are not 0: a row each, or a tuple of one tensor a dimension.

    >>> import chainrule as torch
    >>> torch.nonzero(torch.tensor([0, 1, 1]))
    tensor([[1],
            [2]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.nonzero.html
    """
    array = input._array
    if as_tuple:
        return tuple(wrap_array(part) for part in numpy.atleast_1d(array).nonzero())
    return deliver(wrap_array(numpy.argwhere(array)), out, "nonzero")


@public
@method
def argwhere(input: Tensor) -> Tensor:
    """The indices of the elements that are not 0, a row each."""
    return nonzero(input)


@public
def isin(elements, test_elements, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Where the elements are among the test elements."""
    a, b = (x._array if isinstance(x, Tensor) else x for x in (elements, test_elements))
    return wrap_array(numpy.asarray(numpy.isin(a, b, invert=invert)))


@public
@method
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each non-negative integer occurs.

    >>> import chainrule as torch
    >>> torch.bincount(torch.tensor([0, 2, 2]))
    tensor([1, 0, 2])
    """
    if input.ndim != 1 or (input._array < 0).any():
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    found = numpy.bincount(input._array, None if weights is None else weights._array, minlength)
    return wrap_array(found)


def embedding(input: Tensor, weight: Tensor, padding_idx: int | None = None) -> Tensor:
    """The rows of weight that input names; the row padding_idx gets no gradient."""
    size = weight._array.shape[0]
    array = input._array
    if ((array < 0) | (array >= size)).any():
        raise IndexError("index out of range in self")
    if padding_idx is None:
        return embedding_op(weight, index=(array,))
    rows = embedding_op(weight, index=(array,))
    padded = wrap_array((array == padding_idx % size)[..., None])
    return rows if not padded._array.any() else _without_gradient(rows, padded)


def _without_gradient(rows, mask) -> Tensor:
    from chainrule.ops.choice import where

    return where(mask, rows.detach(), rows)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Vectors of zeros with a 1 at each index."""
    array = tensor._array
    if array.dtype != numpy.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if array.size and array.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(array.max()) + 1
    elif array.size and array.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return wrap_array((array[..., None] == numpy.arange(num_classes)).astype(numpy.int64))


@method
def put_(self: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """Write (or add) values at places of the flattened tensor, in place."""
    places = numpy.unravel_index(_flat(self, index, "put_"), self._array.shape)
    write_at(self, tuple(places), source, accumulate)
    return self
