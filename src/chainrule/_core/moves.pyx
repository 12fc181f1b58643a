"""Loops that NumPy does not have as ufuncs: choosing by a mask, copying, real to complex.

Apart from loops, which only finds and calls NumPy's. These have the same signature, so that a
plan need not tell them apart. They work on items by their size, whatever the type.
"""
cimport numpy as cnp
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memmove

from chainrule._core.loops cimport loop_function

cnp.import_array()

ctypedef fused word:
    uint8_t
    uint16_t
    uint32_t
    uint64_t


cdef inline void choose(
    word *out, const char *mask, const word *a, const word *b,
    cnp.npy_intp mask_step, cnp.npy_intp a_step, cnp.npy_intp b_step, cnp.npy_intp count,
) noexcept nogil:
    # Without a branch, which a random mask would make the processor guess wrong half the time.
    cdef cnp.npy_intp k
    cdef word keep
    for k in range(count):
        keep = <word>0 - <word>(mask[k * mask_step] != 0)
        out[k] = b[k * b_step] ^ ((a[k * a_step] ^ b[k * b_step]) & keep)


cdef inline void choose_words(
    word *out, char **arguments, cnp.npy_intp count, const cnp.npy_intp *steps
) noexcept nogil:
    cdef word *a = <word *>arguments[1]
    cdef word *b = <word *>arguments[2]
    # The steps of the usual cases are spelled out, so that the compiler can use vectors.
    if steps[0] == 1 and steps[1] and steps[2]:
        choose(out, arguments[0], a, b, 1, 1, 1, count)
    elif steps[0] == 1 and steps[1]:
        choose(out, arguments[0], a, b, 1, 1, 0, count)
    elif steps[0] == 1 and not steps[2]:
        choose(out, arguments[0], a, b, 1, 0, 0, count)
    else:
        choose(out, arguments[0], a, b, steps[0], steps[1] != 0, steps[2] != 0, count)


cdef void select_1(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    choose_words(<uint8_t *>arguments[3], arguments, dimensions[0], steps)


cdef void select_2(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    choose_words(<uint16_t *>arguments[3], arguments, dimensions[0], steps)


cdef void select_4(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    choose_words(<uint32_t *>arguments[3], arguments, dimensions[0], steps)


cdef void select_8(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    choose_words(<uint64_t *>arguments[3], arguments, dimensions[0], steps)


cdef void select_16(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    cdef cnp.npy_intp k
    cdef char *source
    for k in range(dimensions[0]):
        source = arguments[1] + k * steps[1]
        if not arguments[0][k * steps[0]]:
            source = arguments[2] + k * steps[2]
        memmove(arguments[3] + 16 * k, source, 16)


cdef void widen_4(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    """complex64 from float32."""
    cdef cnp.npy_intp k
    cdef float *out = <float *>arguments[1]
    for k in range(dimensions[0]):
        out[2 * k] = (<float *>(arguments[0] + k * steps[0]))[0]
        out[2 * k + 1] = 0


cdef void widen_8(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    """complex128 from float64."""
    cdef cnp.npy_intp k
    cdef double *out = <double *>arguments[1]
    for k in range(dimensions[0]):
        out[2 * k] = (<double *>(arguments[0] + k * steps[0]))[0]
        out[2 * k + 1] = 0


cdef void copy(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    """Items of any size; one item again and again where the operand does not move."""
    cdef cnp.npy_intp size = steps[1], done = 1, more
    cdef char *out = arguments[1]
    if steps[0]:
        memmove(out, arguments[0], dimensions[0] * size)
        return
    memmove(out, arguments[0], size)
    while done < dimensions[0]:
        more = min(done, dimensions[0] - done)
        memcpy(out + done * size, out, more * size)
        done += more


cdef loop_function select_loop(int size) noexcept:
    if size == 1:
        return select_1
    if size == 2:
        return select_2
    if size == 4:
        return select_4
    return select_8 if size == 8 else select_16


cdef loop_function widen_loop(int size) noexcept:
    return widen_4 if size == 4 else widen_8
