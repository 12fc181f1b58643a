"""scatter and its kin: elements written, added or reduced along a dimension, by an index.

Apart from gathering.py, which takes what these write.
"""

from __future__ import annotations

import warnings

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.factory import fitting, number
from chainrule.functions.gathering import check_numbers, check_tensor, checked_index, larger_axis
from chainrule.functions.writing import Write, both_forms, raised
from chainrule.ops import arithmetic
from chainrule.ops import gathering as ops
from chainrule.ops import scatter_reduction as reductions
from chainrule.ops.conversion import cast
from chainrule.ops.places import add_elements, elements, put_elements
from chainrule.ops.shape import narrow

divided = arithmetic.div.named("ScatterReduceBackward0")
scatter_number_op = ops.scatter.named("ScatterBackward1")


def _target(input, dim, index, name="scatter") -> tuple:
    """The dimension and the index of a scatter, checked against the tensor written to."""
    dim, index = checked_index(input, dim, index, name, "self")
    if index.ndim == input.ndim:
        check_numbers(index._array, dim, input._array.shape[dim])
    return dim, index


def _source(input, dim, index, src) -> Tensor:
    """What is scattered: as much of src as the index has numbers."""
    src = raised(src)
    if src.dtype is not input.dtype:
        raise RuntimeError(
            "scatter(): Expected self.dtype to be equal to src.dtype, but they are "
            f"{input.dtype.legacy} and {src.dtype.legacy}"
        )
    if not index.numel():
        return src
    if src.ndim != index.ndim:
        raise RuntimeError(
            "Index tensor must have the same number of dimensions as src tensor: it has "
            f"{index.ndim}, not {src.ndim}"
        )
    too_large = (larger_axis(index, input.shape, dim), larger_axis(index, src.shape))
    if too_large != (None, None):
        raise RuntimeError(
            f"Expected index {list(index.shape)} to be no larger than self {list(input.shape)} "
            f"apart from dimension {dim} and to be no larger size than src {list(src.shape)}"
        )
    for axis, (mine, theirs) in enumerate(zip(index.shape, src.shape)):
        if mine != theirs:
            src = narrow(src, dim=axis, start=0, length=mine)
    return src


def _nothing(input) -> Write:
    """An empty index writes nothing."""
    nothing = wrap_array(numpy.empty((0,) * input.ndim, numpy.int64))
    values = wrap_array(numpy.empty((0,) * input.ndim, input.dtype.numpy))
    return Write(ops.scatter, (values, nothing), {"dim": 0}, lambda array: None)


@both_forms
def scatter(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Tensor | complex | None = None,
    *,
    value: complex | None = None,
    reduce: str | None = None,
) -> Write:
    """input with src (a tensor or a number) written where index says, along a dimension.

    ``out[index[i][j]][j] = src[i][j]`` for dim 0, and so on. `reduce` may be "add" or "multiply".
    Where a place is named twice, the last value stays, but every value gets its gradient.

    >>> import chainrule as torch
    >>> torch.zeros(1, 3).scatter(1, torch.tensor([[2]]), 5.0)
    tensor([[0., 0., 5.]])
    >>> torch.ones(3).scatter(0, torch.tensor([2, 2]), 3.0, reduce="multiply")
    tensor([1., 1., 9.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.scatter_.html
    """
    if (src is None) == (value is None):
        raise TypeError(
            "scatter() received an invalid combination of arguments: it takes either src or value"
        )
    if reduce not in (None, "add", "multiply"):
        raise RuntimeError(f"reduce argument must be either add or multiply. It is {reduce!r}")
    dim, index = _target(input, dim, index)
    if not index.numel():
        return _nothing(input)
    is_tensor = isinstance(src, Tensor)
    if is_tensor:
        values = _source(input, dim, index, src)
    else:
        _check_extents(input, dim, index)
        values = _number(input, src if value is None else value, index)
    if reduce is not None:
        if is_tensor:
            _warn_of_reduce()
        return _reducing(reduce, dim, index, values)
    numbers, array = index._array, values._array
    return Write(
        ops.scatter if is_tensor else scatter_number_op, (values, index), {"dim": dim},
        lambda out: put_elements(numpy, out, numbers, dim, array),
    )  # fmt: skip


def _check_extents(input, dim, index) -> None:
    """Refuse an index that is larger than the tensor written to."""
    if larger_axis(index, input.shape, dim) is not None:
        raise RuntimeError(
            f"Expected index {list(index.shape)} to be no larger than self {list(input.shape)} "
            f"apart from dimension {dim}"
        )


def _warn_of_reduce() -> None:
    warnings.warn(
        "The reduce argument of torch.scatter with Tensor src is deprecated and will be removed "
        "in a future PyTorch release. Use torch.scatter_reduce instead for more reduction options.",
        stacklevel=4,
    )


def _number(input, value, index) -> Tensor:
    """A number, repeated for every element of the index."""
    value = fitting(number("scatter", "value", 4, value), input.dtype)
    return wrap_array(numpy.full(index._array.shape, value, input.dtype.numpy))


def _adding(op, dim, index, values) -> Write:
    numbers, array = index._array, values._array
    return Write(
        op, (values, index), {"dim": dim},
        lambda out: add_elements(numpy, out, numbers, dim, array),
    )  # fmt: skip


def _reducing(reduce, dim, index, values) -> Write:
    """The write of scatter(reduce=...), which PyTorch records but does not differentiate."""
    if reduce == "add":
        return _adding(reductions.scattered_sum, dim, index, values)
    numbers, array = index._array, values._array
    return Write(
        reductions.scattered_prod, (values, index), {"dim": dim},
        lambda out: numpy.multiply.at(out, elements(numpy, numbers, dim), array),
    )  # fmt: skip


@both_forms
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Write:
    """input with src added where index says, along a dimension, as often as it says so.

    >>> import chainrule as torch
    >>> torch.zeros(3).scatter_add(0, torch.tensor([1, 1]), torch.ones(2))
    tensor([0., 2., 0.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.scatter_add_.html
    """
    check_tensor(src, "scatter_add", "src", 4)
    dim, index = _target(input, dim, index)
    if not index.numel():
        return _nothing(input)
    return _adding(ops.scatter_add, dim, index, _source(input, dim, index, src))


# ------------------------------------------------------------------------------------ reduced

REDUCTIONS = {
    "sum": (ops.scatter_add.named("ScatterReduceBackward0"), 0),
    "prod": (reductions.scatter_prod, 1),
    "mean": (ops.scatter_add.named("ScatterReduceBackward0"), 0),
    "amax": (reductions.scatter_max, -numpy.inf),
    "amin": (reductions.scatter_min, numpy.inf),
}


@public
@method
def scatter_reduce(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Tensor,
    reduce: str,
    *,
    include_self: bool = True,
    out: Tensor | None = None,
) -> Tensor:
    """input with, where index says, the sum, prod, mean, amax or amin of it and of src.

    Without `include_self`, of src alone. Ties of amax and amin share their gradient evenly.

    >>> import chainrule as torch
    >>> torch.ones(2).scatter_reduce(0, torch.tensor([1, 1]), torch.tensor([2.0, 5.0]), "amax")
    tensor([1., 5.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.scatter_reduce_.html
    """
    if reduce not in REDUCTIONS:
        raise RuntimeError(
            f"reduce argument must be either {', '.join(list(REDUCTIONS)[:-1])} or amin, got "
            f"{reduce}"
        )
    x = raised(input)
    dim, index = _target(x, dim, index)
    if not index.numel():
        return deliver(input.clone(), out, "scatter_reduce")
    values = _source(x, dim, index, src)
    op, neutral = REDUCTIONS[reduce]
    x = input
    if not include_self:
        x = ops.scatter(x, _number(x, _finite(neutral, x.dtype), index), index, dim=dim)
    found = op(x, values, index, dim=dim)
    if reduce == "mean":
        found = _divided(found, _counts(x, index, dim, include_self))
    return deliver(found, out, "scatter_reduce")


def _finite(neutral, dtype):
    """The neutral element of a reduction in a type; integers have no infinity."""
    if dtype.category >= 2 or neutral in (0, 1):
        return neutral
    limits = numpy.iinfo(dtype.numpy) if dtype.category else None
    if limits is None:
        return neutral > 0
    return limits.max if neutral > 0 else limits.min


def _counts(x, index, dim, include_self) -> Tensor:
    """How many values there are at each place; at least 1."""
    counts = wrap_array(numpy.full(x._array.shape, int(include_self), numpy.int64))
    ones = wrap_array(numpy.ones(index._array.shape, numpy.int64))
    counts = arithmetic.maximum(ops.scatter_add(counts, ones, index, dim=dim), 1)
    return cast(counts, dtype=x.dtype)


def _divided(total, counts):
    if total.dtype.category < 2:
        return total.div(counts, rounding_mode="floor")
    return divided(total, counts)


@method
def scatter_reduce_(
    self: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """scatter_reduce, in place."""
    found = scatter_reduce(self, dim, index, src, reduce, include_self=include_self)
    return self.copy_(found)
