"""Where the values of a tensor lie: strides, offsets, addresses, and other memory in their place.

Apart from identity.py, which says what a tensor is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy

from chainrule._core.core import bind_method
from chainrule._core.modes import is_grad_enabled
from chainrule._core.wrapped import Wrapped
from chainrule._core.writes import bump_version, replace_array, share
from chainrule.functions.declare import method
from chainrule.functions.identity import checked_dim
from chainrule.ops.conversion import contiguous_clone

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

# ------------------------------------------------------------------------------------ places


@method
def data_ptr(self) -> int:
    """The address of the first element."""
    array = self._array
    return _address(array.exposed() if isinstance(array, Wrapped) else array)


def _address(array) -> int:
    return array.address if isinstance(array, Wrapped) else array.__array_interface__["data"][0]


@method
def storage_offset(self) -> int:
    """How many elements of the base lie before the first of this view; 0 for what is no view."""
    base = self._base
    if base is None:
        return 0
    return (_address(self._array) - _address(base._array)) // self._array.itemsize


@method
def stride(self, dim: int | None = None) -> tuple[int, ...] | int:
    """The steps between neighbours along each dimension (or one), counted in elements."""
    array = self._array
    item = array.itemsize
    if dim is not None:
        if not array.ndim:
            raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
        return array.strides[checked_dim(dim, array.ndim)] // item
    return tuple([step // item for step in array.strides])


@method
def element_size(self) -> int:
    """The bytes of one element."""
    return self._array.itemsize


@method
def is_contiguous(self, memory_format=None) -> bool:
    """Whether the elements lie in memory in the order of their indices."""
    return self._array.flags.c_contiguous


@method
def contiguous(self, memory_format=None) -> Tensor:
    """The tensor itself where it is contiguous, else a copy that is."""
    if self._array.flags.c_contiguous:
        return self
    return contiguous_clone(self)


@method
def is_set_to(self, tensor: Tensor) -> bool:
    """Whether both are the same place in the same memory."""
    mine, theirs = self._array, tensor._array
    return (data_ptr(self), mine.shape, mine.strides) == (
        data_ptr(tensor), theirs.shape, theirs.strides,
    )  # fmt: skip


@method
def set_(self, source: Tensor) -> Tensor:
    """Let this tensor have the memory of another."""
    if self.requires_grad and is_grad_enabled():
        raise RuntimeError(
            "a leaf Variable that requires grad is being used in an in-place operation. It has "
            f"shape {list(self.shape)}; set_ is allowed under torch.no_grad()."
        )
    share(self, source)
    bump_version(self)
    return self


@method
def resize_(self, *sizes, memory_format=None) -> Tensor:
    """Change the shape in place, keeping the first elements and adding new ones as needed."""
    if self.requires_grad:
        raise RuntimeError(
            f"cannot resize variables that require grad; this one has shape {list(self.shape)}"
        )
    shape = tuple(sizes[0]) if sizes and isinstance(sizes[0], (tuple, list)) else sizes
    flat, count = self._array.ravel(order="K"), math.prod(shape)
    if any(extent < 0 for extent in shape):
        raise RuntimeError(f"resize_: sizes must not be negative, but got {list(shape)}")
    if count > flat.size:
        flat = numpy.concatenate([flat, numpy.zeros(count - flat.size, flat.dtype)])
    replace_array(self, flat[:count].reshape(shape))
    bump_version(self)
    return self


@method
def resize_as_(self, other: Tensor, memory_format=None) -> Tensor:
    """Change the shape in place to that of another tensor."""
    return resize_(self, other.shape)


def _nbytes(self):
    """The bytes of all elements; RuntimeError for a sparse tensor, which has them in two parts."""
    if self.is_sparse:
        raise RuntimeError(
            "nbytes is not defined for sparse tensors. Add those of _indices() and _values(); "
            "the dense tensor would have numel() * element_size()."
        )
    return self._array.size * self._array.itemsize


bind_method("itemsize", property(element_size))
bind_method("nbytes", property(_nbytes))
