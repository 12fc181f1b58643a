"""From operands to a result array."""
from chainrule._core.operation cimport Op

cdef object compute(Op op, tuple inputs, dict parameters)
cdef object operand(object value)
cdef object quietly(object function, tuple arguments, dict keywords)
