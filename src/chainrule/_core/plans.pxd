"""A program as it runs on arrays of one type: which loops, in which order, on which memory."""
cimport cython
cimport numpy as cnp

from chainrule._core.loops cimport loop_function

cdef enum:
    MOST_INPUTS = 32
    MOST_OUTPUTS = 16
    MOST_PLACES = 256

# How an input relates to the type of the program: two bits each.
cdef enum Kind:
    WIDE = 0                    # of that type, or a Python number
    MASK = 1                    # boolean
    REAL = 2                    # real part of that type, which is complex

# What a value is, besides the result of a LoopTable.
cdef str INPUT
cdef str CONSTANT
cdef str SELECT

# One call of a loop. Places are numbered: inputs, results of steps, constants.
cdef struct Step:
    loop_function function
    void *data
    int arity
    int operands[3]             # places
    int size                    # bytes of one element of the result
    int home                    # slot of the workspace; ~j: written straight into output j


@cython.final
cdef class Plan:
    """A program as it runs on arrays of one type."""
    cdef int typenum
    cdef unsigned long long kinds   # per input two bits, see Kind
    cdef bint possible
    cdef int inputs, count, constants, slots, widest
    cdef Step *steps
    cdef double complex *numbers    # the constants, in room for the widest type
    cdef int *output_types


# values and results: see Program.
cdef Plan plan_of(int inputs, list values, list results, int typenum, unsigned long long kinds)

cdef int common_number(int typenum) noexcept
cdef int real_type(int typenum) noexcept
cdef bint store(object number, int typenum, char *place) except -1
