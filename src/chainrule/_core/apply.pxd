"""From operands to a tensor."""
from chainrule._core.core cimport Tensor
from chainrule._core.operation cimport Op

cdef object binary(Op op, object x, object y)
cdef object call(Op op, tuple inputs, dict parameters)
cdef object finish(Op op, tuple inputs, dict parameters, object result)
cdef bint any_wants_grad(tuple inputs) except -1
