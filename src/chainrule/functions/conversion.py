"""Tensors to other types, to numbers, to NumPy and back.

Apart from creation, which makes tensors of values that are not in an array yet.
"""

from __future__ import annotations

import builtins
import warnings
from typing import NoReturn

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor, bind_method
from chainrule._core.devices import device
from chainrule._core.modes import is_grad_enabled
from chainrule._core.operation import bind_late
from chainrule._core.types import as_dtype, dtype, dtype_named
from chainrule.functions.declare import method, public
from chainrule.ops.conversion import cast
from chainrule.ops.conversion import clone as clone_op

# ------------------------------------------------------------------------------------- types


@method
def to(self, *arguments, **keywords) -> Tensor:
    """The tensor in another dtype: itself where nothing changes, unless copy=True.

    Takes a dtype, a device ("cpu" only), another tensor, or (device, dtype).

    >>> import chainrule as torch
    >>> torch.ones(2).to(torch.float64)
    tensor([1., 1.], dtype=torch.float64)

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.to.html
    """
    wanted, copy = None, keywords.pop("copy", False)
    keywords.pop("non_blocking", None)
    keywords.pop("memory_format", None)
    for value in (*arguments, *keywords.values()):
        if isinstance(value, Tensor):
            wanted = value.dtype
        elif isinstance(value, (str, device)):
            check_device(value)
        elif isinstance(value, (dtype, builtins.type, numpy.dtype)):
            wanted = as_dtype(value)
        elif value is not None and not isinstance(value, bool):
            raise TypeError(
                f"to() received an invalid argument of type {builtins.type(value).__name__}"
            )
    if wanted is None or wanted is self.dtype:
        return cast(self, dtype=self.dtype) if copy else self
    return cast(self, dtype=wanted)


def check_device(value) -> None:
    """Refuse every device but the CPU, as a PyTorch built without the others does."""
    kind = device(value).type
    if kind == "cuda":
        raise AssertionError("Torch not compiled with CUDA enabled")
    if kind not in ("cpu", None):
        raise RuntimeError(f"device {value!r} is not available: chainrule computes on the CPU")


@method
def type(self, dtype=None, non_blocking: bool = False) -> Tensor | str:
    """The tensor in another type, or, without an argument, the name of its type.

    >>> import chainrule as torch
    >>> torch.ones(1).type()
    'torch.FloatTensor'
    """
    if dtype is None:
        return f"torch.{self.dtype.legacy}Tensor"
    return to(self, as_named_dtype(dtype))


def as_named_dtype(value) -> dtype:
    """A dtype from a dtype, a legacy class (torch.LongTensor) or its name."""
    if isinstance(value, str):
        from chainrule.functions.legacy import LEGACY

        value = LEGACY.get(value.removeprefix("torch."), value)
        if isinstance(value, str):
            raise ValueError(f"invalid type: '{value}'")
    return getattr(value, "dtype", None) or as_dtype(value)


@method
def type_as(self, other: Tensor) -> Tensor:
    """The tensor in the type of `other`."""
    return to(self, other.dtype)


def _caster(name: str, target: dtype):
    def converted(self):
        return self if self.dtype is target else cast(self, dtype=target)

    converted.__name__ = converted.__qualname__ = name
    converted.__doc__ = f"The tensor as {target}; itself where it is one already."
    return method(converted)


def _bind_casters() -> None:
    names = (
        "float", "double", "half", "bfloat16", "int", "long", "short", "bool", "cfloat", "cdouble"
    )  # fmt: skip
    for name in names:
        _caster(name, dtype_named(name))
    _caster("char", dtype_named("int8"))
    _caster("byte", dtype_named("uint8"))


_bind_casters()


@method
def cpu(self, memory_format=None) -> Tensor:
    """The tensor itself: it is on the CPU."""
    return self


@method
def cuda(self, device=None, non_blocking: bool = False, memory_format=None) -> NoReturn:
    """Refused, as by a PyTorch built without CUDA."""
    raise AssertionError("Torch not compiled with CUDA enabled")


@public
@method
def clone(input: Tensor, *, memory_format=None) -> Tensor:
    """A copy, with the same strides where those are dense, and part of the graph.

    >>> import chainrule as torch
    >>> torch.ones(2, requires_grad=True).clone()
    tensor([1., 1.], grad_fn=<CloneBackward0>)

    See https://docs.pytorch.org/docs/2.13/generated/torch.clone.html
    """
    return clone_op(input)


# ----------------------------------------------------------------------------------- numbers


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
    return array.item()


@method
def tolist(self) -> list | bool | int | float | complex:
    """The values as nested lists of Python numbers, or one number for a 0-dim tensor.

    >>> import chainrule as torch
    >>> torch.tensor([[1, 2]]).tolist()
    [[1, 2]]
    """
    return self._array.tolist()


def _number(self, warn=True):
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
    return array.item()


def _to_bool(self):
    array = self._array
    if array.size != 1:
        many = "more than one value" if array.size else "no values"
        raise RuntimeError(f"Boolean value of Tensor with {many} is ambiguous")
    return bool(array.item())


def _to_index(self):
    if self.dtype.category > 1 or self._array.size != 1:
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(self._array.item())


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
        "float": lambda self: float(_number(self)),
        "int": lambda self: int(_number(self)),
        "index": _to_index,
        "len": _length,
        "iter": _iterate,
        "contains": _contains,
    }
)
method(name="__complex__")(lambda self: complex(_number(self)))


# ------------------------------------------------------------------------------------- NumPy


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
            "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
        )
    return self._array


def _array_protocol(self, dtype=None, copy=None):
    array = numpy_(self)
    if dtype is not None and array.dtype != dtype:
        if copy is False:
            raise ValueError(f"a tensor of {self.dtype} is no array of {dtype} without a copy")
        return array.astype(dtype)
    return array.copy() if copy else array


method(numpy_, name="numpy")
method(_array_protocol, name="__array__")
method(lambda self, **keywords: self._array.__dlpack__(**keywords), name="__dlpack__")
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
    tensor = wrap_array(ndarray)
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
