"""What ran when, in the threads that are profiled."""

cdef class Event:
    """One stretch of work: an operation, a node of a backward, or what the user named."""
    cdef readonly str name
    cdef readonly str kind          # "op", "backward", "user" or "memory"
    cdef readonly Event parent      # what it ran inside of, None at the top
    cdef readonly long long start   # nanoseconds
    cdef readonly long long end
    cdef readonly long long memory  # bytes allocated, less those freed, from start to end
    cdef readonly object shapes     # of the operands, None where nobody asked
    cdef readonly object stack      # the lines that led here, None where nobody asked
    cdef readonly object sequence   # number of the node that was made or run, None without one
    cdef object code                # the user's line
    cdef int instruction
    cdef object caller              # of a node: the line that called backward
    cdef int caller_instruction


cdef class Recorder:
    """What a profile of this thread has seen."""
    cdef readonly list events       # in the order in which they began
    cdef Event open                 # the innermost that has not ended
    cdef bint shapes
    cdef bint memory
    cdef object stack_of            # () -> stack, None where nobody asked
    cdef long long seen             # bytes counted when the last event ended
    cdef object allocator           # what NumPy allocated with before
