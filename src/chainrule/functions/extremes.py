"""Extremes, their places and medians: max, min, amax, amin, aminmax, argmax, argmin, median.

Apart from reduction.py: these give indices as well, or nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.core import Tensor
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.picking import pair_at, rows_of
from chainrule.functions.reduction_arguments import check_type, dims_of, one_dim
from chainrule.functions.results import result_type
from chainrule.ops import arithmetic as elementwise
from chainrule.ops import extremes as ops

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.operation import Op

AminMax = result_type("aminmax", ("min", "max"))


def _refuse_nothing(input, dims, name, exception=RuntimeError):
    """Nothing has no extreme."""
    if input._array.size:
        return
    if dims is None:
        raise exception(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify "
            "the reduction dim with the 'dim' argument."
        )
    for axis in dims:
        if input._array.shape[axis] == 0:
            raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")


# ------------------------------------------------------------------------------------- extremes


def _extreme(input, dim, keepdim, name, whole, pairwise, search):
    if isinstance(dim, Tensor):
        return pairwise(input, dim)
    if dim is None:
        check_type(input, name)
        _refuse_nothing(input, None, name)
        return whole(input, dim=None, keepdim=False)
    check_type(input, f"{name} of a dimension")
    axis = one_dim(dim, input.ndim, name)
    _refuse_nothing(input, (axis,), name)
    return pair_at(input, axis, search(rows_of(input), axis), keepdim, name)


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
    found = _extreme(input, dim, keepdim, "max", ops.max, elementwise.maximum, numpy.argmax)
    return found if out is None else deliver(found, out, "max")


@public
@method
def min(input: Tensor, dim=None, keepdim: bool = False, *, out=None) -> Tensor | tuple:
    """The smallest element; along a dimension, with its index; of two tensors, elementwise.

    >>> import chainrule as torch
    >>> torch.min(torch.tensor([3.0, 1.0, 2.0]))
    tensor(1.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.min.html
    """
    found = _extreme(input, dim, keepdim, "min", ops.min, elementwise.minimum, numpy.argmin)
    return found if out is None else deliver(found, out, "min")


def _bound(op: Op, extreme: str, example: int) -> Callable:
    name = op.name

    def bound(input: Tensor, dim=(), keepdim: bool = False, *, out=None) -> Tensor:
        check_type(input, name)
        dims = dims_of(dim, input.ndim, name)
        _refuse_nothing(input, dims, name)
        found = op(input, dim=dims, keepdim=keepdim)
        return found if out is None else deliver(found, out, name)

    bound.__name__ = bound.__qualname__ = name
    bound.__doc__ = (
        f"The {extreme} element over dimensions; ties share its derivative evenly.\n\n"
        f">>> import chainrule as torch\n>>> torch.{name}(torch.tensor([[1.0, 3.0]]), 1)\n"
        f"tensor([{example}.])\n\n"
        f"See https://docs.pytorch.org/docs/2.13/generated/torch.{name}.html"
    )
    return method(public(bound))


amax = _bound(ops.amax, "largest", 3)
amin = _bound(ops.amin, "smallest", 1)


@public
@method
def aminmax(
    input: Tensor, *, dim: int | None = None, keepdim: bool = False, out=None
) -> tuple[Tensor, Tensor]:
    """The smallest and the largest element; ties share their derivatives evenly.

    >>> import chainrule as torch
    >>> torch.aminmax(torch.tensor([1.0, 3.0])).max
    tensor(3.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.aminmax.html
    """
    check_type(input, "aminmax")
    if dim is None and not input._array.size:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no "
            "identity."
        )
    dims = dims_of(dim, input.ndim, "aminmax")
    _refuse_nothing(input, dims, "aminmax")
    return deliver(AminMax(ops.aminmax(input, dim=dims, keepdim=keepdim)), out, "aminmax")


# --------------------------------------------------------------------------------------- places


def _place(op: Op, extreme: str, example: int) -> Callable:
    name = op.name

    def place(input: Tensor, dim: int | None = None, keepdim: bool = False, *, out=None) -> Tensor:
        check_type(input, name)
        axis = None if dim is None else one_dim(dim, input.ndim, name)
        _refuse_nothing(input, None if axis is None else (axis,), name, IndexError)
        found = op(input, dim=axis if input.ndim else None, keepdim=keepdim)
        return found if out is None else deliver(found, out, name)

    place.__name__ = place.__qualname__ = name
    place.__doc__ = (
        f"The index of the {extreme} element, of the flattened tensor or along a dimension.\n\n"
        f">>> import chainrule as torch\n>>> torch.{name}(torch.tensor([1.0, 3.0]))\n"
        f"tensor({example})\n\n"
        f"See https://docs.pytorch.org/docs/2.13/generated/torch.{name}.html"
    )
    return method(public(place))


argmax = _place(ops.argmax, "largest", 1)
argmin = _place(ops.argmin, "smallest", 0)

# -------------------------------------------------------------------------------------- medians


def _median_places(array, axis):
    """The places of the lower medians along an axis; of a NaN where there is one."""
    order = numpy.argsort(array, axis=axis, kind="stable")
    middle = numpy.take(order, (array.shape[axis] - 1) // 2, axis=axis)
    if array.dtype.kind not in "iu":
        bad = array != array
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
    check_type(input, "median")
    if dim is None:
        return ops.median(input, dim=None, keepdim=False)
    axis = one_dim(dim, input.ndim, "median")
    _refuse_nothing(input, (axis,), "median")
    places = _median_places(rows_of(input), axis)
    return deliver(pair_at(input, axis, places, keepdim, "median"), out, "median")
