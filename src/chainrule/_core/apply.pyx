"""From operands to a result and, when recording, a Node: the way every operation takes.

Apart from the records (core, ops), which say what an operation is, and from writes, where the
result goes into memory that exists already.
"""
cimport numpy as cnp
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE, PyTuple_New, PyTuple_SET_ITEM

from chainrule._core cimport core, modes, types
from chainrule._core.core cimport (
    ASK_OUT, ASK_OUTS, ASK_SHAPES, ASK_X_SHAPE, ASK_Z, ELEMENTWISE, FROM_INFERENCE, FROM_MANY,
    FROM_NO_GRAD, Node, Op, Storage, Tensor, dispatch, edge_of, keep, new_node, node_type_of,
    storage_of, wrap,
)
from chainrule._core.loops cimport (
    LoopTable, run_binary, run_matmul, run_outer, run_unary, run_with_number, store_number, table_of,
)
from chainrule._core.program cimport Program
from chainrule._core.source cimport calling_code
from chainrule._core.types cimport Promotion, dtype

import numpy

cnp.import_array()

cdef unsigned long sequence = 0
ndarray = cnp.ndarray

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


# ------------------------------------------------------------------------------- operands

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
        return wrap(value)
    if isinstance(value, (bool, int, float, complex)):
        return numpy.asarray(value).item()
    return NotImplemented


cdef inline bint integral(cnp.ndarray array) noexcept:
    return cnp.PyArray_TYPE(array) <= cnp.NPY_ULONGLONG


cdef inline LoopTable direct_loops(Op op, object array):
    """The loops that may be called on this array as it is, or None."""
    if op.loops is None or type(array) is not cnp.ndarray:
        return None
    if (op.floats or op.whole) and integral(<cnp.ndarray>array):
        return None
    return op.loops


# -------------------------------------------------------------------------------- kernels

cdef object compute(Op op, tuple inputs, dict parameters):
    """The result array (or tuple of arrays) of an op, by the general way."""
    cdef list arrays = []
    cdef dtype common
    if type(op.kernel) is str:
        resolve(op)
    if op.promotes:
        common = common_type(op, inputs)
        for x in inputs:
            arrays.append(as_array(x, common))
    else:
        for x in inputs:
            arrays.append((<Tensor>x).array if isinstance(x, Tensor) else x)
    if op.broadcasts:
        check_broadcast(arrays)
    return run_kernel(op, tuple(arrays), parameters)


cdef object run_kernel(Op op, tuple arrays, dict parameters):
    cdef object result = None
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
        return tuple([numpy.asarray(part) for part in result])
    return result if type(result) is cnp.ndarray else numpy.asarray(result)


cdef object call_ufunc(Op op, tuple arrays):
    try:
        result = quietly(op.loops.ufunc, arrays, {})
        if op.floats and result.dtype.kind == "f" and arrays[0].dtype.kind == "f":
            return result.astype(arrays[0].dtype, copy=False)   # SciPy has no float16
        return result
    except TypeError:
        core.late["unsupported"](op, arrays)


cdef object run_formula(Op op, tuple arrays, dict parameters):
    """A kernel that is a formula: its program, or the formula itself on tensors."""
    cdef Program program = core.program_of(op)
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
    op.loops = table_of(op.kernel)
    return 0


cdef dtype common_type(Op op, tuple inputs):
    cdef Promotion promotion
    types.promotion_start(&promotion)
    cdef dtype common
    for x in inputs:
        if isinstance(x, Tensor):
            array = (<Tensor>x).array
            types.promotion_add_tensor(&promotion, types.dtype_of(array), array.ndim)
        else:
            types.promotion_add_scalar(&promotion, x)
    common = types.promotion_result(&promotion)
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


# -------------------------------------------------------------------------- the three ways

cdef object unary(Op op, Tensor x):
    """An op of one tensor and nothing else."""
    cdef LoopTable loops = direct_loops(op, x.array)
    cdef Tensor out
    result = None if loops is None else run_unary(loops, <cnp.ndarray>x.array, None)
    if result is None:
        result = compute(op, (x,), None)
    if op.view or type(result) is tuple:
        return finish(op, (x,), None, result)
    out = wrap(result)
    if x.base is not None:
        dispatch.refresh(x)
    if x.needs_grad and modes.recording() and op.rules:
        record(op, (x,), None, out, None)
    if type(x) is not Tensor or modes.inference_enabled():
        return dressed(out, (x,))
    return out


cdef object binary(Op op, object x, object y):
    """An elementwise op of two operands, at least one of them a tensor."""
    cdef LoopTable loops
    cdef Tensor out
    cdef bint x_is_tensor = isinstance(x, Tensor), y_is_tensor = isinstance(y, Tensor)
    cdef object result = None
    if x_is_tensor:
        loops = direct_loops(op, (<Tensor>x).array)
        if loops is not None:
            if y_is_tensor:
                if type((<Tensor>y).array) is cnp.ndarray:
                    result = run_binary(loops, (<Tensor>x).array, (<Tensor>y).array, None)
            elif fits_type(y, <cnp.ndarray>(<Tensor>x).array):
                result = run_with_number(loops, (<Tensor>x).array, y, False, None)
    elif y_is_tensor:
        loops = direct_loops(op, (<Tensor>y).array)
        if loops is not None and fits_type(x, <cnp.ndarray>(<Tensor>y).array):
            result = run_with_number(loops, (<Tensor>y).array, x, True, None)
    if result is None:
        x, y = operand(x), operand(y)
        if x is NotImplemented or y is NotImplemented:
            return NotImplemented
        result = compute(op, (x, y), None)
        x_is_tensor, y_is_tensor = isinstance(x, Tensor), isinstance(y, Tensor)
    out = wrap(result)
    if op.rules and modes.recording():
        if (x_is_tensor and wants_grad(<Tensor>x)) or (y_is_tensor and wants_grad(<Tensor>y)):
            record(op, (x, y), None, out, None)
    if (
        (x_is_tensor and type(x) is not Tensor) or (y_is_tensor and type(y) is not Tensor)
        or modes.inference_enabled()
    ):
        return dressed(out, (x, y))
    return out


cdef inline bint wants_grad(Tensor x) except -1:
    if x.base is not None:
        dispatch.refresh(x)
    return x.needs_grad


cdef inline bint fits_type(object number, cnp.ndarray array) noexcept:
    """Whether a Python number leaves the array's type as it is."""
    cdef int typenum = cnp.PyArray_TYPE(array)
    if type(number) is float:
        return cnp.NPY_FLOAT <= typenum <= cnp.NPY_CLONGDOUBLE
    if type(number) is int:
        return typenum != cnp.NPY_BOOL and typenum <= cnp.NPY_CLONGDOUBLE
    return False


cdef object call(Op op, tuple inputs, dict parameters):
    """Any op, the general way."""
    if op.arity >= 0 and PyTuple_GET_SIZE(inputs) != op.arity:
        raise TypeError(f"{op.name}() takes {op.arity} operands but {len(inputs)} were given")
    if op.broadcasts and op.arity > 0:
        if op.arity == 2 and parameters is None:
            out = binary(op, inputs[0], inputs[1])
            if out is NotImplemented:
                raise_operand(op, inputs)
            return out
        inputs = tuple([operand(x) for x in inputs])
        if NotImplemented in [x for x in inputs if x is NotImplemented]:
            raise_operand(op, inputs)
    return finish(op, inputs, parameters, compute(op, inputs, parameters))


cdef object raise_operand(Op op, tuple inputs):
    kinds = ", ".join([type(x).__name__ for x in inputs])
    raise TypeError(
        f"{op.name}(): unsupported operand type(s): ({kinds}); expected tensors or numbers"
    )


cdef object finish(Op op, tuple inputs, dict parameters, object result):
    """Wrap what a kernel gave, make it a view where it is one, and record."""
    cdef Tensor out
    if type(result) is tuple:
        return finish_several(op, inputs, parameters, <tuple>result)
    out = wrap(result)
    if op.view:
        become_view(out, <Tensor>inputs[0], 0)
    if op.rules and modes.recording() and any_wants_grad(inputs):
        record(op, inputs, parameters, out, None)
    return dressed(out, inputs)


cdef object finish_several(Op op, tuple inputs, dict parameters, tuple results):
    cdef Tensor out
    cdef tuple outs = tuple([wrap(array) for array in results])
    if op.view:
        for out in outs:
            become_view(out, <Tensor>inputs[0], FROM_MANY)
    if outs and op.rules and modes.recording() and any_wants_grad(inputs):
        record(op, inputs, parameters, outs, None)
    return tuple([dressed(out, inputs) for out in outs])


cdef bint any_wants_grad(tuple inputs) except -1:
    for x in inputs:
        if isinstance(x, Tensor) and wants_grad(<Tensor>x):
            return True
    return False


cdef object dressed(Tensor out, tuple inputs):
    """A result of a subclass is of that subclass; one made in inference mode is marked."""
    if modes.inference_enabled() and out.storage is None:
        out.storage = Storage(True)
    for x in inputs:
        if type(x) is not Tensor and isinstance(x, Tensor):
            return core.late["as_subclass_of"](out, type(x))
    return out


cdef int become_view(Tensor out, Tensor x, int origin) except -1:
    """Let `out` share x's storage and know whom it is a view of."""
    out.base = x if x.base is None else x.base
    out.storage = storage_of(x)
    out.node_version = out.storage.version
    if out.storage.inference:
        origin = FROM_INFERENCE
    elif not modes.recording() and origin == 0:
        origin = FROM_NO_GRAD
    out.origin = origin if origin else x.origin
    return 0


# ------------------------------------------------------------------------------- recording

cdef inline void put(tuple target, Py_ssize_t place, object value):
    Py_INCREF(value)
    PyTuple_SET_ITEM(target, place, value)


cdef Node record(Op op, tuple inputs, dict parameters, object out, Tensor original):
    """Make the node of a result and hang it on the result.

    `out` is the result or the tuple of results; `original`, for an op that writes into its
    first input, holds that input's former values.
    """
    global sequence
    if not op.joint and PyTuple_GET_SIZE(inputs) > PyTuple_GET_SIZE(op.rules):
        raise TypeError(f"{op.name}: {len(inputs)} inputs for {len(op.rules)} rules")
    cdef Tensor first = <Tensor>(out[0] if type(out) is tuple else out)
    cdef Py_ssize_t k, count = PyTuple_GET_SIZE(inputs)
    cdef tuple edges = PyTuple_New(count)
    cdef int tensors = 0, wanted = 0
    cdef Tensor x
    cdef Node node, edge
    cdef list numbers = None
    for k in range(count):
        value = <object>PyTuple_GET_ITEM(inputs, k)
        edge = None
        if isinstance(value, Tensor):
            x = <Tensor>value
            tensors |= 1 << (k & 31)
            if op.joint or op.rules[k] is not None:
                edge = edge_of(x)
                if edge is not None:
                    wanted |= 1 << (k & 31)
                    if x.output != 0 and x.node is not None:
                        if numbers is None:
                            numbers = [0] * count
                        numbers[k] = x.output
        put(edges, k, edge)
    node = new_node(node_type_of(op, tensors))
    node.op = op
    node.edges = edges
    node.numbers = None if numbers is None else tuple(numbers)
    node.parameters = parameters
    node.adjust = adjustments(op, inputs, edges, first)
    save(node, inputs, out, -1 if op.joint else wanted, original)
    sequence += 1
    node.sequence = sequence
    node.code = calling_code(&node.instruction)
    hang(node, out)
    return node


cdef int hang(Node node, object out) except -1:
    """Make the node the origin of its results; integer results of a float op stay constants."""
    cdef Tensor x
    cdef int number = 0
    if type(out) is not tuple:
        x = <Tensor>out
        x.node, x.output, x.needs_grad = node, 0, True
        node.results = 1
        return 0
    for x in out:
        if types.dtype_of(x.array).category >= 2:
            x.node, x.output, x.needs_grad = node, number, True
        number += 1
    node.results = number
    node.metas = tuple([(x.array.shape, types.dtype_of(x.array)) for x in out])
    return 0


cdef object adjustments(Op op, tuple inputs, tuple edges, Tensor out):
    """Per input the shape and type its cotangent must be brought to; None: none needs it."""
    cdef list found = None
    cdef Py_ssize_t k
    cdef Tensor x
    for k in range(PyTuple_GET_SIZE(edges)):
        if <object>PyTuple_GET_ITEM(edges, k) is None:
            continue
        x = <Tensor>PyTuple_GET_ITEM(inputs, k)
        if same_kind(x.array, out.array, op.broadcasts):
            continue
        if found is None:
            found = [None] * PyTuple_GET_SIZE(edges)
        found[k] = (x.array.shape, types.dtype_of(x.array))
    return None if found is None else tuple(found)


cdef inline bint same_kind(object x, object out, bint shapes) except -1:
    cdef cnp.ndarray a, b
    if type(x) is not cnp.ndarray or type(out) is not cnp.ndarray:
        return x.dtype == out.dtype and (not shapes or x.shape == out.shape)
    a, b = x, out
    if cnp.PyArray_TYPE(a) != cnp.PyArray_TYPE(b):
        return False
    return not shapes or cnp.PyArray_SAMESHAPE(a, b)


cdef int save(Node node, tuple inputs, object out, int wanted, Tensor original) except -1:
    """Keep what the rules of the wanted inputs name, and the versions it had."""
    cdef Op op = node.op
    cdef Py_ssize_t k
    cdef Storage storage
    cdef long version
    cdef int ask
    if PyTuple_GET_SIZE(op.saves) == 0:
        node.saved = ()
    for k in range(PyTuple_GET_SIZE(op.saves)):
        ask = <object>PyTuple_GET_ITEM(op.saves, k)
        value, storage, version = None, None, 0
        if <int>op.asked_by[k] & wanted:
            value, storage = what_is_asked(ask, inputs, out, original)
        if storage is not None:
            refuse_inference(op, storage)
            version = storage.version
            # An op that writes in place saves its other inputs as they were before the write.
            if original is not None and ask <= ASK_Z and storage is (<Tensor>out).storage:
                version -= 1
        keep(node, k, value, storage, version)
    return 0


cdef int refuse_inference(Op op, Storage storage) except -1:
    if storage.inference:
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. Please do not use Tensors created "
            f"in inference mode in computation tracked by autograd; {op.name} would have to save "
            "one. A clone() made outside inference mode will do."
        )
    return 0


cdef tuple what_is_asked(int ask, tuple inputs, object out, Tensor original):
    cdef Tensor x
    if ask <= ASK_Z:
        value = <object>PyTuple_GET_ITEM(inputs, ask)
        if ask == 0 and original is not None:
            value = original
        if not isinstance(value, Tensor):
            return value, None
        x = <Tensor>value
        return x.array, storage_of(x)
    if ask == ASK_OUT:
        x = <Tensor>(out[0] if type(out) is tuple else out)
        return x.array, storage_of(x)
    if ask == ASK_OUTS:
        return tuple([wrap((<Tensor>x).array) for x in out]), None
    if ask == ASK_SHAPES:
        return tuple([(<Tensor>x).array.shape for x in inputs]), None
    value = <object>PyTuple_GET_ITEM(inputs, ask - ASK_X_SHAPE)
    return (<Tensor>value).array.shape if isinstance(value, Tensor) else (), None


dispatch.binary = binary
dispatch.unary = unary
dispatch.call = call
dispatch.product = direct_product_of


# --------------------------------------------------------------- what Python modules may use

def wrap_array(array):
    """A tensor around an array, which it shares."""
    cdef Tensor x
    types.dtype_of(array)
    x = wrap(array)
    if modes.inference_enabled():
        x.storage = Storage(True)
    return x


def call_quietly(function, *arguments, **keywords):
    """Call a NumPy function with its floating-point warnings off."""
    return quietly(function, arguments, keywords)


def matrix_product(
    Op op not None, Tensor x not None, Tensor y not None, bint x_turned=False, bint y_turned=False
):
    """x @ y for the op behind it: NumPy's loop where it can be called directly.

    `turned`: the op multiplies with that factor transposed.
    """
    result = None
    if type(x.array) is cnp.ndarray and type(y.array) is cnp.ndarray:
        result = run_matmul(x.array, y.array, x_turned, y_turned)
    if result is None:
        return call(op, (x, y), None)
    return finish(op, (x, y), None, result)


# By the numbers of dimensions of the factors, 1 or 2: the op behind x @ y.
cdef list product_ops = [None] * 4


def bind_products(Op dot, Op vm, Op mv, Op mm):
    """Give the ops of vector @ vector, vector @ matrix, matrix @ vector, matrix @ matrix."""
    product_ops[:] = [dot, vm, mv, mm]


cdef object direct_product_of(object x, object y):
    """x @ y where NumPy's loop can be called on them as they are; else None."""
    cdef cnp.ndarray a, b
    cdef int which
    if not isinstance(x, Tensor) or not isinstance(y, Tensor):
        return None
    if type((<Tensor>x).array) is not cnp.ndarray or type((<Tensor>y).array) is not cnp.ndarray:
        return None
    a, b = (<Tensor>x).array, (<Tensor>y).array
    which = 2 * cnp.PyArray_NDIM(a) + cnp.PyArray_NDIM(b) - 3
    if not (1 <= cnp.PyArray_NDIM(a) <= 2 and 1 <= cnp.PyArray_NDIM(b) <= 2):
        return None
    result = run_matmul(a, b, False, False)
    if result is None:
        return None
    return finish(<Op?>product_ops[which], (x, y), None, result)


def product_array(x, y, bint x_turned=False, bint y_turned=False):
    """x @ y of arrays, either transposed where it is to be turned."""
    result = None
    if type(x) is cnp.ndarray and type(y) is cnp.ndarray:
        result = run_matmul(x, y, x_turned, y_turned)
    if result is None:
        return numpy.matmul(x.T if x_turned else x, y.T if y_turned else y)
    return result


def direct_product(x, y):
    """x @ y where NumPy's loop can be called on them as they are; else None."""
    return direct_product_of(x, y)


cdef LoopTable multiplication = table_of(numpy.multiply)


def outer_array(x, y):
    """The matrix of products of two vectors' elements. (NumPy's way takes 1.5 us for 16 x 8.)"""
    result = None
    if type(x) is cnp.ndarray and type(y) is cnp.ndarray:
        result = run_outer(multiplication, x, y)
    return numpy.multiply.outer(x, y) if result is None else result


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


def record_call(Op op not None, tuple inputs not None, dict parameters, out):
    """Record an op whose result was made by other means."""
    return record(op, inputs, parameters, out, None)


def result_dtype(*operands):
    """The common type of tensors and numbers."""
    return common_type(None, operands) if operands else types.default_float()


def attach(Node node not None, tuple tensors not None, tuple results not None):
    """Make `node` (a Function's) the origin of `results`, with edges to `tensors`."""
    global sequence
    cdef list edges = [], numbers = []
    cdef Tensor x
    for x in tensors:
        edges.append(edge_of(x))
        numbers.append(x.output if x.node is not None else 0)
    node.edges = tuple(edges)
    node.numbers = tuple(numbers) if any(numbers) else None
    node.metas = tuple([(x.array.shape, types.dtype_of(x.array)) for x in results])
    node.results = len(results)
    sequence += 1
    node.sequence = sequence
    node.code = calling_code(&node.instruction)
    for number, x in enumerate(results):
        x.node, x.output, x.needs_grad = node, number, True
        if x.base is not None:
            x.node_version = x.storage.version


def parts_of(Tensor x not None):
    """What must be kept of a tensor to make it again without keeping its node alive."""
    cdef Storage storage = storage_of(x)
    if storage.inference and not modes.inference_enabled():
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. A clone() made outside inference "
            "mode can."
        )
    return x.array, storage, storage.version


def restored(array, Storage storage not None, Node node, int number):
    """A saved tensor again, in its place in the graph (node None: a constant)."""
    cdef Tensor x
    if type(node) is core.AccumulateGrad:
        return (<core.AccumulateGrad>node).variable
    x = wrap(array)
    x.storage = storage
    if node is not None:
        x.node, x.output, x.needs_grad = node, number, True
    return x


def alias_of(Tensor x not None):
    """A new tensor that is a view of all of x, with no node yet."""
    cdef Tensor out = wrap(x.array)
    become_view(out, x, 0)
    return out
