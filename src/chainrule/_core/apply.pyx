"""From operands to a tensor: the three ways of an operation, and what becomes a view.

Apart from the records (core, ops), which say what an operation is, and from writes, where the
result goes into memory that exists already.
"""
cimport numpy as cnp
from cpython.tuple cimport PyTuple_GET_SIZE

from chainrule._core cimport core, modes, operation, types
from chainrule._core.core cimport (
    FROM_INFERENCE, FROM_MANY, FROM_NO_GRAD, Storage, Tensor, dispatch, storage_of, wrap,
)
from chainrule._core.cuts cimport carries, follow, follow_all, follow_both
from chainrule._core.kernels cimport compute, operand
from chainrule._core.loops cimport LoopTable, run_binary, run_unary, run_with_number
from chainrule._core.operation cimport Op
from chainrule._core.recording cimport record
from chainrule._core.wrapped cimport Wrapped

cnp.import_array()


cdef inline bint integral(cnp.ndarray array) noexcept:
    return cnp.PyArray_TYPE(array) <= cnp.NPY_ULONGLONG


cdef inline LoopTable direct_loops(Op op, object array):
    """The loops that may be called on this array as it is, or None."""
    if op.loops is None or type(array) is not cnp.ndarray:
        return None
    if (op.floats or op.whole) and integral(<cnp.ndarray>array):
        return None
    return op.loops


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
    elif carries(x):
        follow(out, x, op)
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
    if op.rules and modes.recording() and (
        (x_is_tensor and wants_grad(<Tensor>x)) or (y_is_tensor and wants_grad(<Tensor>y))
    ):
        record(op, (x, y), None, out, None)
    elif (x_is_tensor and carries(<Tensor>x)) or (y_is_tensor and carries(<Tensor>y)):
        follow_both(out, tensor_or_none(x), tensor_or_none(y), op)
    if (
        (x_is_tensor and type(x) is not Tensor) or (y_is_tensor and type(y) is not Tensor)
        or modes.inference_enabled()
    ):
        return dressed(out, (x, y))
    return out


cdef inline Tensor tensor_or_none(object x):
    return <Tensor>x if isinstance(x, Tensor) else None


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
        become_view(out, <Tensor?>inputs[0], 0)
    if op.rules and modes.recording() and any_wants_grad(inputs) and not is_whole(result):
        record(op, inputs, parameters, out, None)
    else:
        follow_all(out, inputs, op)
    return dressed(out, inputs)


cdef inline bint is_whole(object array) except -1:
    """Whether a result has no gradient because it is of integers, as that of x.long()."""
    if type(array) is cnp.ndarray:
        return integral(<cnp.ndarray>array)
    return types.dtype_of(array).category < 2


cdef object finish_several(Op op, tuple inputs, dict parameters, tuple results):
    cdef Tensor out
    cdef tuple outs = tuple([wrap(array) for array in results])
    if op.view:
        for out in outs:
            become_view(out, <Tensor?>inputs[0], FROM_MANY)
    if outs and op.rules and modes.recording() and any_wants_grad(inputs):
        record(op, inputs, parameters, outs, None)
    else:
        for out in outs:
            follow_all(out, inputs, op)
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
            return operation.late["as_subclass_of"](out, type(x))
    return out


cdef int become_view(Tensor out, Tensor x, int origin) except -1:
    """Let `out` share x's storage and know whom it is a view of."""
    out.base = x if x.base is None else x.base
    out.storage = storage_of(x)
    out.cut = x.cut
    out.node_version = out.storage.version
    if out.storage.inference:
        origin = FROM_INFERENCE
    elif not modes.recording() and origin == 0:
        origin = FROM_NO_GRAD
    out.origin = origin if origin else x.origin
    return 0


cdef object view(Op op, Tensor x, dict parameters, object array):
    return finish(op, (x,), parameters, array)


dispatch.binary = binary
dispatch.unary = unary
dispatch.call = call
dispatch.view = view


# --------------------------------------------------------------- what Python modules may use

def wrap_array(array):
    """A tensor around an array, which it shares."""
    cdef Tensor x
    types.dtype_of(array)
    x = wrap(array)
    if modes.inference_enabled():
        x.storage = Storage(True)
    return x


def is_transformed(x, y=None):
    """Whether a transform is under way with x or y: then operations must be run as such.

    (The tuple that `*tensors` makes costs 20 of the 45 ns that this would take.)
    """
    return wraps(x) or wraps(y)


def any_transformed(tensors):
    """Whether a transform is under way with one of these."""
    for x in tensors:
        if wraps(x):
            return True
    return False


cdef inline bint wraps(object x) noexcept:
    return isinstance(x, Tensor) and isinstance((<Tensor>x).array, Wrapped)


def alias_of(Tensor x not None):
    """A new tensor that is a view of all of x, with no node yet."""
    cdef Tensor out = wrap(x.array)
    become_view(out, x, 0)
    return out


def view_of(Tensor x not None, array):
    """A new tensor around a view of x's array, with no node yet."""
    types.dtype_of(array)
    cdef Tensor out = wrap(array)
    become_view(out, x, 0)
    if x.needs_grad and not modes.recording():
        follow(out, x, "view")
    return out


def view_call(Op op not None, Tensor x not None, dict parameters, array):
    """A view whose array was made already, recorded as the result of `op`."""
    types.dtype_of(array)
    return dispatch.view(op, x, parameters, array)
