"""NumPy's inner loops, found in the ufunc objects and called without NumPy's per-call work.

Apart from `apply`, because nothing here knows what a Tensor is.

Note: which operands qualify. Native, aligned, C-contiguous arrays of one type that a loop of the
ufunc is written for, of one shape, or of which one repeats along the rows or the columns of the
other (a bias, a column of weights, a single element). Everything else is NumPy's to work out, and
the results are the same to the bit, since the same loop does the arithmetic.
"""
cimport numpy as cnp
from cpython.object cimport PyObject
from libc.string cimport memcpy

from chainrule._core.buffers cimport new_array

import numpy

cnp.import_array()
cnp.import_umath()

cdef extern from "Python.h":
    PyObject *PyErr_Occurred()
    void PyErr_Clear()

cdef enum:
    MOST_DIMENSIONS = 32

cdef dict tables = {}


cdef class LoopTable:
    """The inner loops of one ufunc whose operands all have the same type."""

    def __cinit__(self, ufunc):
        cdef PyUFuncObject *record = <PyUFuncObject *><void *>ufunc
        cdef int row, column, typenum
        if not isinstance(ufunc, numpy.ufunc):
            raise TypeError(f"LoopTable: expected a NumPy ufunc, got {type(ufunc).__name__}")
        self.ufunc = ufunc
        self.arity = record.nin
        if record.nout != 1 or record.nin > 2:
            return
        for row in range(record.ntypes):
            types = record.types + row * record.nargs
            typenum = types[0]
            if typenum < 0 or typenum >= 24 or types[record.nin] >= 24:
                continue
            if record.nin == 2 and types[1] != typenum:
                continue
            if self.loops[typenum].function == NULL and typenum != cnp.NPY_OBJECT:
                self.loops[typenum].function = record.functions[row]
                self.loops[typenum].data = NULL if record.data == NULL else record.data[row]
                self.loops[typenum].result = types[record.nin]


cpdef LoopTable table_of(object ufunc):
    """The table of a ufunc, made once."""
    found = tables.get(ufunc)
    if found is None:
        found = tables[ufunc] = LoopTable(ufunc)
    return found


cpdef LoopTable table_without(object ufunc, str kinds):
    """A table of its own, without the loops for types of some kinds (NumPy's letters: "c")."""
    cdef LoopTable table = LoopTable(ufunc)
    cdef int typenum
    for letter in numpy.typecodes["All"]:
        typenum = numpy.dtype(letter).num
        if typenum < 24 and numpy.dtype(letter).kind in kinds.lower():
            table.loops[typenum].function = NULL
    return table


cdef inline Loop *loop_for(LoopTable table, cnp.ndarray x) noexcept:
    cdef int typenum = cnp.PyArray_TYPE(x)
    if typenum >= 24 or not cnp.PyArray_ISCARRAY_RO(x):
        return NULL
    if table.loops[typenum].function == NULL:
        return NULL
    return &table.loops[typenum]


cdef inline bint fits(cnp.ndarray out, int ndim, cnp.npy_intp *dims, int typenum) noexcept:
    """Whether a given result array can be written by the loop as it is."""
    cdef int axis
    if cnp.PyArray_TYPE(out) != typenum or cnp.PyArray_NDIM(out) != ndim:
        return False
    if not cnp.PyArray_ISCARRAY(out):
        return False
    for axis in range(ndim):
        if cnp.PyArray_DIMS(out)[axis] != dims[axis]:
            return False
    return True


cdef inline void call(
    Loop *loop, char **places, cnp.npy_intp count, cnp.npy_intp *steps
) noexcept:
    cdef cnp.npy_intp n = count
    if count < RELEASE_GIL_FROM:
        loop.function(places, &n, steps, loop.data)
    else:
        with nogil:
            loop.function(places, &n, steps, loop.data)


cdef inline object unless_refused(cnp.ndarray out):
    """The result; None where the loop set an error, which NumPy then raises in its own way."""
    if PyErr_Occurred() == NULL:
        return out
    PyErr_Clear()
    return None


cdef object run_unary(LoopTable table, cnp.ndarray x, cnp.ndarray out):
    cdef Loop *loop = loop_for(table, x)
    cdef char *places[2]
    cdef cnp.npy_intp steps[2]
    if loop == NULL or table.arity != 1:
        return None
    if out is None:
        out = new_array(cnp.PyArray_NDIM(x), cnp.PyArray_DIMS(x), loop.result)
    elif not fits(out, cnp.PyArray_NDIM(x), cnp.PyArray_DIMS(x), loop.result):
        return None
    places[0] = cnp.PyArray_BYTES(x)
    places[1] = cnp.PyArray_BYTES(out)
    steps[0] = cnp.PyArray_ITEMSIZE(x)
    steps[1] = cnp.PyArray_ITEMSIZE(out)
    call(loop, places, cnp.PyArray_SIZE(x), steps)
    return out


cdef struct Shape:
    int ndim
    cnp.npy_intp size
    cnp.npy_intp dims[MOST_DIMENSIONS]


cdef inline bint broadcast(cnp.ndarray x, cnp.ndarray y, Shape *shape) noexcept:
    """The shape of the result, False where x and y do not go together."""
    cdef int x_ndim = cnp.PyArray_NDIM(x), y_ndim = cnp.PyArray_NDIM(y)
    cdef int ndim = x_ndim if x_ndim > y_ndim else y_ndim
    cdef int axis
    cdef cnp.npy_intp a, b
    if ndim > MOST_DIMENSIONS:
        return False
    shape.ndim = ndim
    shape.size = 1
    for axis in range(ndim):
        a = 1 if axis < ndim - x_ndim else cnp.PyArray_DIMS(x)[axis - ndim + x_ndim]
        b = 1 if axis < ndim - y_ndim else cnp.PyArray_DIMS(y)[axis - ndim + y_ndim]
        if a != b and a != 1 and b != 1:
            return False
        shape.dims[axis] = b if a == 1 else a
        shape.size *= shape.dims[axis]
    return True


cdef struct Walk:
    cnp.npy_intp inner      # step from one element to the next within a row
    cnp.npy_intp outer      # step from one row to the next
    cnp.npy_intp row        # how long this operand's rows are; 0: any length will do


cdef inline bint walk(cnp.ndarray x, Shape *shape, Walk *steps) noexcept:
    """How an operand repeats over the result: not at all, everywhere, by rows or by columns."""
    cdef cnp.npy_intp size = cnp.PyArray_SIZE(x), item = cnp.PyArray_ITEMSIZE(x)
    cdef cnp.npy_intp tail = 1
    cdef int axis, offset = shape.ndim - cnp.PyArray_NDIM(x)
    if size == shape.size:
        steps.inner, steps.outer, steps.row = item, -1, 0
        return True
    if size == 1:
        steps.inner, steps.outer, steps.row = 0, 0, 0
        return True
    for axis in range(shape.ndim - 1, -1, -1):
        if axis < offset or cnp.PyArray_DIMS(x)[axis - offset] != shape.dims[axis]:
            break
        tail *= shape.dims[axis]
    if tail == size:                            # the same rows again and again
        steps.inner, steps.outer, steps.row = item, 0, size
        return True
    if tail == 1 and cnp.PyArray_DIMS(x)[cnp.PyArray_NDIM(x) - 1] == 1:
        if size * shape.dims[shape.ndim - 1] == shape.size:     # one element a row
            steps.inner, steps.outer, steps.row = 0, item, shape.dims[shape.ndim - 1]
            return True
    return False


cdef object run_binary(LoopTable table, cnp.ndarray x, cnp.ndarray y, cnp.ndarray out):
    cdef Loop *loop = loop_for(table, x)
    cdef Shape shape
    cdef Walk walk_x, walk_y
    if loop == NULL or table.arity != 2 or cnp.PyArray_TYPE(y) != cnp.PyArray_TYPE(x):
        return None
    if not cnp.PyArray_ISCARRAY_RO(y) or not broadcast(x, y, &shape):
        return None
    if not walk(x, &shape, &walk_x) or not walk(y, &shape, &walk_y):
        return None
    if walk_x.row and walk_y.row and walk_x.row != walk_y.row:
        return None
    if out is None:
        out = new_array(shape.ndim, shape.dims, loop.result)
    elif not fits(out, shape.ndim, shape.dims, loop.result):
        return None
    run_rows(loop, x, y, out, &walk_x, &walk_y, shape.size)
    return unless_refused(out)


cdef void run_rows(
    Loop *loop, cnp.ndarray x, cnp.ndarray y, cnp.ndarray out,
    Walk *walk_x, Walk *walk_y, cnp.npy_intp size,
) noexcept:
    """Call the loop once, or once a row where an operand repeats."""
    cdef cnp.npy_intp row = walk_x.row if walk_x.row else walk_y.row
    cdef cnp.npy_intp steps[3]
    cdef char *places[3]
    cdef cnp.npy_intp done = 0
    places[0] = cnp.PyArray_BYTES(x)
    places[1] = cnp.PyArray_BYTES(y)
    places[2] = cnp.PyArray_BYTES(out)
    steps[0], steps[1], steps[2] = walk_x.inner, walk_y.inner, cnp.PyArray_ITEMSIZE(out)
    if row == 0:
        call(loop, places, size, steps)
        return
    if walk_x.outer < 0:
        walk_x.outer = row * steps[0]
    if walk_y.outer < 0:
        walk_y.outer = row * steps[1]
    with nogil:
        while done < size:
            loop.function(places, &row, steps, loop.data)
            places[0] += walk_x.outer
            places[1] += walk_y.outer
            places[2] += row * steps[2]
            done += row


cdef int store_number(object number, int typenum, char *place) except -1:
    """Write a Python number as NumPy's type `typenum`; integers wrap as they do in C."""
    cdef float single
    cdef double double_
    cdef long long whole
    cdef float pair[2]
    cdef double parts[2]
    if typenum == cnp.NPY_FLOAT:
        single = <float><double>number
        memcpy(place, &single, 4)
    elif typenum == cnp.NPY_DOUBLE:
        double_ = <double>number
        memcpy(place, &double_, 8)
    elif typenum == cnp.NPY_BOOL:
        place[0] = 1 if number else 0
    elif typenum == cnp.NPY_CDOUBLE:
        parts[0], parts[1] = number.real, number.imag   # joined by `x + y * I`, -0.0 is lost
        memcpy(place, parts, 16)
    elif typenum == cnp.NPY_CFLOAT:
        pair[0], pair[1] = <float>number.real, <float>number.imag
        memcpy(place, pair, 8)
    elif type(number) is int or type(number) is bool:
        whole = number
        return store_whole(whole, typenum, place)
    else:
        return 0
    return 1


cdef int store_whole(long long whole, int typenum, char *place) noexcept:
    # Little-endian machines keep the low bytes first, so one copy truncates to any width;
    # types.pyx refuses big-endian machines at import.
    if typenum == cnp.NPY_INT64 or typenum == cnp.NPY_LONGLONG:
        memcpy(place, &whole, 8)
    elif typenum == cnp.NPY_INT32:
        memcpy(place, &whole, 4)
    elif typenum == cnp.NPY_INT16:
        memcpy(place, &whole, 2)
    elif typenum == cnp.NPY_INT8 or typenum == cnp.NPY_UINT8:
        memcpy(place, &whole, 1)
    else:
        return 0
    return 1


cdef object run_with_number(
    LoopTable table, cnp.ndarray x, object number, bint reflected, cnp.ndarray out
):
    """x op number, or number op x when reflected; the number takes x's type."""
    cdef Loop *loop = loop_for(table, x)
    cdef double complex number_place        # room for the widest type, aligned for every type
    cdef char *places[3]
    cdef cnp.npy_intp steps[3]
    if loop == NULL or table.arity != 2:
        return None
    if not store_number(number, cnp.PyArray_TYPE(x), <char *>&number_place):
        return None
    if out is None:
        out = new_array(cnp.PyArray_NDIM(x), cnp.PyArray_DIMS(x), loop.result)
    elif not fits(out, cnp.PyArray_NDIM(x), cnp.PyArray_DIMS(x), loop.result):
        return None
    places[reflected] = cnp.PyArray_BYTES(x)
    places[1 - reflected] = <char *>&number_place
    places[2] = cnp.PyArray_BYTES(out)
    steps[reflected] = cnp.PyArray_ITEMSIZE(x)
    steps[1 - reflected] = 0
    steps[2] = cnp.PyArray_ITEMSIZE(out)
    call(loop, places, cnp.PyArray_SIZE(x), steps)
    return unless_refused(out)


cdef object run_outer(LoopTable table, cnp.ndarray x, cnp.ndarray y):
    """Every element of vector x with every element of vector y, as a matrix."""
    cdef Loop *loop = loop_for(table, x)
    cdef Walk walk_x, walk_y
    cdef cnp.npy_intp dims[2]
    cdef cnp.npy_intp item = cnp.PyArray_ITEMSIZE(x)
    cdef cnp.ndarray out
    if loop == NULL or table.arity != 2 or cnp.PyArray_TYPE(y) != cnp.PyArray_TYPE(x):
        return None
    if cnp.PyArray_NDIM(x) != 1 or cnp.PyArray_NDIM(y) != 1 or not cnp.PyArray_ISCARRAY_RO(y):
        return None
    dims[0], dims[1] = cnp.PyArray_DIMS(x)[0], cnp.PyArray_DIMS(y)[0]
    if dims[0] == 0 or dims[1] == 0:
        return None
    out = new_array(2, dims, loop.result)
    walk_x.inner, walk_x.outer, walk_x.row = 0, item, dims[1]
    walk_y.inner, walk_y.outer, walk_y.row = item, 0, dims[1]
    run_rows(loop, x, y, out, &walk_x, &walk_y, dims[0] * dims[1])
    return out
