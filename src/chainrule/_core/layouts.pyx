"""Layouts and memory formats: names that programs pass on and compare.

Apart from the types, because nothing here depends on them.
"""
cimport cython
from cpython.object cimport PyTypeObject


cdef class Constant:
    """A named value of which there is one; programs pass it on and compare it."""
    cdef str name

    def __init__(self):
        raise TypeError(f"cannot create 'torch.{type(self).__name__}' instances")

    def __repr__(self):
        return "torch." + self.name

    def __reduce__(self):
        return constant_named, (self.name,)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


@cython.final
cdef class layout(Constant):
    """How a tensor lies in memory: `torch.strided`, or by places: `torch.sparse_coo`.

    See https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch.layout
    """


@cython.final
cdef class memory_format(Constant):
    """The order of dimensions in memory: contiguous, channels last, or as the input has it.

    See https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch.memory_format
    """


def constant_named(name):
    """The constant of this name: what a pickled one is read back with."""
    return CONSTANTS[name]


cdef object new_constant(object kind, str name):
    cdef Constant made = kind.__new__(kind)
    made.name = name
    CONSTANTS[name] = made
    return made


cdef dict CONSTANTS = {}
strided = new_constant(layout, "strided")
sparse_coo = new_constant(layout, "sparse_coo")
contiguous_format = new_constant(memory_format, "contiguous_format")
preserve_format = new_constant(memory_format, "preserve_format")
channels_last = new_constant(memory_format, "channels_last")
channels_last_3d = new_constant(memory_format, "channels_last_3d")


# PyTorch's programs print these classes, so they carry PyTorch's names.
(<PyTypeObject *>layout).tp_name = "torch.layout"
(<PyTypeObject *>memory_format).tp_name = "torch.memory_format"
