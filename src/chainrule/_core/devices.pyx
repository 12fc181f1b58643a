"""Devices: tensors live on the CPU, but programs name others and compare them.

Apart from the types, because nothing here depends on them.
"""
cimport cython
from cpython.object cimport PyTypeObject

from _thread import _local

cdef tuple DEVICE_TYPES = (
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia",
    "xla", "lazy", "vulkan", "mps", "meta", "hpu", "mtia", "privateuseone",
)
# The devices that `with` statements of this thread are inside of.
cdef object entered = _local()
cdef object standing_device = None


@cython.final
cdef class device:
    """A place for tensors: `device("cpu")`, `device("cuda:1")`, `device("cuda", 1)`.

    Every type that PyTorch knows can be named; tensors live on `cpu`. Inside `with device:` it is
    the device of new tensors. RuntimeError for an unknown type or a malformed index.

    >>> import chainrule as torch
    >>> torch.device("cpu"), str(torch.device("cuda", 1))
    (device(type='cpu'), 'cuda:1')

    See https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch.device
    """
    cdef readonly str type
    cdef readonly object index          # int or None

    def __init__(self, *arguments, **keywords):
        value, index = device_arguments(arguments, keywords)
        if isinstance(value, device):
            self.type, self.index = (<device>value).type, (<device>value).index
        elif isinstance(value, int):
            raise RuntimeError(
                "Device index must not be negative" if value < 0 else
                "Cannot access accelerator device when none is available."
            )
        else:
            self.type, self.index = parsed_device(value, index)

    def __repr__(self):
        shown = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{shown})"

    def __str__(self):
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other):
        if not isinstance(other, device):
            return NotImplemented
        return self.type == (<device>other).type and self.index == (<device>other).index

    def __hash__(self):
        return hash((self.type, self.index))

    def __reduce__(self):
        return new_device, ((self.type,) if self.index is None else (self.type, self.index))

    def __enter__(self):
        stack = getattr(entered, "stack", None)
        if stack is None:
            stack = entered.stack = []
        stack.append(self)
        return self

    def __exit__(self, *_):
        entered.stack.pop()


cdef tuple device_arguments(tuple arguments, dict keywords):
    """(device or its type, index or None) from `device(device)` or `device(type, index)`."""
    cdef dict given = dict(zip(("type", "index"), arguments)) | keywords
    cdef Py_ssize_t count = len(arguments) + len(keywords)
    value = given.get("type", given.get("device"))
    if count == 1 and (isinstance(value, (device, str)) or type(value) is int):
        return value, None
    if count != 2 or set(given) != {"type", "index"}:
        raise_device_arguments(arguments, keywords)
    index = given["index"]
    if not isinstance(value, str):
        found = type(value).__name__
        raise TypeError(f"device(): argument 'type' (position 1) must be str, not {found}")
    if index is not None and type(index) is not int:
        found = type(index).__name__
        raise TypeError(f"device(): argument 'index' (position 2) must be int, not {found}")
    return value, index


cdef int raise_device_arguments(tuple arguments, dict keywords) except -1:
    shown = [type(value).__name__ for value in arguments]
    shown += [f"{name}={type(value).__name__}" for name, value in keywords.items()]
    raise TypeError(
        f"device() received an invalid combination of arguments - got ({', '.join(shown)}), "
        "but expected one of: (torch.device device), (str type, int index = -1)"
    )


cdef tuple parsed_device(str text, object index):
    """(type, index) from "cuda:1", or from "cuda" and 1."""
    kind, colon, digits = text.partition(":")
    if not text:
        raise RuntimeError("Device string must not be empty")
    if not kind.isalpha() or (colon and not is_index(digits)):
        raise RuntimeError(f"Invalid device string: '{text}'")
    if kind not in DEVICE_TYPES:
        raise RuntimeError(
            f"Expected one of {', '.join(DEVICE_TYPES)} device type at start of device string: "
            f"{kind}"
        )
    if index is not None and colon:
        raise RuntimeError(
            "type (string) must not include an index because index was passed explicitly: " + text
        )
    if index is not None and index < 0:
        raise RuntimeError(f"Device index must not be negative, but got {index}")
    return kind, int(digits) if colon else index


cdef bint is_index(str digits):
    return digits.isascii() and digits.isdigit() and (digits == "0" or not digits.startswith("0"))


def new_device(*arguments):
    """The device of this type and index: what a pickled device is read back with."""
    return device(*arguments)


CPU = device("cpu")


def get_default_device():
    """The device of new tensors: that of the innermost `with device:`, or the one that was set.

    See https://docs.pytorch.org/docs/2.13/generated/torch.get_default_device.html
    """
    stack = getattr(entered, "stack", None)
    if stack:
        return stack[len(stack) - 1]
    return CPU if standing_device is None else standing_device


def set_default_device(device):
    """Set the device of new tensors, in all threads; None stands for the CPU.

    See https://docs.pytorch.org/docs/2.13/generated/torch.set_default_device.html
    """
    global standing_device
    standing_device = None if device is None else new_device(device)


# PyTorch's programs print this class, so it carries PyTorch's name.
(<PyTypeObject *>device).tp_name = "torch.device"
