"""Writing into tensors that exist already."""
from chainrule._core.core cimport Storage, Tensor
from chainrule._core.operation cimport Op

cdef int bump(Tensor x) except -1
cdef object in_place(Op op, object x, object y)
