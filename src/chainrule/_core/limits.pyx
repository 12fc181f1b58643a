"""The limits of a type: finfo and iinfo.

Apart from the types, because only programs ask for these.
"""
cimport cython
from cpython.object cimport PyTypeObject

from chainrule._core cimport types
from chainrule._core.types cimport BOOL, FLOATING, INTEGER, dtype
from chainrule._core.types import DTYPES

import numpy

cdef dict MANTISSA_BITS = {"float16": 10, "bfloat16": 7, "float32": 23, "float64": 52}
cdef dict LARGEST_EXPONENT = {"float16": 15, "bfloat16": 127, "float32": 127, "float64": 1023}


@cython.final
cdef class finfo:
    """The limits of a floating point type, or of the parts of a complex one.

    `eps` is the distance from 1 to the next number, `tiny` (or `smallest_normal`) the smallest
    positive number of full precision, `resolution` 1 in the last decimal digit that is exact.
    Without an argument, of the default type. TypeError for integers and bool.

    >>> import chainrule as torch
    >>> torch.finfo(torch.float32).eps
    1.1920928955078125e-07
    >>> torch.finfo(torch.float16)
    finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, smallest_normal=6.10352e-05,
    tiny=6.10352e-05, dtype=float16)

    See https://docs.pytorch.org/docs/2.13/type_info.html#torch.finfo
    """
    cdef readonly int bits
    cdef readonly double eps, max, min, resolution, smallest_normal, tiny
    cdef readonly str dtype

    def __init__(self, type=None):
        kind = types.default_float() if type is None else types.requested(type, "finfo", "type")
        if kind.category < FLOATING:
            raise TypeError(
                "torch.finfo() requires a floating point input type. Use torch.iinfo to handle "
                f"'torch.finfo' (found {kind!r})"
            )
        self.dtype = kind.to_real().name
        mantissa, exponent = MANTISSA_BITS[self.dtype], LARGEST_EXPONENT[self.dtype]
        self.bits = 8 * DTYPES[self.dtype].itemsize
        self.eps = 2.0 ** -mantissa
        self.max = (2.0 - self.eps) * 2.0 ** exponent
        self.min = -self.max
        self.smallest_normal = self.tiny = 2.0 ** (1 - exponent)
        self.resolution = float(f"1e-{mantissa * 30103 // 100000}")     # log10(2)

    def __eq__(self, other):
        return isinstance(other, finfo) and self.dtype == (<finfo>other).dtype

    __hash__ = None

    def __repr__(self):
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, "
            f"eps={self.eps:g}, smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, "
            f"dtype={self.dtype})"
        )

    def __reduce__(self):
        raise TypeError("cannot pickle 'torch.finfo' object")


@cython.final
cdef class iinfo:
    """The limits of an integer type. TypeError for other types.

    >>> import chainrule as torch
    >>> torch.iinfo(torch.int8)
    iinfo(min=-128, max=127, dtype=int8)

    See https://docs.pytorch.org/docs/2.13/type_info.html#torch.iinfo
    """
    cdef readonly int bits
    cdef readonly object max, min
    cdef readonly str dtype

    def __init__(self, type):
        kind = types.requested(type, "iinfo", "type")
        if kind.category == BOOL:
            raise TypeError("torch.bool is not supported by torch.iinfo")
        if kind.category != INTEGER:
            raise TypeError(
                "torch.iinfo() requires an integer input type. Use torch.finfo to handle "
                f"'torch.iinfo' (found {kind!r})"
            )
        limits = numpy.iinfo(kind.numpy)
        self.dtype = kind.name
        self.bits, self.min, self.max = limits.bits, int(limits.min), int(limits.max)

    def __eq__(self, other):
        return isinstance(other, iinfo) and self.dtype == (<iinfo>other).dtype

    __hash__ = None

    def __repr__(self):
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"

    def __reduce__(self):
        raise TypeError("cannot pickle 'torch.iinfo' object")


# PyTorch's programs print these classes, so they carry PyTorch's names.
(<PyTypeObject *>finfo).tp_name = "torch.finfo"
(<PyTypeObject *>iinfo).tp_name = "torch.iinfo"
