"""The backward pass: order, accumulation, un-broadcasting, hooks.

Apart from apply, whose graph it walks. It knows no formula: rules are asked for cotangents.

Note: order. Nodes run by descending sequence number, as soon as all that flows into them has
arrived: so independent branches run in reverse order of creation, and a leaf is given its total
once. Nothing recurses.

Note: who owns a node. A run keeps its counts and sums in the fields of the nodes themselves. A
node that another run (another thread's, or the one whose hook called us) is using just then is
kept in this run's own table instead; so any number of runs may share a graph.
"""
cimport cython
cimport numpy as cnp
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE, PyTuple_New, PyTuple_SET_ITEM

from chainrule._core cimport core, modes, types
from chainrule._core.apply cimport binary, quietly
from chainrule._core.core cimport (
    ASK_OUTS, ELEMENTWISE, AccumulateGrad, Node, NodeExtra, Op, Storage, Tensor, TensorExtra, raise_freed,
    edge_of, saved_tensor, saved_value, storage_of, wrap,
)
from chainrule._core.loops cimport LoopTable, run_binary, table_of
from chainrule._core.program cimport Program
from chainrule._core.types cimport dtype
from chainrule._core.writes cimport bump

from _thread import RLock

import numpy

cnp.import_array()

cdef extern from "Python.h":
    Py_ssize_t Py_REFCNT(object o)

cdef long runs = 0

# Sums of this size and above give up the GIL: then only this keeps two threads off one .grad.
cdef enum:
    HOLDS_GIL_BELOW = 500
accumulating = RLock()
cdef LoopTable addition = table_of(numpy.add)

# What `ops` binds at import: the engine needs these few operations by name.
cdef dict needed = {}


def bind_engine(dict functions):
    """Give add, neg, times, sum_to, cast and cotangent_program."""
    needed.update(functions)


@cython.final
@cython.auto_pickle(False)
cdef class Place:
    """What a run keeps about a node that another run is using."""
    cdef int pending
    cdef bint wanted
    cdef unsigned char sum_is_ours
    cdef object cotangent


@cython.final
@cython.auto_pickle(False)
cdef class Run:
    """One backward pass."""
    cdef long identity
    cdef bint retain, create, selective
    cdef list claimed           # every node reached, each kept alive
    cdef list ready             # a heap of nodes, latest first
    cdef dict places            # of nodes that other runs are using
    cdef dict captures          # node -> {result number: [positions in found]}
    cdef list found


# --------------------------------------------------------------------- a run's notes on a node

cdef bint claim(Run run, Node node) except -1:
    """Reach a node; False where this run has reached it before."""
    if node.owner == run.identity:
        return False
    if node.owner == 0:
        node.owner = run.identity
        node.pending, node.wanted, node.sum_is_ours, node.cotangent = 0, False, False, None
    else:
        if run.places is None:
            run.places = {}
        if node in run.places:
            return False
        run.places[node] = Place()
    run.claimed.append(node)
    return True


cdef inline void await_one(Run run, Node node):
    if node.owner == run.identity:
        node.pending += 1
    else:
        (<Place>run.places[node]).pending += 1


cdef inline bint arrived(Run run, Node node) except -1:
    """Count one arrival; True when it was the last."""
    cdef Place place
    if node.owner == run.identity:
        node.pending -= 1
        return node.pending == 0
    place = run.places[node]
    place.pending -= 1
    return place.pending == 0


cdef inline bint is_wanted(Run run, Node node) except -1:
    if node.owner == run.identity:
        return node.wanted
    return (<Place>run.places[node]).wanted


cdef inline void want(Run run, Node node):
    if node.owner == run.identity:
        node.wanted = True
    else:
        (<Place>run.places[node]).wanted = True


cdef object take_cotangent(Run run, Node node):
    cdef Place place
    if node.owner == run.identity:
        total, node.cotangent = node.cotangent, None
    else:
        place = run.places[node]
        total, place.cotangent = place.cotangent, None
    return total


cdef int release(Run run) except -1:
    cdef Node node
    for node in run.claimed:
        if node.owner == run.identity:
            node.owner = 0
            node.cotangent = None
    return 0


# ------------------------------------------------------------------------------ accumulation

cdef int arrive(Run run, Node node, int number, Tensor g) except -1:
    """Add a cotangent to what has arrived for one result of a node."""
    cdef Place place
    cdef unsigned char ours = False
    cdef list totals
    if node.results > 1:
        totals = take_cotangent(run, node)
        if totals is None:
            totals = [None] * node.results
        totals[number] = g if totals[number] is None else total_of(run, totals[number], g, &ours)
        total = totals
    elif node.owner == run.identity:
        if node.cotangent is None:
            node.cotangent = g
            return 0
        node.cotangent = total_of(run, <Tensor>node.cotangent, g, &node.sum_is_ours)
        return 0
    else:
        place = run.places[node]
        total = g if place.cotangent is None else (
            total_of(run, <Tensor>place.cotangent, g, &place.sum_is_ours)
        )
    if node.owner == run.identity:
        node.cotangent = total
    else:
        (<Place>run.places[node]).cotangent = total
    return 0


cdef Tensor total_of(Run run, Tensor total, Tensor g, unsigned char *ours):
    """total + g; into total's own memory where nobody else can see it."""
    if ours[0] and not run.create and type(total.array) is cnp.ndarray:
        if type(g.array) is cnp.ndarray and (
            run_binary(addition, total.array, g.array, total.array) is not None
        ):
            return total
    ours[0] = True
    return <Tensor>binary(needed["add"], total, g)


# ------------------------------------------------------------------------------ the heap

cdef inline bint later(list heap, Py_ssize_t a, Py_ssize_t b):
    return (<Node>heap[a]).sequence > (<Node>heap[b]).sequence


cdef int push(list heap, Node node) except -1:
    cdef Py_ssize_t at = len(heap), above
    heap.append(node)
    while at > 0:
        above = (at - 1) >> 1
        if not later(heap, at, above):
            break
        heap[at], heap[above] = heap[above], heap[at]
        at = above
    return 0


cdef Node pop(list heap):
    cdef Py_ssize_t count = len(heap) - 1, at = 0, below
    cdef Node last = <Node>heap.pop()
    cdef Node top
    if count == 0:
        return last
    top = <Node>heap[0]
    heap[0] = last
    while True:
        below = 2 * at + 1
        if below >= count:
            return top
        if below + 1 < count and later(heap, below + 1, below):
            below += 1
        if not later(heap, below, at):
            return top
        heap[at], heap[below] = heap[below], heap[at]
        at = below


# ------------------------------------------------------------------------------- the run

cdef int discover(Run run) except -1:
    """Reach all that is below the claimed nodes, counting how often each is arrived at."""
    cdef Py_ssize_t at = 0
    cdef Node node, child
    while at < len(run.claimed):
        node = <Node>run.claimed[at]
        at += 1
        for entry in node.edges:
            if entry is not None:
                child = <Node>entry
                claim(run, child)
                await_one(run, child)
    return 0


def sequence_of(Node node not None):
    return node.sequence


cdef int mark_wanted(Run run, list targets) except -1:
    """Mark the nodes on a way to a target: nothing else will run."""
    cdef Node node
    for node in targets:
        if node.owner == run.identity or (run.places is not None and node in run.places):
            want(run, node)
    # A node's inputs are older than the node, but the ends of the graph have no number.
    inner = [node for node in run.claimed if type(node) is not AccumulateGrad]
    inner.sort(key=sequence_of)
    for node in inner:
        for entry in node.edges:
            if entry is not None and is_wanted(run, <Node>entry):
                want(run, node)
                break
    return 0


def run_backward(list roots, list seeds, targets, captures, bint retain, bint create):
    """Send the seeds up from the roots.

    `roots` are (node, result number); `targets` the nodes to go to (None: everywhere), and
    `captures` the (node, number) whose cotangents are wanted back, in a list, None where none
    arrived. The leaves among the targets that are not captured accumulate.
    """
    global runs
    cdef Run run = Run.__new__(Run)
    cdef Node node
    cdef bint before = modes.grad_enabled()
    runs += 1
    run.identity, run.retain, run.create = runs, retain, create
    run.claimed, run.ready, run.selective = [], [], targets is not None
    for node, number in roots:
        check_place(node, number)
    prepare_captures(run, captures)
    modes.set_grad_enabled(create)
    try:
        for node, _ in roots:
            claim(run, node)
        discover(run)
        if run.selective:
            mark_wanted(run, targets)
        for (node, number), seed in zip(roots, seeds):
            arrive(run, node, number, seed)
        start(run, roots)
        while run.ready:
            step(run, pop(run.ready))
    finally:
        modes.set_grad_enabled(before)
        release(run)
    return run.found


def backward_from_scalar(Tensor root not None):
    """The commonest backward: of one real element, to all leaves; False where it is another."""
    cdef Node node
    cdef object array = root.array
    if array.size != 1 or array.dtype.kind != "f":
        return False
    node = edge_of(root)
    if node is None:
        return False
    seed = cnp.PyArray_EMPTY(
        cnp.PyArray_NDIM(array), cnp.PyArray_DIMS(array), cnp.PyArray_TYPE(array), 0
    )
    seed.fill(1)
    run_backward([(node, root.output if root.node is not None else 0)], [wrap(seed)], None, None, False, False)
    return True


cdef int check_place(Node node, number) except -1:
    """Refuse what is no place in a graph: a GradientEdge can be made of anything."""
    if node is None or node.edges is None:
        raise RuntimeError(f"gradients cannot start or end at {node}: it is not part of a graph")
    if not 0 <= number < node.results:
        raise IndexError(f"{node.name()} has {node.results} results, and no number {number}")
    return 0


cdef int prepare_captures(Run run, captures) except -1:
    if captures is None:
        return 0
    run.found = [None] * len(captures)
    run.captures = {}
    for position, (node, number) in enumerate(captures):
        check_place(node, number)
        run.captures.setdefault(node, {}).setdefault(number, []).append(position)
    return 0


cdef int start(Run run, list roots) except -1:
    """The roots that nothing else flows into are ready; each of them once."""
    cdef Node node
    cdef set seen = set()
    for node, _ in roots:
        if id(node) in seen:
            continue
        seen.add(id(node))
        if pending_of(run, node) == 0 and (not run.selective or is_wanted(run, node)):
            push(run.ready, node)
    return 0


cdef inline int pending_of(Run run, Node node) except -1:
    if node.owner == run.identity:
        return node.pending
    return (<Place>run.places[node]).pending


cdef int step(Run run, Node node) except -1:
    """Run one node: its hooks, its rule, and on to its inputs."""
    g = take_cotangent(run, node)
    if type(node) is AccumulateGrad:
        return finish_leaf(run, <AccumulateGrad>node, g)
    if node.extra is not None:
        g = run_tensor_hooks(<NodeExtra>node.extra, g)
    if run.captures is not None and node in run.captures:
        capture(run, node, g)
    if not any_wanted(run, node):
        return 0
    if node.extra is not None and (<NodeExtra>node.extra).prehooks:
        g = run_prehooks(node, g)
    cotangents = None
    if node.op is None or node.op.joint or node.op.results != 1 or (
        node.extra is not None and (<NodeExtra>node.extra).hooks
    ):
        cotangents = all_cotangents(run, node, g)
    send(run, node, cotangents, g)
    if not run.retain:
        free(node)
    return 0


cdef bint any_wanted(Run run, Node node) except -1:
    if not run.selective:
        return True
    for entry in node.edges:
        if entry is not None and is_wanted(run, <Node>entry):
            return True
    return False


cdef int send(Run run, Node node, object cotangents, object g) except -1:
    """Give every input its cotangent; whoever has all of theirs is ready."""
    cdef Py_ssize_t k
    cdef Node child
    cdef Tensor part
    for k in range(PyTuple_GET_SIZE(node.edges)):
        entry = <object>PyTuple_GET_ITEM(node.edges, k)
        if entry is None:
            continue
        child = <Node>entry
        if run.selective and not is_wanted(run, child):
            continue
        if cotangents is not None:
            part = adjusted(node, k, cotangents[k], run.create)
        else:
            part = pull(run, node, k, <Tensor>g)
        if part is not None:
            arrive(run, child, 0 if node.numbers is None else node.numbers[k], part)
        part = None
        if arrived(run, child):
            push(run.ready, child)
    return 0


cdef int free(Node node) except -1:
    """Let go of what was saved; a node that saved nothing may be gone through again."""
    cdef Py_ssize_t k
    if node.op is None:
        node._release()
        return 0
    if node.saved is None:
        return 0
    for k in range(PyTuple_GET_SIZE(node.op.saves)):
        # PyTorch saves numbers as tensors and frees them too, but neither shapes nor parameters.
        if saved_value(node, k) is not None and <int>node.op.saves[k] <= ASK_OUTS:
            node.saved = node.storage = None
            break
    return 0


# ------------------------------------------------------------------------------- the rules

cdef Tensor pull(Run run, Node node, Py_ssize_t k, Tensor g):
    """The cotangent of input k, by the op's rule; None where there is none."""
    cdef Op op = node.op
    cdef object result
    if g is None:
        return None
    rule = <object>PyTuple_GET_ITEM(op.rules, k)
    if rule is None:
        return None
    if node.saved is None:
        raise_freed()
    if op.kind != ELEMENTWISE:
        result = rule(*asked(node, k, g, run.create))
    elif type(rule) is int or type(rule) is float:
        if rule == 1:
            result = g
        elif rule == -1:
            result = needed["neg"](g)
        elif rule == 0:
            result = wrap(numpy.zeros(g.array.shape, g.array.dtype))
        else:
            result = needed["times"](g, rule)
    else:
        result = None if run.create else pull_directly(node, k, g)
        if result is None:
            result = needed["times"](g, rule(*asked(node, k, g, run.create)))
    return adjusted(node, k, result, run.create)


cdef tuple asked(Node node, Py_ssize_t k, object g, bint attach):
    """What the rule of input k asks for, in its order."""
    cdef tuple asks = <tuple>PyTuple_GET_ITEM(node.op.asks, k)
    cdef Py_ssize_t at, count = PyTuple_GET_SIZE(asks)
    cdef tuple values = PyTuple_New(count)
    for at in range(count):
        ask = <object>PyTuple_GET_ITEM(asks, at)
        if type(ask) is str:
            value = node.parameters[ask]
        elif <int>ask < 0:
            value = g
        else:
            value = saved_tensor(node, <int>ask, attach)
        Py_INCREF(value)
        PyTuple_SET_ITEM(values, at, value)
    return values


cdef Tensor pull_directly(Node node, Py_ssize_t k, Tensor g):
    """g * partial as one program over the arrays; None where it does not apply."""
    cdef cnp.ndarray array
    cdef tuple values
    cdef bint complex_
    if type(g.array) is not cnp.ndarray:
        return None
    array = g.array
    values = asked_arrays(node, k, one_element(array))
    complex_ = any_complex(values)
    program = node.op.programs[2 * k + complex_]
    if program is None:
        program = needed["cotangent_program"](node.op, k, complex_) or False
        node.op.programs[2 * k + complex_] = program
    if program is False:
        return None
    result = (<Program>program).run(values, None)
    if result is None or not cnp.PyArray_SAMESHAPE(array, <cnp.ndarray>result):
        return None
    return wrap(result)


cdef bint any_complex(tuple values):
    """Whether the partial may be complex (of abs it is, though the cotangent is real)."""
    cdef int typenum
    for value in values:
        if type(value) is cnp.ndarray:
            typenum = cnp.PyArray_TYPE(<cnp.ndarray>value)
            if typenum == cnp.NPY_CFLOAT or typenum == cnp.NPY_CDOUBLE:
                return True
        elif type(value) is complex:
            return True
    return False


cdef cnp.ndarray one_element(cnp.ndarray array):
    """An expanded scalar (the cotangent of a sum) as the scalar; other arrays as they are."""
    cdef int axis, ndim = cnp.PyArray_NDIM(array)
    if ndim == 0 or cnp.PyArray_SIZE(array) < 2:
        return array
    for axis in range(ndim):
        if cnp.PyArray_STRIDES(array)[axis] != 0 and cnp.PyArray_DIMS(array)[axis] != 1:
            return array
    return array[(0,) * ndim + (Ellipsis,)]


cdef tuple asked_arrays(Node node, Py_ssize_t k, object g):
    """g, then what the partial of input k asks for, as arrays and numbers."""
    cdef tuple asks = <tuple>PyTuple_GET_ITEM(node.op.asks, k)
    cdef Py_ssize_t at, count = PyTuple_GET_SIZE(asks)
    cdef tuple values = PyTuple_New(count + 1)
    Py_INCREF(g)
    PyTuple_SET_ITEM(values, 0, g)
    for at in range(count):
        ask = <object>PyTuple_GET_ITEM(asks, at)
        if type(ask) is str:
            value = node.parameters[ask]
        else:
            core.saved_storage(node, <int>ask)
            value = saved_value(node, <int>ask)
        Py_INCREF(value)
        PyTuple_SET_ITEM(values, at + 1, value)
    return values


cdef object all_cotangents(Run run, Node node, object g):
    """The cotangents of all inputs at once, and what the node's hooks make of them."""
    cdef Py_ssize_t k
    if node.op is None:
        cotangents = node._backward(tuple(g) if type(g) is list else (g,))
    elif node.op.joint or node.op.results != 1:
        if node.saved is None:
            raise_freed()
        given = materialized(node, g)
        rule = node.op.rules[0]
        cotangents = rule(*asked(node, 0, given, run.create))
        if not node.op.joint:
            cotangents = (cotangents,)
    else:
        cotangents = tuple([
            None if node.edges[k] is None else pull(run, node, k, g)
            for k in range(len(node.edges))
        ])
    if node.extra is not None and (<NodeExtra>node.extra).hooks:
        cotangents = needed["run_posthooks"](node, cotangents, g)
    return cotangents


cdef object materialized(Node node, object g):
    """A node of several results gets a tuple of cotangents, zeros for those nothing used."""
    if type(g) is not list:
        return g if node.op.results == 1 else (g,)
    parts = []
    for part, (shape, kind) in zip(g, node.metas):
        parts.append(wrap(numpy.zeros(shape, (<dtype>kind).numpy)) if part is None else part)
    return tuple(parts)


# ------------------------------------------------------------- shapes and types of cotangents

cdef Tensor adjusted(Node node, Py_ssize_t k, object g, bint create):
    """The cotangent summed to the input's shape and cast to its type: here, for all rules."""
    cdef Tensor result
    if g is None:
        return None
    result = <Tensor?>g
    if node.adjust is None:
        return result
    wanted = node.adjust[k]
    if wanted is None:
        return result
    shape, kind = wanted
    if create:
        return <Tensor>needed["sum_to"](result, shape, kind)
    array = result.array
    if types.dtype_of(array) is not kind:
        if (<dtype>kind).category < 3 and types.dtype_of(array).category == 3:
            array = array.real
        array = array.astype((<dtype>kind).numpy)
    if array.shape != shape:
        array = array_summed_to(array, shape)
    return result if array is result.array else wrap(array)


cdef object array_summed_to(object array, tuple shape):
    """Undo broadcasting."""
    cdef Py_ssize_t lead = array.ndim - len(shape), axis
    cdef Py_ssize_t size = 1
    for extent in shape:
        size *= extent
    if array.size != size:
        axes = [
            axis for axis in range(array.ndim)
            if axis < lead or (shape[axis - lead] == 1 and array.shape[axis] != 1)
        ]
        array = quietly(numpy.add.reduce, (array,), {"axis": tuple(axes), "keepdims": True})
    return array.reshape(shape)


# -------------------------------------------------------------------------- hooks and leaves

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


cdef int finish_leaf(Run run, AccumulateGrad end, object g) except -1:
    """A leaf's hooks, then its .grad."""
    cdef Tensor variable = end.variable
    cdef TensorExtra extra = <TensorExtra>variable.extra
    if g is None:
        return 0
    if extra is not None and extra.hooks:
        g = needed["run_tensor_hooks"]({0: extra.hooks}, g)
    if run.captures is not None and <object>end in run.captures:
        capture(run, end, g)
        return 0
    if not variable.needs_grad:
        return 0
    if end.extra is not None and (<NodeExtra>end.extra).prehooks:
        g = run_prehooks(end, g)
        if g is None:
            return 0
    accumulate(run, variable, g)
    if end.extra is not None and (<NodeExtra>end.extra).hooks:
        needed["run_posthooks"](end, (), g)
    if extra is not None and extra.post_accumulate:
        for hook in list(extra.post_accumulate.values()):
            hook(variable)
    return 0


cdef int accumulate(Run run, Tensor variable, object g_) except -1:
    cdef Tensor g = <Tensor>g_
    cdef Tensor total = <Tensor>variable.gradient
    cdef bint exclusive
    if run.create:
        with accumulating:
            accumulate_recorded(variable, g)
    elif total is not None:
        add_into(variable, total, g)
    else:
        # Two references: the caller's and ours. Then nobody else can see this memory.
        exclusive = Py_REFCNT(g) == 3 and owns_memory(g.array)
        if exclusive and same_layout(g.array, variable.array):
            variable.gradient = g
        else:
            accumulate_copy(variable, g)
    return 0


cdef int accumulate_recorded(Tensor variable, Tensor g) except -1:
    if variable.gradient is None:
        variable.gradient = needed["clone_graph"](g)
    else:
        variable.gradient = binary(needed["add"], variable.gradient, g)
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
        return add_unlocked(variable, total, g)
    with accumulating:
        if variable.gradient is not None:
            return add_unlocked(variable, <Tensor>variable.gradient, g)
    return accumulate_copy(variable, g)


cdef int add_unlocked(Tensor variable, Tensor total, Tensor g) except -1:
    if type(total.array) is cnp.ndarray and type(g.array) is cnp.ndarray and (
        run_binary(addition, total.array, g.array, total.array) is not None
    ):
        bump(total)
    elif total.array.flags.writeable and total.array.size and 0 not in total.array.strides:
        quietly(numpy.add, (total.array, g.array, total.array), {"casting": "unsafe"})
        bump(total)
    else:
        variable.gradient = binary(needed["add"], total, g)
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
    copy = numpy.empty_like(like, dtype=array.dtype, subok=False)
    numpy.copyto(copy, array)
    return copy
