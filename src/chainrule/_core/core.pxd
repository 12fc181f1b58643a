"""The objects everything is made of: what a tensor, an operation and a node of the graph hold."""
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_GET_SIZE, PyTuple_New, PyTuple_SET_ITEM

from chainrule._core.operation cimport Op

# How a view came to be, which decides whether it may be written to.
cdef enum Origin:
    ORDINARY = 0
    FROM_NO_GRAD = 1
    FROM_MANY = 2
    FROM_INFERENCE = 3


cdef class Storage:
    """What all views of one memory share: how often it was written, and where last."""
    cdef public long version
    cdef object writer              # code object of the line that wrote last, or that freed
    cdef object writer_name         # of the node that wrote last, None where it was not recorded
    cdef int writer_instruction
    cdef readonly bint inference    # made in inference mode: has no version


cdef class Tensor:
    cdef object array               # the array underneath
    cdef Node node                  # grad_fn; None for leaves
    cdef int output                 # which result of `node` this is
    cdef bint needs_grad            # a leaf that asked for it, or a result with a node
    cdef object gradient            # .grad
    cdef Storage storage            # None until somebody shares, saves or writes
    cdef Tensor base                # the tensor this is a view of; None
    cdef long node_version          # a view's: the storage version its node was made for
    cdef int origin
    cdef PyObject *accumulator      # the AccumulateGrad alive for this leaf, not owned
    cdef object extra               # TensorExtra, None for most
    cdef object cut                 # where gradients were cut off on the way to it; see cuts.pyx
    cdef object __weakref__
    cdef dict __dict__


cdef class Node:
    """One recorded operation: where a cotangent goes, and what its rule needs."""
    cdef Op op
    cdef tuple edges                # per input: Node, or None where no gradient is wanted
    cdef object numbers             # per edge: which result of that node; None: all 0
    # What was saved. Of an op that saves one value: the value, its storage (None: it has none)
    # and version. Of others: a tuple of values, storages and versions, by turns. None once freed:
    # then the storage is the run's, whose writer is the line that freed.
    # (A tuple for the one value would take 64 of the 384 bytes that `x.sin()` keeps.)
    cdef object saved
    cdef Storage storage
    cdef long version
    cdef dict parameters
    cdef object adjust              # per input: None, or (shape, dtype) its cotangent must have
    cdef object metas               # per result (shape, dtype), where there are several
    cdef unsigned long sequence
    cdef object code                # the user's line: code object and instruction offset
    cdef int instruction
    cdef int results
    cdef object extra               # NodeExtra: hooks and metadata, None for most
    # While a backward runs (see engine.pyx):
    cdef long owner
    cdef int pending
    cdef unsigned char wanted
    cdef unsigned char sum_is_ours
    cdef object cotangent


cdef class AccumulateGrad(Node):
    cdef readonly Tensor variable


cdef class NodeExtra:
    cdef public object hooks        # id -> post hook
    cdef public object prehooks
    cdef public object tensor_hooks # result number -> {id: hook}
    cdef public object retained     # result number -> weak reference to the tensor
    cdef public object checksums    # in anomaly mode: of what was saved, by place
    cdef public bint packed         # hooks have put a Packed where something was saved
    cdef public dict metadata


cdef class TensorExtra:
    cdef public object hooks        # of a leaf: they outlive its AccumulateGrad
    cdef public object post_accumulate
    cdef public bint retains_grad
    cdef public object name
    cdef AccumulateGrad end         # of another leaf, which this tensor stands for


cdef class Packed:
    """What a hook made of a saved tensor, in the place of its array."""
    cdef readonly object value
    cdef readonly object unpack     # the hook that makes a tensor of it again
    cdef readonly object kind       # the dtype it was saved in
    cdef Tensor taken               # that tensor, while the node's rule runs


# What apply and writes put in at import, so that the operator slots can live here, and what
# profiling exchanges while it times them.
ctypedef object (*operate_function)(Op op, object x, object y)
ctypedef object (*unary_function)(Op op, Tensor x)
ctypedef object (*refresh_function)(Tensor x)
ctypedef object (*product_function)(object x, object y)
ctypedef object (*call_function)(Op op, tuple inputs, dict parameters)
ctypedef object (*matrix_function)(Op op, Tensor x, Tensor y, bint x_turned, bint y_turned)
ctypedef object (*view_function)(Op op, Tensor x, dict parameters, object array)
ctypedef object (*write_function)(Op op, Tensor x, tuple inputs, dict parameters)

cdef struct Dispatch:
    operate_function binary
    unary_function unary
    call_function call
    product_function product        # x @ y; None where it cannot be done directly
    matrix_function matrix          # a given op of products
    view_function view              # a view whose array was made already
    write_function write            # into memory that exists
    refresh_function refresh        # make a stale view's node anew

cdef Dispatch dispatch

# What computes: the same, but for what lies between while somebody watches (see watching). Filled
# by whoever of watching and profiling is imported first.
cdef Dispatch computing


cdef extern from "Python.h":
    void PyObject_GC_Track(object o)
    void PyObject_GC_UnTrack(object o)

cdef inline tuple unfilled(Py_ssize_t count):
    """A tuple to be filled; hidden meanwhile from the collector, which shows all it knows."""
    cdef tuple made = PyTuple_New(count)
    if count:
        PyObject_GC_UnTrack(made)
    return made

cdef inline tuple filled(tuple made):
    if PyTuple_GET_SIZE(made):
        PyObject_GC_Track(made)
    return made

cdef inline void put(tuple target, Py_ssize_t place, object value):
    """Fill a place of an unfilled tuple."""
    Py_INCREF(value)
    PyTuple_SET_ITEM(target, place, value)

cdef Tensor wrap(object array)
cdef Storage storage_of(Tensor x)
cdef Node edge_of(Tensor x)
cdef Node new_node(object node_type)
cdef object node_type_of(Op op, int tensors)
cdef object saved_tensor(Node node, Py_ssize_t position, bint attach)
cdef Tensor placed(Tensor x, Node edge, int number)
cdef Tensor unpacked(Packed packed)
cdef int replace_saved(Node node, Py_ssize_t position, object value) except -1
cdef list packing_order(Op op)
cdef object raise_freed(Node node)
cdef str short_name(Node node)
cdef object saved_value(Node node, Py_ssize_t position)
cdef object array_of(object value)
cdef int take_packed(Node node) except -1
cdef int put_back_packed(Node node) except -1
cdef int add_checksums(Node node) except -1
cdef Storage saved_storage(Node node, Py_ssize_t position)
cdef int keep(
    Node node, Py_ssize_t position, object value, Storage storage, long version
) except -1
