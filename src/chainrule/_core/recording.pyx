"""From a result to its Node: the edges, what is saved, and the user's line.

Apart from apply, because writes record too, and Functions make nodes of their own.
"""
cimport numpy as cnp
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE

from chainrule._core cimport core, modes, types
from chainrule._core.core cimport (
    Node, Packed, Storage, Tensor, add_checksums, edge_of, filled, keep, new_node, node_type_of,
    packing_order, placed, put, replace_saved, saved_value, storage_of, unfilled, wrap,
)
from chainrule._core.cuts cimport follow_all, joined
from chainrule._core.operation cimport (
    ASK_OUT, ASK_OUTS, ASK_SHAPES, ASK_X_SHAPE, ASK_Z, Op, late,
)
from chainrule._core.source cimport calling_code
from chainrule._core.wrapped cimport Wrapped, transforms

cnp.import_array()

cdef unsigned long sequence = 0


cdef Node record(Op op, tuple inputs, dict parameters, object out, Tensor original):
    """Make the node of a result and hang it on the result.

    `out` is the result or the tuple of results; `original`, for an op that writes into its
    first input, holds that input's former values.
    """
    global sequence
    if not op.joint and PyTuple_GET_SIZE(inputs) > PyTuple_GET_SIZE(op.rules):
        raise TypeError(f"{op.name}: {len(inputs)} inputs for {len(op.rules)} rules")
    cdef Tensor first = <Tensor?>(out[0] if type(out) is tuple else out)
    cdef Py_ssize_t k, count = PyTuple_GET_SIZE(inputs)
    cdef tuple edges = unfilled(count)
    cdef int tensors = 0, wanted = 0
    cdef Tensor x
    cdef Node node, edge
    cdef list numbers = None
    cdef object marks = None
    for k in range(count):
        value = <object>PyTuple_GET_ITEM(inputs, k)
        edge = None
        if isinstance(value, Tensor):
            x = <Tensor>value
            tensors |= 1 << (k & 31)
            if x.cut is not None:
                marks = joined(marks, x.cut)
            if op.joint or op.rules[k] is not None:
                edge = edge_of(x)
                if edge is not None:
                    wanted |= 1 << (k & 31)
                    if x.output != 0 and x.node is not None:
                        if numbers is None:
                            numbers = [0] * count
                        numbers[k] = x.output
        put(edges, k, edge)
    node = new_node(node_type_of(op, tensors))
    node.op = op
    node.edges = filled(edges)
    node.numbers = None if numbers is None else tuple(numbers)
    node.parameters = parameters
    node.adjust = adjustments(op, inputs, parameters, edges, first)
    save(node, inputs, out, -1 if op.joint else wanted, original)
    if modes.anomaly:
        add_checksums(node)
    sequence += 1
    node.sequence = sequence
    node.code = calling_code(&node.instruction)
    hang(node, out)
    if marks is not None or type(out) is tuple:
        pass_on(marks, op, inputs, out)
    if modes.packing():
        pack(node, inputs, out, original)
    return node


cdef int pass_on(object marks, Op op, tuple inputs, object out) except -1:
    """Give the results the marks of the inputs, and those without a gradient one of their own."""
    cdef Tensor x
    if type(out) is not tuple:
        x = <Tensor>out
        x.cut = joined(x.cut, marks)
        return 0
    for x in out:
        if x.needs_grad:
            x.cut = joined(x.cut, marks)
        else:
            follow_all(x, inputs, op)
    return 0


cdef int hang(Node node, object out) except -1:
    """Make the node the origin of its results; integer results of a float op stay constants."""
    cdef Tensor x
    cdef int number = 0
    if type(out) is not tuple:
        x = <Tensor>out
        x.node, x.output, x.needs_grad = node, 0, True
        node.results = 1
        return 0
    for x in out:
        if types.dtype_of(x.array).category >= 2:
            x.node, x.output, x.needs_grad = node, number, True
        number += 1
    node.results = number
    node.metas = tuple([(x.array.shape, types.dtype_of(x.array)) for x in out])
    return 0


cdef object adjustments(Op op, tuple inputs, dict parameters, tuple edges, Tensor out):
    """Per input the shape, type and levels its cotangent must be brought to; None: none needs it.

    The levels are None but where a transform is under way that only one of the two is part of.
    """
    cdef list found = None
    cdef Py_ssize_t k
    cdef Tensor x
    for k in range(PyTuple_GET_SIZE(edges)):
        if <object>PyTuple_GET_ITEM(edges, k) is None:
            continue
        x = <Tensor>PyTuple_GET_ITEM(inputs, k)
        levels = None
        if isinstance(x.array, Wrapped) or isinstance(out.array, Wrapped):
            levels = transforms["levels_between"](x.array, out.array, parameters)
        if levels is None and same_kind(x.array, out.array, op.broadcasts):
            continue
        if found is None:
            found = [None] * PyTuple_GET_SIZE(edges)
        found[k] = (x.array.shape, types.dtype_of(x.array), levels)
    return None if found is None else tuple(found)


cdef inline bint same_kind(object x, object out, bint shapes) except -1:
    cdef cnp.ndarray a, b
    if type(x) is not cnp.ndarray or type(out) is not cnp.ndarray:
        return x.dtype == out.dtype and (not shapes or x.shape == out.shape)
    a, b = x, out
    if cnp.PyArray_TYPE(a) != cnp.PyArray_TYPE(b):
        return False
    return not shapes or cnp.PyArray_SAMESHAPE(a, b)


cdef int save(Node node, tuple inputs, object out, int wanted, Tensor original) except -1:
    """Keep what the rules of the wanted inputs name, and the versions it had."""
    cdef Op op = node.op
    cdef Py_ssize_t k
    cdef Storage storage
    cdef long version
    cdef int ask
    if PyTuple_GET_SIZE(op.saves) == 0:
        node.saved = ()
    for k in range(PyTuple_GET_SIZE(op.saves)):
        ask = <object>PyTuple_GET_ITEM(op.saves, k)
        value, storage, version = None, None, 0
        if <int>op.asked_by[k] & wanted:
            value, storage = what_is_asked(ask, inputs, out, original)
        if storage is not None:
            refuse_inference(op, storage)
            version = storage.version
            # An op that writes in place saves its other inputs as they were before the write.
            if original is not None and ask <= ASK_Z and storage is (<Tensor>out).storage:
                version -= 1
        keep(node, k, value, storage, version)
    return 0


cdef int pack(Node node, tuple inputs, object out, Tensor original) except -1:
    """Keep, in place of the saved tensors, what this thread's hooks make of them."""
    cdef int ask
    for position in packing_order(node.op):
        ask = node.op.saves[position]
        if ask == ASK_OUT:
            x = out[0] if type(out) is tuple else out
        elif original is None:
            x = inputs[ask]
        else:
            x = before_write(node, inputs, ask, <Tensor>out, original)
        if isinstance(x, Tensor) and saved_value(node, position) is not None:
            replace_saved(node, position, <Packed?>late["pack"](x))
    return 0


cdef object before_write(Node node, tuple inputs, int ask, Tensor out, Tensor original):
    """An input of an op that wrote in place, as it was before; None where that is gone.

    What is gone is not packed: it keeps its version, and backward refuses it.
    """
    x = inputs[ask]
    if x is inputs[0]:
        if original.array is None:
            return None
        if node.edges[0] is None:
            return original
        number = 0 if node.numbers is None else node.numbers[0]
        return placed(wrap(original.array), node.edges[0], number)
    if isinstance(x, Tensor) and (<Tensor>x).storage is out.storage:
        return None
    return x


cdef int refuse_inference(Op op, Storage storage) except -1:
    if storage.inference:
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. Please do not use Tensors created "
            f"in inference mode in computation tracked by autograd; {op.name} would have to save "
            "one. A clone() made outside inference mode will do."
        )
    return 0


cdef tuple what_is_asked(int ask, tuple inputs, object out, Tensor original):
    cdef Tensor x
    if ask <= ASK_Z:
        value = <object>PyTuple_GET_ITEM(inputs, ask)
        if ask == 0 and original is not None:
            value = original
        if not isinstance(value, Tensor):
            return value, None
        x = <Tensor>value
        if isinstance(x.array, Wrapped):
            return transforms["settled"](x.array), storage_of(x)
        return x.array, storage_of(x)
    if ask == ASK_OUT:
        x = <Tensor>(out[0] if type(out) is tuple else out)
        return x.array, storage_of(x)
    if ask == ASK_OUTS:
        return tuple([wrap((<Tensor>x).array) for x in out]), None
    if ask == ASK_SHAPES:
        return tuple([(<Tensor?>x).array.shape for x in inputs]), None
    value = <object>PyTuple_GET_ITEM(inputs, ask - ASK_X_SHAPE)
    return (<Tensor>value).array.shape if isinstance(value, Tensor) else (), None


# --------------------------------------------------------------- what Python modules may use

def record_call(Op op not None, tuple inputs not None, dict parameters, out):
    """Record an op whose result was made by other means."""
    for result in (out if type(out) is tuple and out else (out,)):
        if not isinstance(result, Tensor):
            raise TypeError(f"record_call: expected a result, got {result!r}")
    return record(op, inputs, parameters, out, None)


def attach(Node node not None, tuple tensors not None, tuple results not None):
    """Make `node` (a Function's) the origin of `results`, with edges to `tensors`."""
    global sequence
    cdef list edges = [], numbers = []
    cdef object marks = None
    cdef Tensor x
    for x in tensors:
        edges.append(edge_of(x))
        marks = joined(marks, x.cut)
        numbers.append(x.output if x.node is not None else 0)
    node.edges = tuple(edges)
    node.numbers = tuple(numbers) if any(numbers) else None
    node.metas = tuple([(x.array.shape, types.dtype_of(x.array)) for x in results])
    node.results = len(results)
    sequence += 1
    node.sequence = sequence
    node.code = calling_code(&node.instruction)
    for number, x in enumerate(results):
        x.node, x.output, x.needs_grad = node, number, True
        x.cut = marks           # what forward, where grad mode was off, put on it was no cut
        if x.base is not None:
            x.node_version = x.storage.version


def parts_of(Tensor x not None):
    """What must be kept of a tensor to make it again without keeping its node alive."""
    cdef Storage storage = storage_of(x)
    if storage.inference and not modes.inference_enabled():
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. A clone() made outside inference "
            "mode can."
        )
    return x.array, storage, storage.version


def restored(array, Storage storage not None, Node node, int number):
    """A saved tensor again, in its place in the graph (node None: a constant)."""
    cdef Tensor x
    if type(node) is core.AccumulateGrad:
        return (<core.AccumulateGrad>node).variable
    x = wrap(array)
    x.storage = storage
    if node is not None:
        x.node, x.output, x.needs_grad = node, number, True
    return x


def placed_again(Tensor x not None, Node node, int number):
    """A tensor of x's values in the place in the graph that a saved one had (None: a constant)."""
    cdef Tensor made = wrap(x.array)
    return made if node is None else placed(made, node, number)
