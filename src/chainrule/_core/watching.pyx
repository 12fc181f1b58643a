"""Operations as somebody sees them pass: selective checkpoints, and logs of what ran.

Apart from apply, which pays nothing for it: only while somebody watches, in any thread, do the
pointers by which operations are called lead here; and only the thread that watches is held up.
In-place operations, and what Python modules make of arrays themselves (parts of a tensor: `x[0]`),
are not seen.
"""
from chainrule._core cimport core, modes
from chainrule._core.apply cimport finish
from chainrule._core.core cimport Tensor, computing, dispatch
from chainrule._core.operation cimport Op

from chainrule._core import products        # it fills `dispatch`, as apply does

from _thread import get_ident

if core.computing.unary == NULL:
    core.computing = core.dispatch

cdef dict watchers = {}         # thread -> its watchers, of which the last is told


def watch(watcher not None):
    """Let watcher.before(op, inputs, parameters) see this thread's operations, and give arrays.

    Arrays that it returns stand for the result, which is then not computed; else
    watcher.after(op, inputs, parameters, result) is told of the result.
    """
    watchers.setdefault(get_ident(), []).append(watcher)
    modes.set_watching(True)
    if dispatch.binary != watched_binary:
        start()


def unwatch():
    """Undo the last `watch` of this thread."""
    own = watchers.get(get_ident())
    if own is None:
        raise RuntimeError("unwatch: nobody watches in this thread")
    own.pop()
    if not own:
        del watchers[get_ident()]
        modes.set_watching(False)
    if not watchers:
        stop()


cdef int start() except -1:
    dispatch.unary, dispatch.binary = watched_unary, watched_binary
    dispatch.call, dispatch.product = watched_call, watched_product
    return 0


cdef int stop() except -1:
    dispatch.unary, dispatch.binary = computing.unary, computing.binary
    dispatch.call, dispatch.product = computing.call, computing.product
    return 0


cdef object watched_unary(Op op, Tensor x):
    return attended(op, (x,), None, 1) if modes.watching() else computing.unary(op, x)


cdef object watched_binary(Op op, object x, object y):
    return attended(op, (x, y), None, 2) if modes.watching() else computing.binary(op, x, y)


cdef object watched_call(Op op, tuple inputs, dict parameters):
    if modes.watching():
        return attended(op, inputs, parameters, 0)
    return computing.call(op, inputs, parameters)


cdef object watched_product(object x, object y):
    """x @ y; None sends it the way of other operations, where it is seen."""
    return None if modes.watching() else computing.product(x, y)


cdef object attended(Op op, tuple inputs, dict parameters, int operands):
    """The result of an operation that a watcher sees; `operands`: by which way it was called."""
    cdef list own = watchers[get_ident()]
    cdef object watcher = own[len(own) - 1]
    modes.set_watching(False)           # what it is computed from, and by the watcher, is not seen
    try:
        arrays = watcher.before(op, inputs, parameters or {})
        if arrays is not None:
            return finish(op, inputs, parameters, arrays)
        if operands == 1:
            result = computing.unary(op, <Tensor>inputs[0])
        elif operands == 2:
            result = computing.binary(op, inputs[0], inputs[1])
        else:
            result = computing.call(op, inputs, parameters)
        if result is not NotImplemented:
            watcher.after(op, inputs, parameters or {}, result)
        return result
    finally:
        modes.set_watching(get_ident() in watchers)
