"""From operands to a result and, when recording, a Node."""
from chainrule._core.core cimport Node, Op, Tensor

cdef object compute(Op op, tuple inputs, dict parameters)
cdef object binary(Op op, object x, object y)
cdef object call(Op op, tuple inputs, dict parameters)
cdef Node record(Op op, tuple inputs, dict parameters, object out, Tensor original)
cdef object operand(object value)
cdef object quietly(object function, tuple arguments, dict keywords)
