"""A formula of elementwise operations, traced once and run on NumPy's loops."""
cimport cython
cimport numpy as cnp

from chainrule._core.plans cimport Plan

cdef class Trace:
    cdef list values            # (operation, operand numbers), or (INPUT | CONSTANT, which)
    cdef dict known             # the same -> its Symbol: common subexpressions

    cdef Symbol value(self, object operation, object operands, object key, bint boolean)
    cdef Symbol constant(self, object number)
    cdef Symbol symbol(self, object operand)
    cdef Symbol instruction(self, object operation, list operands)


@cython.final
cdef class Symbol:
    cdef Trace trace
    cdef readonly int number
    cdef readonly bint boolean  # a comparison, or made of comparisons only


@cython.final
cdef class Program:
    cdef readonly int inputs
    cdef readonly int outputs
    cdef list values                # as in Trace, inputs first, only what the outputs need
    cdef list results               # per output, the number of its value
    cdef list plans
    cdef Plan latest

    # operands: ndarrays and Python numbers; out may be None. None: run the formula instead.
    cdef object run(self, object operands, cnp.ndarray out)
    cdef Plan plan_for(self, int typenum, unsigned long long kinds)
    # Several outputs at once, into arrays that may be operands. False: nothing was done.
    cpdef bint run_into(self, tuple operands, tuple outs) except -1


cpdef Program trace(object formula, int inputs)
cpdef Symbol emit(object ufunc_or_program, tuple operands)
cpdef Symbol select(object mask, object a, object b)
