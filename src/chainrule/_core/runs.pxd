"""What one backward pass keeps about the nodes that it reaches.

What runs once a node is inline: called across modules, it made a chain of operations 5 % slower.
"""
from chainrule._core.core cimport Node, Storage, Tensor


cdef class Place:
    """What a run keeps about a node that another run is using."""
    cdef int pending
    cdef bint wanted
    cdef unsigned char sum_is_ours
    cdef object cotangent


cdef class Run:
    """One backward pass."""
    cdef long identity
    cdef bint retain, create, selective
    cdef bint strong            # a cotangent of zero stays zero (ops/strong_zeros.py)
    cdef bint direct            # neither of create and strong: partials run as programs
    cdef bint anomaly           # look for what goes wrong, and say where
    cdef list claimed           # every node reached, each kept alive
    cdef list ready             # a heap of nodes, latest first
    cdef dict places            # of nodes that other runs are using
    cdef dict captures          # node -> {result number: [positions in found]}
    cdef list found
    cdef tuple inside           # the transforms' levels that the run takes place within
    cdef Storage freed          # says which line freed the nodes; made with the first


# What `ops` and `autograd` bind at import: the engine needs these few functions by name.
cdef dict needed

cdef bint claim(Run run, Node node) except -1
cdef int release(Run run) except -1
cdef int add_arrival(Run run, Node node, int number, Tensor g) except -1


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


cdef inline int pending_of(Run run, Node node) except -1:
    if node.owner == run.identity:
        return node.pending
    return (<Place>run.places[node]).pending


cdef inline int arrive(Run run, Node node, int number, Tensor g) except -1:
    """Note a cotangent of one result of a node; most results are used, and noted, once."""
    if node.owner == run.identity and node.results == 1 and node.cotangent is None:
        node.cotangent = g
        return 0
    return add_arrival(run, node, number, g)


cdef inline object take_cotangent(Run run, Node node):
    cdef Place place
    if node.owner == run.identity:
        total, node.cotangent = node.cotangent, None
    else:
        place = run.places[node]
        total, place.cotangent = place.cotangent, None
    return total


# ---- the heap, latest first

cdef inline bint later(list heap, Py_ssize_t a, Py_ssize_t b):
    return (<Node>heap[a]).sequence > (<Node>heap[b]).sequence


cdef inline int push(list heap, Node node) except -1:
    cdef Py_ssize_t at = len(heap), above
    heap.append(node)
    while at > 0:
        above = (at - 1) >> 1
        if not later(heap, at, above):
            break
        heap[at], heap[above] = heap[above], heap[at]
        at = above
    return 0


cdef inline Node pop(list heap):
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
