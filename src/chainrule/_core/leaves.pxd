"""Where a backward ends: hooks, captured cotangents, and .grad."""
from chainrule._core.core cimport AccumulateGrad, Node, NodeExtra
from chainrule._core.runs cimport Run

cdef object run_tensor_hooks(NodeExtra extra, object g)
cdef object run_prehooks(Node node, object g)
cdef int capture(Run run, Node node, object g) except -1
cdef int finish_leaf(Run run, AccumulateGrad end, object g) except -1
