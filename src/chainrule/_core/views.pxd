"""Views and their bases, after writes."""
from chainrule._core.core cimport Tensor

cdef int derive(Tensor x) except -1
cdef int cover(Tensor x, Tensor value) except -1
cdef bint views_values(Tensor x) except -1
