# The classes of nodes, a part of core.pyx: tensors and nodes refer to one another, so that they
# must be one module.

# PyTorch names the nodes that belong to no operation with their namespace.
cdef tuple OWN_NAMES = ("AccumulateGrad", "CopyBackwards", "CopySlices", "NotImplemented")


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
        """((node, which of its results), ...), a pair an input; (None, 0) where none is wanted."""
        numbers = self.numbers or (0,) * len(self.edges or ())
        pairs = tuple(zip(self.edges or (), numbers))
        if self.op is not None and not self.op.joint:
            # PyTorch's node has no place for what has no derivative (an index, a mask).
            pairs = tuple([pair for pair, rule in zip(pairs, self.op.rules) if rule is not None])
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
            made = NodeExtra()
            if self.extra is None:      # nor made by another thread meanwhile
                self.extra = made
        return self.extra

    def _sequence_nr(self):
        """The number by which backward orders the nodes: the latest run first."""
        return self.sequence

    def _set_sequence_nr(self, unsigned long number):
        self.sequence = number

    @property
    def requires_grad(self):
        """True: what needs no gradient has no node."""
        return True

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
            raise_freed(self)
        return tuple([saved_tensor(self, k, True) for k in range(len(self.op.saves))])

    def _saved_arrays(self):
        """The saved values as they are now, whatever was written to them."""
        if self.saved is None:
            raise_freed(self)
        return tuple([array_of(saved_value(self, k)) for k in range(len(self.op.saves))])

    def _saved_asks(self):
        """Per saved value the number of the operand that it is, 3 for the result."""
        return () if self.op is None else self.op.saves

    def _saved_origin(self, Py_ssize_t position):
        """(name of the node a saved tensor came from, which of its results), or None."""
        cdef int ask
        if self.saved is None:
            raise_freed(self)
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

    def _saved_value(self, Py_ssize_t position):
        """What stands in a saved place: an array, a Packed, or what was no tensor."""
        if self.saved is None:
            raise_freed(self)
        if not 0 <= position < len(self.op.saves):
            raise IndexError(f"{self.name()} saved no value number {position}")
        return saved_value(self, position)

    def _saved_tensor(self, Py_ssize_t position, bint attach):
        """A saved value as a tensor; with `attach`, in its place in the graph."""
        self._saved_value(position)
        return saved_tensor(self, position, attach)

    def _replace_saved(self, Py_ssize_t position, Packed packed not None):
        """Put a Packed where an array was saved."""
        self._saved_value(position)
        if not is_tensor_saved(self, position):
            raise TypeError(f"{self.name()}: saved value number {position} is no tensor")
        replace_saved(self, position, packed)

    def __getattr__(self, name):
        if self.op is not None:
            if name.startswith("_saved_"):
                return saved_by_name(self, name[len("_saved_"):])
            if name.startswith("_raw_saved_"):
                position = saved_position(self, name[len("_raw_saved_"):], name)
                if self.saved is None or is_tensor_saved(self, position):
                    return late["raw_saved"](self, position)
        # Not self.name(): a Function's program may keep something of its own under that name.
        raise AttributeError(f"'{Node.name(self)}' object has no attribute '{name}'")


@cython.auto_pickle(False)
cdef class NodeExtra:
    """What few nodes carry: hooks, and what users note on them."""

    def __cinit__(self):
        self.metadata = {}


cdef str short_name(Node node):
    """The node's name without what follows the operation's own ('Mul' for MulBackward0)."""
    return type(node).__name__.partition("Backward")[0]


cdef object raise_freed(Node node):
    late["raise_freed"](node)


# What explains a graph reads nodes by these functions: a Function's node has any attribute its
# user gives it.

def inputs_of(Node node not None):
    """(node, which of its results) per operand of the op, whatever next_functions leaves out."""
    return tuple(zip(node.edges or (), node.numbers or (0,) * len(node.edges or ())))


def result_count(Node node not None):
    """How many results the operation has."""
    return node.results


def source_of(Node node not None):
    """The line of the user's program that made the node."""
    return sources.locate(node.code, node.instruction)


def is_freed(Node node not None):
    """Whether a backward has let go of what the node of an operation had saved."""
    return node.op is not None and node.saved is None


def has_hooks(Node node not None):
    """Whether a backward would call anything of the user's at this node."""
    cdef NodeExtra extra = node.extra
    cdef Tensor leaf
    if type(node) is AccumulateGrad:
        leaf = (<AccumulateGrad>node).variable      # None of one that a program made itself
        mine = None if leaf is None else leaf.extra
        return mine is not None and bool(
            (<TensorExtra>mine).hooks or (<TensorExtra>mine).post_accumulate
        )
    return extra is not None and bool(extra.hooks or extra.prehooks or extra.tensor_hooks)


def adjustments_of(Node node not None):
    """Per operand the shape, dtype and levels its cotangent is brought to; None: the result's.

    None for all together where no operand of an elementwise op differs from the result.
    """
    return node.adjust


def known_values(Node node not None):
    """The saved operands by number, and the result as "out": those not written to since."""
    cdef dict found = {}
    cdef long version = 0
    if node.op is None or node.saved is None:
        return found
    for k, ask in enumerate(node.op.saves):
        if ask > ASK_OUT:
            continue
        storage = storage_at(node, k, &version)
        value = saved_value(node, k)
        if value is not None and (storage is None or storage.version == version):
            found["out" if ask == ASK_OUT else ask] = value
    return found


def raise_freed_error(Node node not None):
    """Raise the error of a graph that was freed."""
    raise_freed(node)


def written_at(Tensor x not None):
    """The line that wrote last to the memory of x in place; None where none did."""
    if x.storage is None or x.storage.version == 0:
        return None
    return x.storage.source


def freed_by(Node node not None):
    """(the line whose backward freed what the node saved, whether that was autograd.grad)."""
    if (node.op is not None and node.saved is not None) or node.storage is None:
        return None
    return node.storage.source, node.storage.writer_name == "grad"


cdef dict DEFAULT_SAVED_NAMES = {
    "self": ASK_X, "other": ASK_X + 1, "result": ASK_OUT, "input": ASK_X, "mat2": ASK_X + 1,
    "exponent": ASK_X + 1, "self_sym_sizes": ASK_X_SHAPE,
}


cdef object saved_by_name(Node node, str name):
    if node.parameters is not None and name in node.parameters:
        return node.parameters[name]
    position = saved_position(node, name, f"_saved_{name}")
    if node.saved is None:
        raise_freed(node)
    return saved_tensor(node, position, True)


cdef Py_ssize_t saved_position(Node node, str name, str attribute) except -1:
    """Where a node keeps what PyTorch calls `name`."""
    cdef dict names = node.op.saved_names or {}
    ask = names.get(name, DEFAULT_SAVED_NAMES.get(name))
    if ask not in node.op.saves:
        raise AttributeError(f"'{node.name()}' object has no attribute '{attribute}'")
    return node.op.saves.index(ask)


cdef object saved_tensor(Node node, Py_ssize_t position, bint attach):
    """A saved value as a rule wants it; with `attach`, a tensor in its place in the graph."""
    cdef Storage storage = saved_storage(node, position)
    cdef int ask = node.op.saves[position]
    cdef Tensor x
    value = saved_value(node, position)
    if type(value) is Packed:
        x = unpacked(<Packed>value)
    elif storage is None:
        return value
    else:
        x = wrap(value)
        x.storage = storage
    if not attach:
        return x
    if ask == ASK_OUT:
        return placed(x, node, 0)
    if ask <= ASK_Z and node.edges[ask] is not None:
        return placed(x, node.edges[ask], 0 if node.numbers is None else node.numbers[ask])
    return x


cdef Tensor placed(Tensor x, Node edge, int number):
    """A tensor whose cotangent goes to result `number` of `edge`: the leaf itself, if it is one."""
    cdef TensorExtra extra
    x.needs_grad = True
    if type(edge) is not AccumulateGrad:
        x.node, x.output = edge, number
        return x
    if x.array is (<AccumulateGrad>edge).variable.array:
        return (<AccumulateGrad>edge).variable
    extra = TensorExtra()
    extra.end = <AccumulateGrad>edge        # keeps alive what `accumulator` borrows
    x.extra, x.accumulator = extra, <PyObject *>edge
    return x


# ---- what hooks have packed

@cython.final
@cython.auto_pickle(False)
cdef class Packed:
    def __init__(self, value, unpack, kind):
        self.value, self.unpack, self.kind = value, unpack, kind


cdef Tensor unpacked(Packed packed):
    """What the hook makes of the packed value: without a graph, and in the type it was saved in."""
    cdef Tensor given = packed.taken
    if given is None:
        given = <Tensor?>late["unpack"](packed)
    return wrap(given.array)


cdef int take_packed(Node node) except -1:
    """Unpack all that a node saved, once, for as long as its rule runs."""
    if node.op is None or node.saved is None:
        return 0
    for position in packing_order(node.op):
        value = saved_value(node, position)
        if type(value) is Packed:
            (<Packed>value).taken = unpacked(<Packed>value)
    return 0


cdef int put_back_packed(Node node) except -1:
    if node.op is None or node.saved is None:
        return 0
    for position in packing_order(node.op):
        value = saved_value(node, position)
        if type(value) is Packed:
            (<Packed>value).taken = None
    return 0


cdef list packing_order(Op op):
    """The places of saved tensors in PyTorch's order, by name: other, self, then the result."""
    cdef list places = [
        place for place, ask in enumerate(op.saves) if ASK_X < <int>ask <= ASK_Z
    ]
    for last in (ASK_X, ASK_OUT):
        if last in op.saves:
            places.append(op.saves.index(last))
    return places


cdef bint is_tensor_saved(Node node, Py_ssize_t position) except -1:
    cdef long version
    return type(saved_value(node, position)) is Packed or (
        storage_at(node, position, &version) is not None
    )


cdef int replace_saved(Node node, Py_ssize_t position, object value) except -1:
    """Put a Packed where an array was saved."""
    cdef list entries
    if PyTuple_GET_SIZE(node.op.saves) == 1:
        node.saved, node.storage = value, None
    else:
        entries = list(node.saved)
        entries[3 * position : 3 * position + 2] = [value, None]
        node.saved = tuple(entries)
    (<NodeExtra>node._extra).packed = True
    return 0


# What stands in for a value that a node of one place did not have to save.
cdef object unsaved = object()


cdef int keep(
    Node node, Py_ssize_t position, object value, Storage storage, long version
) except -1:
    """Save a value, and the version its storage has; the places are filled in order."""
    if PyTuple_GET_SIZE(node.op.saves) == 1:
        node.saved = unsaved if value is None else value
        node.storage, node.version = storage, version
        return 0
    if position == 0:
        node.saved = unfilled(3 * PyTuple_GET_SIZE(node.op.saves))
    put(<tuple>node.saved, 3 * position, value)
    put(<tuple>node.saved, 3 * position + 1, storage)
    put(<tuple>node.saved, 3 * position + 2, version)
    if position == PyTuple_GET_SIZE(node.op.saves) - 1:
        filled(<tuple>node.saved)
    return 0


cdef object saved_value(Node node, Py_ssize_t position):
    """A saved value: an array, a number, a shape, a Packed, or None where none had to be saved."""
    value = kept_at(node, position)
    return value if type(value) is not cnp.ndarray else of_leaf(node, position, value)


cdef inline object kept_at(Node node, Py_ssize_t position):
    """What was put into a saved place, whatever a leaf has now."""
    saved = node.saved
    if saved is None:
        raise_freed(node)
    if PyTuple_GET_SIZE(node.op.saves) == 1:
        return None if saved is unsaved else saved
    return <object>PyTuple_GET_ITEM(<tuple>saved, 3 * position)


cdef object array_of(object value):
    return unpacked(<Packed>value).array if type(value) is Packed else value


cdef object of_leaf(Node node, Py_ssize_t position, object value):
    """An array that was saved, or what a leaf has now where its .data was set since."""
    cdef int ask = node.op.saves[position]
    if ask <= ASK_Z and ask < PyTuple_GET_SIZE(node.edges):
        edge = <object>PyTuple_GET_ITEM(node.edges, ask)
        if type(edge) is AccumulateGrad:
            return (<AccumulateGrad>edge).variable.array
    return value


cdef Storage storage_at(Node node, Py_ssize_t position, long *version):
    """The storage of a saved array and the version it had; None for what is no array."""
    saved = node.saved
    if saved is None:
        raise_freed(node)
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
    if node.extra is not None and (<NodeExtra>node.extra).checksums is not None:
        if storage is not None:     # what a hook has packed has none
            check_unchanged(node, position)
    return storage


cdef int add_checksums(Node node) except -1:
    """Note what the saved arrays hold: NumPy may write to their memory and tells nobody."""
    cdef long version
    cdef dict found = {}
    for k in range(PyTuple_GET_SIZE(node.op.saves)):
        if storage_at(node, k, &version) is not None:
            found[k] = late["checksum"](kept_at(node, k))
    if found:
        node._extra.checksums = found
    return 0


cdef int check_unchanged(Node node, Py_ssize_t position) except -1:
    cdef dict checksums = (<NodeExtra>node.extra).checksums
    if position in checksums:
        # The array that was saved, not one that a leaf was given since by its .data.
        if late["checksum"](kept_at(node, position)) != checksums[position]:
            late["raise_changed"](node, position)
    return 0


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
    if x.accumulator != NULL:       # the collector ran just now, and with it another thread
        return <Node><object>x.accumulator
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
        found = node_types_by_name.setdefault(name, found)      # another thread may have been first
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
