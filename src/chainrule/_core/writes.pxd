"""Writing into tensors that exist already."""
from chainrule._core.core cimport Op, Storage, Tensor

cdef int bump(Tensor x) except -1
cdef object in_place(Op op, object x, object y)
