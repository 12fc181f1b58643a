"""Tensors to other types and devices, and copies: to, type, float, cpu, clone.

Apart from numbers.py and interchange.py, whose results are no tensors.
"""

from __future__ import annotations

import builtins
from typing import NoReturn

import numpy

from chainrule._core.core import Tensor
from chainrule._core.devices import device
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
        return f"torch.{'sparse.' if self.is_sparse else ''}{self.dtype.legacy}Tensor"
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
