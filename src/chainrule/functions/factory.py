"""What every maker of tensors asks of its arguments: sizes, types, places, numbers.

Apart from the makers, which are called in PyTorch's several ways and should not be about them.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.kernels import call_quietly
from chainrule._core.layouts import strided
from chainrule._core.types import DTYPES, as_dtype, get_default_dtype
from chainrule.functions.conversion import check_device
from chainrule.functions.declare import deliver

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.types import dtype as dtype_type

# PyTorch's names of types in the message about a number that does not fit.
C_NAMES = {
    "bool": "bool", "uint8": "uint8_t", "int8": "int8_t", "int16": "int16_t", "int32": "int",
    "int64": "int64_t", "float16": "c10::Half", "bfloat16": "c10::BFloat16", "float32": "float",
    "float64": "double", "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}  # fmt: skip


def kind_of(value) -> str:
    """The name of a value's type, as PyTorch's errors write it."""
    kind = type(value)
    return f"numpy.{kind.__name__}" if kind.__module__ == "numpy" else kind.__name__


# -------------------------------------------------------------------------------------- sizes


def shape_of(name: str, sizes: tuple, size=None) -> tuple[int, ...]:
    """A shape from `(2, 3)`, `((2, 3),)` or `size=(2, 3)`."""
    if size is not None:
        sizes = (size,)
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes, listed = tuple(sizes[0]), True
    else:
        listed = False
    for extent in sizes:
        if type(extent) is not int or extent < 0:
            return _checked_shape(name, sizes, listed)
    if not (sizes or listed):
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
    return sizes


def _checked_shape(name: str, sizes: tuple, listed: bool) -> tuple[int, ...]:
    """A shape in which something is no plain int, or negative."""
    if not listed and isinstance(sizes[0], (tuple, list)):
        raise TypeError(f"{name}() takes 1 positional argument but {len(sizes)} were given")
    shape = tuple(_extent(name, place, item, listed) for place, item in enumerate(sizes))
    for extent in shape:
        if extent < 0:
            raise RuntimeError(
                f"zeros: Dimension size must be non-negative. (found {list(shape)})"
                if name == "zeros"
                else f"Trying to create tensor with negative dimension {extent}: {list(shape)}"
            )
    return shape


def _extent(name: str, place: int, item, listed: bool) -> int:
    try:
        # As in PyTorch, a bool may stand for a size anywhere but in the first place.
        if place == 0 and isinstance(item, bool):
            raise TypeError
        return operator.index(item)
    except TypeError:
        found = kind_of(item)
    if place:
        raise TypeError(
            f"{name}(): argument 'size' failed to unpack the object at pos {place + 1} with "
            f'error "type must be tuple of ints,but got {found}"'
        )
    what = f"but found element of type {found} at pos 0" if listed else f"not {found}"
    raise TypeError(f"{name}(): argument 'size' (position 1) must be tuple of ints, {what}")


def shape_in_one(name: str, size) -> tuple[int, ...]:
    """A shape that must be given as one sequence, as by full((2, 3), 1)."""
    if not isinstance(size, (tuple, list)):
        raise TypeError(
            f"{name}(): argument 'size' (position 1) must be tuple of ints, not {kind_of(size)}"
        )
    return shape_of(name, (size,))


def integer(name: str, argument: str, position: int, value) -> int:
    """An int, or a tensor of one integer, and nothing else."""
    if type(value) is int:
        return value
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)
    except TypeError:
        raise TypeError(
            f"{name}(): argument '{argument}' (position {position}) must be int, not "
            f"{kind_of(value)}"
        ) from None


# ------------------------------------------------------------------------------------ numbers


def number(name: str, argument: str, position: int, value) -> complex:
    """A Python number from a number, a NumPy number, or a 0-dim tensor that needs no gradient."""
    if isinstance(value, numpy.generic) or (
        isinstance(value, Tensor) and value.ndim == 0 and not value.requires_grad
    ):
        value = value.item()
    if not isinstance(value, (bool, int, float, complex)):
        raise TypeError(
            f"{name}(): argument '{argument}' (position {position}) must be Number, not "
            f"{kind_of(value)}"
        )
    return value


def fitting(value: complex, target: dtype_type) -> complex:
    """The number as one of a type; RuntimeError where it does not fit."""
    if type(value) is float and target.category == 2 and -65504 <= value <= 65504:
        return value  # fits the smallest of them: the commonest case
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**64:
        raise OverflowError(f"int too big to convert: {value}")
    if not _fits(value, target):
        raise RuntimeError(
            f"value cannot be converted to type {C_NAMES[target.name]} without overflow: {value}"
        )
    if target.category == 1:
        value = int(value)  # type: ignore[call-overload]
        return value % 256 if target.name == "uint8" else value  # type: ignore[operator]
    return bool(value) if target.category == 0 else value


def _fits(value, target: dtype_type) -> bool:
    if target.category == 0:
        return True
    if isinstance(value, complex):
        if target.category < 3:
            return value.imag == 0 and _fits(value.real, target)
        return _fits(value.real, target.to_real()) and _fits(value.imag, target.to_real())
    if target.category == 1:
        limits = numpy.iinfo(target.numpy)
        # As in PyTorch, a negative integer may wrap around to an unsigned one.
        wraps = limits.min == 0 and isinstance(value, int)
        return (-limits.max if wraps else limits.min) <= value <= limits.max
    if value != value or value in (float("inf"), float("-inf")):
        return True
    return abs(value) <= largest(target)


def filling(value: complex, target: dtype_type) -> complex:
    """The number as what fills a tensor: in a type of 16 bits, too large ones are infinite."""
    if target.category == 2 and target.itemsize == 2 and not isinstance(value, complex):
        return call_quietly(target.numpy.type, value)
    return fitting(value, target)


def largest(target: dtype_type) -> float:
    """The largest finite number of a floating or complex type."""
    if target.name == "bfloat16":
        return 3.3895313892515355e38
    return float(numpy.finfo(target.numpy).max)


# ------------------------------------------------------------------------------------- tensors


def check_place(device=None, layout=None, pin_memory: bool = False) -> None:
    """Refuse what there is not: other devices, sparse layouts, pinned memory."""
    if device is not None:
        check_device(device)
    if layout is not None and layout is not strided:
        raise NotImplementedError(
            f"layout={layout!r}: sparse tensors are made by sparse_coo_tensor() and to_sparse()"
        )
    if pin_memory:
        raise RuntimeError(
            "pin_memory=True requires a CUDA or other accelerator backend; no pinned memory "
            "allocator is available on this system."
        )


def type_for(name: str, dtype, out: Tensor | None = None, default=None) -> dtype_type:
    """The type to make: of `out`, as asked for, or the default; the first two must agree."""
    wanted = None if dtype is None else as_dtype(dtype, name)
    if out is None:
        return wanted or default or get_default_dtype()
    return check_out(wanted, out, name)


def type_of(value: complex) -> dtype_type:
    """The dtype that a Python number has on its own."""
    if isinstance(value, bool):
        return DTYPES["bool"]
    if isinstance(value, int):
        return DTYPES["int64"]
    default = get_default_dtype()
    return default.to_complex() if isinstance(value, complex) else default


def check_out(dtype, out, name: str = "") -> dtype_type:
    """The type of `out`, which a dtype given beside it must be."""
    if not isinstance(out, Tensor):
        place = f"{name}(): " if name else ""
        raise TypeError(f"{place}argument 'out' must be Tensor, not {kind_of(out)}")
    if dtype is not None and as_dtype(dtype) is not out.dtype:
        raise RuntimeError(
            f"dtype {as_dtype(dtype).legacy} does not match dtype of out parameter "
            f"({out.dtype.legacy})"
        )
    return out.dtype


def allocated(make: Callable, shape: tuple[int, ...], *arguments) -> numpy.ndarray:
    """What `make` makes of a shape; RuntimeError where there is no memory for it."""
    try:
        return make(shape, *arguments)
    except (MemoryError, ValueError) as error:
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={list(shape)}, or there is not "
            f"enough memory: {error}"
        ) from None


def ones(shape: tuple[int, ...], wanted: numpy.dtype) -> numpy.ndarray:
    """As numpy.ones, in a third of its time."""
    array = numpy.empty(shape, wanted)
    array.fill(1)
    return array


def filled(shape: tuple[int, ...], value: complex, wanted: dtype_type) -> numpy.ndarray:
    """A new array of one number; RuntimeError where it does not fit the type."""
    array = allocated(numpy.empty, shape, wanted.numpy)
    call_quietly(array.fill, filling(value, wanted))
    return array


def finished(name: str, array, requires_grad: bool = False, out: Tensor | None = None) -> Tensor:
    """The tensor around a new array, which asks for a gradient where that was wished."""
    made = wrap_array(array)
    if out is not None:
        made = deliver(made, out, f"aten::{name}")
    if requires_grad is not False:
        ask_for_gradient(name, made, requires_grad)
    return made


def ask_for_gradient(name: str, made: Tensor, requires_grad: bool) -> None:
    """Let a new tensor require a gradient, if `requires_grad` says so and its type allows it."""
    if requires_grad is not True:
        raise TypeError(
            f"{name}(): argument 'requires_grad' must be bool, not {type(requires_grad).__name__}"
        )
    if made.dtype.category < 2:
        raise RuntimeError(
            "Only Tensors of floating point and complex dtype can require gradients; this one "
            f"would be of {made.dtype}"
        )
    made._set_needs_grad(True)
