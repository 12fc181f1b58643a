"""Writing into tensors that exist already: in-place operations and out=.

Apart from apply, because memory that others share brings questions of its own: who may write,
who must be told, and what a view is once its base was written to (see views).
"""
cimport numpy as cnp
from cpython.tuple cimport PyTuple_GET_SIZE

from chainrule._core cimport core, modes, operation, types
from chainrule._core.apply cimport any_wants_grad
from chainrule._core.core cimport (
    FROM_INFERENCE, FROM_MANY, FROM_NO_GRAD, Storage, Tensor, dispatch, storage_of, wrap,
)
from chainrule._core.cuts cimport carries, cut_of, follow, joined
from chainrule._core.kernels cimport compute, operand, quietly
from chainrule._core.loops cimport run_binary, run_unary, run_with_number
from chainrule._core.operation cimport ASK_X, ASK_Z, Op
from chainrule._core.recording cimport record, refuse_inference
from chainrule._core.source cimport calling_code
from chainrule._core.types cimport dtype
from chainrule._core.views cimport cover, derive, views_values
from chainrule._core.wrapped cimport Wrapped, transforms

import numpy

cnp.import_array()


cdef int bump(Tensor x) except -1:
    """Count a write and remember the line it came from."""
    cdef Storage storage = storage_of(x)
    storage.version += 1
    storage.writer_name = None
    storage.writer = calling_code(&storage.writer_instruction)
    return 0


# ------------------------------------------------------------------------------ who may write

cdef int check_writable(Tensor x) except -1:
    """Refuse what may not be written to, whether or not the write is recorded."""
    if x.storage is not None and x.storage.inference and not modes.inference_enabled():
        raise RuntimeError(
            "Inplace update to inference tensor outside InferenceMode is not allowed. "
            "A clone() made outside inference mode may be written to."
        )
    if overlaps_itself(x.array):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a "
            f"single memory location (shape {list(x.array.shape)}, strides "
            f"{list(x.array.strides)} in bytes). Please clone() the tensor before performing "
            "the operation."
        )
    if modes.recording():
        if x.base is not None:
            dispatch.refresh(x)
            check_view(x)
        elif x.needs_grad and x.node is None:
            raise RuntimeError(
                "a leaf Variable that requires grad is being used in an in-place operation. The "
                f"leaf has shape {list(x.array.shape)}: write to it under torch.no_grad(), or to "
                "its clone()."
            )
    if modes.packing():
        operation.late["before_write"](x)
    return 0


cdef int check_view(Tensor x) except -1:
    cdef Tensor base = x.base
    if base.needs_grad and base.node is None:
        raise RuntimeError(
            "a view of a leaf Variable that requires grad is being used in an in-place operation. "
            f"The view has shape {list(x.array.shape)}, the leaf {list(base.array.shape)}: write "
            "to it under torch.no_grad(), or to a view of the leaf's clone()."
        )
    if not (x.needs_grad or base.needs_grad):
        return 0
    if x.origin == FROM_MANY:
        name = "a function" if x.node is None else x.node.name().replace("Backward0", "")
        raise RuntimeError(
            f"Output {x.output} of {name} is a view and is being modified inplace. This view is "
            "the output of a function that returns multiple views. Such functions do not allow "
            "the output views to be modified inplace. Use an out-of-place operation instead."
        )
    if x.origin == FROM_NO_GRAD:
        raise RuntimeError(
            "A view was created in no_grad mode and is being modified inplace with grad mode "
            "enabled. Make the view and write to it in the same mode."
        )
    if x.origin == FROM_INFERENCE:
        raise RuntimeError(
            "A view was created in inference mode and is being modified inplace in normal mode."
        )
    return 0


cdef bint overlaps_itself(object array) except -1:
    """Whether an axis repeats one element, as in an expanded view.

    Other strides may overlap too (x.unfold(0, 3, 1)): as in PyTorch, those are written to.
    """
    cdef cnp.ndarray a
    cdef int axis
    if type(array) is not cnp.ndarray:
        return False
    a = array
    if cnp.PyArray_ISCONTIGUOUS(a) or cnp.PyArray_SIZE(a) <= 1:
        return False
    for axis in range(cnp.PyArray_NDIM(a)):
        if cnp.PyArray_STRIDES(a)[axis] == 0 and cnp.PyArray_DIMS(a)[axis] > 1:
            return True
    return False


cdef int check_overlap(Tensor x, object other) except -1:
    """Refuse an operand that shares some, but not all, of the memory written to."""
    cdef object a, b
    if not isinstance(other, Tensor) or other is x:
        return 0
    a, b = x.array, (<Tensor>other).array
    if isinstance(a, Wrapped) or isinstance(b, Wrapped):
        return 0
    if (<Tensor>other).storage is None or type(a) is not cnp.ndarray or type(b) is not cnp.ndarray:
        if type(a) is not cnp.ndarray or a.base is None:
            return 0
    if a.strides == b.strides and a.shape == b.shape and (
        cnp.PyArray_BYTES(a) == cnp.PyArray_BYTES(b)
    ):
        return 0
    if numpy.may_share_memory(a, b) and not overlaps_itself(b) and numpy.shares_memory(a, b):
        raise RuntimeError(
            "unsupported operation: some elements of the input tensor and the written-to tensor "
            "refer to a single memory location. Please clone() the tensor before performing the "
            "operation."
        )
    return 0


cdef int check_result(Op op, Tensor x, tuple shape, dtype found) except -1:
    cdef dtype mine = types.dtype_of(x.array)
    if not can_write(found, mine):
        raise RuntimeError(
            f"result type {found.legacy} can't be cast to the desired output type {mine.legacy}"
        )
    if shape != x.array.shape:
        raise RuntimeError(
            f"output with shape {list(x.array.shape)} doesn't match the broadcast shape "
            f"{list(shape)}"
        )
    return 0


cdef inline bint can_write(dtype source, dtype target) noexcept:
    return source.category <= target.category or (source.category == 1 and target.category == 1)


# ------------------------------------------------------------------------------- the writes

cdef object in_place(Op op, object x, object y):
    """x op= y for an op of two operands."""
    cdef Tensor target = <Tensor?>x
    if not isinstance(y, Tensor):
        y = operand(y)
        if y is NotImplemented:
            return NotImplemented
    check_writable(target)
    check_overlap(target, y)
    return dispatch.write(op, target, (target, y), None)


def in_place_call(Op op not None, Tensor x not None, tuple others not None, dict parameters):
    """op written into x, for an op of any number of inputs and parameters."""
    check_arity(op, 1 + PyTuple_GET_SIZE(others))
    check_writable(x)
    if x.base is not None and not x.needs_grad and modes.recording():
        if x.base.needs_grad and views_values(x):
            derive(x)               # a view made for this write alone, without a node
    for other in others:
        check_overlap(x, other)
    return dispatch.write(op, x, (x,) + others, parameters or None)


cdef int check_arity(Op op, Py_ssize_t given) except -1:
    if op.arity > 0 and op.arity != given:
        raise TypeError(f"{op.name}() takes {op.arity} operands but {given} were given")
    return 0


cdef object write(Op op, Tensor x, tuple inputs, dict parameters):
    """Compute into x's memory, then record. Whatever fails, fails before x is touched."""
    cdef bint recorded = wants_record(op, inputs)
    cdef Tensor original = None
    if recorded:
        original = saved_original(op, x)
        storage_of(x)
        check_saving(op, inputs)
    if not write_directly(op, x, inputs, parameters):
        array = compute(op, inputs, parameters)
        check_result(op, x, array.shape, types.dtype_of(array))
        store(x, array)
    bump(x)
    if recorded:
        become_result(op, x, inputs, parameters, original)
    elif not (x.needs_grad and x.node is None):
        follow_write(op, x, inputs)
    return x


cdef int store(Tensor x, object array) except -1:
    """Write values into the memory of x."""
    if isinstance(x.array, Wrapped) or isinstance(array, Wrapped):
        transforms["store"](x, array)
    else:
        quietly(numpy.copyto, (x.array, array), {"casting": "unsafe"})
    return 0


cdef int follow_write(object how, Tensor x, tuple inputs) except -1:
    """Let x, and what it is a view of, have the marks of what was written into it.

    A leaf that wants a gradient starts afresh: else each parameter would be marked as a former
    value of itself by the optimizer's step.
    """
    for y in inputs:
        if y is not x and isinstance(y, Tensor) and carries(<Tensor>y):
            follow(x, <Tensor>y, how)
            if x.base is not None and not (x.base.needs_grad and x.base.node is None):
                x.base.cut = joined(x.base.cut, x.cut)
    return 0


cdef bint wants_record(Op op, tuple inputs) except -1:
    return bool(op.rules) and modes.recording() and any_wants_grad(inputs)


cdef int check_saving(Op op, tuple inputs) except -1:
    """Refuse now, before anything is written, what could not be saved after."""
    for ask in op.saves:
        if <int>ask <= ASK_Z and isinstance(inputs[ask], Tensor):
            if (<Tensor>inputs[ask]).storage is not None:
                refuse_inference(op, (<Tensor>inputs[ask]).storage)
    return 0


cdef Tensor saved_original(Op op, Tensor x):
    """x's former values where the derivative will ask for them, a placeholder where not."""
    if ASK_X in op.saves:
        return wrap(x.array.copy())
    return wrap(None)


cdef bint write_directly(Op op, Tensor x, tuple inputs, dict parameters) except -1:
    """Let NumPy's loop write into x; 0 where it cannot."""
    if op.loops is None or parameters is not None or type(x.array) is not cnp.ndarray:
        return False
    if (op.floats or op.whole) and cnp.PyArray_TYPE(x.array) <= cnp.NPY_ULONGLONG:
        return False
    if PyTuple_GET_SIZE(inputs) == 1:
        return run_unary(op.loops, x.array, x.array) is not None
    y = inputs[1]
    if isinstance(y, Tensor):
        if type((<Tensor>y).array) is not cnp.ndarray:
            return False
        return run_binary(op.loops, x.array, (<Tensor>y).array, x.array) is not None
    if type(y) is float and not cnp.NPY_FLOAT <= cnp.PyArray_TYPE(x.array) <= cnp.NPY_CLONGDOUBLE:
        return False
    if type(y) is complex or type(y) is bool or cnp.PyArray_TYPE(x.array) == cnp.NPY_BOOL:
        return False
    return run_with_number(op.loops, x.array, y, False, x.array) is not None


cdef int become_result(Op op, Tensor x, tuple inputs, dict parameters, Tensor original) except -1:
    """Put the new value of x on the tape: on x itself, or, for a view, over its base."""
    cdef Tensor value
    if not views_values(x):
        x.storage.writer_name = core.short_name(record(op, inputs, parameters, x, original))
        return 0
    value = wrap(x.array)
    value.storage = x.storage
    x.storage.writer_name = core.short_name(record(op, inputs, parameters, value, original))
    cover(x, value)
    derive(x)
    return 0


# --------------------------------------------------------------- what Python modules may use

def check_write(Tensor x not None, tuple others not None):
    """Refuse a write of others into x that may not be; whether it must be recorded.

    Integers and booleans have no gradient, whatever is written over them. (Here, because copy_
    asks it at every step of every training: 60 ns, and 200 of Python.)
    """
    cdef bint wanted
    check_writable(x)
    wanted = any_wants_grad((x if x.base is None else x.base,))
    for other in others:
        check_overlap(x, other)
    wanted = wanted or any_wants_grad(others)
    if wanted and modes.recording() and types.dtype_of(x.array).category >= types.FLOATING:
        return True
    if not (x.needs_grad and x.node is None):
        follow_write("write", x, others)
    return False


def overwrite(Tensor x not None, array):
    """Write an array's values into x, unrecorded: x becomes a constant of the new values."""
    check_writable(x)
    if modes.recording() and x.needs_grad:
        raise RuntimeError(
            "overwrite: a tensor that requires grad cannot be filled while grad mode is on; "
            "use torch.no_grad()"
        )
    store(x, array)
    bump(x)
    return x


def bump_version(Tensor x not None):
    """Count a write that was made to x's memory by other means."""
    bump(x)


def check_may_write(Tensor x not None):
    """Raise what PyTorch raises where x may not be written to in place."""
    check_writable(x)


def write_call(Op op not None, Tensor x not None, tuple inputs not None, dict parameters):
    """`op` of any inputs, written into x (which may or may not be among them)."""
    check_arity(op, PyTuple_GET_SIZE(inputs))
    return dispatch.write(op, x, inputs, parameters or None)


def share(Tensor x not None, Tensor source not None):
    """Let x share the memory and the version counter of `source`, but not its graph."""
    share_memory(x, source)
    return x


cdef int share_memory(Tensor x, Tensor source) except -1:
    x.array = source.array
    x.storage = storage_of(source)
    x.base = None               # what x was a view of, it no longer is
    return 0


def cut_off(Tensor made not None, Tensor source not None, str how not None):
    """Let `made` be a constant that shares the memory of `source`, by what `how` names.

    One function, because detach calls it: 135 ns, with `share` and `mark` 215.
    """
    share_memory(made, source)
    if isinstance(made.array, Wrapped):
        made.array = transforms["without_tangents"](transforms["settled"](made.array))
    if carries(source):
        follow(made, source, how)
    return made


def replace_array(Tensor x not None, array):
    """Give x another array (resize_, set_, .data = ...), of any shape."""
    types.dtype_of(array)       # refuses what is no array
    x.array = array
    x.base = None               # what x was a view of, it no longer is


def put_array(Tensor x not None, array):
    """Give x an array of the same values that a transform sees more in."""
    types.dtype_of(array)
    x.array = array


def adopt(Tensor x not None, Tensor result not None):
    """Let x become what `result` is: another view of the same memory (t_, unsqueeze_)."""
    x.array = result.array
    if result.node is not None:
        x.node, x.output, x.needs_grad = result.node, result.output, True
    bump(x)
    x.node_version = x.storage.version
    return x


def detach_in_place(Tensor x not None):
    """Cut x off the graph it came from."""
    if x.base is not None:
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead. (This tensor is a view of one "
            f"of shape {list(x.base.array.shape)}.)"
        )
    if x.needs_grad:
        x.cut = joined(x.cut, cut_of("detach_", x))
    x.node, x.output, x.needs_grad = None, 0, False
    return x


operation.calls.in_place = in_place
dispatch.write = write
operation.late["in_place"] = in_place_call


def rewrite(Tensor x not None, Tensor value not None):
    """Let x, whose memory now holds `value`, have the history of `value`."""
    x.cut = joined(x.cut, value.cut)
    if not views_values(x):
        x.node, x.output, x.needs_grad = value.node, value.output, True
        return x
    cover(x, value)
    derive(x)
    return x
