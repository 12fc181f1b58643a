"""Data types: what they are called, how large they are, and which arrays have them.

Apart, because everything else in the package needs these and they need nothing but NumPy.
"""
cimport cython
cimport numpy as cnp
from cpython.object cimport PyObject, PyTypeObject

import sys

import numpy

cnp.import_array()

if sys.byteorder != "little":
    raise ImportError("chainrule runs on little-endian machines only; this one is big-endian")


@cython.final
cdef class dtype:
    """The type of a tensor's elements.

    There is one object for each type: `torch.float32`, `torch.int64`, ... `numpy` is the NumPy
    type behind it.

    >>> import chainrule as torch
    >>> torch.float32.itemsize, torch.float32.is_floating_point, torch.float32.to_complex()
    (4, True, torch.complex64)

    See https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch.dtype
    """

    def __init__(self):
        raise TypeError("cannot create 'torch.dtype' instances")

    def to_real(self):
        """The type of the real part; a type that is not complex itself."""
        return DTYPES[REAL_NAMES.get(self.name, self.name)]

    def to_complex(self):
        """The complex type whose parts have this type; RuntimeError for integers and bool."""
        if self.category < FLOATING:
            raise RuntimeError(f"Unknown Complex ScalarType for {self.legacy}")
        return existing(complex_of[self.number])

    def __repr__(self):
        return "torch." + self.name

    def __reduce__(self):
        return dtype_named, (self.name,)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


def dtype_named(name):
    """The dtype of this name: what a pickled dtype is read back with."""
    return DTYPES[name]


# Complex32 takes part in promotion (float16 with 1j arrives there, as in PyTorch), but NumPy has
# no such arrays: where it comes out, `existing` says so.
cdef tuple ROWS = (
    # name          legacy           abbr    category  itemsize
    ("bool",       "Bool",          "b8",   0,        1),
    ("uint8",      "Byte",          "u8",   INTEGER,  1),
    ("int8",       "Char",          "i8",   INTEGER,  1),
    ("int16",      "Short",         "i16",  INTEGER,  2),
    ("int32",      "Int",           "i32",  INTEGER,  4),
    ("int64",      "Long",          "i64",  INTEGER,  8),
    ("float16",    "Half",          "f16",  FLOATING, 2),
    ("bfloat16",   "BFloat16",      "bf16", FLOATING, 2),
    ("float32",    "Float",         "f32",  FLOATING, 4),
    ("float64",    "Double",        "f64",  FLOATING, 8),
    ("complex64",  "ComplexFloat",  "c64",  COMPLEX,  8),
    ("complex128", "ComplexDouble", "c128", COMPLEX,  16),
    ("complex32",  "ComplexHalf",   "c32",  COMPLEX,  4),
)

cdef dict ALIASES = {
    "half": "float16", "float": "float32", "double": "float64",
    "short": "int16", "int": "int32", "long": "int64",
    "cfloat": "complex64", "cdouble": "complex128",
}
cdef dict COMPLEX_NAMES = {
    "float16": "complex32", "bfloat16": "complex64",
    "float32": "complex64", "float64": "complex128",
    "complex64": "complex64", "complex128": "complex128",
}
cdef dict REAL_NAMES = {"complex64": "float32", "complex128": "float64"}
cdef dict PYTHON_TYPES = {bool: "bool", int: "int64", float: "float64", complex: "complex128"}

DTYPES = {}                                     # name -> dtype, aliases included

# The tables hold borrowed references to the dtypes, which DTYPES and `complex_half` keep alive.
cdef dtype complex_half
cdef PyObject *by_number[TYPES]
cdef PyObject *by_typenum[NUMPY_TYPES]          # NULL where PyTorch has no such type
cdef signed char complex_of[TYPES]              # -1 for integers and bool


cdef class PendingNumpyType:
    """Stands for NumPy's bfloat16 until it is used: NumPy reads `dtype`, others any attribute."""

    def __getattr__(self, attribute):
        # NumPy and copy look for methods that this object does not have.
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        loaded = load_bfloat16()
        return loaded if attribute == "dtype" else getattr(loaded, attribute)

    def __repr__(self):
        return "bfloat16 (which needs the package ml_dtypes: pip install ml_dtypes)"


cdef object load_bfloat16():
    cdef dtype bfloat16 = DTYPES["bfloat16"]
    if bfloat16.typenum == cnp.NPY_NOTYPE:
        try:
            from ml_dtypes import bfloat16 as scalar_type
        except ImportError:
            raise ModuleNotFoundError(
                "bfloat16 needs the package ml_dtypes, which is not installed: "
                "pip install ml_dtypes",
                name="ml_dtypes",
            ) from None
        bfloat16.numpy = numpy.dtype(scalar_type)
        bfloat16.typenum = bfloat16.numpy.num
    return bfloat16.numpy


cdef dtype new_dtype(int number):
    cdef dtype made = dtype.__new__(dtype)
    made.number = number
    made.name, made.legacy, made.abbr, made.category, made.itemsize = ROWS[number]
    made.is_floating_point = made.category == FLOATING
    made.is_complex = made.category == COMPLEX
    made.is_signed = made.name not in ("bool", "uint8")
    if made.name in ("bfloat16", "complex32"):
        made.numpy = PendingNumpyType() if made.name == "bfloat16" else None
        made.typenum = cnp.NPY_NOTYPE
    else:
        made.numpy = numpy.dtype(made.name)
        made.typenum = made.numpy.num
    return made


cdef dtype existing(int number):
    """The dtype of this number, unless it is the one that NumPy lacks."""
    if number == COMPLEX_HALF:
        raise TypeError(
            "the result would be complex32 (ComplexHalf, the complex type of float16), which "
            "NumPy does not have; convert to float32 or complex64 first"
        )
    return <dtype>by_number[number]


cdef dtype numbered(int number):
    """The dtype of this number, complex32 too."""
    return <dtype>by_number[number]


cdef int complex_number(int number) noexcept:
    """The number of the complex type whose parts have this type; -1 for integers and bool."""
    return complex_of[number]


cdef int fill_tables() except -1:
    global complex_half
    cdef dtype kind
    kinds = [new_dtype(number) for number in range(TYPES)]
    complex_half = kinds[COMPLEX_HALF]
    DTYPES.update({(<dtype>made).name: made for made in kinds[:COMPLEX_HALF]})
    DTYPES.update({alias: DTYPES[name] for alias, name in ALIASES.items()})
    numbers = {row[0]: number for number, row in enumerate(ROWS)}
    for kind in kinds:
        by_number[kind.number] = <PyObject *>kind
        complex_of[kind.number] = numbers.get(COMPLEX_NAMES.get(kind.name), -1)
    # By NumPy's letters for C's types: several of them have one size (int, long, long long).
    for letter in "?BbhilqefdFD":
        described = numpy.dtype(letter)
        found = DTYPES[described.name]
        by_typenum[described.num] = <PyObject *>found
    return 0


fill_tables()


cdef dtype of_numpy(object described):
    """The dtype for a NumPy type; None where there is none."""
    cdef int typenum = described.num
    if typenum < NUMPY_TYPES:
        return <dtype>by_typenum[typenum] if by_typenum[typenum] != NULL else None
    if described.name == "bfloat16" and described == load_bfloat16():
        return DTYPES["bfloat16"]
    return None


cpdef dtype dtype_of(object array):
    """The dtype of an array; TypeError where there is none for it."""
    cdef int typenum
    if isinstance(array, cnp.ndarray):
        typenum = cnp.PyArray_TYPE(<cnp.ndarray>array)
        if (
            typenum < NUMPY_TYPES
            and by_typenum[typenum] != NULL
            and cnp.PyArray_ISNOTSWAPPED(<cnp.ndarray>array)
        ):
            return <dtype>by_typenum[typenum]
    return dtype_of_other(array)


cdef dtype dtype_of_other(object array):
    """For arrays that are not NumPy's, bfloat16, and what is refused."""
    described = getattr(array, "dtype", None)
    if not isinstance(described, numpy.dtype):
        raise TypeError(f"expected an array, but got {type(array).__name__}")
    found = of_numpy(described)
    if found is None:
        raise TypeError(
            f"can't convert np.ndarray of type {described.type.__module__}."
            f"{described.type.__name__}. The only supported types are: float64, float32, float16, "
            "complex64, complex128, int64, int32, int16, int8, uint8, and bool."
        )
    if not described.isnative:
        raise ValueError(
            "given numpy array has byte order different from the native byte order. Conversion "
            f"between byte orders is currently not supported (found {described.str}); "
            "array.astype(array.dtype.newbyteorder('=')) converts it."
        )
    return found


cdef dtype requested(object value, str function, str argument):
    """The dtype that a user asks for: ours, Python's float, NumPy's float32, ..."""
    if isinstance(value, dtype):
        return <dtype>value
    found = None
    if isinstance(value, numpy.dtype):
        found = of_numpy(value)
    elif isinstance(value, type):
        if value in PYTHON_TYPES:
            found = DTYPES[PYTHON_TYPES[value]]
        elif issubclass(value, numpy.generic):
            found = of_numpy(numpy.dtype(value))
    if found is None:
        place = f"{function}(): " if function else ""
        shown = type(value).__name__
        raise TypeError(
            f"{place}argument '{argument}' must be torch.dtype, not {shown} (found {value!r})"
        )
    return found


cpdef dtype as_dtype(object value, str function=None, str argument="dtype"):
    """The dtype for a dtype, a Python type or a NumPy type, ready to make arrays of.

    `function` and `argument` are named in the TypeError for anything else. ModuleNotFoundError
    for bfloat16 without the package ml_dtypes.
    """
    cdef dtype found = requested(value, function, argument)
    if found.typenum == cnp.NPY_NOTYPE:
        load_bfloat16()
    return found


# ------------------------------------------------------------------------------ default type

cdef dtype default_type = DTYPES["float32"]


cdef dtype default_float():
    return default_type


cdef dtype default_complex():
    if default_type is DTYPES["bfloat16"]:
        raise RuntimeError("invalid default scalar type for complex: the default is bfloat16")
    return existing(complex_of[default_type.number])


def get_default_dtype():
    """The type of tensors made from Python floats: `torch.float32` unless it was set.

    >>> import chainrule as torch
    >>> torch.get_default_dtype()
    torch.float32

    See https://docs.pytorch.org/docs/2.13/generated/torch.get_default_dtype.html
    """
    return default_type


def set_default_dtype(d, /):
    """Set the type of tensors made from Python floats, and through it that of complex numbers.

    TypeError unless `d` is a floating point dtype.

    >>> import chainrule as torch
    >>> torch.set_default_dtype(torch.float64)
    >>> torch.tensor(1.5).dtype
    torch.float64
    >>> torch.set_default_dtype(torch.float32)

    See https://docs.pytorch.org/docs/2.13/generated/torch.set_default_dtype.html
    """
    global default_type
    if not isinstance(d, dtype):
        raise TypeError(
            "invalid dtype object: only floating-point types are supported as the default type, "
            f"but got {d!r}"
        )
    if not (<dtype>d).is_floating_point:
        raise TypeError(
            f"only floating-point types are supported as the default type, but got {d!r}"
        )
    default_type = as_dtype(d)


# PyTorch's programs print this class, so it carries PyTorch's name: <class 'torch.dtype'>.
(<PyTypeObject *>dtype).tp_name = "torch.dtype"
