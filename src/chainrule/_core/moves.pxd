"""Loops that NumPy does not have as ufuncs: choosing, copying, widening."""
cimport numpy as cnp

from chainrule._core.loops cimport loop_function

cdef loop_function select_loop(int size) noexcept
cdef loop_function widen_loop(int size) noexcept

cdef void copy(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil
