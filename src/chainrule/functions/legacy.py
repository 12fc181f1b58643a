"""The constructors of PyTorch's first years: Tensor(...), FloatTensor(...), Variable.

Apart from values and creation, because these take sizes and values by one and the same argument.
"""

from __future__ import annotations

import warnings

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.devices import device
from chainrule._core.layouts import strided
from chainrule._core.operation import bind_late
from chainrule._core.sizes import Size
from chainrule._core.types import DTYPES, get_default_dtype, set_default_dtype
from chainrule.functions.declare import PUBLIC, method, public
from chainrule.functions.elements import array_of, is_sequence
from chainrule.functions.factory import ask_for_gradient, kind_of, shape_of
from chainrule.ops.shape import view

alias = view.named("AliasBackward0")


def array_from(arguments: tuple, keywords: dict, dtype) -> numpy.ndarray:
    """The array of `Tensor(*arguments)`: of sizes, or of values; empty without any."""
    _check_keywords(arguments, keywords)
    if "size" in keywords:
        arguments = (Size(keywords["size"]),)
    elif "data" in keywords or "other" in keywords:
        arguments = (keywords.get("data", keywords.get("other")),)
    if not arguments:
        return numpy.empty(0, dtype.numpy)
    first = arguments[0]
    if len(arguments) == 1 and not isinstance(first, (int, numpy.integer)):
        return _of_data(first, dtype)
    if len(arguments) == 1 and isinstance(first, bool):
        return _of_data(first, dtype)
    if isinstance(first, (list, tuple)):
        raise TypeError(_wrong_combination(arguments, {}))
    return numpy.empty(shape_of("new", arguments), dtype.numpy)


def _of_data(data, dtype):
    if isinstance(data, Size):
        return numpy.empty(data, dtype.numpy)
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if not is_sequence(data):
        raise TypeError(f"new(): data must be a sequence (got {kind_of(data)})")
    if isinstance(data, numpy.ndarray) and data.dtype == dtype.numpy:
        return data
    return array_of(data, dtype)


def _check_keywords(arguments: tuple, keywords: dict) -> None:
    place = keywords.get("device")
    if place is not None and device(place).type != "cpu":
        raise RuntimeError(
            "legacy constructor expects device type: cpu but device type: "
            f"{device(place).type} was passed"
        )
    wrong = keywords.keys() - {"device", "data", "size", "other"}
    if wrong:
        raise TypeError(
            _wrong_combination(arguments, keywords)
            + f"the keywords {', '.join(sorted(wrong))} were incorrect\n"
        )


def _wrong_combination(arguments: tuple, keywords: dict) -> str:
    found = [type(value).__name__ for value in arguments]
    found += [f"{name}={type(value).__name__}" for name, value in keywords.items()]
    return (
        f"new() received an invalid combination of arguments - got ({', '.join(found)}), but "
        "expected one of:\n * (*, torch.device device = None)\n * (Tensor other)\n"
        " * (tuple of ints size, *, torch.device device = None)\n"
        " * (object data, *, torch.device device = None)\n"
    )


def _construct(self, arguments: tuple, keywords: dict) -> None:
    """What `Tensor(...)` does: `self` gets its memory, or becomes a view of the tensor given."""
    given = arguments[0] if len(arguments) == 1 else keywords.get("other")
    if isinstance(given, Tensor):
        _check_keywords(arguments, keywords)
        self._become(_alias(given))
    else:
        self._become(wrap_array(array_from(arguments, keywords, get_default_dtype())))


def _alias(x: Tensor) -> Tensor:
    """All of a tensor, as another object that shares its memory and its place in the graph."""
    return alias(x, shape=tuple(x.shape)) if x.requires_grad else x.detach()


bind_late({"construct": _construct})


# ------------------------------------------------------------------------------ typed classes


class tensortype(type):
    """The class of FloatTensor and its kin: calling one makes a Tensor of its dtype."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype

    def __call__(cls, *arguments, **keywords):
        """A tensor of sizes or values; a tensor of this type as it is, any other refused."""
        given = arguments[0] if len(arguments) == 1 else None
        if not isinstance(given, Tensor):
            return wrap_array(array_from(arguments, keywords, cls.dtype))
        _check_keywords(arguments, keywords)
        if given.dtype is not cls.dtype:
            raise TypeError(
                f"expected a tensor with dtype={cls.dtype} (got dtype={given.dtype}); "
                f"tensor.to({cls.dtype}) converts it"
            )
        return _alias(given)

    def __repr__(cls):
        return f"<class 'torch.{cls.__name__}'>"


tensortype.__module__ = "torch"


def _typed(dtype) -> tensortype:
    name = f"{dtype.legacy}Tensor"
    attributes = {
        "dtype": dtype, "layout": strided, "is_cuda": False, "is_sparse": False,
        "__module__": "torch", "__doc__": None,
    }  # fmt: skip
    return tensortype(name, (), attributes)


LEGACY = {
    f"{dtype.legacy}Tensor": _typed(dtype)
    for name, dtype in DTYPES.items()
    if name == dtype.name and dtype.category < 3
}
PUBLIC.update(LEGACY)


@public
def set_default_tensor_type(t) -> None:
    """Make a floating point type the default, by its class or that class's name. Deprecated.

    >>> import chainrule as torch
    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     torch.set_default_tensor_type(torch.DoubleTensor)
    ...     print(torch.ones(1).dtype)
    ...     torch.set_default_tensor_type("torch.FloatTensor")
    torch.float64

    See https://docs.pytorch.org/docs/2.13/generated/torch.set_default_tensor_type.html
    """
    if isinstance(t, str):
        module, _, name = t.rpartition(".")
        if module not in ("torch", "chainrule") or name not in LEGACY:
            raise TypeError(f"invalid type name: {t!r}")
        t = LEGACY[name]
    if not isinstance(t, tensortype):
        raise TypeError(
            "invalid type object: only floating-point types are supported as the default type"
        )
    warnings.warn(
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use "
        "torch.set_default_dtype() and torch.set_default_device() as alternatives.",
        stacklevel=2,
    )
    set_default_dtype(t.dtype)  # type: ignore[attr-defined]


@method
def new(self, *arguments, **keywords) -> Tensor:
    """A tensor of sizes or of values, as the class of this one's type makes it. Deprecated."""
    return LEGACY[f"{self.dtype.legacy}Tensor"](*arguments, **keywords)


# ------------------------------------------------------------------------------------ Variable


class _VariableType(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, Tensor)

    def __call__(cls, data=None, requires_grad=False, volatile=None) -> Tensor:
        return _variable(data, requires_grad, volatile)


class Variable(metaclass=_VariableType):
    """What tensors with a gradient were before they were tensors: a leaf on the same memory.

    >>> import chainrule as torch
    >>> torch.autograd.Variable(torch.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """


Variable.__module__ = "torch.autograd.variable"


def _variable(data, requires_grad, volatile) -> Tensor:
    if volatile is not None:
        if volatile and requires_grad:
            raise ValueError("Variable can't be volatile and require_grad at the same time!")
        warnings.warn(
            "volatile was removed and now has no effect. Use `with torch.no_grad():` instead.",
            stacklevel=3,
        )
    if data is None:
        data = wrap_array(numpy.empty(0, get_default_dtype().numpy))
    if not isinstance(data, Tensor):
        raise TypeError(f"Variable data has to be a tensor, but got {kind_of(data)}")
    made = data.detach()
    if requires_grad is not False:
        ask_for_gradient("Variable", made, requires_grad)
    return made
