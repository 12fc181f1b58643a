"""What ran when: operations and nodes are timed while a profile is active, and never else.

Apart, because nobody pays for it: the functions behind `dispatch` are exchanged for those here
when the first thread begins to profile, and put back when the last one ends.

Note: only the thread that began a profile is seen by it, as in PyTorch. Other threads meanwhile
take the way over here too, ask once whether they are profiled, and go on.
"""
cimport cython

from chainrule._core cimport buffers, core, engine
from chainrule._core.core cimport Dispatch, Node, Tensor
from chainrule._core.operation cimport Op
from chainrule._core.runs cimport Run
from chainrule._core.source cimport calling_code
from chainrule._core import apply, products, source, writes     # they fill `dispatch`

cdef extern from *:
    """
    #if defined(_MSC_VER)
    #define CHAINRULE_THREAD __declspec(thread)
    #else
    #define CHAINRULE_THREAD __thread
    #endif
    static CHAINRULE_THREAD PyObject *chainrule_recorder = NULL;    /* owned while it records */
    static CHAINRULE_THREAD long long chainrule_bytes = 0;

    static long long chainrule_now(void) {
    #if PY_VERSION_HEX >= 0x030D0000
        PyTime_t now;
        PyTime_PerfCounter(&now);
        return now;
    #else
        return _PyTime_GetPerfCounter();
    #endif
    }

    /* An allocator for NumPy that counts what the one below it is asked for. Arrays keep the
       capsule that they were allocated by, so it lives as long as any of them. What is
       reallocated keeps the size it was counted with. */
    #include <numpy/ndarraytypes.h>
    typedef struct { PyDataMem_Handler handler; PyObject *below; } chainrule_counter;

    static PyDataMemAllocator *chainrule_below(void *counter) {
        PyObject *below = ((chainrule_counter *)counter)->below;
        return &((PyDataMem_Handler *)PyCapsule_GetPointer(below, "mem_handler"))->allocator;
    }
    static void *chainrule_malloc(void *counter, size_t size) {
        PyDataMemAllocator *below = chainrule_below(counter);
        void *memory = below->malloc(below->ctx, size);
        if (memory != NULL) chainrule_bytes += (long long)size;
        return memory;
    }
    static void *chainrule_calloc(void *counter, size_t count, size_t size) {
        PyDataMemAllocator *below = chainrule_below(counter);
        void *memory = below->calloc(below->ctx, count, size);
        if (memory != NULL) chainrule_bytes += (long long)(count * size);
        return memory;
    }
    static void *chainrule_realloc(void *counter, void *memory, size_t size) {
        PyDataMemAllocator *below = chainrule_below(counter);
        return below->realloc(below->ctx, memory, size);
    }
    static void chainrule_free(void *counter, void *memory, size_t size) {
        PyDataMemAllocator *below = chainrule_below(counter);
        chainrule_bytes -= (long long)size;
        below->free(below->ctx, memory, size);
    }
    static void chainrule_end_counter(PyObject *capsule) {
        chainrule_counter *counter = PyCapsule_GetPointer(capsule, "mem_handler");
        Py_DECREF(counter->below);
        PyMem_RawFree(counter);
    }
    static PyObject *chainrule_new_counter(PyObject *below) {
        PyObject *capsule;
        chainrule_counter *counter = PyMem_RawCalloc(1, sizeof(chainrule_counter));
        if (counter == NULL) return PyErr_NoMemory();
        strcpy(counter->handler.name, "chainrule_profiling");
        counter->handler.version = 1;
        counter->handler.allocator.ctx = counter;
        counter->handler.allocator.malloc = chainrule_malloc;
        counter->handler.allocator.calloc = chainrule_calloc;
        counter->handler.allocator.realloc = chainrule_realloc;
        counter->handler.allocator.free = chainrule_free;
        counter->below = below;
        capsule = PyCapsule_New(counter, "mem_handler", chainrule_end_counter);
        if (capsule == NULL) PyMem_RawFree(counter);
        else Py_INCREF(below);
        return capsule;
    }
    """
    void *chainrule_recorder
    long long chainrule_bytes
    long long chainrule_now()
    object chainrule_new_counter(object below)

cdef extern from "numpy/arrayobject.h":
    int _import_array() except -1
    object PyDataMem_GetHandler()
    object PyDataMem_SetHandler(object handler)

cdef extern from "Python.h":
    void Py_INCREF(object o)
    void Py_DECREF(object o)

_import_array()

if core.computing.unary == NULL:
    core.computing = core.dispatch

cdef Dispatch plain = core.computing
cdef Dispatch timed = core.computing    # its functions are filled in below
cdef int profiled_threads = 0


cdef inline Recorder recorder():
    """That of this thread, or None."""
    return None if chainrule_recorder == NULL else <Recorder>chainrule_recorder


cdef void count_bytes(long long change) noexcept:
    """Called by the pool for its own blocks, which NumPy's allocator does not see."""
    global chainrule_bytes
    chainrule_bytes += change


# ---------------------------------------------------------------------------------- recording

@cython.final
@cython.auto_pickle(False)
cdef class Event:
    @property
    def source(self):
        """The line of the user's program that this was done for."""
        return source.locate(self.code, self.instruction)


@cython.final
@cython.auto_pickle(False)
cdef class Recorder:
    def __cinit__(self, bint shapes, bint memory, stack_of):
        self.events = []
        self.shapes, self.memory, self.stack_of = shapes, memory, stack_of

    def start(self):
        """Record this thread from here on; only one recorder at a time can."""
        global chainrule_recorder, profiled_threads
        if chainrule_recorder != NULL:
            raise RuntimeError("Profiler is already enabled on this thread.")
        if self.memory:
            self.allocator = PyDataMem_SetHandler(chainrule_new_counter(PyDataMem_GetHandler()))
        Py_INCREF(self)
        chainrule_recorder = <void *>self
        self.seen = chainrule_bytes
        profiled_threads += 1
        if profiled_threads == 1:
            exchange(plain, timed)
            engine.watched, buffers.counted = timed_step, count_bytes

    def stop(self):
        """End what is open, and record no more."""
        global chainrule_recorder, profiled_threads
        if chainrule_recorder != <void *>self:
            raise RuntimeError("a profile must end in the thread that began it")
        while self.open is not None:
            end(self, self.open)
        note_memory(self)
        profiled_threads -= 1
        if profiled_threads == 0:
            exchange(timed, plain)
            engine.watched, buffers.counted = NULL, NULL
        chainrule_recorder = NULL
        if self.memory:
            PyDataMem_SetHandler(self.allocator)
            self.allocator = None
        Py_DECREF(self)


cdef int exchange(Dispatch before, Dispatch after) except -1:
    """Compute by other functions; who watches operations (see watching) stays in front of them."""
    core.computing = after
    if core.dispatch.binary == before.binary:
        core.dispatch = after
    else:
        core.dispatch.matrix, core.dispatch.view = after.matrix, after.view
        core.dispatch.write = after.write
    return 0


cdef Event begin(Recorder mine, str name, str kind):
    cdef Event event = Event.__new__(Event)
    if mine.open is None:
        note_memory(mine)
    event.name, event.kind, event.parent = name, kind, mine.open
    event.code = calling_code(&event.instruction)
    if mine.stack_of is not None:
        event.stack = mine.stack_of()
    mine.events.append(event)
    mine.open = event
    event.memory = chainrule_bytes
    event.start = chainrule_now()
    return event


cdef int end(Recorder mine, Event event) except -1:
    event.end = chainrule_now()
    event.memory = chainrule_bytes - event.memory
    mine.open = event.parent
    if event.parent is None:
        mine.seen = chainrule_bytes
    return 0


cdef int note_memory(Recorder mine) except -1:
    """What was allocated or freed outside of all events is an event of its own."""
    cdef Event event
    if not mine.memory or chainrule_bytes == mine.seen:
        return 0
    event = Event.__new__(Event)
    event.name, event.kind = "[memory]", "memory"
    event.start = event.end = chainrule_now()
    event.memory = chainrule_bytes - mine.seen
    mine.seen = chainrule_bytes
    mine.events.append(event)
    return 0


def begin_user(str name not None):
    """Begin what the user named; None where this thread is not profiled."""
    cdef Recorder mine = recorder()
    return None if mine is None else begin(mine, name, "user")


def end_user(Event event not None):
    """End what the user named, and what it left open."""
    cdef Recorder mine = recorder()
    cdef Event at
    if mine is None:
        return
    at = mine.open
    while at is not None and at is not event:
        at = at.parent
    if at is None:                      # it ended with its profile
        return
    while mine.open is not event:
        end(mine, mine.open)
    end(mine, event)


# --------------------------------------------------------------------------------- operations

cdef Event begin_op(Recorder mine, Op op, str name, tuple inputs):
    cdef Event event, around = mine.open
    if mine.shapes:
        shapes = [list(x.shape) if isinstance(x, Tensor) else [] for x in inputs]
    event = begin(mine, op.name if name is None else name, "op")
    if mine.shapes:
        event.shapes = shapes
    # A rule was called by nobody but the line that called backward; it is the node's line that
    # it works for. In a Function's backward the user's own lines are seen.
    if around is not None and around.caller is not None:
        if event.code is around.caller and event.instruction == around.caller_instruction:
            event.code, event.instruction = around.code, around.instruction
    return event


cdef int end_op(Recorder mine, Event event, object out) except -1:
    """End an operation; one that was not done after all (NotImplemented) is forgotten."""
    cdef Tensor first
    end(mine, event)
    if out is NotImplemented and mine.events and mine.events[len(mine.events) - 1] is event:
        mine.events.pop()
        return 0
    if type(out) is tuple and out:
        out = out[0]
    if isinstance(out, Tensor):
        first = <Tensor>out
        if first.node is not None:
            event.sequence = first.node.sequence
    return 0


cdef object timed_unary(Op op, Tensor x):
    cdef Recorder mine = recorder()
    if mine is None:
        return plain.unary(op, x)
    cdef Event event = begin_op(mine, op, None, (x,))
    out = None
    try:
        out = plain.unary(op, x)
    finally:
        end_op(mine, event, out)
    return out


cdef object timed_binary(Op op, object x, object y):
    cdef Recorder mine = recorder()
    if mine is None:
        return plain.binary(op, x, y)
    cdef Event event = begin_op(mine, op, None, (x, y))
    out = None
    try:
        out = plain.binary(op, x, y)
    finally:
        end_op(mine, event, out)
    return out


cdef object timed_call(Op op, tuple inputs, dict parameters):
    cdef Recorder mine = recorder()
    if mine is None:
        return plain.call(op, inputs, parameters)
    cdef Event event = begin_op(mine, op, None, inputs)
    out = None
    try:
        out = plain.call(op, inputs, parameters)
    finally:
        end_op(mine, event, out)
    return out


cdef object timed_product(object x, object y):
    cdef Recorder mine = recorder()
    if mine is None:
        return plain.product(x, y)
    cdef Event event = begin_op(mine, None, "matmul", (x, y))
    out = None
    try:
        out = plain.product(x, y)
    finally:
        # None: the operands are not fit for it, and another operation will follow.
        end_op(mine, event, NotImplemented if out is None else out)
    return out


cdef object timed_matrix(Op op, Tensor x, Tensor y, bint x_turned, bint y_turned):
    cdef Recorder mine = recorder()
    if mine is None:
        return plain.matrix(op, x, y, x_turned, y_turned)
    cdef Event event = begin_op(mine, op, None, (x, y))
    out = None
    try:
        out = plain.matrix(op, x, y, x_turned, y_turned)
    finally:
        end_op(mine, event, out)
    return out


cdef object timed_view(Op op, Tensor x, dict parameters, object array):
    cdef Recorder mine = recorder()
    if mine is None:
        return plain.view(op, x, parameters, array)
    cdef Event event = begin_op(mine, op, None, (x,))
    out = None
    try:
        out = plain.view(op, x, parameters, array)
    finally:
        end_op(mine, event, out)
    return out


cdef object timed_write(Op op, Tensor x, tuple inputs, dict parameters):
    cdef Recorder mine = recorder()
    if mine is None:
        return plain.write(op, x, inputs, parameters)
    cdef Event event = begin_op(mine, op, op.name + "_", inputs)
    out = None
    try:
        out = plain.write(op, x, inputs, parameters)
    finally:
        end_op(mine, event, out)
    return out


timed.unary, timed.binary, timed.call = timed_unary, timed_binary, timed_call
timed.product, timed.matrix = timed_product, timed_matrix
timed.view, timed.write = timed_view, timed_write


# -------------------------------------------------------------------------------------- nodes

cdef Event begin_node(Recorder mine, Node node, str name, str kind):
    """A node's work is done for the line that made the node."""
    cdef Event event = begin(mine, name, kind)
    event.sequence = node.sequence if node.op is not None else None
    event.caller, event.caller_instruction = event.code, event.instruction
    if node.code is not None:
        event.code, event.instruction = node.code, node.instruction
    return event


cdef int timed_step(Run run, Node node) except -1:
    """A node within its evaluation, as PyTorch shows them."""
    cdef Recorder mine = recorder()
    cdef Event outer, inner
    if mine is None:
        return engine.step(run, node)
    name = node.name()
    outer = begin_node(mine, node, "autograd::engine::evaluate_function: " + name, "op")
    try:
        inner = begin_node(mine, node, name, "backward")
        try:
            engine.step(run, node)
        finally:
            end(mine, inner)
    finally:
        end(mine, outer)
    return 0
