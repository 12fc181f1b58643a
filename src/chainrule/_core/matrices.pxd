"""NumPy's loop of matmul."""
cimport numpy as cnp

# None where the loop cannot be called directly: the caller then goes through NumPy.
cdef object run_matmul(cnp.ndarray x, cnp.ndarray y, bint x_turned, bint y_turned)
