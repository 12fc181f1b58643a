"""Data types, their promotion, devices and sizes, for the other modules of the core."""

cdef class dtype:
    """A data type. Compare by `is`: there is one object for each."""
    cdef readonly str name              # "float32"
    cdef readonly str legacy            # "Float": as PyTorch's messages call it
    cdef readonly str abbr              # "f32"
    cdef readonly object numpy          # np.dtype; bfloat16's stands in for itself until needed
    cdef readonly int number            # 0, 1, 2 ...: where it stands in the tables
    cdef readonly int typenum           # NumPy's; 24 or more where NumPy itself has no loops
    cdef readonly int category          # 0 bool, 1 integer, 2 floating, 3 complex
    cdef readonly int itemsize
    cdef readonly bint is_floating_point
    cdef readonly bint is_complex
    cdef readonly bint is_signed

cdef class device:
    cdef readonly str type
    cdef readonly object index          # int or None

cdef device CPU                         # where every array is
cdef object size_of(object array)       # its shape, a Size

# The type of an array; TypeError where there is none for it.
cpdef dtype dtype_of(object array)
cpdef dtype as_dtype(object value, str function=*, str argument=*)
cdef dtype default_float()
cdef dtype default_complex()

# ---- promotion: start, add each operand, ask for the result

cdef struct Promotion:                  # numbers of dtypes, or -1
    int dimensioned
    int zero_dim
    int scalar

cdef void promotion_start(Promotion *promotion) noexcept
cdef void promotion_add_tensor(Promotion *promotion, dtype kind, int ndim) noexcept
cdef int promotion_add_scalar(Promotion *promotion, object value) except -1
cdef dtype promotion_result(Promotion *promotion)
cdef dtype promote(dtype a, dtype b)
