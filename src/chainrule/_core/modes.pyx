"""The modes of a thread: what is recorded, whether zeros are strong, what is watched.

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
    static CHAINRULE_THREAD int chainrule_batches = 0;
    static CHAINRULE_THREAD int chainrule_strong_zeros = 0;
    static CHAINRULE_THREAD int chainrule_packing = 0;
    static CHAINRULE_THREAD int chainrule_watching = 0;
    static CHAINRULE_THREAD long chainrule_run = 0;
    static CHAINRULE_THREAD int chainrule_run_selective = 0;
    static CHAINRULE_THREAD int chainrule_transforms = 0;
    static CHAINRULE_THREAD int chainrule_any_layout = 0;
    static CHAINRULE_THREAD int chainrule_depth = 0;
    """
    int chainrule_grad_off
    int chainrule_inference
    int chainrule_batches
    int chainrule_strong_zeros
    int chainrule_any_layout
    int chainrule_depth
    int chainrule_packing
    int chainrule_watching
    long chainrule_run
    int chainrule_run_selective
    int chainrule_transforms


# Whether mistakes are looked for at some cost: in all threads, as in PyTorch.
cdef bint anomaly = False, check_nan = True


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


cdef bint any_layout() noexcept:
    """Whether a gradient that nobody else sees may become .grad in whatever layout it has."""
    return chainrule_any_layout


cdef int deepen(int by) noexcept:
    """How many backward passes of this thread run one within the other, after `by` more."""
    global chainrule_depth
    chainrule_depth += by
    return chainrule_depth


cdef bint packing() noexcept:
    """Whether this thread has hooks for what nodes save."""
    return chainrule_packing


cdef bint watching() noexcept:
    """Whether this thread has somebody who is told of every operation."""
    return chainrule_watching


cdef void set_watching(bint on) noexcept:
    global chainrule_watching
    chainrule_watching = on


cdef long run_number() noexcept:
    """The number of the backward pass that this thread is in, 0 for none."""
    return chainrule_run


cdef (long, bint) enter_run(long identity, bint selective) noexcept:
    """Note that this thread runs a backward pass; returns the one around it."""
    global chainrule_run, chainrule_run_selective
    cdef (long, bint) before = (chainrule_run, chainrule_run_selective)
    chainrule_run, chainrule_run_selective = identity, selective
    return before


def in_backward():
    """Whether a backward pass is running in this thread."""
    return chainrule_run != 0


def count_batches(int change=0):
    """How many batches of vmap this thread is in, after it entered or left some."""
    global chainrule_batches
    chainrule_batches += change
    return chainrule_batches


def is_anomaly_enabled():
    """Whether saved values are watched, and what backward passes compute is looked at."""
    return anomaly


def switch_anomaly(bint on, bint nan=True):
    """Turn the search for mistakes, and for NaN too, on or off in all threads; returns both."""
    global anomaly, check_nan
    before = anomaly, check_nan
    anomaly, check_nan = on, nan
    return before


def anomaly_state():
    """Whether mistakes are looked for, and NaN too."""
    return anomaly, check_nan


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


def switch_any_layout(bint on):
    """Let gradients keep their layouts in this thread, or not; returns what it was."""
    global chainrule_any_layout
    before = any_layout()
    chainrule_any_layout = on
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


def switch_packing(bint on):
    """Say whether this thread has hooks for what nodes save; returns what was so before."""
    global chainrule_packing
    before = packing()
    chainrule_packing = on
    return before


def current_run():
    """(number of the backward pass that this thread is in, 0 for none; whether it has targets)."""
    return chainrule_run, bool(chainrule_run_selective)


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
