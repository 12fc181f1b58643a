"""Start, add each operand, ask for the result."""
from chainrule._core.types cimport dtype

cdef struct Promotion:                  # numbers of dtypes, or -1
    int dimensioned
    int zero_dim
    int scalar

cdef void promotion_start(Promotion *promotion) noexcept
cdef void promotion_add_tensor(Promotion *promotion, dtype kind, int ndim) noexcept
cdef int promotion_add_scalar(Promotion *promotion, object value) except -1
cdef dtype promotion_result(Promotion *promotion)
cdef dtype promote(dtype a, dtype b)
