"""Tensor and Node: their fields, their lifetime and Python's operators on them.

Apart from what is done with them (apply, writes, engine), so that those modules can share the
fields without importing one another. See core.pxd for the fields.

Note: no reference cycles. A node holds the arrays it saved, never the tensors: a saved tensor
would hold its own node. When a rule needs one as a tensor again, its place in the graph is
read off the node's edges. A leaf knows its AccumulateGrad by a borrowed pointer, which that
node takes back when it dies.
"""
cimport cython
cimport numpy as cnp
from cpython.object cimport PyObject, Py_EQ, Py_GT, Py_LE, Py_LT, Py_NE, PyTypeObject
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE

from chainrule._core cimport types
from chainrule._core.operation cimport (
    ASK_OUT, ASK_X, ASK_X_SHAPE, ASK_Z, Op, calls, late,
)
from chainrule._core.sizes cimport size_of
from chainrule._core.wrapped cimport Wrapped, transforms
from chainrule._core import source as sources

cnp.import_array()

cdef extern from "Python.h":
    void PyType_Modified(PyTypeObject *type)
    Py_ssize_t Py_REFCNT(object o)

cdef extern from *:
    """
    static PyObject *chainrule_new(PyTypeObject *type, PyObject *arguments) {
        return type->tp_new(type, arguments, NULL);
    }
    static PyObject *chainrule_type_dict(PyTypeObject *type) { return Py_NewRef(type->tp_dict); }
    static void chainrule_rename(PyTypeObject *type, const char *name) { type->tp_name = name; }
    static newfunc chainrule_replace_new(PyTypeObject *type, newfunc replacement) {
        newfunc replaced = type->tp_new;
        type->tp_new = replacement;
        PyType_Modified(type);
        return replaced;
    }
    """
    ctypedef object (*newfunc)(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
    newfunc chainrule_replace_new(PyTypeObject *type, newfunc replacement)
    void chainrule_rename(PyTypeObject *type, const char *name)
    object chainrule_new(PyTypeObject *type, object arguments)
    object chainrule_type_dict(PyTypeObject *type)

cdef tuple NOTHING = ()


# -------------------------------------------------------------------------------- tensors

@cython.final
@cython.no_gc
@cython.freelist(64)
@cython.auto_pickle(False)
cdef class Storage:
    def __init__(self, bint inference=False):
        self.inference = inference

    @property
    def source(self):
        """The line that wrote to this memory last."""
        return sources.locate(self.writer, self.writer_instruction)


cdef Storage storage_of(Tensor x):
    """The storage of a tensor, made when first asked for: most tensors never need one."""
    if x.storage is None:
        x.storage = Storage.__new__(Storage)
    return x.storage


cdef Tensor wrap(object array):
    cdef Tensor x = Tensor.__new__(Tensor)
    x.array = array
    return x


def bind_method(str name, object value):
    """Make `value` an attribute of Tensor."""
    chainrule_type_dict(<PyTypeObject *>Tensor)[name] = value
    PyType_Modified(<PyTypeObject *>Tensor)


def bind_node_method(str name, object value):
    """Make `value` an attribute of Node."""
    chainrule_type_dict(<PyTypeObject *>Node)[name] = value
    PyType_Modified(<PyTypeObject *>Node)


cdef enum Slot:
    ADD, SUB, MUL, DIV, FLOOR_DIV, MOD, POW, MATMUL, NEG, POSITIVE, ABS, INVERT, AND, OR, XOR
    LSHIFT, RSHIFT, EQ, NE, LT, LE, GT, GE, RECIPROCAL, RPOW, RFLOOR_DIV, RMOD
    SLOTS

SLOT_NAMES = (
    "add", "sub", "mul", "div", "floor_div", "mod", "pow", "matmul", "neg", "positive", "abs",
    "invert", "and", "or", "xor", "lshift", "rshift", "eq", "ne", "lt", "le", "gt", "ge",
    "reciprocal", "rpow", "rfloor_div", "rmod",
)
cdef list slots = [None] * SLOTS


def bind_operators(dict table):
    """Put ops (or functions) behind Python's operators; every slot must be filled."""
    missing = sorted(set(SLOT_NAMES) - set(table))
    unknown = sorted(set(table) - set(SLOT_NAMES))
    if missing or unknown:
        raise ImportError(f"operators without an op: {missing}; not operators: {unknown}")
    for index, name in enumerate(SLOT_NAMES):
        slots[index] = table[name]


cdef inline object operate(int slot, object x, object y):
    target = slots[slot]
    if type(target) is Op:
        return dispatch.binary(<Op>target, x, y)
    return target(x, y)


cdef inline object operate_in_place(int slot, Tensor x, object y):
    return calls.in_place(<Op?>slots[slot], x, y)


cdef inline object operate_one(int slot, Tensor x):
    target = slots[slot]
    if type(target) is Op:
        return dispatch.unary(<Op>target, x)
    return target(x)


@cython.freelist(256)
@cython.trashcan(True)
cdef class Tensor:
    """An array on the tape: its values, and how they came to be."""

    def __init__(self, *arguments, **keywords):
        """Nothing: `__new__` has taken the values, as subclasses with one of their own expect."""

    # ---- what it is

    @property
    def _array(self):
        """The array underneath, shared, not copied."""
        if isinstance(self.array, Wrapped):
            return transforms["settled"](self.array)
        return self.array

    @property
    def shape(self):
        return size_of(self.array)

    @property
    def dtype(self):
        return types.dtype_of(self.array)

    @property
    def ndim(self):
        return cnp.PyArray_NDIM(self.array) if type(self.array) is cnp.ndarray else self.array.ndim

    @property
    def _version(self):
        if self.storage is None:
            return 0
        if self.storage.inference:
            raise RuntimeError("Inference tensors do not track version counter.")
        return self.storage.version

    @property
    def _base(self):
        return self.base

    def _is_view(self):
        return self.base is not None

    def is_inference(self):
        """Whether this tensor was made in inference mode."""
        return self.storage is not None and self.storage.inference

    # ---- its place in the graph

    @property
    def requires_grad(self):
        if self.base is not None:
            dispatch.refresh(self)
        return self.needs_grad

    @requires_grad.setter
    def requires_grad(self, value):
        late["set_requires_grad"](self, value)

    @property
    def grad_fn(self):
        if self.base is not None:
            dispatch.refresh(self)
        return self.node

    @property
    def output_nr(self):
        return self.output

    @property
    def is_leaf(self):
        if self.base is not None:
            dispatch.refresh(self)
        return self.node is None

    @property
    def grad(self):
        if self.gradient is None and self.node is not None:
            if self.extra is None or not (<TensorExtra>self.extra).retains_grad:
                late["grad_of_non_leaf"](self)
        return self.gradient

    @grad.setter
    def grad(self, value):
        late["check_grad"](self, value)
        self.gradient = value

    @grad.deleter
    def grad(self):
        self.gradient = None

    @property
    def _grad(self):
        """.grad without the warning that reading it on a non-leaf gives."""
        return self.gradient

    @_grad.setter
    def _grad(self, Tensor value):
        self.gradient = value

    def _set_needs_grad(self, bint value):
        """Make this leaf ask for a gradient, or stop; what may is checked by the caller."""
        self.needs_grad = value

    def _become(self, Tensor other not None):
        """Be what `other` is, as an object of another class."""
        self.array, self.storage = other.array, storage_of(other)
        self.node, self.output, self.needs_grad = other.node, other.output, other.needs_grad
        self.base, self.node_version, self.origin = other.base, other.node_version, other.origin
        self.cut = other.cut
        return self

    @property
    def _extra(self):
        """Hooks and marks; made when first asked for."""
        if self.extra is None:
            made = TensorExtra()
            if self.extra is None:      # nor made by another thread meanwhile
                self.extra = made
        return self.extra

    @property
    def _extra_or_none(self):
        return self.extra

    # ---- Python's operators

    def __add__(self, other): return operate(ADD, self, other)
    def __radd__(self, other): return operate(ADD, self, other)
    def __sub__(self, other): return operate(SUB, self, other)
    def __rsub__(self, other): return operate(SUB, other, self)
    def __mul__(self, other): return operate(MUL, self, other)
    def __rmul__(self, other): return operate(MUL, self, other)
    def __truediv__(self, other): return operate(DIV, self, other)
    def __rtruediv__(self, other): return operate(MUL, operate_one(RECIPROCAL, self), other)
    def __floordiv__(self, other): return operate(FLOOR_DIV, self, other)
    def __rfloordiv__(self, other): return operate(RFLOOR_DIV, other, self)
    def __mod__(self, other): return operate(MOD, self, other)
    def __rmod__(self, other): return operate(RMOD, other, self)
    def __pow__(self, other, modulo):
        return operate(POW, self, other) if modulo is None else NotImplemented
    def __rpow__(self, other, modulo):
        return operate(RPOW, other, self) if modulo is None else NotImplemented
    def __matmul__(self, other):
        found = dispatch.product(self, other)
        return operate(MATMUL, self, other) if found is None else found
    def __rmatmul__(self, other): return operate(MATMUL, other, self)
    def __and__(self, other): return operate(AND, self, other)
    def __rand__(self, other): return operate(AND, self, other)
    def __or__(self, other): return operate(OR, self, other)
    def __ror__(self, other): return operate(OR, self, other)
    def __xor__(self, other): return operate(XOR, self, other)
    def __rxor__(self, other): return operate(XOR, self, other)
    def __lshift__(self, other): return operate(LSHIFT, self, other)
    def __rlshift__(self, other): return operate(LSHIFT, other, self)
    def __rshift__(self, other): return operate(RSHIFT, self, other)
    def __rrshift__(self, other): return operate(RSHIFT, other, self)
    def __neg__(self): return operate_one(NEG, self)
    def __pos__(self): return operate_one(POSITIVE, self)
    def __abs__(self): return operate_one(ABS, self)
    def __invert__(self): return operate_one(INVERT, self)

    def __iadd__(self, other): return operate_in_place(ADD, self, other)
    def __isub__(self, other): return operate_in_place(SUB, self, other)
    def __imul__(self, other): return operate_in_place(MUL, self, other)
    def __itruediv__(self, other): return operate_in_place(DIV, self, other)
    def __ifloordiv__(self, other): return late["ifloordiv"](self, other)
    def __imod__(self, other): return late["imod"](self, other)
    def __ipow__(self, other): return late["ipow"](self, other)
    def __iand__(self, other): return late["iand"](self, other)
    def __ior__(self, other): return late["ior"](self, other)
    def __ixor__(self, other): return late["ixor"](self, other)
    def __ilshift__(self, other): return late["ilshift"](self, other)
    def __irshift__(self, other): return late["irshift"](self, other)

    def __richcmp__(self, other, int which):
        if which == Py_EQ:
            return operate(EQ, self, other)
        if which == Py_NE:
            return operate(NE, self, other)
        if which == Py_LT:
            return operate(LT, self, other)
        if which == Py_LE:
            return operate(LE, self, other)
        if which == Py_GT:
            return operate(GT, self, other)
        return operate(GE, self, other)

    def __hash__(self):
        return <Py_hash_t>(<size_t><void *>self >> 4)

    # ---- conversions and indexing, bound at import

    def __repr__(self): return late["repr"](self)
    def __len__(self): return late["len"](self)
    def __getitem__(self, index): return late["getitem"](self, index)
    def __setitem__(self, index, value): late["setitem"](self, index, value)
    def __delitem__(self, index): raise TypeError("Tensor does not support deleting items")
    def __iter__(self): return late["iter"](self)
    def __contains__(self, item): return late["contains"](self, item)
    def __bool__(self): return late["bool"](self)
    def __float__(self): return late["float"](self)
    def __int__(self): return late["int"](self)
    def __index__(self): return late["index"](self)


cdef newfunc allocate


cdef object new_tensor(PyTypeObject *kind, PyObject *arguments, PyObject *keywords):
    """Tensor.__new__(cls, ...): never an object without values, which nothing here expects."""
    made = allocate(kind, <PyObject *>NOTHING, NULL)
    given = {} if keywords == NULL else <object>keywords
    late["construct"](made, <object>arguments, given)
    return made


# `wrap` calls what Cython made; this is what Python calls.
allocate = chainrule_replace_new(<PyTypeObject *>Tensor, new_tensor)


def unsettled_array(Tensor x not None):
    """The array underneath as it is, even if it is part of a transform that has ended."""
    return x.array


def blank(kind not None):
    """An object of a class of tensors that is yet to be given its array."""
    if not issubclass(kind, Tensor):
        raise TypeError(f"expected a subclass of torch.Tensor, but got {kind!r}")
    return allocate(<PyTypeObject *>kind, <PyObject *>NOTHING, NULL)


@cython.final
@cython.auto_pickle(False)
cdef class TensorExtra:
    """What few tensors carry: hooks, a wish to keep the gradient, a name."""


include "nodes.pxi"

chainrule_rename(<PyTypeObject *>Tensor, b"torch.Tensor")     # what print(type(x)) shows
