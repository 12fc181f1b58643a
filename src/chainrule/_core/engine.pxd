"""The backward pass: which nodes run, in which order."""
from chainrule._core.core cimport Node
from chainrule._core.runs cimport Run

ctypedef int (*step_function)(Run run, Node node) except -1

cdef step_function watched      # runs a node while somebody profiles; NULL: nobody does

cdef int step(Run run, Node node) except -1
