"""What one backward pass keeps about the nodes it reaches: counts, sums, and who is next.

Apart from the engine, which decides what runs; here is only what has arrived where.

Note: who owns a node. A run keeps its counts and sums in the fields of the nodes themselves. A
node that another run (another thread's, or the one whose hook called us) is using just then is
kept in this run's own table instead; so any number of runs may share a graph.
"""
cimport cython
cimport numpy as cnp

from chainrule._core.core cimport Node, Tensor, dispatch
from chainrule._core.loops cimport LoopTable, run_binary, table_of

import numpy

cnp.import_array()

cdef LoopTable addition = table_of(numpy.add)
cdef dict needed = {}


@cython.final
@cython.auto_pickle(False)
cdef class Place:
    pass


@cython.final
@cython.auto_pickle(False)
cdef class Run:
    pass


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


cdef int release(Run run) except -1:
    cdef Node node
    for node in run.claimed:
        if node.owner == run.identity:
            node.owner = 0
            node.cotangent = None
    return 0


# ------------------------------------------------------------------------------ accumulation

cdef int add_arrival(Run run, Node node, int number, Tensor g) except -1:
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
    if not isinstance(total.array, cnp.ndarray):
        total, g = g, total             # sparse and dense can be added in one order only
    ours[0] = True
    return <Tensor>dispatch.binary(needed["add"], total, g)
