"""From the cotangent of a result to those of the inputs."""
from chainrule._core.core cimport Node, Tensor
from chainrule._core.runs cimport Run

cdef int choose_rules(Run run, bint create) except -1
cdef Tensor pull(Run run, Node node, Py_ssize_t k, Tensor g)
cdef object all_cotangents(Run run, Node node, object g)
cdef Tensor adjusted(Run run, Node node, Py_ssize_t k, object g)
cdef object release_function(Node node)
