"""Tensor, Op and Node: their fields, their lifetime and Python's operators on them.

Apart from what is done with them (apply, writes, engine), so that those modules can share the
fields without importing one another. See core.pxd for the fields.

Note: no reference cycles. A node holds the arrays it saved, never the tensors: a saved tensor
would hold its own node. When a rule needs one as a tensor again, its place in the graph is
read off the node's edges. A leaf knows its AccumulateGrad by a borrowed pointer, which that
node takes back when it dies.
"""
cimport cython
cimport numpy as cnp
from cpython.object cimport PyObject, Py_EQ, Py_GE, Py_GT, Py_LE, Py_LT, Py_NE, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE, PyTuple_New, PyTuple_SET_ITEM

from chainrule._core cimport types
from chainrule._core.loops cimport LoopTable, table_of
from chainrule._core.program cimport Program, Symbol, emit, trace
from chainrule._core import source as sources

from types import MethodType as BoundMethod

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
    /* Cython has no way to say that a class is called by vectorcall; `vectorcall` must be the
       first field of the class. 60 ns a call less than by tuple and dict. */
    static void chainrule_use_vectorcall(PyTypeObject *type, int is_method) {
        type->tp_vectorcall_offset = sizeof(PyObject);
        type->tp_call = PyVectorcall_Call;
        type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
        if (is_method) type->tp_flags |= Py_TPFLAGS_METHOD_DESCRIPTOR;
        PyType_Modified(type);
    }
    static void chainrule_rename(PyTypeObject *type, const char *name) { type->tp_name = name; }
    """
    void chainrule_use_vectorcall(PyTypeObject *type, int is_method)
    void chainrule_rename(PyTypeObject *type, const char *name)
    object PyObject_Vectorcall(object callable, PyObject **arguments, size_t count, PyObject *names)
    Py_ssize_t PyVectorcall_NARGS(size_t count)
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


# Python functions for what is not the core's business: printing, indexing, conversions.
cdef dict late = {}


def bind_late(dict functions):
    """Give the core the Python functions behind `repr`, `getitem`, `len` and the like."""
    late.update(functions)


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
    return dispatch.in_place(<Op?>slots[slot], x, y)


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
        if self.array is None:
            late["construct"](self, arguments, keywords)

    # ---- what it is

    @property
    def _array(self):
        """The array underneath, shared, not copied."""
        return self.array

    @property
    def shape(self):
        return types.size_of(self.array)

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
        return self

    @property
    def _extra(self):
        """Hooks and marks; made when first asked for."""
        if self.extra is None:
            self.extra = TensorExtra()
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
    def __pow__(self, other, modulo): return operate(POW, self, other)
    def __rpow__(self, other, modulo): return operate(RPOW, other, self)
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
    def __iter__(self): return late["iter"](self)
    def __contains__(self, item): return late["contains"](self, item)
    def __bool__(self): return late["bool"](self)
    def __float__(self): return late["float"](self)
    def __int__(self): return late["int"](self)
    def __index__(self): return late["index"](self)


@cython.final
@cython.auto_pickle(False)
cdef class TensorExtra:
    """What few tensors carry: hooks, a wish to keep the gradient, a name."""


# ---------------------------------------------------------------------------------- nodes

# PyTorch names the nodes that belong to no operation with their namespace.
cdef tuple OWN_NAMES = ("AccumulateGrad", "CopySlices", "NotImplemented")


@cython.auto_pickle(False)
cdef class Node:
    def __dealloc__(self):
        if self.edges is not None:
            unlink(self)

    def name(self):
        """The node's name, as PyTorch names it."""
        name = type(self).__name__
        return f"torch::autograd::{name}" if name in OWN_NAMES else name

    def __repr__(self):
        return f"<{type(self).__name__} object at {hex(id(self))}>"

    @property
    def next_functions(self):
        """((node, which of its results), ...), one pair an input; (None, 0) where none is wanted."""
        numbers = self.numbers or (0,) * len(self.edges or ())
        pairs = tuple(zip(self.edges or (), numbers))
        if self.op is not None and isinstance(self.op.node_names, dict):
            # PyTorch's node of `1 - x` or `2 ** x` has no place for the number.
            if type(self).__name__ == self.op.node_names.get(2):
                return pairs[1:]
        return pairs

    @property
    def metadata(self):
        return self._extra.metadata

    @property
    def _extra(self):
        if self.extra is None:
            self.extra = NodeExtra()
        return self.extra

    @property
    def _sequence_nr(self):
        return self.sequence

    def _set_sequence_nr(self, unsigned long number):
        self.sequence = number

    @property
    def op(self):
        """The record of the operation."""
        return self.op

    @property
    def source(self):
        """The line of the user's program that made this node."""
        return sources.locate(self.code, self.instruction)

    @property
    def parameters(self):
        return self.parameters

    def _saved_tensors(self):
        """What was saved, as tensors in their places in the graph."""
        if self.saved is None:
            raise_freed()
        return tuple([saved_tensor(self, k, True) for k in range(len(self.op.saves))])

    def _saved_arrays(self):
        """The saved values as they are now, whatever was written to them."""
        if self.saved is None:
            raise_freed()
        return tuple([saved_value(self, k) for k in range(len(self.op.saves))])

    def _saved_origin(self, Py_ssize_t position):
        """(name of the node a saved tensor came from, which of its results), or None."""
        cdef int ask
        if self.saved is None:
            raise_freed()
        if not 0 <= position < len(self.op.saves):
            raise IndexError(f"{self.name()} saved no value number {position}")
        ask = self.op.saves[position]
        cdef long version
        cdef Storage storage = storage_at(self, position, &version)
        if storage is None:
            return None
        if ask == ASK_OUT:
            return short_name(self), 0
        if storage.writer_name is not None:
            return storage.writer_name, 0
        edge = self.edges[ask]
        if edge is None or type(edge) is AccumulateGrad:
            return None
        return short_name(edge), 0 if self.numbers is None else self.numbers[ask]

    def __getattr__(self, name):
        if name.startswith("_saved_") and self.op is not None:
            return saved_by_name(self, name[len("_saved_"):])
        raise AttributeError(f"'{self.name()}' object has no attribute '{name}'")


@cython.auto_pickle(False)
cdef class NodeExtra:
    """What few nodes carry: hooks, and what users note on them."""

    def __cinit__(self):
        self.metadata = {}


cdef str short_name(Node node):
    """The node's name without what follows the operation's own ('Mul' for MulBackward0)."""
    return type(node).__name__.partition("Backward")[0]


cdef object raise_freed():
    raise RuntimeError(
        "Trying to backward through the graph a second time (or directly access saved tensors "
        "after they have already been freed). A backward frees what its graph saved; pass "
        "retain_graph=True to the first one if a second is to follow."
    )


def raise_freed_error():
    """Raise the error of a graph that was freed."""
    raise_freed()


cdef dict DEFAULT_SAVED_NAMES = {
    "self": ASK_X, "other": ASK_X + 1, "result": ASK_OUT, "input": ASK_X, "mat2": ASK_X + 1,
    "exponent": ASK_X + 1, "self_sym_sizes": ASK_X_SHAPE,
}


cdef object saved_by_name(Node node, str name):
    cdef dict names = node.op.saved_names or {}
    if node.parameters is not None and name in node.parameters:
        return node.parameters[name]
    ask = names.get(name, DEFAULT_SAVED_NAMES.get(name))
    if ask not in node.op.saves:
        raise AttributeError(f"'{node.name()}' object has no attribute '_saved_{name}'")
    if node.saved is None:
        raise_freed()
    return saved_tensor(node, node.op.saves.index(ask), True)


cdef object saved_tensor(Node node, Py_ssize_t position, bint attach):
    """A saved value as a rule wants it; with `attach`, a tensor in its place in the graph."""
    cdef Storage storage = saved_storage(node, position)
    cdef int ask = node.op.saves[position]
    cdef Tensor x
    value = saved_value(node, position)
    if storage is None:
        return value
    x = wrap(value)
    x.storage = storage
    if not attach:
        return x
    if ask == ASK_OUT:
        x.node = node
        x.needs_grad = True
    elif ask <= ASK_Z and node.edges[ask] is not None:
        edge = node.edges[ask]
        if type(edge) is AccumulateGrad:
            return (<AccumulateGrad>edge).variable
        x.node = edge
        x.output = 0 if node.numbers is None else node.numbers[ask]
        x.needs_grad = True
    return x


# What stands in for a value that a node of one place did not have to save.
cdef object unsaved = object()


cdef int keep(Node node, Py_ssize_t position, object value, Storage storage, long version) except -1:
    """Save a value, and the version its storage has; the place must not be filled yet."""
    if PyTuple_GET_SIZE(node.op.saves) == 1:
        node.saved = unsaved if value is None else value
        node.storage, node.version = storage, version
        return 0
    if node.saved is None:
        node.saved = PyTuple_New(3 * PyTuple_GET_SIZE(node.op.saves))
    put(<tuple>node.saved, 3 * position, value)
    put(<tuple>node.saved, 3 * position + 1, storage)
    put(<tuple>node.saved, 3 * position + 2, version)
    return 0


cdef inline void put(tuple target, Py_ssize_t place, object value):
    Py_INCREF(value)
    PyTuple_SET_ITEM(target, place, value)


cdef object saved_value(Node node, Py_ssize_t position):
    """A saved value: an array, a number, a shape, or None where none had to be saved."""
    saved = node.saved
    if saved is None:
        raise_freed()
    if PyTuple_GET_SIZE(node.op.saves) == 1:
        return None if saved is unsaved else saved
    return <object>PyTuple_GET_ITEM(<tuple>saved, 3 * position)


cdef Storage storage_at(Node node, Py_ssize_t position, long *version):
    """The storage of a saved array and the version it had; None for what is no array."""
    saved = node.saved
    if saved is None:
        raise_freed()
    if PyTuple_GET_SIZE(node.op.saves) == 1:
        version[0] = node.version
        return node.storage
    version[0] = <object>PyTuple_GET_ITEM(<tuple>saved, 3 * position + 2)
    return <Storage>PyTuple_GET_ITEM(<tuple>saved, 3 * position + 1)


cdef Storage saved_storage(Node node, Py_ssize_t position):
    """The storage of a saved array, which must not have been written to since."""
    cdef long version
    cdef Storage storage = storage_at(node, position, &version)
    if storage is not None and storage.version != version:
        late["raise_modified"](node, position, storage, version)
    return storage


cdef void unlink(Node node) noexcept:
    """Free a chain of nodes without recursion, however long.

    Whatever this node alone keeps alive is taken apart here, edge tuple by edge tuple, before
    it is freed: so no node is ever freed while it still holds the next one.
    """
    cdef list held = None
    cdef tuple edges = node.edges
    cdef Node child
    node.edges = None
    while True:
        if Py_REFCNT(edges) == 1:
            for entry in edges:
                # One reference is the tuple's, one is the loop variable's.
                if entry is not None and Py_REFCNT(entry) == 2:
                    child = <Node>entry
                    # And now a third is `child`'s.
                    if child.edges is not None:
                        if held is None:
                            held = []
                        held.append(child.edges)
                        child.edges = None
                    child = None
            entry = None
        if not held:
            return
        edges = <tuple>held.pop()


@cython.no_gc_clear
@cython.auto_pickle(False)
cdef class AccumulateGrad(Node):
    """The end of the graph at a leaf: adds what arrives to the leaf's .grad."""

    def __dealloc__(self):
        if self.variable is not None and self.variable.accumulator == <PyObject *>self:
            self.variable.accumulator = NULL


cdef Node edge_of(Tensor x):
    """Where a cotangent of x goes: its node, or the AccumulateGrad of a leaf."""
    cdef AccumulateGrad end
    if x.base is not None:
        dispatch.refresh(x)
    if x.node is not None:
        return x.node
    if not x.needs_grad:
        return None
    if x.accumulator != NULL:
        return <Node><object>x.accumulator
    end = AccumulateGrad.__new__(AccumulateGrad)
    end.variable = x
    end.edges = NOTHING
    end.results = 1
    end.sequence = <unsigned long>-1
    x.accumulator = <PyObject *>end
    return end


def node_of(Tensor x not None):
    """Where a cotangent of x goes: its grad_fn, the AccumulateGrad of a leaf, or None."""
    return edge_of(x)


cdef Node new_node(object node_type):
    return <Node>chainrule_new(<PyTypeObject *>node_type, NOTHING)


cdef dict node_types_by_name = {}


cdef object node_type_named(str name):
    found = node_types_by_name.get(name)
    if found is None:
        found = type(name, (Node,), {"__slots__": (), "__module__": "chainrule.autograd.graph"})
        node_types_by_name[name] = found
    return found


cdef object node_type_of(Op op, int tensors):
    """The class of the nodes an op makes, given (as bits) which inputs are tensors."""
    cdef int bits = tensors & 7
    found = op.node_types[bits]
    if found is None:
        names = op.node_names
        name = names if isinstance(names, str) else names.get(bits, names[max(names)])
        found = node_type_named(name)
        op.node_types = op.node_types[:bits] + (found,) + op.node_types[bits + 1:]
    return found


# ------------------------------------------------------------------------------------ ops

cdef dict ASKS = {
    "x": ASK_X, "y": ASK_X + 1, "z": ASK_Z, "out": ASK_OUT, "outs": ASK_OUTS,
    "x_shape": ASK_X_SHAPE, "y_shape": ASK_X_SHAPE + 1, "z_shape": ASK_X_SHAPE + 2,
    "shapes": ASK_SHAPES, "g": ASK_G,
}


def argument_names(function):
    """The names a rule or kernel asks for, in order. (inspect would double the import time.)"""
    code = function.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


cdef bint may_ask(Op op, str name) except -1:
    """Whether a rule can be given this: `y` of an op of one operand cannot."""
    if name in op.parameters:
        return True
    for operand in ("x", "y", "z")[max(op.arity, 0):]:
        if name == operand or name == operand + "_shape":
            return False
    return name in ASKS


@cython.final
cdef class Op:
    """One operation: its kernel, and its derivative written once. Made by `ops.kinds`."""

    def __init__(
        self, str name, int kind, int arity, kernel, *, tuple rules=(), node=None, parameters=(),
        formula=None, bint view=False, bint broadcasts=False, bint promotes=False,
        bint floats=False, bint whole=False, bint joint=False, int results=1,
    ):
        self.vectorcall = call_op
        self.name = name
        self.kind = kind
        self.arity = arity
        self.kernel = kernel
        self.formula = formula
        self.parameters = tuple(parameters)
        self.view, self.broadcasts, self.promotes = view, broadcasts, promotes
        self.floats, self.whole, self.joint, self.results = floats, whole, joint, results
        self.node_names = node or "".join(p.title() for p in name.split("_")) + "Backward0"
        self.node_types = (None,) * 8
        if isinstance(kernel, operator_ufunc()):
            self.loops = table_of(kernel)
        self.set_rules(rules)

    def set_rules(self, tuple rules):
        """Give the derivative; what the rules name is what will be saved."""
        asked = [self.asks_of(rule) for rule in rules]
        needed = {ask for asks in asked for ask in asks if type(ask) is int and ask != ASK_G}
        self.rules = rules
        self.saves = tuple(sorted(needed))
        self.asked_by = tuple([
            -1 if self.joint else sum([1 << i for i, asks in enumerate(asked) if save in asks])
            for save in self.saves
        ])
        places = {save: place for place, save in enumerate(self.saves)}
        places[ASK_G] = -1
        self.asks = tuple([tuple([places.get(ask, ask) for ask in asks]) for asks in asked])
        self.programs = [None] * (2 * len(rules))

    def asks_of(self, rule):
        if not callable(rule):
            return ()
        names = argument_names(rule)
        for name in names:
            if not may_ask(self, name):
                raise TypeError(
                    f"{self.name}: a rule asks for '{name}', which is neither one of its "
                    f"{self.arity} operands, nor a reserved name, nor one of its keywords "
                    f"{self.parameters}"
                )
        return tuple([ASKS.get(name, name) for name in names])

    def transpose(self, rule):
        """Decorator: the transpose of a linear op, its vjp."""
        self.set_rules((rule,))
        return rule

    def transposes(self, *rules):
        """The transposes of a multilinear op, one per input; None where there is none."""
        self.set_rules(rules)

    def vjp(self, rule):
        """Decorator: the vjp of an op of one differentiable input, or, if joint, of all inputs."""
        self.set_rules((rule,))
        return rule

    def vjps(self, *rules):
        """The vjps of a general op, one per input; None where there is none."""
        self.set_rules(rules)

    def named(self, node):
        """The same operation, its nodes under another name."""
        copy = Op(
            self.name, self.kind, self.arity, self.kernel, rules=self.rules, node=node,
            parameters=self.parameters, formula=self.formula, view=self.view,
            broadcasts=self.broadcasts, promotes=self.promotes, floats=self.floats,
            whole=self.whole, joint=self.joint, results=self.results,
        )
        copy.batch, copy.pushforward, copy.saved_names = self.batch, self.pushforward, self.saved_names
        return copy

    def symbolic(self, tuple inputs, dict parameters):
        """The op as an instruction of a formula that is being traced."""
        if self.kind != ELEMENTWISE:
            raise TypeError(f"{self.name} is not elementwise")
        if self.loops is not None:
            return emit(self.loops.ufunc, inputs)
        program = program_of(self)
        if program is None:
            raise TypeError(f"{self.name} has no formula to trace")
        return emit(program, inputs + tuple([parameters[name] for name in self.parameters]))

    def in_place(self, x, *others, **parameters):
        """Write the result into x, as PyTorch's methods ending in an underscore do."""
        if PyTuple_GET_SIZE(others) == 1 and not parameters and self.arity == 2:
            found = dispatch.in_place(self, x, others[0])
            if found is NotImplemented:
                kind = type(others[0]).__name__
                raise TypeError(
                    f"{self.name}_(): argument 'other' (position 1) must be Tensor, not {kind}"
                )
            return found
        return late["in_place"](self, x, others, parameters)

    def __repr__(self):
        return f"<op {self.name}>"


cdef object call_op(object callable, PyObject **arguments, size_t count, PyObject *names):
    """op(*inputs, **parameters)"""
    cdef Op op = <Op>callable
    cdef Py_ssize_t k, inputs = PyVectorcall_NARGS(count)
    cdef tuple values
    cdef dict parameters = None
    if inputs == 1 and names == NULL and op.arity == 1:
        if isinstance(<object>arguments[0], Tensor):
            return dispatch.unary(op, <Tensor>arguments[0])
    values = tuple([<object>arguments[k] for k in range(inputs)])
    if names != NULL:
        parameters = {
            name: <object>arguments[inputs + k] for k, name in enumerate(<tuple>names)
        }
    for value in values:
        if type(value) is Symbol:
            return op.symbolic(values, parameters or {})
    return dispatch.call(op, values, parameters)


cdef object call_front(object callable, PyObject **arguments, size_t count, PyObject *names):
    cdef Front front = <Front>callable
    cdef Py_ssize_t inputs = PyVectorcall_NARGS(count)
    if names == NULL and inputs == front.op.arity:
        if inputs == 1 and isinstance(<object>arguments[0], Tensor):
            return dispatch.unary(front.op, <Tensor>arguments[0])
        if inputs == 2 and (
            isinstance(<object>arguments[0], Tensor) or isinstance(<object>arguments[1], Tensor)
        ):
            found = dispatch.binary(front.op, <object>arguments[0], <object>arguments[1])
            if found is not NotImplemented:
                return found
    return PyObject_Vectorcall(front.__wrapped__, arguments, count, names)


@cython.final
cdef class Front:
    """A public function whose commonest call, tensors by position, goes straight to its op.

    Everything else (keywords, out=, wrong operands) goes to the Python function it stands for.
    """

    def __init__(self, Op op, function):
        self.vectorcall = call_front
        self.op = op
        self.__wrapped__ = function
        self.__name__ = self.__qualname__ = function.__name__
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__

    def __get__(self, instance, owner):
        return self if instance is None else BoundMethod(self, instance)

    def __repr__(self):
        return f"<function {self.__name__}>"

    def __reduce__(self):
        return self.__qualname__    # as functions are: copied and pickled by name


chainrule_rename(<PyTypeObject *>Tensor, b"torch.Tensor")     # what print(type(x)) shows
chainrule_use_vectorcall(<PyTypeObject *>Op, 0)
chainrule_use_vectorcall(<PyTypeObject *>Front, 1)


cdef object operator_ufunc():
    import numpy

    return numpy.ufunc


cdef Program program_of(Op op):
    """The program of a kernel that is a formula, traced when first needed."""
    if op.kernel_program is None and op.formula is not None:
        op.kernel_program = trace(op.formula, op.arity + len(op.parameters))
    return op.kernel_program
