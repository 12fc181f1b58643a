"""Data types and how they promote, devices, sizes: what describes a tensor besides its values.

Apart, because everything else in the package needs these and they need nothing but NumPy.
"""
cimport cython
cimport numpy as cnp
from cpython.complex cimport PyComplex_Check
from cpython.float cimport PyFloat_Check
from cpython.long cimport PyLong_Check
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_SET_ITEM

import operator
import sys
from _thread import _local

import numpy

cdef extern from *:
    """
    static PyObject *chainrule_new_tuple(PyObject *kind, Py_ssize_t items) {
        PyObject *made = PyType_GenericAlloc((PyTypeObject *)kind, items);
    #if PY_VERSION_HEX >= 0x030E0000
        if (made != NULL) ((PyTupleObject *)made)->ob_hash = -1;
    #endif
        return made;
    }
    """
    object new_tuple "chainrule_new_tuple" (object kind, Py_ssize_t items)

cdef extern from "Python.h":

    ctypedef object (*two_objects)(object, object)
    ctypedef struct MappingMethods "PyMappingMethods":
        two_objects mp_subscript
    ctypedef struct SequenceMethods "PySequenceMethods":
        two_objects sq_concat
        void *sq_repeat
    ctypedef struct ContainerType "PyTypeObject":
        MappingMethods *tp_as_mapping
        SequenceMethods *tp_as_sequence
    ContainerType PyTuple_Type

cnp.import_array()

if sys.byteorder != "little":
    raise ImportError("chainrule runs on little-endian machines only; this one is big-endian")


# ---------------------------------------------------------------------------------- data types

@cython.final
cdef class dtype:
    """The type of a tensor's elements.

    There is one object for each type: `torch.float32`, `torch.int64`, ... `numpy` is the NumPy
    type behind it.

    >>> import chainrule as torch
    >>> torch.float32.itemsize, torch.float32.is_floating_point, torch.float32.to_complex()
    (4, True, torch.complex64)

    Source: https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch.dtype
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


cdef enum:
    TYPES = 13                  # with complex32, see below
    NUMPY_TYPES = 24            # NumPy's own type numbers lie below this
    BOOL = 0
    INT64 = 5
    COMPLEX_HALF = 12
    INTEGER = 1                 # categories
    FLOATING = 2
    COMPLEX = 3

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
cdef signed char promoted[TYPES][TYPES]
cdef signed char complex_of[TYPES]              # -1 for integers and bool
cdef signed char category_of[TYPES]


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


cdef dtype common(dtype a, dtype b):
    """The smallest type that holds the values of both, as PyTorch sees it."""
    if a is b:
        return a
    if a.category > b.category or (a.category == b.category and a.itemsize > b.itemsize):
        a, b = b, a
    if a.category == b.category and a.itemsize == b.itemsize:
        return DTYPES["int16"] if a.category == INTEGER else DTYPES["float32"]
    if a.category == FLOATING and b.category == COMPLEX:
        return common(<dtype>by_number[complex_of[a.number]], b)
    return b


cdef dtype existing(int number):
    """The dtype of this number, unless it is the one that NumPy lacks."""
    if number == COMPLEX_HALF:
        raise TypeError(
            "the result would be complex32 (ComplexHalf, the complex type of float16), which "
            "NumPy does not have; convert to float32 or complex64 first"
        )
    return <dtype>by_number[number]


cdef int fill_tables() except -1:
    global complex_half
    cdef dtype kind, other
    kinds = [new_dtype(number) for number in range(TYPES)]
    complex_half = kinds[COMPLEX_HALF]
    DTYPES.update({(<dtype>made).name: made for made in kinds[:COMPLEX_HALF]})
    DTYPES.update({alias: DTYPES[name] for alias, name in ALIASES.items()})
    numbers = {row[0]: number for number, row in enumerate(ROWS)}
    for kind in kinds:
        by_number[kind.number] = <PyObject *>kind
        category_of[kind.number] = kind.category
        complex_of[kind.number] = numbers.get(COMPLEX_NAMES.get(kind.name), -1)
    for kind in kinds:
        for other in kinds:
            promoted[kind.number][other.number] = common(kind, other).number
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

    Source: https://docs.pytorch.org/docs/2.13/generated/torch.get_default_dtype.html
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

    Source: https://docs.pytorch.org/docs/2.13/generated/torch.set_default_dtype.html
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


# ---------------------------------------------------------------------------------- promotion
# Operands count by rank: tensors with dimensions first, then 0-dim tensors, then Python numbers.
# Those of one rank promote freely; a lower rank can only raise the category of a higher one.

cdef void promotion_start(Promotion *promotion) noexcept:
    promotion.dimensioned = promotion.zero_dim = promotion.scalar = -1


cdef inline int promoted_or_only(int before, int number) noexcept:
    return number if before < 0 else promoted[before][number]


cdef void promotion_add_tensor(Promotion *promotion, dtype kind, int ndim) noexcept:
    if ndim > 0:
        promotion.dimensioned = promoted_or_only(promotion.dimensioned, kind.number)
    else:
        promotion.zero_dim = promoted_or_only(promotion.zero_dim, kind.number)


cdef int promotion_add_scalar(Promotion *promotion, object value) except -1:
    promotion.scalar = promoted_or_only(promotion.scalar, number_of_scalar(value))
    return 0


cdef int number_of_scalar(object value) except -1:
    if value is True or value is False:
        return BOOL
    if PyFloat_Check(value):
        return default_type.number
    if PyLong_Check(value):
        return INT64
    if PyComplex_Check(value):
        return complex_of[default_type.number]
    if isinstance(value, numpy.integer):
        return INT64
    # As in PyTorch, where a NumPy bool is a number like any other.
    if isinstance(value, (numpy.floating, numpy.bool_)):
        return default_type.number
    # Not as in PyTorch, which drops the imaginary part of a complex64.
    if isinstance(value, numpy.complexfloating):
        return complex_of[default_type.number]
    raise TypeError(f"expected a tensor or a number, but got {type(value).__name__}")


cdef int raised(int higher, int lower) noexcept:
    """The type of a rank, its category raised to that of a lower rank where that is above."""
    if higher < 0 or lower < 0:
        return lower if higher < 0 else higher
    if category_of[lower] <= category_of[higher]:
        return higher
    if category_of[higher] == FLOATING:
        return complex_of[higher]
    return lower


cdef dtype promotion_result(Promotion *promotion):
    cdef int number = raised(promotion.dimensioned, raised(promotion.zero_dim, promotion.scalar))
    if number < 0:
        raise TypeError("a result type needs at least one tensor or number")
    return existing(number)


cdef dtype promote(dtype a, dtype b):
    return <dtype>by_number[promoted[a.number][b.number]]


def promote_types(type1, type2):
    """The smallest type that can hold the values of both types.

    >>> import chainrule as torch
    >>> torch.promote_types(torch.int32, torch.float32)
    torch.float32
    >>> torch.promote_types(torch.uint8, torch.int8)
    torch.int16

    Source: https://docs.pytorch.org/docs/2.13/generated/torch.promote_types.html
    """
    return promote(
        requested(type1, "promote_types", "type1"), requested(type2, "promote_types", "type2")
    )


def can_cast(from_, to):
    """Whether a value of type `from_` may be written where type `to` is: same category or above.

    >>> import chainrule as torch
    >>> torch.can_cast(torch.double, torch.float), torch.can_cast(torch.float, torch.int)
    (True, False)

    Source: https://docs.pytorch.org/docs/2.13/generated/torch.can_cast.html
    """
    source = requested(from_, "can_cast", "from_")
    return source.category <= requested(to, "can_cast", "to").category


def result_type(*operands):
    """The common type of operands, each a number or a pair (dtype, ndim) that stands for a tensor.

    TypeError for other operands, and where it would be complex32.
    """
    cdef Promotion promotion
    promotion_start(&promotion)
    for operand in operands:
        if type(operand) is tuple:
            kind, ndim = operand
            promotion_add_tensor(&promotion, <dtype?>kind, ndim)
        else:
            promotion_add_scalar(&promotion, operand)
    return promotion_result(&promotion)


# --------------------------------------------------------------------------- limits of a type

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

    Source: https://docs.pytorch.org/docs/2.13/type_info.html#torch.finfo
    """
    cdef readonly int bits
    cdef readonly double eps, max, min, resolution, smallest_normal, tiny
    cdef readonly str dtype

    def __init__(self, type=None):
        kind = default_type if type is None else requested(type, "finfo", "type")
        if kind.category < FLOATING:
            raise TypeError(
                "torch.finfo() requires a floating point input type. Use torch.iinfo to handle "
                f"'torch.finfo' (found {kind!r})"
            )
        self.dtype = REAL_NAMES.get(kind.name, kind.name)
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

    Source: https://docs.pytorch.org/docs/2.13/type_info.html#torch.iinfo
    """
    cdef readonly int bits
    cdef readonly object max, min
    cdef readonly str dtype

    def __init__(self, type):
        kind = requested(type, "iinfo", "type")
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


# ------------------------------------------------------------------------------------ devices

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

    Source: https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch.device
    """

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

    Source: https://docs.pytorch.org/docs/2.13/generated/torch.get_default_device.html
    """
    stack = getattr(entered, "stack", None)
    if stack:
        return stack[len(stack) - 1]
    return CPU if standing_device is None else standing_device


def set_default_device(device):
    """Set the device of new tensors, in all threads; None stands for the CPU.

    Source: https://docs.pytorch.org/docs/2.13/generated/torch.set_default_device.html
    """
    global standing_device
    standing_device = None if device is None else new_device(device)


# -------------------------------------------------------------------------------------- sizes

class Size(tuple):
    """The shape of a tensor: a tuple of ints.

    Slices, sums and multiples of a Size are Sizes. TypeError for items that are not integers.

    >>> import chainrule as torch
    >>> torch.Size([2, 3]), torch.Size([2, 3]).numel(), torch.Size([2, 3])[1:]
    (torch.Size([2, 3]), 6, torch.Size([3]))

    Source: https://docs.pytorch.org/docs/2.13/size.html
    """

    __slots__ = ()
    __module__ = "torch"            # see the end of this file

    def __init_subclass__(cls):
        raise TypeError("type 'torch.Size' is not an acceptable base type")

    def __new__(cls, items=(), /):
        return new_size(items)

    def numel(self):
        """The number of elements: the product of the sizes, 1 for none."""
        count = 1
        for item in self:
            count *= item
        return count

    def __getitem__(self, key):
        return size_item(self, key)

    def __add__(self, other):
        return new_size(tuple(self) + tuple(other)) if isinstance(other, tuple) else NotImplemented

    def __radd__(self, other):
        return new_size(tuple(other) + tuple(self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, times):
        return new_size(tuple(self) * times) if hasattr(times, "__index__") else NotImplemented

    def __rmul__(self, times):
        return self * times

    def __repr__(self):
        return f"torch.Size([{', '.join([str(item) for item in self])}])"

    def __reduce__(self):
        return new_size, (tuple(self),)


cdef object size_item(object size, object key):
    part = PyTuple_Type.tp_as_mapping.mp_subscript(size, key)
    return part if type(part) is int else new_size(part)


cdef object refuse_concatenation(object size, object other):
    raise TypeError(f"can only concatenate tuple (not {type(other).__name__}) to torch.Size")


# `x.shape[0]` is everywhere: this way it takes 21 ns, by looking up `__getitem__` 70.
# The other two are asked when `__add__` and `__mul__` decline, and complain as tuples do.
cdef object size_class = Size
(<ContainerType *>size_class).tp_as_mapping.mp_subscript = size_item
(<ContainerType *>size_class).tp_as_sequence.sq_concat = refuse_concatenation
(<ContainerType *>size_class).tp_as_sequence.sq_repeat = PyTuple_Type.tp_as_sequence.sq_repeat


cdef object whole_number(object item, Py_ssize_t place):
    try:
        return operator.index(item)
    except TypeError:
        raise TypeError(
            f"torch.Size() takes an iterable of 'int' (item {place} is "
            f"'{type(item).__name__}')"
        ) from None


def new_size(items):
    """The Size of these items: also what a pickled Size is read back with."""
    cdef tuple sizes = tuple(items)
    cdef Py_ssize_t k
    made = new_tuple(size_class, len(sizes))
    for k in range(len(sizes)):
        item = sizes[k]
        if type(item) is not int:
            item = whole_number(item, k)
        Py_INCREF(item)
        PyTuple_SET_ITEM(made, k, item)
    return made


cdef object size_of(object array):
    """An array's shape."""
    cdef int ndim, k
    cdef cnp.npy_intp *dims
    if not isinstance(array, cnp.ndarray):
        return new_size(array.shape)
    ndim = cnp.PyArray_NDIM(<cnp.ndarray>array)
    dims = cnp.PyArray_DIMS(<cnp.ndarray>array)
    size = new_tuple(size_class, ndim)
    for k in range(ndim):
        item = <object>dims[k]
        Py_INCREF(item)
        PyTuple_SET_ITEM(size, k, item)
    return size


# ------------------------------------------------------------------------- layouts and formats

cdef class Constant:
    """A named value of which there is one; programs pass it on and compare it."""
    cdef str name

    def __init__(self):
        raise TypeError(f"cannot create 'torch.{type(self).__name__}' instances")

    def __repr__(self):
        return "torch." + self.name

    def __reduce__(self):
        return constant_named, (self.name,)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


@cython.final
cdef class layout(Constant):
    """How a tensor lies in memory: `torch.strided`, the only layout there is here.

    Source: https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch.layout
    """


@cython.final
cdef class memory_format(Constant):
    """The order of dimensions in memory: contiguous, channels last, or as the input has it.

    Source: https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch.memory_format
    """


def constant_named(name):
    """The constant of this name: what a pickled one is read back with."""
    return CONSTANTS[name]


cdef object new_constant(object kind, str name):
    cdef Constant made = kind.__new__(kind)
    made.name = name
    CONSTANTS[name] = made
    return made


cdef dict CONSTANTS = {}
strided = new_constant(layout, "strided")
contiguous_format = new_constant(memory_format, "contiguous_format")
preserve_format = new_constant(memory_format, "preserve_format")
channels_last = new_constant(memory_format, "channels_last")
channels_last_3d = new_constant(memory_format, "channels_last_3d")


# PyTorch's programs print these classes, so they carry PyTorch's names: <class 'torch.Size'>.
(<PyTypeObject *>dtype).tp_name = "torch.dtype"
(<PyTypeObject *>finfo).tp_name = "torch.finfo"
(<PyTypeObject *>iinfo).tp_name = "torch.iinfo"
(<PyTypeObject *>device).tp_name = "torch.device"
(<PyTypeObject *>layout).tp_name = "torch.layout"
(<PyTypeObject *>memory_format).tp_name = "torch.memory_format"
