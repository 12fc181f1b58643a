"""Tensors to NumPy and to all who speak DLPack, and back; the memory is shared.

Apart from values.py, which makes tensors of values that are in no array yet.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor, bind_method
from chainrule._core.cuts import note_number
from chainrule._core.modes import is_grad_enabled
from chainrule._core.wrapped import Wrapped
from chainrule.functions.declare import method, public
from chainrule.functions.expressions import origin_text


def numpy_(self, *, force: bool = False) -> numpy.ndarray:
    """The values as an ndarray that shares the memory; RuntimeError where it requires grad.

    With `force`, a tensor that requires grad is detached first.

    >>> import chainrule as torch
    >>> torch.ones(2).numpy()
    array([1., 1.], dtype=float32)

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.numpy.html
    """
    if self.requires_grad and not force and is_grad_enabled():
        raise RuntimeError(
            "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead. "
            f"This one has shape {list(self.shape)} and is {origin_text(self)}."
        )
    note_number(self, None, "numpy")
    array = self._array
    if isinstance(array, Wrapped):
        return array.exposed()
    return array.view()  # an object of its own: setting its shape leaves the tensor alone


def _array_protocol(self, dtype=None, copy=None):
    array = numpy_(self)
    if dtype is not None and array.dtype != dtype:
        if copy is False:
            raise ValueError(f"a tensor of {self.dtype} is no array of {dtype} without a copy")
        return array.astype(dtype)
    return array.copy() if copy else array


def _dlpack(self, **keywords):
    if self.requires_grad:
        raise BufferError(
            "Can't export tensors that require gradient, use tensor.detach(); this one has "
            f"shape {list(self.shape)}"
        )
    return self._array.__dlpack__(**keywords)


method(numpy_, name="numpy")
method(_array_protocol, name="__array__")
method(_dlpack, name="__dlpack__")
method(lambda self: self._array.__dlpack_device__(), name="__dlpack_device__")
bind_method("__array_priority__", 1000)  # NumPy's operators leave the work to ours


@public
def from_numpy(ndarray) -> Tensor:
    """A tensor that shares the memory of an ndarray.

    Raises TypeError for anything else and for types PyTorch has none of, ValueError for
    negative strides.

    >>> import chainrule as torch, numpy
    >>> a = numpy.zeros(2)
    >>> t = torch.from_numpy(a)
    >>> a[0] = 5
    >>> t
    tensor([5., 0.], dtype=torch.float64)

    See https://docs.pytorch.org/docs/2.13/generated/torch.from_numpy.html
    """
    if not isinstance(ndarray, numpy.ndarray):
        raise TypeError(f"expected np.ndarray (got {ndarray.__class__.__name__})")
    # A view, so that the object stays the caller's; an ndarray, whatever its class (a matrix) does.
    tensor = wrap_array(ndarray.view(numpy.ndarray))
    if any(step < 0 for step in ndarray.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with "
            f"negative strides are not currently supported (strides {ndarray.strides} in "
            "bytes). array.copy() has none."
        )
    return tensor


@public
def from_dlpack(ext_tensor) -> Tensor:
    """A tensor that shares the memory of any array that speaks DLPack.

    >>> import chainrule as torch, numpy
    >>> torch.from_dlpack(numpy.ones(2))
    tensor([1., 1.], dtype=torch.float64)
    """
    return wrap_array(numpy.from_dlpack(ext_tensor))
