"""The modes of a thread: is a graph recorded, are tensors for inference only, are zeros strong.

Apart, because everything asks and nobody else may hold the answer: the flags live in
thread-local memory, which costs about 2 ns to read (a Python thread-local costs 40).
"""

cdef extern from *:
    """
    #if defined(_MSC_VER)
    #define CHAINRULE_THREAD __declspec(thread)
    #else
    #define CHAINRULE_THREAD __thread
    #endif
    static CHAINRULE_THREAD int chainrule_grad_off = 0;
    static CHAINRULE_THREAD int chainrule_inference = 0;
    static CHAINRULE_THREAD int chainrule_backwards = 0;
    static CHAINRULE_THREAD int chainrule_batches = 0;
    static CHAINRULE_THREAD int chainrule_strong_zeros = 0;
    static CHAINRULE_THREAD int chainrule_transforms = 0;
    """
    int chainrule_grad_off
    int chainrule_inference
    int chainrule_backwards
    int chainrule_batches
    int chainrule_strong_zeros
    int chainrule_transforms


# Whether mistakes are looked for at some cost: in all threads, as in PyTorch.
cdef bint anomaly = False


cdef bint anomaly_enabled() noexcept:
    return anomaly


cdef bint grad_enabled() noexcept:
    return not chainrule_grad_off


cdef void set_grad_enabled(bint on) noexcept:
    global chainrule_grad_off
    chainrule_grad_off = not on


cdef bint inference_enabled() noexcept:
    return chainrule_inference


cdef void set_inference_enabled(bint on) noexcept:
    global chainrule_inference
    chainrule_inference = on


cdef bint strong_zeros() noexcept:
    """Whether a cotangent of zero stays zero whatever it is multiplied by."""
    return chainrule_strong_zeros


cdef bint recording() noexcept:
    """Whether an operation that meets a tensor requiring grad is put on the tape."""
    return not (chainrule_grad_off or chainrule_inference)


cdef void enter_backward() noexcept:
    global chainrule_backwards
    chainrule_backwards += 1


cdef void leave_backward() noexcept:
    global chainrule_backwards
    chainrule_backwards -= 1


def in_backward():
    """Whether a backward pass is running in this thread."""
    return chainrule_backwards > 0


def count_batches(int change=0):
    """How many batches of vmap this thread is in, after it entered or left some."""
    global chainrule_batches
    chainrule_batches += change
    return chainrule_batches


def is_anomaly_enabled():
    """Whether saved values are watched, and what backward passes compute is looked at."""
    return anomaly


def switch_anomaly(bint on):
    """Turn the search for mistakes on or off, in all threads; returns what it was."""
    global anomaly
    before = anomaly
    anomaly = on
    return before


def is_grad_enabled():
    """Whether operations are recorded in this thread."""
    return grad_enabled()


def switch_grad(bint on):
    """Turn recording on or off in this thread; returns what it was."""
    before = grad_enabled()
    set_grad_enabled(on)
    return before


def is_inference_mode_enabled():
    """Whether this thread makes inference tensors."""
    return inference_enabled()


def switch_inference(bint on):
    """Turn inference mode on or off in this thread; returns what it was."""
    before = inference_enabled()
    set_inference_enabled(on)
    return before


def is_strong_zero_enabled():
    """Whether cotangents of zero stay zero in this thread."""
    return strong_zeros()


def switch_strong_zeros(bint on):
    """Turn strong zeros on or off in this thread; returns what it was."""
    global chainrule_strong_zeros
    before = strong_zeros()
    chainrule_strong_zeros = on
    return before


def in_transform():
    """Whether a function is running in this thread that one of func's transforms was given."""
    return chainrule_transforms > 0


def enter_transform():
    """Note that a transform is about to call its function."""
    global chainrule_transforms
    chainrule_transforms += 1


def leave_transform():
    """Note that the function has returned."""
    global chainrule_transforms
    chainrule_transforms -= 1
