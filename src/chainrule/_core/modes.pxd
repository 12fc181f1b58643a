"""What a thread has switched on or off."""

cdef bint anomaly, check_nan
cdef bint anomaly_enabled() noexcept
cdef bint grad_enabled() noexcept
cdef void set_grad_enabled(bint on) noexcept
cdef bint inference_enabled() noexcept
cdef void set_inference_enabled(bint on) noexcept
cdef bint strong_zeros() noexcept
cdef bint recording() noexcept
cdef bint packing() noexcept
cdef bint watching() noexcept
cdef void set_watching(bint on) noexcept
cdef long run_number() noexcept
cdef (long, bint) enter_run(long identity, bint selective) noexcept
cdef bint any_layout() noexcept
cdef int deepen(int by) noexcept
