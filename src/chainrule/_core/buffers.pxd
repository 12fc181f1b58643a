"""Memory for results: freed buffers are kept, within bounds, and handed out again."""
cimport numpy as cnp

cdef cnp.ndarray new_array(int ndim, cnp.npy_intp *dims, int typenum)
cdef cnp.ndarray empty_like_contiguous(cnp.ndarray array)

# Told of every block, by size, that is handed out (+) or comes back (-); NULL: nobody counts.
cdef void (*counted)(long long change) noexcept

# Bare memory, aligned to 64 bytes; give it back with the same size. Both need the GIL.
cdef char *take(size_t nbytes) except NULL
cdef void give(char *memory, size_t nbytes) noexcept
