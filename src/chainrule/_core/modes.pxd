"""What a thread has switched on or off."""

cdef bint anomaly
cdef bint anomaly_enabled() noexcept
cdef bint grad_enabled() noexcept
cdef void set_grad_enabled(bint on) noexcept
cdef bint inference_enabled() noexcept
cdef void set_inference_enabled(bint on) noexcept
cdef bint strong_zeros() noexcept
cdef bint recording() noexcept
cdef void enter_backward() noexcept
cdef void leave_backward() noexcept
