"""From operands to a result array: what may be an operand, the common type, the kernel's call.

Apart from apply, because nothing here knows of graphs.
"""
cimport numpy as cnp
from cpython.object cimport PyObject, PyTypeObject

from chainrule._core cimport modes, operation, types
from chainrule._core.core cimport Tensor, wrap
from chainrule._core.loops cimport run_binary, run_unary, store_number, table_of, table_without
from chainrule._core.operation cimport Op
from chainrule._core.program cimport Program
from chainrule._core.promotion cimport (
    Promotion, promotion_add_scalar, promotion_add_tensor, promotion_result, promotion_start,
)
from chainrule._core.types cimport dtype
from chainrule._core.wrapped cimport Wrapped, any_wrapped, transforms

import numpy

cnp.import_array()

# NumPy's settings for floating-point errors are a context variable. Setting it directly takes
# 60 ns, numpy.errstate 600; older or newer NumPy without these names take the slow way.
try:
    from numpy._core.umath import _extobj_contextvar as error_settings
    from numpy._core.umath import _make_extobj

    silence = _make_extobj(all="ignore")
except ImportError:
    error_settings = silence = None


cdef object quietly(object function, tuple arguments, dict keywords):
    """Call a kernel; 1/0 gives inf without a word, as in PyTorch, whatever NumPy is set to."""
    if error_settings is None:
        with numpy.errstate(all="ignore"):
            return function(*arguments, **keywords)
    token = error_settings.set(silence)
    try:
        return function(*arguments, **keywords)
    finally:
        error_settings.reset(token)


cdef inline bint is_number(object value) noexcept:
    return type(value) is float or type(value) is int or type(value) is bool or (
        type(value) is complex
    )


cdef object operand(object value):
    """What an elementwise op may take: a Tensor or a Python number; else NotImplemented."""
    if isinstance(value, Tensor) or is_number(value):
        return value
    if isinstance(value, numpy.generic):
        return value.item()
    if isinstance(value, numpy.ndarray):
        types.dtype_of(value)       # refuses strings, objects, dates
        return wrap(numpy.asarray(value))
    if isinstance(value, (bool, int, float, complex)):
        return numpy.asarray(value).item()
    return NotImplemented


# -------------------------------------------------------------------------------- kernels

cdef object compute(Op op, tuple inputs, dict parameters):
    """The result array (or tuple of arrays) of an op, by the general way."""
    cdef list arrays = []
    cdef dtype common
    if type(op.kernel) is str:
        resolve(op)
    if op.refuses is not None:
        check_kinds(op, inputs)
    if op.promotes:
        common = common_type(op, inputs)
        for x in inputs:
            arrays.append(as_array(x, common))
    else:
        for x in inputs:
            if not isinstance(x, Tensor) and not is_number(x):
                refuse_operand(op, inputs)
            arrays.append((<Tensor>x).array if isinstance(x, Tensor) else x)
    if op.broadcasts:
        check_broadcast(arrays)
    return run_kernel(op, tuple(arrays), parameters)


cdef object refuse_operand(Op op, tuple inputs):
    """Raise for the first input that is no tensor."""
    for place, x in enumerate(inputs):
        if not isinstance(x, Tensor) and not is_number(x):
            kind = type(x)
            name = kind.__name__ if kind.__module__ == "builtins" else (
                f"{kind.__module__}.{kind.__name__}"
            )
            raise TypeError(
                f"{op.name}(): argument '{'input' if place == 0 else 'other'}' (position "
                f"{place + 1}) must be Tensor, not {name}"
            )


cdef int check_kinds(Op op, tuple inputs) except -1:
    """Refuse operands of kinds that the op does not take even together with others."""
    for x in inputs:
        array = (<Tensor>x).array if isinstance(x, Tensor) else numpy.asarray(x)
        if array.dtype.kind.upper() in op.refuses:
            operation.late["unsupported"](op, inputs)
    return 0


cdef object run_kernel(Op op, tuple arrays, dict parameters):
    cdef object result = None
    if any_wrapped(arrays):
        return transforms["run"](op, arrays, parameters)
    if (op.loops is not None or op.formula is not None) and has_bfloat16(arrays):
        return run_in_float32(op, arrays, parameters)
    if op.refuses is not None and arrays[0].dtype.kind in op.refuses:
        operation.late["unsupported"](op, arrays)
    for array in arrays:
        if is_foreign(array):
            return array.run(op, arrays, parameters)
    if op.whole and arrays[0].dtype.kind in "iu":
        return arrays[0].copy()
    if op.loops is not None:
        if op.arity == 1:
            result = run_unary(op.loops, arrays[0], None)
        elif op.arity == 2:
            result = run_binary(op.loops, arrays[0], arrays[1], None)
        if result is None:
            result = call_ufunc(op, arrays)
    elif op.formula is not None:
        result = run_formula(op, arrays, parameters)
    else:
        result = quietly(op.kernel, (numpy,) + arrays, parameters or {})
    if type(result) is tuple or type(result) is list:
        return tuple([as_result(part) for part in result])
    return as_result(result)


cdef inline object as_result(object result):
    if type(result) is cnp.ndarray or is_foreign(result):
        return result
    return numpy.asarray(result)


cdef inline bint is_foreign(object array) noexcept:
    """Whether this is an array that is none of NumPy's: it says itself what an op makes of it."""
    if type(array) is cnp.ndarray or is_number(array):
        return False
    return not isinstance(array, (cnp.ndarray, numpy.generic))


cdef bint has_bfloat16(tuple arrays) except -1:
    """Whether NumPy itself has no loops for one of them; of our types, only for bfloat16."""
    for array in arrays:
        if type(array) is cnp.ndarray and cnp.PyArray_TYPE(<cnp.ndarray>array) >= 24:
            return True
    return False


cdef object run_in_float32(Op op, tuple arrays, dict parameters):
    """Compute bfloat16 in float32 and round once, as PyTorch does."""
    cdef object narrow = None
    cdef list wide = []
    for array in arrays:
        if array.dtype.num >= 24:
            narrow = array.dtype
            array = array.astype(numpy.float32)
        wide.append(array)
    result = run_kernel(op, tuple(wide), parameters)
    return result.astype(narrow) if result.dtype == numpy.float32 else result


cdef object call_ufunc(Op op, tuple arrays):
    try:
        result = quietly(op.loops.ufunc, arrays, {})
        if op.floats and result.dtype.kind == "f" and arrays[0].dtype.kind == "f":
            return result.astype(arrays[0].dtype, copy=False)   # SciPy has no float16
        return result
    except TypeError:
        operation.late["unsupported"](op, arrays)


cdef object run_formula(Op op, tuple arrays, dict parameters):
    """A kernel that is a formula: its program, or the formula itself on tensors."""
    cdef Program program = operation.program_of(op)
    cdef tuple numbers = tuple([parameters[name] for name in op.parameters]) if parameters else ()
    if program is not None:
        result = program.run(arrays + numbers, None)
        if result is not None:
            return result
    before = modes.grad_enabled()
    modes.set_grad_enabled(False)
    try:
        result = op.formula(*[wrap(array) for array in arrays], *numbers)
        return (<Tensor>result).array
    finally:
        modes.set_grad_enabled(before)


cdef int resolve(Op op) except -1:
    """Find a kernel named by its path ('scipy.special.erf') when it is first needed."""
    import importlib

    module, _, name = (<str>op.kernel).rpartition(".")
    op.kernel = getattr(importlib.import_module(module), name)
    op.loops = table_of(op.kernel) if op.refuses is None else table_without(op.kernel, op.refuses)
    return 0


cdef dtype common_type(Op op, tuple inputs):
    cdef Promotion promotion
    promotion_start(&promotion)
    cdef dtype common
    for x in inputs:
        if isinstance(x, Tensor):
            array = (<Tensor>x).array
            promotion_add_tensor(&promotion, types.dtype_of(array), array.ndim)
        else:
            promotion_add_scalar(&promotion, x)
    common = promotion_result(&promotion)
    if op is not None and op.floats and common.category < 2:
        return types.default_float()
    return common


cdef object as_array(object x, dtype common):
    """An operand in the common type; a Python number as a 0-dim array."""
    if isinstance(x, Tensor):
        array = (<Tensor>x).array
        if types.dtype_of(array) is common:
            return array
        return quietly(array.astype, (common.numpy,), {"copy": False})
    array = numpy.empty((), common.numpy)
    if common.typenum < 24 and store_number(x, common.typenum, cnp.PyArray_BYTES(array)):
        return array
    return quietly(numpy.asarray(x).astype, (common.numpy,), {})


cdef int check_broadcast(list arrays) except -1:
    """PyTorch's message for shapes that do not go together."""
    cdef list shape = []
    for array in arrays:
        other = list(array.shape)
        if len(other) > len(shape):
            shape, other = other, shape
        for k in range(1, len(other) + 1):
            if shape[-k] != other[-k]:
                if shape[-k] != 1 and other[-k] != 1:
                    raise_shapes(arrays)
                shape[-k] = other[-k] if shape[-k] == 1 else shape[-k]
    return 0


cdef object raise_shapes(list arrays):
    sizes = [array.shape for array in arrays]
    a, b = sizes[0], sizes[1]
    for first in range(len(sizes)):
        for second in range(first + 1, len(sizes)):
            for k in range(1, min(len(sizes[first]), len(sizes[second])) + 1):
                m, n = sizes[first][-k], sizes[second][-k]
                if m != n and m != 1 and n != 1:
                    axis = max(len(sizes[first]), len(sizes[second])) - k
                    raise RuntimeError(
                        f"The size of tensor a ({m}) must match the size of tensor b ({n}) at "
                        f"non-singleton dimension {axis}: shapes {list(sizes[first])} and "
                        f"{list(sizes[second])}"
                    )
    raise RuntimeError(f"shapes {list(a)} and {list(b)} cannot be broadcast together")


# --------------------------------------------------------------- what Python modules may use

def call_quietly(function, *arguments, **keywords):
    """Call a NumPy function with its floating-point warnings off."""
    return quietly(function, arguments, keywords)


def run_op(Op op not None, tuple arrays not None, dict parameters):
    """The result of an op's kernel on arrays that have their common type already."""
    if type(op.kernel) is str:
        resolve(op)
    return run_kernel(op, arrays, parameters)


def result_dtype(*operands):
    """The common type of tensors and numbers."""
    return common_type(None, operands) if operands else types.default_float()


cdef extern from "numpy/arrayobject.h":
    object PyArray_New(
        PyTypeObject *type, int ndim, cnp.npy_intp *dims, int typenum, cnp.npy_intp *strides,
        void *data, int itemsize, int flags, PyObject *like,
    )
    PyTypeObject PyArray_Type


def expanded_array(array, tuple shape):
    """A view in which an array repeats to fill a shape. (NumPy's as_strided takes 5 us.)"""
    cdef cnp.ndarray x = array, out
    cdef int ndim = len(shape), lead = ndim - cnp.PyArray_NDIM(x), axis
    cdef cnp.npy_intp dims[64]
    cdef cnp.npy_intp steps[64]
    if lead < 0 or ndim > 64:
        raise ValueError(f"cannot expand {array.shape} to {shape}")
    for axis in range(ndim):
        dims[axis] = shape[axis]
        steps[axis] = 0
        if axis >= lead and cnp.PyArray_DIMS(x)[axis - lead] != 1:
            if cnp.PyArray_DIMS(x)[axis - lead] != dims[axis]:
                raise ValueError(f"cannot expand {array.shape} to {shape}")
            steps[axis] = cnp.PyArray_STRIDES(x)[axis - lead]
    out = PyArray_New(
        &PyArray_Type, ndim, dims, cnp.PyArray_TYPE(x), steps, cnp.PyArray_DATA(x), 0,
        cnp.PyArray_FLAGS(x) & cnp.NPY_ARRAY_WRITEABLE, NULL,
    )
    cnp.set_array_base(out, x)
    return out
