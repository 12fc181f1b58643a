"""Tensors as Python's numbers, lists, conditions and iterables.

Apart from conversion.py, whose results are tensors.
"""

from __future__ import annotations

import warnings

from chainrule._core.core import Tensor
from chainrule._core.cuts import note_number
from chainrule._core.operation import bind_late
from chainrule._core.wrapped import Wrapped
from chainrule.functions.declare import method


@method
def item(self) -> bool | int | float | complex:
    """The value of a tensor of one element as a Python number; RuntimeError for others.

    >>> import chainrule as torch
    >>> torch.tensor([2.5]).item()
    2.5
    """
    array = self._array
    if array.size != 1:
        raise RuntimeError(
            f"a Tensor with {array.size} elements cannot be converted to Scalar: its shape is "
            f"{list(array.shape)}"
        )
    return note_number(self, array.item(), "item")


@method
def tolist(self) -> list | bool | int | float | complex:
    """The values as nested lists of Python numbers, or one number for a 0-dim tensor.

    >>> import chainrule as torch
    >>> torch.tensor([[1, 2]]).tolist()
    [[1, 2]]
    """
    return note_number(self, self._array.tolist(), "tolist")


def _number(self, name, warn=True):
    array = self._array
    if array.size != 1:
        raise ValueError(
            "only one element tensors can be converted to Python scalars; this one has shape "
            f"{list(array.shape)}"
        )
    if warn and self.requires_grad:
        warnings.warn(
            "Converting a tensor with requires_grad=True to a scalar may lead to unexpected "
            "behavior.\nConsider using tensor.detach() first.",
            stacklevel=3,
        )
    return note_number(self, array.item(), name)


def _to_bool(self):
    array = self._array
    if array.size != 1:
        many = "more than one value" if array.size else "no values"
        raise RuntimeError(
            f"Boolean value of Tensor with {many} is ambiguous: its shape is {list(array.shape)}"
        )
    if isinstance(array, Wrapped):
        return array.truth()
    return bool(array.item())


def _to_index(self):
    if self.dtype.category > 1 or self._array.size != 1:
        raise TypeError(
            "only integer tensors of a single element can be converted to an index; this one is of "
            f"{self.dtype} and has shape {list(self.shape)}"
        )
    return note_number(self, int(self._array.item()), "index")


def _length(self):
    if self.ndim == 0:
        raise TypeError("len() of a 0-d tensor")
    return len(self._array)


def _iterate(self):
    if self.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(self.unbind(0))


def _contains(self, item):
    if not isinstance(item, (Tensor, int, float, complex)):
        raise RuntimeError(
            "Tensor.__contains__ only supports Tensor or scalar, but you passed in a "
            f"{item.__class__}."
        )
    return bool((self == item)._array.any())


bind_late(
    {
        "bool": _to_bool,
        "float": lambda self: float(_number(self, "float")),
        "int": lambda self: int(_number(self, "int")),
        "index": _to_index,
        "len": _length,
        "iter": _iterate,
        "contains": _contains,
    }
)
method(name="__complex__")(lambda self: complex(_number(self, "complex")))
