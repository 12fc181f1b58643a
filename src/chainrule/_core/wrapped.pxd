"""Arrays seen through a transform."""

cdef class Wrapped:
    """What stands below a tensor in place of its array while a transform is under way."""

cdef dict transforms        # what `chainrule.transforms` binds at import, by name

cdef bint any_wrapped(tuple arrays) noexcept
