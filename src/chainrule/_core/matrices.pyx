"""NumPy's inner loop of matmul, called directly on vectors and matrices.

Apart from loops, because its operands may lie transposed, and their sizes differ.
"""
cimport numpy as cnp

from chainrule._core.buffers cimport new_array
from chainrule._core.loops cimport RELEASE_GIL_FROM, Loop, PyUFuncObject

import numpy

cnp.import_array()
cnp.import_umath()

cdef Loop matmul_loops[24]


cdef int find_matmul_loops() except -1:
    """The gufunc's own loop is the way to BLAS; it takes any strides of aligned arrays."""
    cdef PyUFuncObject *record = <PyUFuncObject *><void *>numpy.matmul
    cdef int row, typenum
    for row in range(record.ntypes):
        typenum = record.types[row * 3]
        if typenum <= cnp.NPY_BOOL or typenum >= 24 or typenum == cnp.NPY_OBJECT:
            continue                        # PyTorch has no product of booleans
        if record.types[row * 3 + 1] == typenum and matmul_loops[typenum].function == NULL:
            matmul_loops[typenum].function = record.functions[row]
            matmul_loops[typenum].data = NULL if record.data == NULL else record.data[row]
            matmul_loops[typenum].result = record.types[row * 3 + 2]
    return 0


find_matmul_loops()


cdef struct Factor:
    cnp.npy_intp rows, columns              # of the matrix, turned where it is to be turned
    cnp.npy_intp row_step, column_step


cdef inline Factor factor(cnp.ndarray x, bint turned, bint is_column) noexcept:
    """How to walk a factor; a vector counts as a row on the left, as a column on the right."""
    cdef Factor found
    cdef cnp.npy_intp *dims = cnp.PyArray_DIMS(x)
    cdef cnp.npy_intp *steps = cnp.PyArray_STRIDES(x)
    if cnp.PyArray_NDIM(x) == 1:
        if is_column:
            found.rows, found.row_step = dims[0], steps[0]
            found.columns, found.column_step = 1, cnp.PyArray_ITEMSIZE(x)
        else:
            found.rows, found.row_step = 1, dims[0] * cnp.PyArray_ITEMSIZE(x)
            found.columns, found.column_step = dims[0], steps[0]
        return found
    found.rows, found.row_step = dims[turned], steps[turned]
    found.columns, found.column_step = dims[1 - turned], steps[1 - turned]
    return found


cdef object run_matmul(cnp.ndarray x, cnp.ndarray y, bint x_turned, bint y_turned):
    """The product of two matrices, or of a matrix and a vector; matrices may be transposed."""
    cdef int typenum = cnp.PyArray_TYPE(x), ndim = 0
    cdef int x_ndim = cnp.PyArray_NDIM(x), y_ndim = cnp.PyArray_NDIM(y)
    cdef cnp.npy_intp dims[2]
    cdef Factor a, b
    cdef cnp.ndarray out
    if typenum >= 24 or cnp.PyArray_TYPE(y) != typenum or matmul_loops[typenum].function == NULL:
        return None
    if not (1 <= x_ndim <= 2 and 1 <= y_ndim <= 2):
        return None
    if not (cnp.PyArray_ISBEHAVED_RO(x) and cnp.PyArray_ISBEHAVED_RO(y)):
        return None
    a, b = factor(x, x_turned, False), factor(y, y_turned, True)
    if a.columns != b.rows or a.rows == 0 or a.columns == 0 or b.columns == 0:
        return None
    if x_ndim == 2:
        dims[ndim] = a.rows
        ndim += 1
    if y_ndim == 2:
        dims[ndim] = b.columns
        ndim += 1
    out = new_array(ndim, dims, matmul_loops[typenum].result)
    multiply(&matmul_loops[typenum], cnp.PyArray_BYTES(x), cnp.PyArray_BYTES(y), out, &a, &b)
    return out


cdef void multiply(
    Loop *loop, char *x, char *y, cnp.ndarray out, Factor *a, Factor *b
) noexcept:
    cdef cnp.npy_intp item = cnp.PyArray_ITEMSIZE(out)
    cdef cnp.npy_intp sizes[4]
    cdef cnp.npy_intp steps[9]
    cdef char *places[3]
    places[0], places[1], places[2] = x, y, cnp.PyArray_BYTES(out)
    sizes[0], sizes[1], sizes[2], sizes[3] = 1, a.rows, a.columns, b.columns
    steps[0], steps[1], steps[2] = 0, 0, 0
    steps[3], steps[4] = a.row_step, a.column_step
    steps[5], steps[6] = b.row_step, b.column_step
    steps[7], steps[8] = b.columns * item, item
    if a.rows * a.columns * b.columns < RELEASE_GIL_FROM:
        loop.function(places, sizes, steps, loop.data)
    else:
        with nogil:
            loop.function(places, sizes, steps, loop.data)
