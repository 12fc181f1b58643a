"""Tensors combined with one another: meshgrid, cartesian_prod, combinations.

Apart from ranges, which are made of bounds, and from joining, which puts tensors side by side.
"""

from __future__ import annotations

import itertools
import warnings

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule.functions.declare import public
from chainrule.ops import shape as ops


@public
def meshgrid(*tensors, indexing: str | None = None) -> tuple[Tensor, ...]:
    """Vectors as the coordinates of a grid: each expanded, as a view, to the shape of all.

    `indexing`: "ij" gives the shape (n1, n2, ...) of the vectors in their order; "xy" exchanges
    the first two. RuntimeError for tensors of more than one dimension or of different types.

    >>> import chainrule as torch
    >>> x, y = torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij")
    >>> x
    tensor([[0, 0, 0],
            [1, 1, 1]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.meshgrid.html
    """
    if indexing is None:
        warnings.warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing "
            "argument.",
            stacklevel=2,
        )
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    _check_vectors(tensors, indexing or "ij")
    order = list(range(len(tensors)))
    if indexing == "xy" and len(order) > 1:
        order[:2] = 1, 0
    vectors = [tensors[place] for place in order]
    shape = tuple(vector._array.size for vector in vectors)
    return tuple(_along(tensor, order.index(place), shape) for place, tensor in enumerate(tensors))


def _along(vector, axis: int, shape: tuple[int, ...]):
    """The vector along one dimension of a shape, repeated along the others."""
    thin = tuple(extent if place == axis else 1 for place, extent in enumerate(shape))
    return ops.expand(ops.view(vector, shape=thin), shape=shape)


def _check_vectors(tensors, indexing) -> None:
    for number, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(
                f"expected Tensor as element {number} in argument 0, but got "
                f"{type(tensor).__name__}"
            )
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if any(tensor.dtype is not tensors[0].dtype for tensor in tensors):
        found = ", ".join(str(tensor.dtype) for tensor in tensors)
        raise RuntimeError(f"meshgrid expects all tensors to have the same dtype, but got {found}")
    for tensor in tensors:
        if tensor.ndim > 1:
            raise RuntimeError(
                "torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: one of "
                f"shape {list(tensor.shape)}"
            )
    if indexing not in ("ij", "xy"):
        raise RuntimeError(
            f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}'
        )


def _check_vector(tensor) -> None:
    if tensor.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(tensor.shape)}")


@public
def cartesian_prod(*tensors) -> Tensor:
    """All ways to take one element of every vector, one way a row; a single vector as it is.

    >>> import chainrule as torch
    >>> torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([4, 5]))
    tensor([[1, 4],
            [1, 5],
            [2, 4],
            [2, 5]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.cartesian_prod.html
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    for tensor in tensors:
        _check_vector(tensor)
    if len(tensors) == 1:
        return tensors[0]
    grids = meshgrid(*tensors, indexing="ij")
    return ops.stack(*(ops.reshape(grid, shape=(grid._array.size,)) for grid in grids), dim=1)


@public
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All ways to take r elements of a vector in their order, one way a row.

    >>> import chainrule as torch
    >>> torch.combinations(torch.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.combinations.html
    """
    _check_vector(input)
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return wrap_array(numpy.empty(0, input.dtype.numpy))
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    places = numpy.array(list(choose(range(input.shape[0]), r)), numpy.int64).reshape(-1, r)
    return ops.stack(*(input[wrap_array(column.copy())] for column in places.T), dim=1)
