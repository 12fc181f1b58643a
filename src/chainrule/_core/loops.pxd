"""The table (ufunc, type) -> NumPy's inner loop."""
cimport numpy as cnp

ctypedef void (*loop_function)(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil

cdef extern from "numpy/ufuncobject.h":
    ctypedef struct PyUFuncObject:
        int nin
        int nout
        int nargs
        loop_function *functions
        void **data
        int ntypes
        char *types

# Below this many elements giving up the GIL costs more than it lets others gain.
cdef enum:
    RELEASE_GIL_FROM = 32768

cdef struct Loop:
    loop_function function      # NULL where the ufunc has no such loop
    void *data
    int result                  # NumPy type number of the result

cdef class LoopTable:
    cdef readonly object ufunc
    cdef readonly int arity
    cdef Loop loops[24]         # by the type number that all operands share

cpdef LoopTable table_of(object ufunc)
cpdef LoopTable table_without(object ufunc, str kinds)

# Each returns None where the loop cannot be called directly: the caller then goes through NumPy.
cdef object run_unary(LoopTable table, cnp.ndarray x, cnp.ndarray out)
cdef object run_binary(LoopTable table, cnp.ndarray x, cnp.ndarray y, cnp.ndarray out)
cdef object run_with_number(
    LoopTable table, cnp.ndarray x, object number, bint reflected, cnp.ndarray out
)
cdef object run_outer(LoopTable table, cnp.ndarray x, cnp.ndarray y)

# 1 where the number was stored, 0 where this type is not handled here.
cdef int store_number(object number, int typenum, char *place) except -1
