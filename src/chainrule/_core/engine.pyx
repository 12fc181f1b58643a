"""The backward pass: which nodes run, in which order.

Apart from apply, whose graph it walks, from rules, which it asks for cotangents, and from leaves,
where they end.

Note: order. Nodes run by descending sequence number, as soon as all that flows into them has
arrived: so independent branches run in reverse order of creation, and a leaf is given its total
once. Nothing recurses.
"""
cimport numpy as cnp
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE

from chainrule._core cimport modes, recording
from chainrule._core.core cimport (
    AccumulateGrad, Node, NodeExtra, Storage, Tensor, edge_of, put_back_packed, saved_value,
    take_packed, wrap,
)
from chainrule._core.leaves cimport capture, finish_leaf, run_prehooks, run_tensor_hooks
from chainrule._core.operation cimport ASK_OUTS
from chainrule._core.rules cimport (
    adjusted, all_cotangents, choose_rules, pull, release_function,
)
from chainrule._core.runs cimport (
    Run, arrive, arrived, await_one, claim, is_wanted, needed, pending_of, pop, push, release,
    take_cotangent, want,
)
from chainrule._core.source cimport calling_code

cnp.import_array()

cdef long runs = 0
cdef dict running = {}          # run number -> Run, of the passes that have not ended

# So many backwards may run within one another on one stack, as in PyTorch: each takes a few frames
# of Python's limit of a thousand.
cdef enum:
    DEEPEST = 60


def bind_engine(dict functions):
    """Give add, neg, times, sum_to, cast and cotangent_program."""
    needed.update(functions)


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


def run_backward(
    list roots, list seeds, targets, captures, bint retain, bint create, tuple inside=(),
):
    """Send the seeds up from the roots.

    `roots` are (node, result number); `targets` the nodes to go to (None: everywhere), and
    `captures` the (node, number) whose cotangents are wanted back, in a list, None where none
    arrived. The leaves among the targets that are not captured accumulate. `inside` are the
    transforms' levels that the roots are part of.
    """
    global runs
    if modes.deepen(0) >= DEEPEST:
        return needed["on_fresh_stack"](
            run_backward, roots, seeds, targets, captures, retain, create, inside,
        )
    cdef Run run = Run.__new__(Run)
    cdef Node node
    cdef bint before = modes.grad_enabled()
    cdef (long, bint) around
    cdef step_function run_node = step if watched == NULL else watched
    runs += 1
    run.identity, run.retain, run.anomaly = runs, retain, modes.anomaly
    choose_rules(run, create)
    run.claimed, run.ready, run.selective = [], [], targets is not None
    run.inside = inside
    for node, number in roots:
        check_place(node, number)
    prepare_captures(run, captures)
    modes.set_grad_enabled(create)
    around = modes.enter_run(run.identity, run.selective)
    modes.deepen(1)
    running[run.identity] = run
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
            run_node(run, pop(run.ready))
    finally:
        del running[run.identity]
        modes.deepen(-1)
        modes.enter_run(around[0], around[1])
        modes.set_grad_enabled(before)
        release(run)
    return run.found


def backward_from_scalar(Tensor root not None):
    """The commonest backward: of one real element, to all leaves; False where it is another."""
    cdef Node node
    cdef object array = root.array
    if type(array) is not cnp.ndarray or array.size != 1 or array.dtype.kind != "f":
        return False
    node = edge_of(root)
    if node is None:
        return False
    seed = cnp.PyArray_EMPTY(
        cnp.PyArray_NDIM(array), cnp.PyArray_DIMS(array), cnp.PyArray_TYPE(array), 0
    )
    seed.fill(1)
    number = root.output if root.node is not None else 0
    run_backward([(node, number)], [wrap(seed)], None, None, False, False)
    return True


def will_run(Node node not None):
    """Whether the backward pass that this thread is in computes what flows into a node."""
    cdef Run run = running.get(modes.run_number())
    if run is None:
        raise RuntimeError("will_run: no backward pass is running in this thread")
    if node.owner != run.identity and (run.places is None or node not in run.places):
        return False
    return not run.selective or is_wanted(run, node)


def is_running(long identity):
    """Whether the backward pass of this number has not ended yet."""
    return identity in running


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
    if run.anomaly or (node.extra is not None and (<NodeExtra>node.extra).packed):
        cotangents = taken_apart(run, node, g)
    elif node.op is None or node.op.joint or node.op.results != 1 or (
        node.extra is not None and (<NodeExtra>node.extra).hooks
    ):
        cotangents = all_cotangents(run, node, g)
    send(run, node, cotangents, g)
    if not run.retain:
        free(run, node)
    return 0


cdef object taken_apart(Run run, Node node, object g):
    """The cotangents of all inputs, with what hooks packed unpacked, and anomalies explained."""
    cdef unsigned long newest = recording.sequence
    try:
        take_packed(node)
        cotangents = all_cotangents(run, node, g)
    except Exception as error:
        if run.anomaly:
            needed["explain_error"](node, error)
        raise
    finally:
        put_back_packed(node)
    if run.anomaly:
        needed["explain_result"](node, cotangents, newest, modes.check_nan)
    return cotangents


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
            part = adjusted(run, node, k, cotangents[k])
        else:
            part = pull(run, node, k, <Tensor>g)
        if part is not None:
            arrive(run, child, 0 if node.numbers is None else node.numbers[k], part)
        part = None
        if arrived(run, child):
            push(run.ready, child)
    return 0


cdef int free(Run run, Node node) except -1:
    """Let go of what was saved; a node that saved nothing may be gone through again."""
    cdef Py_ssize_t k
    if node.op is None:
        release_function(node)
        node.storage = freed_here(run)
        return 0
    if node.saved is None:
        return 0
    for k in range(PyTuple_GET_SIZE(node.op.saves)):
        # PyTorch saves numbers as tensors and frees them too, but neither shapes nor parameters.
        if saved_value(node, k) is not None and <int>node.op.saves[k] <= ASK_OUTS:
            node.saved, node.storage = None, freed_here(run)
            break
    return 0


cdef inline Storage freed_here(Run run):
    """What a freed node has in place of a storage: the line of this backward, one object a run."""
    if run.freed is None:
        run.freed = Storage.__new__(Storage)
        run.freed.writer_name = "grad" if run.captures is not None else None
        run.freed.writer = calling_code(&run.freed.writer_instruction)
    return run.freed
