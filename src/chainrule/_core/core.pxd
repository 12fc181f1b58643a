"""The objects everything is made of: what a tensor, an operation and a node of the graph hold."""
from cpython.object cimport PyObject

from chainrule._core.loops cimport LoopTable
from chainrule._core.program cimport Program

ctypedef object (*vectorcallfunc)(object callable, PyObject **arguments, size_t count, PyObject *names)

# What an Op's rules derive from (see ops/kinds.py).
cdef enum Kind:
    ELEMENTWISE = 0
    LINEAR = 1
    MULTILINEAR = 2
    GENERAL = 3

# What a rule may ask for, besides g and the op's own keywords.
cdef enum Ask:
    ASK_X = 0               # ... to ASK_Z: the inputs
    ASK_Z = 2
    ASK_OUT = 3             # the (first) result
    ASK_OUTS = 4            # all results
    ASK_X_SHAPE = 5         # ... to ASK_Z_SHAPE: an input's shape
    ASK_SHAPES = 8          # the shapes of all inputs, for ops of any number of inputs
    ASK_G = 9

# How a view came to be, which decides whether it may be written to.
cdef enum Origin:
    ORDINARY = 0
    FROM_NO_GRAD = 1
    FROM_MANY = 2
    FROM_INFERENCE = 3


cdef class Storage:
    """What all views of one memory share: how often it was written, and where last."""
    cdef public long version
    cdef object writer              # code object of the line that wrote last
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
    cdef object __weakref__
    cdef dict __dict__


cdef class Op:
    cdef vectorcallfunc vectorcall
    cdef readonly str name
    cdef readonly int kind
    cdef readonly int arity             # -1: any number of inputs
    cdef readonly object kernel         # (xp, *arrays, **parameters) -> array(s), or a ufunc
    cdef LoopTable loops                # of the ufunc, None where the kernel is none
    cdef Program kernel_program         # of a kernel that is a formula
    cdef readonly object formula        # that formula
    cdef readonly tuple rules           # per input: vjp or partial; a number; None: no derivative
    cdef tuple asks                     # per rule, in order: place in saves, -1 for g, or a keyword
    cdef tuple saves                    # the asks that must be saved
    cdef tuple asked_by                 # per save: bits of the inputs whose rule asks for it
    cdef list programs                  # per input, real and complex: g * partial; False: none
    cdef readonly bint whole            # integers stay as they are
    cdef readonly bint joint            # one rule gives the cotangents of all inputs
    cdef readonly bint view             # the result shares x's memory
    cdef readonly bint broadcasts       # the engine sums cotangents back to the inputs' shapes
    cdef readonly bint promotes         # inputs are brought to their common type first
    cdef readonly bint floats           # integers are brought to the default float first
    cdef readonly int results           # how many; -1: a tuple of any length
    cdef object node_names              # str, or a tuple by which inputs are tensors (bits)
    cdef tuple node_types               # made when first recorded
    cdef public object batch            # vmap's rule, None: loop
    cdef public object pushforward      # a jvp of its own, where the kind's will not do
    cdef public dict saved_names        # PyTorch's names of saved values where they differ
    cdef readonly tuple parameters


cdef class Front:
    """A public function whose commonest call goes straight to its op."""
    cdef vectorcallfunc vectorcall
    cdef Op op
    cdef readonly object __wrapped__
    cdef dict __dict__


cdef class Node:
    """One recorded operation: where a cotangent goes, and what its rule needs."""
    cdef Op op
    cdef tuple edges                # per input: Node, or None where no gradient is wanted
    cdef object numbers             # per edge: which result of that node; None: all 0
    # What was saved. Of an op that saves one value: the value, its storage (None: it has none)
    # and version. Of others: a tuple of values, storages and versions, by turns. None once freed.
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
    cdef public dict metadata


cdef class TensorExtra:
    cdef public object hooks        # of a leaf: they outlive its AccumulateGrad
    cdef public object post_accumulate
    cdef public bint retains_grad
    cdef public object name


# What apply and writes put in at import, so that the operator slots can live here.
ctypedef object (*operate_function)(Op op, object x, object y)
ctypedef object (*unary_function)(Op op, Tensor x)
ctypedef object (*refresh_function)(Tensor x)
ctypedef object (*product_function)(object x, object y)
ctypedef object (*call_function)(Op op, tuple inputs, dict parameters)

cdef struct Dispatch:
    operate_function binary
    operate_function in_place
    unary_function unary
    call_function call
    product_function product
    refresh_function refresh        # make a stale view's node anew

cdef Dispatch dispatch

cdef Tensor wrap(object array)
cdef Storage storage_of(Tensor x)
cdef Node edge_of(Tensor x)
cdef Node new_node(object node_type)
cdef object node_type_of(Op op, int tensors)
cdef object saved_tensor(Node node, Py_ssize_t position, bint attach)
cdef object raise_freed()
cdef str short_name(Node node)
cdef object saved_value(Node node, Py_ssize_t position)
cdef Storage saved_storage(Node node, Py_ssize_t position)
cdef int keep(Node node, Py_ssize_t position, object value, Storage storage, long version) except -1
cdef Program program_of(Op op)
cdef dict late              # Python functions behind repr, getitem, ..., by name
