"""Values as JSON, tensors set aside: what stands in a file that `torch.save` writes.

Apart from the file itself (serialization.py), because this is the list of what can be saved:
each type once, both ways. A value of any other type is refused, never pickled.

Note: the form of a value. None, booleans, strings, integers and finite floats are JSON's own; a
list is a JSON list. Everything else is an object with one entry, {type: content}. Tensors are
numbered as they are met, and the arrays under them stand elsewhere in the file: a tensor met
twice is one tensor again, and tensors that share memory share it again.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, defaultdict
from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.devices import device as Device
from chainrule._core.sizes import Size
from chainrule._core.types import as_dtype, dtype_named
from chainrule._core.types import dtype as Dtype
from chainrule.nn.parameter import Buffer, Parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

TENSOR_TYPES = {"Tensor": Tensor, "Parameter": Parameter, "Buffer": Buffer}


class Encoder:
    """One `save`: turns values into JSON, and collects the tensors met on the way."""

    def __init__(self) -> None:
        self.tensors: list[Tensor] = []
        self.numbers: dict[int, int] = {}  # id of a tensor -> its number
        self.open: set[int] = set()  # ids of the containers around the present value

    def encode(self, value: Any) -> Any:
        kind = type(value)
        if value is None or kind in (bool, int, str):
            return value
        if kind is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        encode = ENCODERS.get(kind)
        if encode is None and isinstance(value, numpy.generic):
            encode = encode_scalar
        if encode is None:
            raise TypeError(refusal(value))
        if id(value) in self.open:
            raise ValueError(f"torch.save: a {kind.__name__} that contains itself")
        self.open.add(id(value))
        try:
            return encode(self, value)
        finally:
            self.open.discard(id(value))

    def many(self, values: Iterable) -> list:
        return [self.encode(value) for value in values]

    def pairs(self, mapping: dict) -> list:
        return [[self.encode(key), self.encode(value)] for key, value in mapping.items()]

    def number_of(self, tensor: Tensor) -> int:
        if id(tensor) not in self.numbers:
            self.numbers[id(tensor)] = len(self.tensors)
            self.tensors.append(tensor)
        return self.numbers[id(tensor)]


def refusal(value: object) -> str:
    from chainrule.nn.modules.module import Module
    from chainrule.optim.optimizer import Optimizer

    kind = type(value)
    message = f"torch.save: cannot save a {kind.__module__}.{kind.__qualname__}; "
    if isinstance(value, (Module, Optimizer)):
        return message + "save its state_dict(), and load that into a new one"
    return message + (
        "what can be saved are tensors, NumPy arrays, numbers, strings, bytes, and lists, tuples, "
        "sets and dicts of these (no pickle is written, so that loading is always safe)"
    )


# ------------------------------------------------------------------------- one type at a time


def encode_ordered(encoder: Encoder, value: OrderedDict) -> dict:
    content: dict[str, Any] = {"pairs": encoder.pairs(value)}
    if vars(value):  # a module's state dict carries the modules' versions
        content["attributes"] = encoder.encode(vars(value))
    return {"OrderedDict": content}


def decode_ordered(decode: Callable, content: dict) -> OrderedDict:
    result: OrderedDict = OrderedDict(decoded_pairs(decode, content["pairs"]))
    vars(result).update(decode(content.get("attributes", {"dict": []})))
    return result


def encode_scalar(encoder: Encoder, value: numpy.generic) -> dict:
    return {"numpy scalar": encode_array(encoder, numpy.asarray(value))["ndarray"]}


def encode_array(encoder: Encoder, value: numpy.ndarray) -> dict:
    return {"ndarray": encoder.number_of(wrap_array(value))}


def encode_bytes(encoder: Encoder, value: bytes) -> dict:
    return {"bytes": value.hex()}


def decoded_pairs(decode: Callable, pairs: list) -> list[tuple]:
    return [(decode(key), decode(value)) for key, value in pairs]


def encode_tensor(encoder: Encoder, value: Tensor) -> dict:
    if value.is_sparse:
        return encode_sparse(encoder, value)
    return {"tensor": encoder.number_of(value)}


def encode_sparse(encoder: Encoder, value: Tensor) -> dict:
    if type(value) is not Tensor:
        raise TypeError(f"torch.save: cannot save a sparse {type(value).__name__}")
    content = {
        "indices": value._indices(), "values": value._values(), "size": value.shape,
        "requires_grad": value.requires_grad, "is_coalesced": value.is_coalesced(),
    }  # fmt: skip
    return {"sparse": encoder.encode(content)}


def decode_sparse(decode: Callable, content: dict) -> Tensor:
    from chainrule.functions.sparse_making import sparse_coo_tensor

    return sparse_coo_tensor(**decode(content))


ENCODERS: dict[type, Callable] = {
    list: lambda e, value: e.many(value),
    tuple: lambda e, value: {"tuple": e.many(value)},
    set: lambda e, value: {"set": e.many(value)},
    frozenset: lambda e, value: {"frozenset": e.many(value)},
    dict: lambda e, value: {"dict": e.pairs(value)},
    defaultdict: lambda e, value: {"dict": e.pairs(value)},  # its factory may be any function
    Counter: lambda e, value: {"Counter": e.pairs(value)},
    OrderedDict: encode_ordered,
    complex: lambda e, value: {"complex": [repr(value.real), repr(value.imag)]},
    bytes: encode_bytes,
    Size: lambda e, value: {"Size": list(value)},
    Dtype: lambda e, value: {"dtype": str(value).removeprefix("torch.")},
    Device: lambda e, value: {"device": str(value)},
    numpy.ndarray: encode_array,
    Tensor: encode_tensor,
    Parameter: encode_tensor,
    Buffer: encode_tensor,
}

DECODERS: dict[str, Callable] = {
    "float": lambda d, content: float(content),
    "tuple": lambda d, content: tuple(d(item) for item in content),
    "set": lambda d, content: {d(item) for item in content},
    "frozenset": lambda d, content: frozenset(d(item) for item in content),
    "dict": lambda d, content: dict(decoded_pairs(d, content)),
    "Counter": lambda d, content: Counter(dict(decoded_pairs(d, content))),
    "OrderedDict": decode_ordered,
    "complex": lambda d, content: complex(float(content[0]), float(content[1])),
    "bytes": lambda d, content: bytes.fromhex(content),
    "Size": lambda d, content: Size(content),
    "dtype": lambda d, content: dtype_named(content),
    "device": lambda d, content: Device(content),
    "sparse": decode_sparse,
}


def decode(form: object, tensors: list[Tensor]) -> object:
    """The value that a JSON form stands for, given the tensors by number."""

    def decoded(form: object) -> object:
        if isinstance(form, list):
            return [decoded(item) for item in form]
        if not isinstance(form, dict):
            return form
        ((name, content),) = form.items()
        if name == "tensor":
            return tensors[content]
        if name == "ndarray":
            return tensors[content]._array
        if name == "numpy scalar":
            return tensors[content]._array[()]
        return DECODERS[name](decoded, content)

    return decoded(form)


# ------------------------------------------------------------------------------------ arrays


def owner_of(array: numpy.ndarray) -> numpy.ndarray:
    """The array that owns the memory of this one."""
    while isinstance(array.base, numpy.ndarray):
        array = array.base
    return array


def plain(array: numpy.ndarray) -> numpy.ndarray:
    """An array of a type that the .npy format knows: bfloat16 as the integers of its bits."""
    return array.view(numpy.uint16) if array.dtype.name == "bfloat16" else array


def describe(tensors: list[Tensor]) -> tuple[list[dict], list[numpy.ndarray]]:
    """What each tensor is, and the arrays to write, where memory that is shared stands once."""
    owners = [owner_of(tensor._array) for tensor in tensors]
    shared = Counter(id(owner) for owner in owners)
    forms: list[dict] = []
    arrays: list[numpy.ndarray] = []
    places: dict[int, int] = {}
    for tensor, owner in zip(tensors, owners, strict=True):
        array = tensor._array
        form = {
            "type": type(tensor).__name__,
            "dtype": str(tensor.dtype).removeprefix("torch."),
            "requires_grad": tensor.requires_grad,
        }
        if shared[id(owner)] > 1 and owner.flags.forc:
            if id(owner) not in places:
                places[id(owner)] = len(arrays)
                arrays.append(owner.ravel(order="K").view(numpy.uint8))
            form["array"] = places[id(owner)]
            form["shape"], form["strides"] = list(array.shape), list(array.strides)
            form["offset"] = address(array) - address(owner)
        else:
            form["array"] = len(arrays)
            arrays.append(plain(array))
        forms.append(form)
    return forms, arrays


def address(array: numpy.ndarray) -> int:
    return array.__array_interface__["data"][0]


def restore(form: dict, array: numpy.ndarray) -> Tensor:
    """The tensor that was described, over an array that was read."""
    dtype = as_dtype(dtype_named(form["dtype"])).numpy
    if "offset" in form:
        for number in (form["offset"], *form["strides"]):
            if number % dtype.itemsize:
                raise ValueError(f"a tensor of {dtype} does not lie at {number} bytes")
        array = numpy.ndarray(form["shape"], dtype, array, form["offset"], form["strides"])
    elif array.dtype != dtype:
        array = array.view(dtype)
    if dtype.kind == "b" and array.view(numpy.uint8).max(initial=0) > 1:
        raise ValueError("a tensor of bool holds bytes that are neither 0 nor 1")
    tensor = wrap_array(array)
    kind = TENSOR_TYPES[form["type"]]
    if kind is Parameter:
        return Parameter(tensor, requires_grad=form["requires_grad"])
    if form["requires_grad"]:
        tensor.requires_grad_()
    return tensor if kind is Tensor else kind(tensor)
