"""Running a plan on operands, block by block."""
cimport numpy as cnp

from chainrule._core.plans cimport MOST_INPUTS, MOST_PLACES, Plan

cdef enum:
    MOST_DIMENSIONS = 64

cdef struct Call:
    int typenum
    unsigned long long kinds
    int ndim                                    # shape of the result
    cnp.npy_intp size
    cnp.npy_intp dims[MOST_DIMENSIONS]
    char *places[MOST_PLACES]                   # where each value of this block begins
    cnp.npy_intp steps[MOST_PLACES]             # from one element to the next; 0: a single one
    int sizes[MOST_PLACES]                      # bytes of one element
    int ndims[MOST_PLACES]                      # of single elements
    double complex numbers[MOST_INPUTS]         # Python numbers among the operands
    double complex singles[MOST_PLACES]         # results that all elements share


cdef bint read_operands(Call *call, tuple operands) except -1
cdef bint may_write(
    Call *call, cnp.ndarray out, int typenum, tuple operands, tuple outs
) except -1
cdef int execute(Plan plan, Call *call, char **outs) except -1
