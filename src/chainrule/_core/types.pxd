"""Data types, for the other modules of the core."""

cdef enum:
    TYPES = 13                  # with complex32, see types.pyx
    NUMPY_TYPES = 24            # NumPy's own type numbers lie below this
    BOOL = 0
    INT64 = 5
    COMPLEX_HALF = 12
    INTEGER = 1                 # categories
    FLOATING = 2
    COMPLEX = 3

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

# The type of an array; TypeError where there is none for it.
cpdef dtype dtype_of(object array)
cpdef dtype as_dtype(object value, str function=*, str argument=*)
cdef dtype default_float()
cdef dtype default_complex()

cdef dtype existing(int number)         # by number; TypeError for complex32
cdef dtype numbered(int number)
cdef int complex_number(int number) noexcept
cdef dtype requested(object value, str function, str argument)
