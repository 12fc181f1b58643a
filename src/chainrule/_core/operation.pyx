"""Op: the record of an operation, which says what it computes and how it is differentiated.

Apart from tensors and nodes, which refer to their operation, while it knows neither.
"""
cimport cython
from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_GET_SIZE

from chainrule._core.loops cimport table_of, table_without
from chainrule._core.program cimport Program, emit, trace

# Python functions for what is not the core's business: printing, indexing, conversions.
cdef dict late = {}


def bind_late(dict functions):
    """Give the core the Python functions behind `repr`, `getitem`, `len` and the like."""
    late.update(functions)


cdef object not_ready(object callable, PyObject **arguments, size_t count, PyObject *names):
    raise ImportError("operations can be called once chainrule._core.front is imported")


cdef object not_writable(Op op, object x, object y):
    raise ImportError("operations can be written in place once chainrule._core.writes is imported")


calls.call = not_ready
calls.in_place = not_writable


cdef object call_op(object callable, PyObject **arguments, size_t count, PyObject *names):
    return calls.call(callable, arguments, count, names)


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
        bint floats=False, bint whole=False, bint joint=False, int results=1, str refuses=None,
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
        self.refuses = refuses
        self.node_names = node or "".join(p.title() for p in name.split("_")) + "Backward0"
        self.node_types = (None,) * 8
        if isinstance(kernel, operator_ufunc()):
            self.loops = table_of(kernel) if refuses is None else table_without(kernel, refuses)
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
            whole=self.whole, joint=self.joint, results=self.results, refuses=self.refuses,
        )
        copy.saved_names = self.saved_names
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
            found = calls.in_place(self, x, others[0])
            if found is NotImplemented:
                kind = type(others[0]).__name__
                raise TypeError(
                    f"{self.name}_(): argument 'other' (position 1) must be Tensor, not {kind}"
                )
            return found
        return late["in_place"](self, x, others, parameters)

    def __repr__(self):
        return f"<op {self.name}>"


cdef object operator_ufunc():
    import numpy

    return numpy.ufunc


cdef Program program_of(Op op):
    """The program of a kernel that is a formula, traced when first needed."""
    if op.kernel_program is None and op.formula is not None:
        op.kernel_program = trace(op.formula, op.arity + len(op.parameters))
    return op.kernel_program
