"""Numbers as places: bincount, one_hot.

Apart from searching.py, where values are looked for: here they say where to look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.cuts import mark
from chainrule._core.wrapped import Wrapped
from chainrule.functions.declare import method, public
from chainrule.functions.index_reading import INT64
from chainrule.ops import counting as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


@public
@method
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each number from 0 on occurs in a vector; or the sum of the weights it has.

    >>> import chainrule as torch
    >>> torch.bincount(torch.tensor([0, 2, 2]))
    tensor([1, 0, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.bincount.html
    """
    array = input._array
    if input.dtype.category != 1:
        raise NotImplementedError(f"\"bincount_cpu\" not implemented for '{input.dtype.legacy}'")
    if minlength < 0:
        raise RuntimeError(f"minlength should be >= 0, but it is {minlength}")
    if array.ndim != 1 or (array.size and array.min() < 0):
        raise RuntimeError(
            "bincount only supports 1-d non-negative integral inputs. This one has shape "
            f"{list(array.shape)}"
        )
    if weights is None:
        return wrap_array(numpy.bincount(array, None, minlength))
    if weights.shape != input.shape:
        raise RuntimeError(
            "weights should be 1-d and have the same length as input: their shapes are "
            f"{list(weights.shape)} and {list(input.shape)}"
        )
    return ops.bincount(weights, input, minlength=minlength)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Vectors of zeros with a 1 at the place that each number names.

    Without `num_classes`, there are as many places as the largest number needs.

    >>> import chainrule as torch
    >>> torch.nn.functional.one_hot(torch.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.one_hot.html
    """
    array = tensor._array
    if tensor.dtype is not INT64:
        raise RuntimeError(
            "one_hot is only applicable to index tensor of type LongTensor. This one is of type "
            f"{tensor.dtype.legacy}"
        )
    if not array.size and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if array.size and array.min() < 0:
        raise RuntimeError(f"Class values must be non-negative. Found {array.min()}")
    classes = int(array.max()) + 1 if num_classes == -1 else num_classes
    if array.size and array.max() >= classes:
        raise RuntimeError(
            f"Class values must be smaller than num_classes. {array.max()} is not below {classes}"
        )
    if isinstance(array, Wrapped):
        return _one_hot_of_batch(tensor, num_classes)
    out = numpy.zeros((*array.shape, classes), numpy.int64)
    out.reshape(-1)[numpy.arange(0, out.size, classes) + array.reshape(-1)] = 1
    return mark(wrap_array(out), tensor, "one_hot")


def _one_hot_of_batch(tensor: Tensor, classes: int) -> Tensor:
    if classes == -1:
        raise RuntimeError(
            "When vmap-ing torch.nn.functional.one_hot, please provide an explicit positive "
            "num_classes argument: the members of the batch may need different numbers of classes"
        )
    return (tensor.unsqueeze(-1) == wrap_array(numpy.arange(classes))).to(INT64)
