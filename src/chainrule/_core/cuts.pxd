"""Where gradients were cut off."""
from chainrule._core.core cimport Tensor

cdef class Cut:
    """One place where a tensor that wanted a gradient became a constant."""
    cdef readonly object how            # an Op, or the name of what the user called
    cdef readonly int mode              # 0: recording was on, 1: grad mode was off, 2: inference
    cdef readonly unsigned long time    # how many cuts there had been before
    cdef readonly object leaf           # weak reference to the leaf cut off, None for a result
    cdef readonly tuple leaves          # of a result: weak references to leaves it came from
    cdef readonly bint all_leaves       # whether these are all: only LOOKED nodes are looked at
    cdef readonly unsigned long sequence    # of the node that made the result cut off
    cdef readonly object node_type
    cdef object code, node_code
    cdef int instruction, node_instruction

cdef object joined_different(object a, object b)
cdef Cut cut_of(object how, Tensor x)
cdef int follow(Tensor out, Tensor x, object how) except -1
cdef int follow_both(Tensor out, Tensor x, Tensor y, object how) except -1
cdef int follow_all(Tensor out, tuple inputs, object how) except -1


cdef inline object joined(object a, object b):
    """The marks of both."""
    if b is None or a is b:
        return a
    return b if a is None else joined_different(a, b)


cdef inline bint carries(Tensor x) noexcept:
    """Whether a constant computed from x has something to remember."""
    return x.needs_grad or x.cut is not None
