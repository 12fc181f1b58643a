"""Tensors from values: numbers, nested sequences of them, arrays, other tensors.

Apart from creation, where sizes say what is made, and from elements, which finds the numbers.
"""

from __future__ import annotations

import warnings

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.cuts import mark, mark_numbers_since, numbers_so_far
from chainrule._core.types import as_dtype, get_default_dtype
from chainrule.functions.conversion import to
from chainrule.functions.declare import method, public
from chainrule.functions.elements import array_of
from chainrule.functions.factory import check_place, finished
from chainrule.functions.interchange import from_numpy


@public
def tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False) -> Tensor:
    """A tensor of a copy of some values: a number, nested sequences of numbers, an array.

    Without `dtype`, Python's floats become the default dtype, ints int64; arrays and NumPy's
    numbers keep theirs; mixed values get the type they promote to. ValueError for ragged
    sequences, TypeError for text, RuntimeError for what is no number or does not fit the dtype.

    >>> import chainrule as torch
    >>> torch.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    >>> torch.tensor([1.5, 2], requires_grad=True)
    tensor([1.5000, 2.0000], requires_grad=True)

    See https://docs.pytorch.org/docs/2.13/generated/torch.tensor.html
    """
    if device is not None or pin_memory:
        check_place(device, pin_memory=pin_memory)
    if isinstance(data, Tensor):
        _advise("torch.tensor")
    wanted = None if dtype is None else as_dtype(dtype, "tensor")
    noted = numbers_so_far()
    values = data.detach() if isinstance(data, Tensor) else data
    made = finished("tensor", array_of(values, wanted), requires_grad)
    if isinstance(data, Tensor):
        mark(made, data, "tensor")
    elif numbers_so_far() != noted:
        mark_numbers_since(made, noted)
    return made


def _advise(function: str) -> None:
    warnings.warn(
        "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() "
        "or sourceTensor.detach().clone().requires_grad_(True), rather than "
        f"{function}(sourceTensor).",
        stacklevel=3,
    )


@method
def new_tensor(
    self, data, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False
) -> Tensor:
    """A tensor of a copy of some values, in this tensor's dtype unless another is given.

    >>> import chainrule as torch
    >>> torch.ones(1, dtype=torch.float64).new_tensor([1, 2])
    tensor([1., 2.], dtype=torch.float64)

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.new_tensor.html
    """
    check_place(device, layout, pin_memory)
    if isinstance(data, Tensor):
        _advise("tensor.new_tensor")
    wanted = self.dtype if dtype is None else as_dtype(dtype, "new_tensor")
    return finished("new_tensor", array_of(data, wanted), requires_grad)


@public
def as_tensor(data, dtype=None, device=None) -> Tensor:
    """A tensor of some values, sharing memory with arrays and being the tensor given, if it can.

    >>> import chainrule as torch, numpy
    >>> a = numpy.zeros(2)
    >>> t = torch.as_tensor(a)
    >>> a[0] = 5
    >>> t
    tensor([5., 0.], dtype=torch.float64)

    See https://docs.pytorch.org/docs/2.13/generated/torch.as_tensor.html
    """
    check_place(device)
    wanted = None if dtype is None else as_dtype(dtype, "as_tensor")
    if isinstance(data, Tensor):
        return data if wanted is None else to(data, wanted)
    if isinstance(data, numpy.ndarray):
        return from_numpy(data) if wanted is None else to(from_numpy(data), wanted)
    noted = numbers_so_far()
    made = wrap_array(array_of(data, wanted))
    return made if numbers_so_far() == noted else mark_numbers_since(made, noted)


@public
def asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=None) -> Tensor:
    """A tensor of anything that holds values: sharing its memory unless copy=True.

    `copy=False` raises ValueError where memory cannot be shared. A tensor keeps its place in the
    graph unless requires_grad=False.

    >>> import chainrule as torch
    >>> torch.asarray([1, 2])
    tensor([1, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.asarray.html
    """
    check_place(device)
    wanted = None if dtype is None else as_dtype(dtype, "asarray")
    shared = _shared(obj, wanted)
    if shared is None:
        if copy is False:
            raise ValueError("can't alias arbitrary sequence into a tensor.")
        return finished("asarray", array_of(obj, wanted), requires_grad or False)
    if wanted is not None and wanted is not shared.dtype:
        if copy is False:
            raise ValueError(
                f"can't alias tensor with dtype '{shared.dtype.legacy}' into dtype "
                f"'{wanted.legacy}'."
            )
        copy, shared = False, to(shared, wanted)
    return _with_gradient(shared.clone() if copy else shared, requires_grad)


def _shared(obj, wanted):
    """A tensor on the memory of an object that has some; None for sequences and numbers."""
    if isinstance(obj, Tensor):
        return obj
    if isinstance(obj, numpy.ndarray):
        return from_numpy(obj)
    if isinstance(obj, (str, numpy.generic)):
        return None
    if hasattr(obj, "__dlpack__"):
        return wrap_array(numpy.from_dlpack(obj))
    try:
        memoryview(obj)
    except TypeError:
        return None
    return frombuffer(obj, dtype=wanted or get_default_dtype())


def _with_gradient(found, requires_grad):
    if requires_grad is None:
        if found.requires_grad:
            warnings.warn(
                "torch.asarray: unspecified requires_grad now defaults to obj.requires_grad "
                "instead of False. Pass requires_grad=False explicitly to get the old behavior "
                "and silence this warning.",
                stacklevel=3,
            )
        return found
    if not requires_grad:
        return found.detach() if found.requires_grad else found
    return found if found.requires_grad else found.detach().requires_grad_()


@public
def frombuffer(buffer, *, dtype, count=-1, offset=0, requires_grad=False) -> Tensor:
    """A 1-D tensor on the memory of an object with a buffer (bytearray, array, mmap).

    `count` elements, from `offset` bytes on; all that follow if it is negative. ValueError where
    the buffer does not hold them. The memory of bytes may not be written to.

    >>> import chainrule as torch
    >>> torch.frombuffer(bytearray(b"abc"), dtype=torch.uint8)
    tensor([97, 98, 99], dtype=torch.uint8)

    See https://docs.pytorch.org/docs/2.13/generated/torch.frombuffer.html
    """
    wanted = as_dtype(dtype, "frombuffer")
    _check_buffer(memoryview(buffer).nbytes, wanted.itemsize, count, offset)
    array = numpy.frombuffer(buffer, wanted.numpy, count, offset)
    if not array.flags.writeable:
        warnings.warn(
            "The given buffer is not writable, and PyTorch does not support non-writable tensors. "
            "Here, writing to the tensor raises an error; its clone() may be written to.",
            stacklevel=2,
        )
    return finished("frombuffer", array, requires_grad)


def _check_buffer(length: int, size: int, count: int, offset: int) -> None:
    if length == 0 or count == 0:
        raise ValueError(f"both buffer length ({length}) and count ({count}) must not be 0")
    if not 0 <= offset < length:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length "
            f"({length} bytes) minus 1"
        )
    if count > 0 and offset + count * size > length:
        raise ValueError(
            f"requested buffer length ({count} * {size} bytes) after offset ({offset} bytes) "
            f"must not be greater than actual buffer length ({length} bytes)"
        )
    if count < 0 and (length - offset) % size:
        raise ValueError(
            f"buffer length ({length - offset} bytes) after offset ({offset} bytes) must be a "
            f"multiple of element size ({size})"
        )
