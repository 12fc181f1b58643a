"""The record of an operation."""
from cpython.object cimport PyObject

from chainrule._core.loops cimport LoopTable
from chainrule._core.program cimport Program

ctypedef object (*vectorcallfunc)(
    object callable, PyObject **arguments, size_t count, PyObject *names
)

# What an Op's rules derive from (see ops/kinds.py).
cdef enum Kind:
    ELEMENTWISE = 0
    LINEAR = 1
    MULTILINEAR = 2
    GENERAL = 3

# What a rule may ask for, besides g and the op's own keywords.
cdef enum Ask:
    ASK_X = 0               # ... to ASK_Z: the inputs
    ASK_Z = 2
    ASK_OUT = 3             # the (first) result
    ASK_OUTS = 4            # all results
    ASK_X_SHAPE = 5         # ... to ASK_Z_SHAPE: an input's shape
    ASK_SHAPES = 8          # the shapes of all inputs, for ops of any number of inputs
    ASK_G = 9

cdef class Op:
    cdef vectorcallfunc vectorcall
    cdef readonly str name
    cdef readonly int kind
    cdef readonly int arity             # -1: any number of inputs
    cdef readonly object kernel         # (xp, *arrays, **parameters) -> array(s), or a ufunc
    cdef LoopTable loops                # of the ufunc, None where the kernel is none
    cdef Program kernel_program         # of a kernel that is a formula
    cdef readonly object formula        # that formula
    cdef readonly tuple rules           # per input: vjp or partial; a number; None: no derivative
    cdef tuple asks                     # per rule, in order: place in saves, -1 for g, or a keyword
    cdef tuple saves                    # the asks that must be saved
    cdef tuple asked_by                 # per save: bits of the inputs whose rule asks for it
    cdef list programs                  # per input, real and complex: g * partial; False: none
    cdef readonly bint whole            # integers stay as they are
    cdef readonly bint joint            # one rule gives the cotangents of all inputs
    cdef readonly bint view             # the result shares x's memory
    cdef readonly bint broadcasts       # the engine sums cotangents back to the inputs' shapes
    cdef readonly bint promotes         # inputs are brought to their common type first
    cdef readonly bint floats           # integers are brought to the default float first
    cdef readonly str refuses           # NumPy's letters of the kinds it does not take, or None
    cdef readonly int results           # how many; -1: a tuple of any length
    cdef object node_names              # str, or a tuple by which inputs are tensors (bits)
    cdef tuple node_types               # made when first recorded
    cdef public dict saved_names        # PyTorch's names of saved values where they differ
    cdef readonly tuple parameters


# What calls an op, or writes it into its first operand: put in by later modules at import.
cdef struct Calls:
    vectorcallfunc call
    object (*in_place)(Op op, object x, object y)

cdef Calls calls

cdef Program program_of(Op op)
cdef dict late              # Python functions behind repr, getitem, ..., by name
