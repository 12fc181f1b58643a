"""Arrays seen through a transform: a batch of arrays that looks like one, an array with a tangent.

Apart from the transforms, which say what becomes of them: the core only has to know that such an
array is none of NumPy's, and whom to ask.

Note: transforms stand below the tape. `vmap` and forward mode put other arrays under tensors and
leave the rest alone: tensors, nodes, saved values and rules are the same, so that transforms nest
in any order, and with reverse mode in either direction. What is no NumPy array takes the
general way of an operation anyway: the direct ways pay nothing for this.
"""
cimport cython
cimport numpy as cnp
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE

cnp.import_array()


@cython.auto_pickle(False)
cdef class Wrapped:
    pass


cdef dict transforms = {}


def bind_transforms(dict functions):
    """Give run, settled, store, fit, and levels_between (see `chainrule.transforms`)."""
    transforms.update(functions)


cdef bint any_wrapped(tuple arrays) noexcept:
    cdef Py_ssize_t k
    for k in range(PyTuple_GET_SIZE(arrays)):
        array = <object>PyTuple_GET_ITEM(arrays, k)
        if type(array) is not cnp.ndarray and isinstance(array, Wrapped):
            return True
    return False
