"""Tensors from values: numbers, nested sequences of them, arrays, other tensors.

Apart from creation, where sizes say what is made. Lists of Python numbers, the commonest, are
NumPy's work once their types are known; anything else is gone through element by element, since
only so PyTorch's rules for types and its errors can be followed.
"""

from __future__ import annotations

import operator
import warnings
from itertools import chain

import numpy

from chainrule._core.apply import call_quietly, wrap_array
from chainrule._core.core import Tensor
from chainrule._core.types import (
    DTYPES,
    as_dtype,
    dtype_of,
    get_default_dtype,
    promote_types,
)
from chainrule.functions.conversion import from_numpy, to
from chainrule.functions.declare import method, public
from chainrule.functions.factory import check_place, finished

LISTS = frozenset((list, tuple))
NUMBERS = frozenset((float, int, bool, complex))
BOOL, INT64 = DTYPES["bool"], DTYPES["int64"]


# ------------------------------------------------------------------------------ public functions


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
    return finished("tensor", array_of(data, wanted), requires_grad)


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
    return wrap_array(array_of(data, wanted))


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


# ------------------------------------------------------------------------ from values to arrays


def array_of(data, dtype=None) -> numpy.ndarray:
    """A new array of some values, of a type if one is given."""
    kind = type(data)
    if kind is list or kind is tuple:
        array = _plain(data, dtype)
        return _by_element(data, dtype) if array is None else array
    if kind is float and dtype is None:
        return call_quietly(numpy.array, data, get_default_dtype().numpy)
    if isinstance(data, Tensor):
        return call_quietly(data._array.astype, (dtype or data.dtype).numpy)
    if isinstance(data, numpy.ndarray):
        array = from_numpy(data)._array
        return call_quietly(array.astype, array.dtype if dtype is None else dtype.numpy)
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{kind.__name__}'")
    return array_of(list(data), dtype) if is_sequence(data) else _by_element(data, dtype)


def _plain(data, dtype):
    """The array of nested lists of Python numbers; None where there is anything else to it."""
    level, kinds, depth = data, set(map(type, data)), 1
    while kinds and kinds <= LISTS and depth < 64:
        level, depth = list(chain.from_iterable(level)), depth + 1
        kinds = set(map(type, level))
    if not kinds <= NUMBERS:
        return _of_arrays(data, dtype) if kinds == {numpy.ndarray} and depth == 1 else None
    if dtype is None:
        dtype = _type_of_numbers(kinds)
    elif (complex in kinds and dtype.category < 3) or (float in kinds and dtype.category == 1):
        return None
    try:
        return call_quietly(numpy.array, data, dtype.numpy)
    except (ValueError, OverflowError):
        return None  # ragged, or too large: _by_element knows how to say it


def _type_of_numbers(kinds):
    if complex in kinds:
        return get_default_dtype().to_complex()
    if float in kinds or not kinds:
        return get_default_dtype()
    return INT64 if int in kinds else BOOL


def _of_arrays(arrays, dtype):
    """The array of a list of arrays; None where they are not of one shape."""
    shapes = {array.shape for array in arrays}
    if len(shapes) > 1 or () in shapes:
        return None
    wanted = dtype or _inferred(arrays)
    return call_quietly(numpy.stack, [array.astype(wanted.numpy) for array in arrays])


def is_sequence(value) -> bool:
    """What PyTorch goes into: anything with items by number that is no number or tensor itself."""
    return hasattr(type(value), "__getitem__") and not isinstance(
        value, (Tensor, numpy.generic, dict)
    )


def _by_element(data, dtype):
    """The array of any values, each looked at."""
    sizes = _sizes(data)
    wanted = dtype or _inferred(data)
    flat = []
    if 0 not in sizes:
        _collect(data, sizes, 0, _CONVERSIONS[wanted.category], wanted, flat)
    return call_quietly(numpy.array, flat, wanted.numpy).reshape(sizes)


def _sizes(data) -> list[int]:
    """The shape of nested sequences, going down by their first items."""
    sizes = []
    while is_sequence(data):
        if isinstance(data, (str, bytes)) or len(sizes) == 64:
            raise ValueError(f"too many dimensions '{type(data).__name__}'")
        sizes.append(len(data))
        if not sizes[-1]:
            break
        data = data[0]
    return sizes


def _inferred(data):
    """The type that some values promote to."""
    if isinstance(data, (Tensor, numpy.ndarray, numpy.generic)):
        return data.dtype if isinstance(data, Tensor) else dtype_of(numpy.asarray(data))
    for kind in (bool, int, float, complex):
        if isinstance(data, kind):
            return _type_of_numbers({kind})
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if not is_sequence(data):
        raise RuntimeError(f"Could not infer dtype of {type(data).__name__}")
    found = None
    for item in data:
        kind = _inferred(item)
        found = kind if found is None or found is kind else promote_types(found, kind)
    return found or get_default_dtype()


def _collect(data, sizes, depth, convert, dtype, flat) -> None:
    """Append the numbers in `data`, checking that it has the sizes it should."""
    if depth == len(sizes):
        flat.append(convert(data, dtype))
        return
    try:
        items = list(data)
    except TypeError:
        raise TypeError(f"not a sequence: {data!r}") from None
    if len(items) != sizes[depth]:
        raise ValueError(
            f"expected sequence of length {sizes[depth]} at dim {depth} (got {len(items)})"
        )
    for item in items:
        _collect(item, sizes, depth + 1, convert, dtype, flat)


# ---------------------------------------------------------------------- from values to numbers


def _one(value: Tensor):
    """The number in a tensor of one element."""
    if value._array.size != 1:
        raise ValueError(
            "only one element tensors can be converted to Python scalars; this one has shape "
            f"{list(value.shape)}"
        )
    if value.requires_grad:
        warnings.warn(
            "Converting a tensor with requires_grad=True to a scalar may lead to unexpected "
            "behavior.\nConsider using tensor.detach() first.",
            stacklevel=2,
        )
    return value.item()


def _to_bool(value, dtype):
    if isinstance(value, (Tensor, complex)):
        return bool(_one(value) if isinstance(value, Tensor) else value)
    if isinstance(value, (float, numpy.floating, numpy.bool_)):
        return bool(value)
    return operator.index(value) != 0


def _to_integer(value, dtype):
    if isinstance(value, Tensor):
        if value.dtype.category > 1:
            _one(value)
            raise TypeError(
                "only integer tensors of a single element can be converted to an index"
            )
        value = _one(value)
    limits = numpy.iinfo(dtype.numpy)
    low = -limits.max if limits.min == 0 else limits.min
    if not isinstance(value, (float, numpy.floating, numpy.bool_)):
        value = operator.index(value)
        if not -(2**63) <= value < 2**63:
            raise ValueError(f"Overflow when unpacking long long: {value}")
    if not low <= value <= limits.max:
        raise RuntimeError(
            f"value cannot be converted to type {dtype.name} without overflow: {value}"
        )
    value = int(value)
    return value % 256 if limits.min == 0 else value


def _to_float(value, dtype):
    if isinstance(value, Tensor):
        value = _one(value)
        if isinstance(value, complex):
            raise RuntimeError("value cannot be converted to type double without overflow")
    if isinstance(value, complex) or not hasattr(type(value), "__float__"):
        raise TypeError(f"must be real number, not {type(value).__name__}")
    return float(value)


def _to_complex(value, dtype):
    if isinstance(value, Tensor):
        value = _one(value)
    return value if isinstance(value, complex) else complex(_to_float(value, dtype))


_CONVERSIONS = (_to_bool, _to_integer, _to_float, _to_complex)
