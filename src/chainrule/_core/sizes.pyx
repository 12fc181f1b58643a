"""Sizes: the shape of a tensor, a tuple that knows how many elements there are.

Apart from the types, because making one is on the way of every `x.shape`.
"""
cimport numpy as cnp
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_SET_ITEM

import operator

cdef extern from *:
    """
    static PyObject *chainrule_new_tuple(PyObject *kind, Py_ssize_t items) {
        PyObject *made = PyType_GenericAlloc((PyTypeObject *)kind, items);
    #if PY_VERSION_HEX >= 0x030E0000
        if (made != NULL) ((PyTupleObject *)made)->ob_hash = -1;
    #endif
        return made;
    }
    """
    object new_tuple "chainrule_new_tuple" (object kind, Py_ssize_t items)

cdef extern from "Python.h":

    ctypedef object (*two_objects)(object, object)
    ctypedef struct MappingMethods "PyMappingMethods":
        two_objects mp_subscript
    ctypedef struct SequenceMethods "PySequenceMethods":
        two_objects sq_concat
        void *sq_repeat
    ctypedef struct ContainerType "PyTypeObject":
        MappingMethods *tp_as_mapping
        SequenceMethods *tp_as_sequence
    ContainerType PyTuple_Type

cnp.import_array()


class Size(tuple):
    """The shape of a tensor: a tuple of ints.

    Slices, sums and multiples of a Size are Sizes. TypeError for items that are not integers.

    >>> import chainrule as torch
    >>> torch.Size([2, 3]), torch.Size([2, 3]).numel(), torch.Size([2, 3])[1:]
    (torch.Size([2, 3]), 6, torch.Size([3]))

    See https://docs.pytorch.org/docs/2.13/size.html
    """

    __slots__ = ()
    __module__ = "torch"            # what programs print: <class 'torch.Size'>

    def __init_subclass__(cls):
        raise TypeError("type 'torch.Size' is not an acceptable base type")

    def __new__(cls, items=(), /):
        return new_size(items)

    def numel(self):
        """The number of elements: the product of the sizes, 1 for none."""
        count = 1
        for item in self:
            count *= item
        return count

    def __getitem__(self, key):
        return size_item(self, key)

    def __add__(self, other):
        return new_size(tuple(self) + tuple(other)) if isinstance(other, tuple) else NotImplemented

    def __radd__(self, other):
        return new_size(tuple(other) + tuple(self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, times):
        return new_size(tuple(self) * times) if hasattr(times, "__index__") else NotImplemented

    def __rmul__(self, times):
        return self * times

    def __repr__(self):
        return f"torch.Size([{', '.join([str(item) for item in self])}])"

    def __reduce__(self):
        return new_size, (tuple(self),)


cdef object size_item(object size, object key):
    if not isinstance(size, tuple):     # Size.__getitem__([1], 0)
        raise TypeError(f"expected a torch.Size, but got {type(size).__name__}")
    part = PyTuple_Type.tp_as_mapping.mp_subscript(size, key)
    return part if type(part) is int else new_size(part)


cdef object refuse_concatenation(object size, object other):
    raise TypeError(f"can only concatenate tuple (not {type(other).__name__}) to torch.Size")


# `x.shape[0]` is everywhere: this way it takes 21 ns, by looking up `__getitem__` 70.
# The other two are asked when `__add__` and `__mul__` decline, and complain as tuples do.
cdef object size_class = Size
(<ContainerType *>size_class).tp_as_mapping.mp_subscript = size_item
(<ContainerType *>size_class).tp_as_sequence.sq_concat = refuse_concatenation
(<ContainerType *>size_class).tp_as_sequence.sq_repeat = PyTuple_Type.tp_as_sequence.sq_repeat


cdef object whole_number(object item, Py_ssize_t place):
    try:
        return operator.index(item)
    except TypeError:
        raise TypeError(
            f"torch.Size() takes an iterable of 'int' (item {place} is "
            f"'{type(item).__name__}')"
        ) from None


def new_size(items):
    """The Size of these items: also what a pickled Size is read back with."""
    cdef tuple sizes = tuple(items)
    cdef Py_ssize_t k
    for item in sizes:
        if type(item) is not int:       # asking an item for its number may run anything
            sizes = tuple([whole_number(item, k) for k, item in enumerate(sizes)])
            break
    made = new_tuple(size_class, len(sizes))
    for k in range(len(sizes)):
        item = sizes[k]
        Py_INCREF(item)
        PyTuple_SET_ITEM(made, k, item)
    return made


cdef object size_of(object array):
    """An array's shape."""
    cdef int ndim, k
    cdef cnp.npy_intp *dims
    if not isinstance(array, cnp.ndarray):
        return new_size(array.shape)
    ndim = cnp.PyArray_NDIM(<cnp.ndarray>array)
    dims = cnp.PyArray_DIMS(<cnp.ndarray>array)
    size = new_tuple(size_class, ndim)
    for k in range(ndim):
        item = <object>dims[k]
        Py_INCREF(item)
        PyTuple_SET_ITEM(size, k, item)
    return size
