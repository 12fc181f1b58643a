"""Extremes, their places, and truth over dimensions: max, min, median, argmax, all, any, ...

Apart from reduction.py: these give indices as well, or nothing else.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.gathering import along
from chainrule.functions.identity import checked_dim
from chainrule.functions.reduction import dims_of
from chainrule.functions.results import result_type
from chainrule.ops import arithmetic as elementwise
from chainrule.ops import reduction as ops
from chainrule.ops.indexing import take_index

Results = {
    name: result_type(name, ("values", "indices"))
    for name in ("max", "min", "median", "nanmedian", "mode", "cummax", "cummin")
}
AminMax = result_type("aminmax", ("min", "max"))


def _refuse(input, dims, name):
    """Nothing has no extreme, and complex numbers have no order."""
    if input.dtype.is_complex:
        raise NotImplementedError(f"\"{name}_all\" not implemented for '{input.dtype.legacy}'")
    if input._array.size:
        return
    if dims is None:
        raise RuntimeError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify "
            "the reduction dim with the 'dim' argument."
        )
    for axis in dims:
        if input._array.shape[axis] == 0:
            raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")


PICK = {
    name: take_index.named(f"{name.title()}Backward{1 if name == 'median' else 0}")
    for name in ("max", "min", "median", "cummax", "cummin")
}


def _picked(input, dim, places, keepdim, name):
    """The elements at places found along a dimension, and the places: PyTorch's named pair."""
    flat = input.reshape(1) if input.ndim == 0 else input
    if keepdim and input.ndim:
        places = numpy.expand_dims(places, dim)
        index = along(places, dim)
    else:
        index = list(numpy.indices(places.shape, sparse=True))
        index.insert(dim, places)
    return Results[name](PICK[name](flat, index=tuple(index)), wrap_array(places))


def _extreme(input, dim, keepdim, name, whole, pairwise, search):
    if isinstance(dim, Tensor):
        return pairwise(input, dim)
    if dim is None:
        _refuse(input, None, name)
        return whole(input, dim=None, keepdim=False)
    axis = checked_dim(dim, input.ndim)
    _refuse(input, (axis,) if input.ndim else (), name)
    places = search(input._array.reshape(1) if input.ndim == 0 else input._array, axis)
    return _picked(input, axis, numpy.asarray(places), keepdim, name)


@public
@method
def max(input: Tensor, dim=None, keepdim: bool = False, *, out=None) -> Tensor | tuple:
    """The largest element; along a dimension, with its index; of two tensors, elementwise.

    max() shares its derivative evenly among ties; max(dim) gives it to the one it picked.
    RuntimeError or IndexError where there is nothing to choose from.

    >>> import chainrule as torch
    >>> torch.max(torch.tensor([1.0, 3.0, 2.0]))
    tensor(3.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.max.html
    """
    found = _extreme(input, dim, keepdim, "max", ops.max_all, elementwise.maximum, numpy.argmax)
    return deliver(found, out, "max")


@public
@method
def min(input: Tensor, dim=None, keepdim: bool = False, *, out=None) -> Tensor | tuple:
    """The smallest element; along a dimension, with its index; of two tensors, elementwise.

    >>> import chainrule as torch
    >>> torch.min(torch.tensor([3.0, 1.0, 2.0]))
    tensor(1.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.min.html
    """
    found = _extreme(input, dim, keepdim, "min", ops.min_all, elementwise.minimum, numpy.argmin)
    return deliver(found, out, "min")


def _bound(op, name):
    def bound(input: Tensor, dim=(), keepdim: bool = False, *, out=None) -> Tensor:
        dims = dims_of(None if dim == () else dim, input.ndim, name)
        _refuse(input, dims, name)
        return deliver(op(input, dim=dims, keepdim=keepdim), out, name)

    extreme = "largest" if name == "amax" else "smallest"
    bound.__name__ = bound.__qualname__ = name
    bound.__doc__ = (
        f"The {extreme} element over dimensions; ties share its derivative evenly.\n\n"
        f">>> import chainrule as torch\n>>> torch.{name}(torch.tensor([[1.0, 3.0]]), 1)\n"
        f"tensor([{3 if name == 'amax' else 1}.])\n\n"
        f"See https://docs.pytorch.org/docs/2.13/generated/torch.{name}.html"
    )
    return method(public(bound))


amax = _bound(ops.amax, "amax")
amin = _bound(ops.amin, "amin")


@public
@method
def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False, out=None) -> tuple:
    """The smallest and the largest element.

    >>> import chainrule as torch
    >>> torch.aminmax(torch.tensor([1.0, 3.0])).max
    tensor(3.)
    """
    dims = () if dim is None else dim
    return deliver(AminMax(amin(input, dims, keepdim), amax(input, dims, keepdim)), out, "aminmax")


def _place(op, name):
    def place(input: Tensor, dim: int | None = None, keepdim: bool = False, *, out=None) -> Tensor:
        axis = None if dim is None else checked_dim(dim, input.ndim)
        _refuse(input, None if axis is None else (axis,) if input.ndim else (), name)
        axis = axis if input.ndim else None
        found = op(input, dim=axis, keepdim=keepdim and axis is not None)
        if keepdim and axis is None:
            found = found.reshape((1,) * input.ndim)
        return deliver(found, out, name)

    extreme = "largest" if name == "argmax" else "smallest"
    place.__name__ = place.__qualname__ = name
    place.__doc__ = (
        f"The index of the {extreme} element, of the flattened tensor or along a dimension.\n\n"
        f">>> import chainrule as torch\n>>> torch.{name}(torch.tensor([1.0, 3.0]))\n"
        f"tensor({1 if name == 'argmax' else 0})\n\n"
        f"See https://docs.pytorch.org/docs/2.13/generated/torch.{name}.html"
    )
    return method(public(place))


argmax = _place(ops.argmax, "argmax")
argmin = _place(ops.argmin, "argmin")

# --------------------------------------------------------------------------- medians and modes


def _median_places(array, axis):
    """The places of the lower medians along an axis; of a NaN where there is one."""
    order = numpy.argsort(array, axis=axis, kind="stable")
    size = array.shape[axis]
    middle = numpy.take(order, (size - 1) // 2, axis=axis)
    if array.dtype.kind == "f":
        bad = numpy.isnan(array)
        middle = numpy.where(bad.any(axis=axis), bad.argmax(axis=axis), middle)
    return middle


@public
@method
def median(
    input: Tensor, dim: int | None = None, keepdim: bool = False, *, out=None
) -> Tensor | tuple:
    """The lower median of all elements, or along a dimension with its index; NaN where one is.

    >>> import chainrule as torch
    >>> torch.median(torch.tensor([1.0, 3.0, 2.0, 4.0]))
    tensor(2.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.median.html
    """
    if dim is None:
        if not input._array.size:
            return input.new_full((), float("nan"))
        return ops.median(input, dim=None, keepdim=False)
    axis = checked_dim(dim, input.ndim)
    _refuse(input, (axis,) if input.ndim else (), "median")
    array = input._array.reshape(1) if input.ndim == 0 else input._array
    return deliver(
        _picked(input, axis, numpy.asarray(_median_places(array, axis)), keepdim, "median"),
        out, "median",
    )  # fmt: skip


# --------------------------------------------------------------------------------- cumulative


def _running(input, dim, name, better):
    """Running extremes: the place of the latest best so far, then the elements there."""
    axis = checked_dim(dim, input.ndim)
    array = numpy.moveaxis(input._array.reshape(1) if input.ndim == 0 else input._array, axis, 0)
    places = numpy.zeros(array.shape, numpy.int64)
    for k in range(1, len(array)):
        best = numpy.take_along_axis(array, places[k - 1 : k], 0)[0]
        new = better(array[k], best) | (array[k] != array[k])
        places[k] = numpy.where(new & (best == best), k, places[k - 1])
        places[k] = numpy.where((best != best) & (array[k] != array[k]), k, places[k])
    places = numpy.ascontiguousarray(numpy.moveaxis(places, 0, axis)).reshape(input._array.shape)
    flat = input.reshape(1) if input.ndim == 0 else input
    values = PICK[name](flat, index=along(places.reshape(flat._array.shape), axis))
    return Results[name](values.reshape(()) if input.ndim == 0 else values, wrap_array(places))


@public
@method
def cummax(input: Tensor, dim: int, *, out=None) -> tuple:
    """Running maxima along a dimension, and where they were.

    >>> import chainrule as torch
    >>> torch.cummax(torch.tensor([1.0, 3.0, 2.0]), 0).values
    tensor([1., 3., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.cummax.html
    """
    return deliver(_running(input, dim, "cummax", numpy.greater_equal), out, "cummax")


@public
@method
def cummin(input: Tensor, dim: int, *, out=None) -> tuple:
    """Running minima along a dimension, and where they were.

    >>> import chainrule as torch
    >>> torch.cummin(torch.tensor([3.0, 1.0, 2.0]), 0).values
    tensor([3., 1., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.cummin.html
    """
    return deliver(_running(input, dim, "cummin", numpy.less_equal), out, "cummin")


# -------------------------------------------------------------------------------------- truth


def _truth(op, name):
    def truth(input: Tensor, dim=None, keepdim: bool = False, *, out=None) -> Tensor:
        dims = dims_of(dim, input.ndim, name)
        found = op(input, dim=dims, keepdim=keepdim)
        return deliver(found.byte() if input.dtype.name == "uint8" else found, out, name)

    which = "every element is" if name == "all" else "any element is"
    truth.__name__ = truth.__qualname__ = name
    truth.__doc__ = (
        f"Whether {which} true (not 0), over all or some dimensions.\n\n"
        f">>> import chainrule as torch\n>>> torch.{name}(torch.tensor([True, False]))\n"
        f"tensor({name != 'all'})\n\n"
        f"See https://docs.pytorch.org/docs/2.13/generated/torch.{name}.html"
    )
    return method(public(truth))


all = _truth(ops.all, "all")
any = _truth(ops.any, "any")


@public
@method
def count_nonzero(input: Tensor, dim=None) -> Tensor:
    """How many elements are not 0, over all or some dimensions.

    >>> import chainrule as torch
    >>> torch.count_nonzero(torch.tensor([0, 1, 2]))
    tensor(2)

    See https://docs.pytorch.org/docs/2.13/generated/torch.count_nonzero.html
    """
    return ops.count_nonzero(input, dim=dims_of(dim, input.ndim, "count_nonzero"))
