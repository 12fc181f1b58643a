"""Where in the user's program we are."""

cdef object calling_code(int *instruction)
