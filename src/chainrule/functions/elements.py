"""The numbers in nested values as an array: what type they have, and what is wrong with them.

Apart from values, whose functions say what becomes of the array. Lists of Python numbers, the
commonest, are NumPy's work once their types are known; anything else is gone through element by
element, since only so PyTorch's rules for types and its errors can be followed.
"""

from __future__ import annotations

import operator
import warnings
from itertools import chain

import numpy

from chainrule._core.core import Tensor
from chainrule._core.cuts import note_number
from chainrule._core.kernels import call_quietly
from chainrule._core.promotion import promote_types
from chainrule._core.types import DTYPES, dtype_of, get_default_dtype
from chainrule.functions.interchange import from_numpy

LISTS = frozenset((list, tuple))
NUMBERS = frozenset((float, int, bool, complex))
BOOL, INT64 = DTYPES["bool"], DTYPES["int64"]

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
    sizes: list[int] = []
    while is_sequence(data):
        if isinstance(data, str) or len(sizes) == 64:
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
    return note_number(value, value._array.item(), "tensor")


def _plainest(value):
    """What PyTorch counts as a Python number, as one."""
    if isinstance(value, Tensor):
        return _one(value)
    return value.item() if isinstance(value, numpy.generic) else value


def _to_bool(value, dtype):
    value = _plainest(value)
    return bool(value) if isinstance(value, (float, complex)) else operator.index(value) != 0


def _to_integer(value, dtype):
    if isinstance(value, Tensor) and value.dtype.category > 1 and value._array.size == 1:
        raise TypeError("only integer tensors of a single element can be converted to an index")
    value = _plainest(value)
    if not isinstance(value, float):
        value = operator.index(value)
        if not -(2**63) <= value < 2**63:
            raise ValueError(f"Overflow when unpacking long long: {value}")
    limits = numpy.iinfo(dtype.numpy)
    # As in PyTorch, a negative number may wrap around to an unsigned one.
    if not (-limits.max if limits.min == 0 else limits.min) <= value <= limits.max:
        raise RuntimeError(
            f"value cannot be converted to type {dtype.name} without overflow: {value}"
        )
    return int(value) % 256 if limits.min == 0 else int(value)


def _to_float(value, dtype):
    number = _plainest(value)
    if isinstance(number, complex) and isinstance(value, Tensor):
        raise RuntimeError("value cannot be converted to type double without overflow")
    if isinstance(number, complex) or not hasattr(type(number), "__float__"):
        raise TypeError(f"must be real number, not {type(value).__name__}")
    return float(number)


def _to_complex(value, dtype):
    number = _plainest(value)
    return number if isinstance(number, complex) else complex(_to_float(number, dtype))


_CONVERSIONS = (_to_bool, _to_integer, _to_float, _to_complex)
