"""Running a plan on operands: what they are, whether they go together, and the blocks.

Apart from plans, which is made once for a type; this runs at every call, and counts nanoseconds.
"""
cimport numpy as cnp
from cpython.exc cimport PyErr_Occurred
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE
from libc.stdint cimport uintptr_t
from libc.string cimport memcpy, memmove

from chainrule._core.buffers cimport give, take
from chainrule._core.moves cimport copy
from chainrule._core.plans cimport MASK, REAL, WIDE, Plan, Step, common_number, real_type, store

cnp.import_array()

cdef enum:
    # Bytes of one block of one value: 4, 8, 16 and 32 kB take 390, 378, 436 and 525 us for six
    # operations on 1e6 float32.
    BLOCK = 8192
    ON_STACK = 4096             # bytes of workspace that need no allocation
    RELEASE_GIL_FROM = 65536    # elements times steps; below, it costs more than others gain


cdef bint read_operands(Call *call, tuple operands) except -1:
    """Fill in type, shape and places; False where the operands are not for programs."""
    cdef Py_ssize_t k, count = PyTuple_GET_SIZE(operands)
    cdef object operand
    cdef int typenum
    cdef bint masks = False
    call.typenum, call.kinds, call.ndim, call.size = -1, 0, 0, 1
    for k in range(count):
        operand = <object>PyTuple_GET_ITEM(operands, k)
        if not cnp.PyArray_CheckExact(operand):
            continue
        typenum = common_number(cnp.PyArray_TYPE(<cnp.ndarray>operand))
        if typenum < 0 or not read_shape(call, <cnp.ndarray>operand):
            return False
        if typenum == cnp.NPY_BOOL:
            masks = True
        elif call.typenum < 0 or call.typenum == real_type(typenum):
            call.typenum = typenum
    if call.typenum < 0:
        if not masks:
            return False
        call.typenum = cnp.NPY_BOOL
    for k in range(count):
        if not read_operand(call, k, <object>PyTuple_GET_ITEM(operands, k)):
            return False
    return True


cdef bint read_shape(Call *call, cnp.ndarray array) noexcept:
    """Broadcast with the operands before; False unless all have the full size or one element."""
    cdef int axis, ndim = cnp.PyArray_NDIM(array), lead
    cdef cnp.npy_intp *dims = cnp.PyArray_DIMS(array)
    cdef cnp.npy_intp size
    if not cnp.PyArray_ISCARRAY_RO(array) or ndim > MOST_DIMENSIONS:
        return False
    if ndim > call.ndim:
        memmove(call.dims + ndim - call.ndim, call.dims, call.ndim * sizeof(cnp.npy_intp))
        for axis in range(ndim - call.ndim):
            call.dims[axis] = 1
        call.ndim = ndim
    lead = call.ndim - ndim
    size = cnp.PyArray_MultiplyList(dims, ndim)
    if size == 1:
        return True
    if call.size == 1:
        memcpy(call.dims + lead, dims, ndim * sizeof(cnp.npy_intp))
        call.size = size
        return True
    if size != call.size:
        return False
    for axis in range(call.ndim):
        if call.dims[axis] != (1 if axis < lead else dims[axis - lead]):
            return False
    return True


cdef bint read_operand(Call *call, Py_ssize_t k, object operand) except -1:
    """Where an operand lies, how far its elements are apart, and of which kind it is."""
    cdef cnp.ndarray array
    cdef int typenum
    cdef unsigned long long kind = WIDE
    if not cnp.PyArray_CheckExact(operand):
        return read_number(call, k, operand)
    array = <cnp.ndarray>operand
    typenum = common_number(cnp.PyArray_TYPE(array))
    if typenum != call.typenum:
        kind = MASK if typenum == cnp.NPY_BOOL else REAL
        if kind == REAL and typenum != real_type(call.typenum):
            return False
        call.kinds |= kind << (2 * k)
    call.places[k] = cnp.PyArray_BYTES(array)
    call.sizes[k] = call.steps[k] = cnp.PyArray_ITEMSIZE(array)
    call.ndims[k] = cnp.PyArray_NDIM(array)
    if call.size == 1 or cnp.PyArray_MultiplyList(cnp.PyArray_DIMS(array), call.ndims[k]) == 1:
        call.steps[k] = 0
    return True


cdef bint read_number(Call *call, Py_ssize_t k, object number) except -1:
    cdef int typenum = call.typenum
    call.places[k] = <char *>&call.numbers[k]
    call.steps[k], call.ndims[k] = 0, 0
    if type(number) is float and typenum == cnp.NPY_FLOAT:
        (<float *>call.places[k])[0] = <float><double>number
        return True
    if type(number) is bool and typenum != cnp.NPY_BOOL:
        call.kinds |= (<unsigned long long>MASK) << (2 * k)
        typenum = cnp.NPY_BOOL
    return store(number, typenum, call.places[k])


cdef bint may_write(
    Call *call, cnp.ndarray out, int typenum, tuple operands, tuple outs
) except -1:
    """Whether a given array, besides `outs`, can be written while the operands are read."""
    cdef int axis
    if common_number(cnp.PyArray_TYPE(out)) != typenum or not cnp.PyArray_ISCARRAY(out):
        return False
    if cnp.PyArray_NDIM(out) != call.ndim:
        return False
    for axis in range(call.ndim):
        if cnp.PyArray_DIMS(out)[axis] != call.dims[axis]:
            return False
    for other in operands:
        if cnp.PyArray_CheckExact(other) and overlap(out, <cnp.ndarray>other) == PARTLY:
            return False
    for other in outs:
        if overlap(out, <cnp.ndarray>other) != NOWHERE:
            return False
    return True


cdef enum Overlap:
    NOWHERE = 0
    EXACTLY = 1
    PARTLY = 2


cdef Overlap overlap(cnp.ndarray a, cnp.ndarray b) noexcept:
    """How the memory of two contiguous arrays meets; exactly: element by element."""
    cdef uintptr_t a_start = <uintptr_t>cnp.PyArray_DATA(a), a_end = a_start + cnp.PyArray_NBYTES(a)
    cdef uintptr_t b_start = <uintptr_t>cnp.PyArray_DATA(b), b_end = b_start + cnp.PyArray_NBYTES(b)
    if a_start >= b_end or b_start >= a_end:
        return NOWHERE
    if a_start == b_start and a_end == b_end:
        if cnp.PyArray_ITEMSIZE(a) == cnp.PyArray_ITEMSIZE(b):
            return EXACTLY
    return PARTLY


cdef int execute(Plan plan, Call *call, char **outs) except -1:
    cdef char stack[ON_STACK + 64]
    cdef char *workspace = stack + 64 - <uintptr_t>stack % 64
    cdef cnp.npy_intp block = call.size, spacing, taken = 0
    if call.size == 0:
        return 0
    if plan.slots and block * plan.widest > BLOCK:
        block = BLOCK // plan.widest
    # NumPy's loops take slots that touch for overlapping ones, hence the line between them.
    spacing = (block * plan.widest + 127) & ~63
    if spacing * plan.slots > ON_STACK:
        taken = spacing * plan.slots
        workspace = take(taken)
    if place_values(plan, call, outs, workspace, spacing) == 0:
        pass
    elif call.size * plan.count < RELEASE_GIL_FROM:
        run_blocks(plan, call.places, call.steps, call.size, block)
    else:
        with nogil:
            run_blocks(plan, call.places, call.steps, call.size, block)
    fill_outputs(plan, call, outs)
    if taken:
        give(workspace, taken)
    # A loop can raise: integers to negative powers do.
    return 0 if PyErr_Occurred() == NULL else -1


cdef int place_values(
    Plan plan, Call *call, char **outs, char *workspace, cnp.npy_intp spacing
) noexcept:
    """Settle where the values of a block lie; compute now, and once, what all elements share.

    Returns how many steps are left.
    """
    cdef int k, at = plan.inputs, left = 0
    cdef Step *step
    for k in range(plan.inputs + plan.count, plan.inputs + plan.count + plan.constants):
        call.places[k] = <char *>&plan.numbers[k - plan.inputs - plan.count]
        call.steps[k], call.ndims[k] = 0, 0
    for k in range(plan.count):
        step = &plan.steps[k]
        if is_single(step, call.steps):
            call.places[at], call.sizes[at], call.steps[at] = <char *>&call.singles[k], step.size, 0
            run_single(step, at, call)
        else:
            call.places[at] = outs[~step.home] if step.home < 0 else workspace + step.home * spacing
            call.steps[at] = step.size
            left += 1
        at += 1
    return left


cdef inline bint is_single(const Step *step, const cnp.npy_intp *steps) noexcept:
    cdef int j
    for j in range(step.arity):
        if steps[step.operands[j]] != 0:
            return False
    return True


cdef void run_single(const Step *step, int result, Call *call) noexcept:
    """One element, with the distances that NumPy would give.

    Some loops choose their method by them, and with it the last bit. NumPy gives arrays of one
    element their own if their dimensions are equal in number; else all get 0, the result too.
    """
    cdef char *arguments[4]
    cdef cnp.npy_intp distances[4]
    cdef cnp.npy_intp one = 1
    cdef int j, at, ndim = 0
    cdef bint alike = True
    for j in range(step.arity):
        at = step.operands[j]
        if ndim and call.ndims[at] and call.ndims[at] != ndim:
            alike = False
        ndim = max(ndim, call.ndims[at])
    for j in range(step.arity):
        at = step.operands[j]
        arguments[j] = call.places[at]
        distances[j] = call.sizes[at] if alike and call.ndims[at] else 0
    call.ndims[result] = ndim
    arguments[step.arity] = call.places[result]
    distances[step.arity] = step.size if alike else 0
    step.function(arguments, &one, distances, step.data)


cdef void fill_outputs(Plan plan, Call *call, char **outs) noexcept:
    """Write the outputs that are one element only, after everything has been read."""
    cdef char *arguments[2]
    cdef cnp.npy_intp distances[2]
    cdef int k
    for k in range(plan.count):
        if plan.steps[k].home < 0 and call.steps[plan.inputs + k] == 0:
            arguments[0], arguments[1] = call.places[plan.inputs + k], outs[~plan.steps[k].home]
            distances[0], distances[1] = 0, plan.steps[k].size
            copy(arguments, &call.size, distances, NULL)


# What follows touches no Python object, and no memory but the operands' blocks and the given
# places: several threads could each run a range of blocks, with places and workspace of their own.

cdef void run_blocks(
    Plan plan, char **places, cnp.npy_intp *steps, cnp.npy_intp size, cnp.npy_intp block
) noexcept nogil:
    cdef cnp.npy_intp count
    cdef int k, at
    while True:
        count = min(block, size)
        at = plan.inputs
        for k in range(plan.count):
            if steps[at] != 0:              # else it is a single element, and done
                run_step(&plan.steps[k], at, places, steps, count)
            at += 1
        size -= count
        if size == 0:
            return
        for k in range(plan.inputs):
            places[k] += count * steps[k]
        for k in range(plan.count):
            if plan.steps[k].home < 0:
                places[plan.inputs + k] += count * steps[plan.inputs + k]


cdef inline void run_step(
    const Step *step, int result, char **places, const cnp.npy_intp *steps, cnp.npy_intp count
) noexcept nogil:
    cdef char *arguments[4]
    cdef cnp.npy_intp distances[4]
    cdef int j
    for j in range(step.arity):
        arguments[j] = places[step.operands[j]]
        distances[j] = steps[step.operands[j]]
    arguments[step.arity] = places[result]
    distances[step.arity] = step.size
    step.function(arguments, &count, distances, step.data)
