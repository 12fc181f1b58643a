"""The shape of an array, a Size."""

cdef object size_of(object array)
