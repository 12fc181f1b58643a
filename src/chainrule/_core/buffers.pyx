"""A bounded pool of freed memory, from which large result arrays are made.

Apart from what computes, because only this module knows where an array's memory comes from.

Note: why a pool. The C library gives large blocks back to the system when they are freed, and
a fresh page costs several times what computing on it costs. Six operations in a row on float32,
without the pool and with it (best of several interleaved runs; page faults are dear on the
virtual machine that this was measured on):

    elements      C library    pool
      16,384       20 us      21 us
      32,768       36 us      37 us
     100,000      723 us     114 us
     300,000     2162 us     319 us
   1,000,000    17522 us    1235 us

Note: the policy. Blocks come in size classes, four to each doubling, so that at most a fifth of
a block lies idle. A freed block is kept unless the pool would outgrow its limit. A request that
finds no block of its class, while the pool has no room for one, empties the pool: the sizes it
holds are then not those that the program uses now.

The GIL is the lock of everything here.
"""
cimport cython
cimport numpy as cnp
from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from cpython.ref cimport Py_INCREF

cnp.import_array()

cdef extern from *:
    """
    /* Large pages make the first touch of a large block cheap, as in NumPy's own allocator. */
    #if defined(__linux__)
    #include <stdint.h>
    #include <sys/mman.h>
    #endif
    static void chainrule_use_large_pages(char *memory, size_t nbytes) {
    #if defined(__linux__) && defined(MADV_HUGEPAGE)
        uintptr_t start = ((uintptr_t)memory + 4095u) & ~(uintptr_t)4095u;
        uintptr_t end = ((uintptr_t)memory + nbytes) & ~(uintptr_t)4095u;
        if (nbytes >= ((size_t)1 << 22)) madvise((void *)start, end - start, MADV_HUGEPAGE);
    #else
        (void)memory;
        (void)nbytes;
    #endif
    }
    """
    void chainrule_use_large_pages(char *memory, size_t nbytes) noexcept

cdef extern from "numpy/arrayobject.h":
    cnp.npy_intp PyArray_OverflowMultiplyList(cnp.npy_intp *factors, int count) noexcept
    int PyArray_SetBaseObject(cnp.ndarray array, object base) except -1     # takes a reference over
    object PyArray_NewLikeArray(cnp.ndarray array, cnp.NPY_ORDER order, void *descr, int subok)

cdef enum:
    ALIGNMENT = 64              # a cache line, and the widest vector register
    POOLED_FROM = 65536         # bytes; smaller arrays are the C library's
    SMALLEST = 4096             # no block is smaller
    PAGE = 4096
    STAGGER = 13 * ALIGNMENT
    CLASSES = 4 * 53            # four a doubling, from SMALLEST up to any size there can be

cdef struct Block:
    Block *below                # what was freed before it, in the same class

cdef Block *freed[CLASSES]
cdef size_t bytes_held = 0
cdef size_t most_held = 256 << 20
cdef size_t blocks_made = 0


# ------------------------------------------------------------------------------- the pool

cdef inline size_t class_of(size_t nbytes, int *number) noexcept:
    """The smallest class that holds nbytes: its number and its size."""
    cdef size_t quarter = SMALLEST // 4, quarters = 4
    number[0] = 0
    while nbytes > 8 * quarter:
        quarter *= 2
        number[0] += 4
    if nbytes > 4 * quarter:
        quarters = (nbytes + quarter - 1) // quarter
    number[0] += <int>quarters - 4
    return quarters * quarter


cdef char *take(size_t nbytes) except NULL:
    global bytes_held
    cdef int number
    cdef size_t size = class_of(nbytes, &number)
    cdef Block *block = freed[number]
    cdef char *memory
    if counted != NULL:
        counted(<long long>nbytes)
    if block != NULL:
        freed[number] = block.below
        bytes_held -= size
        return <char *>block
    if bytes_held + size > most_held:
        clear()
    memory = fresh(size)
    if memory == NULL:
        clear()
        memory = fresh(size)
    if memory == NULL:
        raise MemoryError(f"cannot allocate {size} bytes")
    return memory


cdef void give(char *memory, size_t nbytes) noexcept:
    global bytes_held
    cdef int number
    cdef size_t size = class_of(nbytes, &number)
    if counted != NULL:
        counted(-<long long>nbytes)
    if bytes_held + size > most_held:
        release(memory)
        return
    (<Block *>memory).below = freed[number]
    freed[number] = <Block *>memory
    bytes_held += size


cdef char *fresh(size_t size) noexcept:
    """Aligned memory from the system; what it handed out is noted just below.

    Blocks start at different places within their pages: where all start at the same, a load
    waits for the store to another array that looks like its own (507 us against 442 for three
    operations on 1e6 float32).
    """
    global blocks_made
    cdef size_t shift = blocks_made * STAGGER % PAGE
    cdef char *raw = <char *>PyMem_RawMalloc(size + PAGE + PAGE)
    cdef char *memory
    if raw == NULL:
        return NULL
    blocks_made += 1
    memory = raw + PAGE - <size_t>raw % PAGE + shift
    (<char **>(memory - sizeof(char *)))[0] = raw
    chainrule_use_large_pages(memory, size)
    return memory


cdef void release(char *memory) noexcept:
    PyMem_RawFree((<char **>(memory - sizeof(char *)))[0])


cpdef void clear() noexcept:
    """Give all memory that the pool keeps back to the system."""
    global bytes_held
    cdef int number
    cdef Block *block
    for number in range(CLASSES):
        while freed[number] != NULL:
            block = freed[number]
            freed[number] = block.below
            release(<char *>block)
    bytes_held = 0


def held():
    """How many bytes the pool keeps at this moment."""
    return bytes_held


def limit():
    """How many bytes the pool may keep."""
    return most_held


def set_limit(nbytes):
    """Let the pool keep at most `nbytes`; 0 turns it off."""
    global most_held
    if nbytes < 0:
        raise ValueError(f"set_limit: expected a number of bytes, found {nbytes}")
    most_held = nbytes
    if bytes_held > most_held:
        clear()


# ----------------------------------------------------------------------------- its arrays

@cython.final
@cython.freelist(32)
cdef class Buffer:
    """The base of an array whose memory is the pool's; hands it back when it dies."""
    cdef char *memory
    cdef size_t nbytes

    def __dealloc__(self):
        if self.memory != NULL:
            give(self.memory, self.nbytes)


cdef inline bint is_plain(int typenum) noexcept:
    """Numbers: types whose memory may hold anything and needs no care."""
    return 0 <= typenum < cnp.NPY_OBJECT or typenum == cnp.NPY_FLOAT16


cdef int item_size(int typenum) except -1:
    cdef cnp.dtype descr = cnp.PyArray_DescrFromType(typenum)
    return descr.itemsize


cdef cnp.ndarray new_array(int ndim, cnp.npy_intp *dims, int typenum):
    """A C-contiguous array with whatever its memory held before."""
    cdef cnp.npy_intp size = PyArray_OverflowMultiplyList(dims, ndim)
    # No item is larger than 32 bytes, so this spares small arrays the look at their type.
    # Impossible sizes are NumPy's to refuse.
    if 32 * size < POOLED_FROM or size > (1 << 56) or not is_plain(typenum):
        return cnp.PyArray_SimpleNew(ndim, dims, typenum)
    size *= item_size(typenum)
    if size < POOLED_FROM:
        return cnp.PyArray_SimpleNew(ndim, dims, typenum)
    return pooled_array(ndim, dims, typenum, <size_t>size)


cdef cnp.ndarray pooled_array(int ndim, cnp.npy_intp *dims, int typenum, size_t nbytes):
    cdef Buffer buffer = Buffer.__new__(Buffer)
    cdef cnp.ndarray array
    buffer.nbytes = nbytes
    buffer.memory = take(nbytes)
    array = cnp.PyArray_SimpleNewFromData(ndim, dims, typenum, buffer.memory)
    Py_INCREF(buffer)
    PyArray_SetBaseObject(array, buffer)
    return array


cdef cnp.ndarray empty_like_contiguous(cnp.ndarray array):
    """A C-contiguous array of the same shape and type, with whatever its memory held before."""
    if is_plain(cnp.PyArray_TYPE(array)):
        return new_array(
            cnp.PyArray_NDIM(array), cnp.PyArray_DIMS(array), cnp.PyArray_TYPE(array)
        )
    return PyArray_NewLikeArray(array, cnp.NPY_CORDER, NULL, 0)


def empty(shape, dtype):
    """A C-contiguous array of this shape and type, with whatever its memory held before."""
    cdef cnp.dtype descr = cnp.dtype(dtype)
    cdef cnp.npy_intp dims[64]
    cdef int axis = 0
    if len(shape) > 64:
        raise ValueError(f"empty: expected at most 64 dimensions, found {len(shape)}")
    for extent in shape:
        dims[axis] = extent
        axis += 1
    return new_array(axis, dims, descr.num)


def empty_like(cnp.ndarray array not None):
    """A C-contiguous array of the same shape and type, with whatever its memory held before."""
    return empty_like_contiguous(array)
