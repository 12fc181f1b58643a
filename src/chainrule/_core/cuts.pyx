"""Where gradients were cut off: what a tensor knows of those that it depends on without a graph.

Apart from recording, which makes the graph that a cut ends. `explain.why_none` reads these marks.

Note: what a mark keeps. Where a tensor that wants a gradient becomes a constant (by detach, with
grad mode off, by an op without a derivative), the constant's `cut` names the place; whatever is
computed from it has the same mark, by a pointer. A mark keeps no graph alive, since detach is
there to let graphs go: of what was cut off it knows a leaf, weakly, or the number and the line of
a node, and the leaves near that node, weakly. `cut` is None (nearly always), a Cut, or a flat
tuple of at most MOST of them: a later one of the same place stands for the earlier ones, and once
there are MOST, the first are kept.
The same line cuts the same leaf again and again (an evaluation under no_grad): its Cut is kept
for the next time, and so is the union of two marks, so that neither is made anew.
"""
cimport cython
from cpython.object cimport PyObject

from collections import deque
from threading import get_ident

from chainrule._core cimport modes
from chainrule._core.core cimport AccumulateGrad, Node, Tensor
from chainrule._core.operation cimport Op
from chainrule._core.source cimport calling_code

from chainrule._core.source import locate

cdef extern from *:
    """
    static int chainrule_refers_to(PyObject *reference, PyObject *target) {
    #if PY_VERSION_HEX >= 0x030D0000
        PyObject *found = NULL;
        if (PyWeakref_GetRef(reference, &found) < 0) { PyErr_Clear(); return 0; }
        Py_XDECREF(found);
        return found == target;
    #else
        return PyWeakref_GET_OBJECT(reference) == target;
    #endif
    }
    """
    bint chainrule_refers_to(object reference, object target)
    object PyWeakref_NewRef(object target, PyObject *callback)

cdef enum:
    MOST = 8
    LOOKED = 16
    KEPT = 1024                     # a power of two
    NUMBERS = 32

cdef unsigned long cuts_made = 0
cdef list recent = [None] * KEPT    # Cuts, each where its place and origin say
cdef list unions = [None] * KEPT    # (a, b, their union)


@cython.final
@cython.no_gc
@cython.freelist(64)
@cython.auto_pickle(False)
cdef class Cut:
    @property
    def name(self):
        """What cut: the name of the op or of what the user called."""
        return (<Op>self.how).name if type(self.how) is Op else self.how

    @property
    def source(self):
        """The line that cut."""
        return locate(self.code, self.instruction)

    @property
    def node_source(self):
        """The line that made what was cut off; None for a leaf."""
        return locate(self.node_code, self.node_instruction)


cdef Cut cut_of(object how, Tensor x):
    """The mark of a constant made here from x, which wants a gradient."""
    cdef int instruction = 0
    cdef object code = calling_code(&instruction)
    return cut_at(code, instruction, how, x)


cdef inline int mode_now() noexcept:
    if modes.recording():
        return 0
    return 2 if modes.inference_enabled() else 1


cdef Cut cut_at(object code, int instruction, object how, Tensor x):
    cdef int mode = mode_now()
    cdef size_t origin = <size_t><void *>x if x.node is None else x.node.sequence << 4
    cdef Py_ssize_t slot = (
        (origin >> 4) * 31 + (<size_t><void *>code >> 4) + 7 * instruction
        + (<size_t><void *>how >> 5)
    ) & (KEPT - 1)
    cdef Cut known = <Cut>recent[slot]
    if (
        known is not None and known.code is code and known.instruction == instruction
        and known.how is how and known.mode == mode and is_of(known, x)
    ):
        return known
    known = made(how, mode, x)
    known.code, known.instruction = code, instruction
    recent[slot] = known
    return known


cdef bint is_of(Cut cut, Tensor x):
    """Whether x is what was cut off."""
    if x.node is None:
        return cut.leaf is not None and chainrule_refers_to(cut.leaf, x)
    return cut.leaf is None and cut.sequence == x.node.sequence


cdef Cut made(object how, int mode, Tensor x):
    global cuts_made
    cdef Cut cut = Cut.__new__(Cut)
    cuts_made += 1
    cut.how, cut.mode, cut.time = how, mode, cuts_made
    if x.node is None:
        cut.leaf = PyWeakref_NewRef(x, NULL)
    else:
        cut.sequence, cut.node_type = x.node.sequence, type(x.node)
        cut.node_code, cut.node_instruction = x.node.code, x.node.instruction
        cut.leaves, cut.all_leaves = leaves_near(x.node)
    return cut


cdef tuple leaves_near(Node top):
    """(the leaves below the nodes nearest to `top`, weakly; whether these are all there are)."""
    cdef list nodes = [top], leaves = []
    cdef Py_ssize_t at = 0
    cdef bint complete = True
    cdef Node node
    while at < len(nodes):
        node = <Node>nodes[at]
        at += 1
        for below in node.edges:
            if type(below) is AccumulateGrad:
                leaves.append(PyWeakref_NewRef((<AccumulateGrad>below).variable, NULL))
            elif below is not None:
                if len(nodes) < LOOKED:
                    nodes.append(below)
                else:
                    complete = False
    return tuple(leaves), complete


cdef object joined_different(object a, object b):
    """The union of two marks, from where it was kept the last time."""
    cdef Py_ssize_t slot = (
        (<size_t><void *>a >> 4) + 31 * (<size_t><void *>b >> 4)
    ) & (KEPT - 1)
    known = recall(slot, a, b)
    if known is None:
        known = union(a, b)
        unions[slot] = (a, b, known)
    return known


cdef inline object recall(Py_ssize_t slot, object a, object b):
    entry = unions[slot]
    if entry is not None and (<tuple>entry)[0] is a and (<tuple>entry)[1] is b:
        return (<tuple>entry)[2]
    return None


cdef object union(object a, object b):
    cdef list found = list(<tuple>a) if type(a) is tuple else [a]
    cdef Py_ssize_t k
    cdef Cut cut
    cdef bint changed = False
    for cut in (<tuple>b if type(b) is tuple else (b,)):
        k = place_of(found, cut)
        if k < 0 and len(found) < MOST:
            found.append(cut)
            changed = True
        elif k >= 0 and (<Cut>found[k]).time < cut.time:
            found[k] = cut
            changed = True
    if not changed:
        return a
    return tuple(found) if len(found) > 1 else found[0]


cdef Py_ssize_t place_of(list cuts, Cut cut):
    """Where in a list there is a cut of the same place and of what came from the same place."""
    cdef Py_ssize_t k
    cdef Cut other
    for k in range(len(cuts)):
        other = <Cut>cuts[k]
        if other is cut or (
            other.code is cut.code and other.instruction == cut.instruction
            and other.how is cut.how and other.leaf is cut.leaf
            and other.node_code is cut.node_code
            and other.node_instruction == cut.node_instruction
        ):
            return k
    return -1


cdef int follow(Tensor out, Tensor x, object how) except -1:
    """Let `out`, made from x without a graph, have the marks of x, and one if x is cut off here."""
    if x.cut is not None:
        out.cut = joined(out.cut, x.cut)
    if x.needs_grad:
        out.cut = joined(out.cut, cut_of(how, x))
    return 0


cdef int follow_both(Tensor out, Tensor x, Tensor y, object how) except -1:
    """As `follow` for each of two, one of which may be None; the line is looked up once."""
    cdef int instruction = 0
    cdef object code = None
    if x is not None and carries(x):
        out.cut = x.cut
        if x.needs_grad:
            code = calling_code(&instruction)
            out.cut = joined(x.cut, cut_at(code, instruction, how, x))
    if y is not None and y is not x and carries(y):
        out.cut = joined(out.cut, y.cut)
        if y.needs_grad:
            if code is None:
                code = calling_code(&instruction)
            out.cut = joined(out.cut, cut_at(code, instruction, how, y))
    return 0


cdef int follow_all(Tensor out, tuple inputs, object how) except -1:
    for x in inputs:
        if isinstance(x, Tensor) and carries(<Tensor>x):
            follow(out, <Tensor>x, how)
    return 0


# --------------------------------------------------------------- what Python modules may use

def mark(Tensor out not None, Tensor x not None, str how not None):
    """Note that `out` was made from x without a graph, by what `how` names; returns `out`."""
    if carries(x):
        follow(out, x, how)
    return out


def marks_of(Tensor x not None):
    """The places where gradients were cut off on the way to x, a tuple of Cuts."""
    if x.cut is None:
        return ()
    return x.cut if type(x.cut) is tuple else (x.cut,)


def set_marks(Tensor x not None, tuple cuts not None):
    """Let x have these marks and no others."""
    cdef Cut cut
    x.cut = None
    for cut in cuts:
        x.cut = joined(x.cut, cut)


# Plain numbers know nothing of the tensors they came from: of the latest, it is noted here.
# Entries: (value, or None for an array; what the user called; a Cut or a tuple of them; thread).
numbers_noted = deque(maxlen=NUMBERS)
cdef unsigned long noted = 0


def note_number(Tensor x not None, value, str how not None):
    """Remember that a number (None: an array) was taken from x, if x wants a gradient."""
    global noted
    cdef object marks = x.cut
    if carries(x):
        if x.needs_grad:
            marks = joined(marks, cut_of(how, x))
        numbers_noted.append((value, how, marks, get_ident()))
        noted += 1
    return value


def numbers_so_far():
    """How many numbers were noted, in all."""
    return noted


def mark_numbers_since(Tensor out not None, unsigned long since):
    """Let `out`, made of numbers, have the marks of those noted since."""
    cdef Py_ssize_t count = min(noted - since, NUMBERS)
    for entry in (list(numbers_noted)[-count:] if count else ()):
        if entry[3] == get_ident():
            out.cut = joined(out.cut, entry[2])
    return out
