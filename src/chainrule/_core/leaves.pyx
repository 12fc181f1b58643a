"""Where a backward ends: hooks, captured cotangents, and .grad.

Apart from the engine, because a .grad may be seen by others: who may write into it is decided here.
"""
cimport numpy as cnp

from chainrule._core cimport modes
from chainrule._core.core cimport (
    AccumulateGrad, Node, NodeExtra, Tensor, TensorExtra, dispatch, wrap,
)
from chainrule._core.kernels cimport quietly
from chainrule._core.loops cimport LoopTable, run_binary, table_of
from chainrule._core.runs cimport Run, needed
from chainrule._core.wrapped cimport Wrapped, transforms
from chainrule._core.writes cimport bump

from _thread import RLock

import numpy

cnp.import_array()

cdef extern from "Python.h":
    Py_ssize_t Py_REFCNT(object o)

# Sums of this size and above give up the GIL: then only this keeps two threads off one .grad.
cdef enum:
    HOLDS_GIL_BELOW = 500
accumulating = RLock()
cdef LoopTable addition = table_of(numpy.add)


# ------------------------------------------------------------------------------------- hooks

cdef object run_tensor_hooks(NodeExtra extra, object g):
    """Hooks registered on the results of a node, then retain_grad, which sees the final value."""
    if extra.tensor_hooks:
        g = needed["run_tensor_hooks"](extra.tensor_hooks, g)
    if extra.retained:
        needed["retain"](extra.retained, g)
    return g


cdef object run_prehooks(Node node, object g):
    """What a node's prehooks make of its cotangents: as many of them, tensors or None."""
    found = needed["run_prehooks"](node, g)
    parts = found if type(g) is list else [found]
    for part in parts:
        if part is not None and not isinstance(part, Tensor):
            raise TypeError(f"expected Variable, but hook returned '{type(part).__name__}'")
    if type(g) is list and len(parts) != len(g):
        raise RuntimeError(
            f"{node.name()}: a hook returned {len(parts)} gradients where there are {len(g)}"
        )
    return found


cdef int capture(Run run, Node node, object g) except -1:
    for number, positions in run.captures[node].items():
        value = g[number] if type(g) is list else g
        for position in positions:
            run.found[position] = value
    return 0


# ------------------------------------------------------------------------------------ leaves

cdef int finish_leaf(Run run, AccumulateGrad end, object g) except -1:
    """A leaf's hooks, then its .grad."""
    cdef Tensor variable = end.variable
    cdef TensorExtra extra = <TensorExtra>variable.extra
    cdef bint seen = False              # by a hook, which may have kept it
    if g is None:
        return 0
    if extra is not None and extra.hooks:
        g = needed["run_tensor_hooks"]({0: extra.hooks}, g)
        seen = True
    if run.captures is not None and <object>end in run.captures:
        capture(run, end, g)
        return 0
    if not variable.needs_grad:
        return 0
    if end.extra is not None and (<NodeExtra>end.extra).prehooks:
        g = run_prehooks(end, g)
        seen = True
        if g is None:
            return 0
    check_gradient(variable, <Tensor?>g)
    accumulate(run, variable, g, seen)
    if extra is not None and extra.post_accumulate:
        for hook in list(extra.post_accumulate.values()):
            hook(variable)
    if end.extra is not None and (<NodeExtra>end.extra).hooks:
        needed["run_posthooks"](end, (), g)
    return 0


cdef int check_gradient(Tensor variable, Tensor g) except -1:
    """Refuse a gradient of another shape than the leaf's: an array was replaced on the way."""
    if type(variable.array) is cnp.ndarray and type(g.array) is cnp.ndarray:
        if cnp.PyArray_SAMESHAPE(<cnp.ndarray>variable.array, <cnp.ndarray>g.array):
            return 0
    if variable.array.shape != g.array.shape:
        raise RuntimeError(
            f"AccumulateGrad returned an invalid gradient at index 0 - got {list(g.array.shape)} "
            f"but expected shape compatible with {list(variable.array.shape)}. A tensor between "
            "the leaf and the result was given another shape after it was recorded (.data, t_())."
        )
    return 0


cdef int accumulate(Run run, Tensor variable, object g_, bint seen) except -1:
    cdef Tensor g = <Tensor?>g_
    cdef Tensor total = <Tensor>variable.gradient
    if isinstance(g.array, Wrapped) and not run.create:
        g = wrap(transforms["without_tangents"](g.array))   # as detach() does
    cdef bint exclusive
    if run.create:
        with accumulating:
            accumulate_recorded(variable, g)
    elif total is not None:
        add_into(variable, total, g)
    else:
        # Three references: the caller's, that of `g_` and ours. Then, unless a hook was given it,
        # nobody else can see this memory.
        exclusive = not seen and Py_REFCNT(g) == 3 and owns_memory(g.array)
        if exclusive and (same_layout(g.array, variable.array) or modes.any_layout()):
            variable.gradient = g
        else:
            accumulate_copy(variable, g)
    return 0


cdef int accumulate_recorded(Tensor variable, Tensor g) except -1:
    if variable.gradient is None:
        variable.gradient = needed["clone_graph"](g)
    else:
        variable.gradient = dispatch.binary(needed["add"], variable.gradient, g)
    return 0


cdef int accumulate_copy(Tensor variable, Tensor g) except -1:
    cdef Tensor copy = wrap(laid_out(g.array, variable.array))
    if variable.gradient is None:
        variable.gradient = copy
    else:                               # another thread came first
        add_into(variable, <Tensor>variable.gradient, g)
    return 0


cdef int add_into(Tensor variable, Tensor total, Tensor g) except -1:
    """total += g, which another thread may be doing too."""
    if type(total.array) is cnp.ndarray and cnp.PyArray_SIZE(total.array) < HOLDS_GIL_BELOW:
        if add_directly(total, g):
            return 0
    with accumulating:
        if variable.gradient is not None:
            total = <Tensor>variable.gradient
            return 0 if add_directly(total, g) else add_anyhow(variable, total, g)
    return accumulate_copy(variable, g)


cdef bint add_directly(Tensor total, Tensor g) except -1:
    """total += g by NumPy's loop; False where it cannot be called on them."""
    if type(total.array) is not cnp.ndarray or type(g.array) is not cnp.ndarray:
        return False
    if run_binary(addition, total.array, g.array, total.array) is None:
        return False
    bump(total)
    return True


cdef int add_anyhow(Tensor variable, Tensor total, Tensor g) except -1:
    if isinstance(total.array, Wrapped) or isinstance(g.array, Wrapped):
        variable.gradient = dispatch.binary(needed["add"], total, g)
    elif not isinstance(total.array, cnp.ndarray):
        add_to_sparse(variable, total, g)
    elif total.array.flags.writeable and total.array.size and 0 not in total.array.strides:
        quietly(numpy.add, (total.array, g.array, total.array), {"casting": "unsafe"})
        bump(total)
    else:
        variable.gradient = dispatch.binary(needed["add"], total, g)
    return 0


cdef int add_to_sparse(Tensor variable, Tensor total, Tensor g) except -1:
    """A sparse .grad stays the object that it is, until a dense gradient makes it dense."""
    cdef Tensor found
    if isinstance(g.array, cnp.ndarray):
        variable.gradient = dispatch.binary(needed["add"], g, total)
        return 0
    found = dispatch.binary(needed["add"], total, g)
    quietly(numpy.copyto, (total.array, found.array), {})
    bump(total)
    return 0


cdef bint owns_memory(object array):
    """Whether this array is all there is to know of its memory."""
    if type(array) is not cnp.ndarray or Py_REFCNT(array) != 2:
        return False
    base = array.base
    return base is None or not isinstance(base, numpy.ndarray)


cdef bint same_layout(object a, object b):
    if type(a) is not cnp.ndarray or type(b) is not cnp.ndarray:
        return False
    if cnp.PyArray_ISCARRAY(<cnp.ndarray>a) and cnp.PyArray_ISCONTIGUOUS(<cnp.ndarray>b):
        return True
    return a.strides == b.strides


cdef object laid_out(object array, object like):
    """A copy with the strides of the leaf, where those are dense, else contiguous."""
    if not isinstance(array, cnp.ndarray) or not isinstance(like, cnp.ndarray):
        return array.copy()
    copy = numpy.empty_like(like, dtype=array.dtype, subok=False)
    numpy.copyto(copy, array)
    return copy
