"""From a result to its Node."""
from chainrule._core.core cimport Node, Storage, Tensor
from chainrule._core.operation cimport Op

cdef unsigned long sequence

cdef Node record(Op op, tuple inputs, dict parameters, object out, Tensor original)
cdef int refuse_inference(Op op, Storage storage) except -1
