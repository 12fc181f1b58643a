"""A formula of elementwise operations, traced once and run block by block on NumPy's loops.

Apart from loops, which calls one loop at a time: here several are chained, and what lies between
them never leaves the cache.

Note: the three stages. *Tracing* (here) calls the formula with Symbols and notes what it does with
them. *Planning* (plans), once for each type of operands, looks up the loops, converts and folds
constants and assigns memory. *Running* (running) goes through the operands in blocks. Whatever a
stage cannot take it declines with None; the formula itself, run on tensors, then gives the result
or the error.
"""
cimport cython
cimport numpy as cnp
from cpython.list cimport PyList_GET_ITEM, PyList_GET_SIZE
from cpython.tuple cimport PyTuple_GET_SIZE

from chainrule._core.buffers cimport new_array
from chainrule._core.loops cimport LoopTable, table_of
from chainrule._core.plans cimport (
    CONSTANT, INPUT, MOST_INPUTS, MOST_OUTPUTS, SELECT, Plan, plan_of,
)
from chainrule._core.running cimport Call, execute, may_write, read_operands

import numpy

from chainrule._core.plans import Declined

cnp.import_array()


# -------------------------------------------------------------------------------- tracing

cdef LoopTable ADD = table_of(numpy.add)
cdef LoopTable SUBTRACT = table_of(numpy.subtract)
cdef LoopTable MULTIPLY = table_of(numpy.multiply)
cdef LoopTable DIVIDE = table_of(numpy.true_divide)
cdef LoopTable POWER = table_of(numpy.power)
cdef LoopTable SQUARE = table_of(numpy.square)
cdef LoopTable NEGATIVE = table_of(numpy.negative)
cdef LoopTable POSITIVE = table_of(numpy.positive)
cdef LoopTable ABSOLUTE = table_of(numpy.absolute)
cdef LoopTable AND = table_of(numpy.bitwise_and)
cdef LoopTable OR = table_of(numpy.bitwise_or)
cdef LoopTable INVERT = table_of(numpy.invert)
cdef LoopTable LESS = table_of(numpy.less)
cdef LoopTable LESS_EQUAL = table_of(numpy.less_equal)
cdef LoopTable GREATER = table_of(numpy.greater)
cdef LoopTable GREATER_EQUAL = table_of(numpy.greater_equal)
cdef LoopTable EQUAL = table_of(numpy.equal)
cdef LoopTable NOT_EQUAL = table_of(numpy.not_equal)


cdef class Trace:
    """What a formula does with its Symbols, in order."""

    def __cinit__(self):
        self.values, self.known = [], {}

    cdef Symbol value(self, object operation, object operands, object key, bint boolean):
        cdef Symbol symbol = <Symbol>self.known.get(key)
        if symbol is None:
            symbol = Symbol.__new__(Symbol)
            symbol.trace, symbol.number, symbol.boolean = self, len(self.values), boolean
            self.values.append((operation, operands))
            self.known[key] = symbol
        return symbol

    cdef Symbol constant(self, object number):
        for kind in (bool, int, float, complex):    # NumPy's float64 is a float, for one
            if isinstance(number, kind):
                number = kind(number)
                # By its text, which tells -0.0 from 0.0 and finds nan equal to nan.
                return self.value(CONSTANT, number, (kind, repr(number)), kind is bool)
        raise Declined(f"a formula holds Symbols and numbers, found {type(number).__name__}")

    cdef Symbol symbol(self, object operand):
        if type(operand) is not Symbol:
            return self.constant(operand)
        if (<Symbol>operand).trace is not self:
            raise Declined("a Symbol belongs to the formula that it was made for")
        return <Symbol>operand

    cdef Symbol instruction(self, object operation, list operands):
        cdef Symbol operand
        cdef bint boolean = operation is SELECT or (
            (<LoopTable?>operation).loops[<int>cnp.NPY_BOOL].result == cnp.NPY_BOOL
        )
        for operand in operands[1:] if operation is SELECT else operands:
            boolean = boolean and operand.boolean
        if operation is not SELECT and always_boolean(<LoopTable>operation):
            boolean = True
        numbers = tuple([(<Symbol>operand).number for operand in operands])
        return self.value(operation, numbers, (operation, numbers), boolean)


cdef bint always_boolean(LoopTable table) noexcept:
    """Whether this is a comparison, whatever it compares."""
    return table.loops[<int>cnp.NPY_FLOAT].function != NULL and (
        table.loops[<int>cnp.NPY_FLOAT].result == cnp.NPY_BOOL
    )


@cython.final
cdef class Symbol:
    """An operand of a formula that is being traced: operations on it are noted, not done."""

    __array_ufunc__ = None      # NumPy's scalars leave their operators to us

    def __init__(self):
        raise TypeError("a Symbol is made by tracing a formula")

    def __add__(self, other): return emit(ADD, (self, other))
    def __radd__(self, other): return emit(ADD, (other, self))
    def __sub__(self, other): return emit(SUBTRACT, (self, other))
    def __rsub__(self, other): return emit(SUBTRACT, (other, self))
    def __mul__(self, other): return emit(MULTIPLY, (self, other))
    def __rmul__(self, other): return emit(MULTIPLY, (other, self))
    def __truediv__(self, other): return emit(DIVIDE, (self, other))
    def __rtruediv__(self, other): return emit(DIVIDE, (other, self))
    def __rpow__(self, other, modulus): return emit(POWER, (other, self))
    def __and__(self, other): return emit(AND, (self, other))
    def __rand__(self, other): return emit(AND, (other, self))
    def __or__(self, other): return emit(OR, (self, other))
    def __ror__(self, other): return emit(OR, (other, self))
    def __lt__(self, other): return emit(LESS, (self, other))
    def __le__(self, other): return emit(LESS_EQUAL, (self, other))
    def __gt__(self, other): return emit(GREATER, (self, other))
    def __ge__(self, other): return emit(GREATER_EQUAL, (self, other))
    def __eq__(self, other): return emit(EQUAL, (self, other))
    def __ne__(self, other): return emit(NOT_EQUAL, (self, other))
    def __neg__(self): return emit(NEGATIVE, (self,))
    def __pos__(self): return emit(POSITIVE, (self,))
    def __abs__(self): return emit(ABSOLUTE, (self,))
    def __invert__(self): return emit(INVERT, (self,))

    def __pow__(self, other, modulus):
        if type(other) is int and other == 2:
            return emit(SQUARE, (self,))
        return emit(POWER, (self, other))

    def __bool__(self):
        raise Declined("a formula that is traced cannot branch on values; where() chooses")


cdef Trace trace_of(tuple operands):
    for operand in operands:
        if type(operand) is Symbol:
            return (<Symbol>operand).trace
    raise TypeError("emit: expected a Symbol among the operands, found none")


cpdef Symbol emit(object ufunc_or_program, tuple operands):
    """Note an operation on Symbols and numbers, or all those of another program."""
    cdef Trace trace = trace_of(operands)
    cdef list symbols = [trace.symbol(operand) for operand in operands]
    cdef object operation = ufunc_or_program
    cdef int arity
    if type(operation) is Program:
        arity = (<Program>operation).inputs
    else:
        if type(operation) is not LoopTable:
            operation = table_of(operation)
        arity = (<LoopTable>operation).arity
    if len(symbols) != arity:
        raise TypeError(f"emit: expected {arity} operands, found {len(symbols)}")
    if type(operation) is Program:
        return inlined(<Program>operation, trace, symbols)
    return trace.instruction(operation, symbols)


cpdef Symbol select(object mask, object a, object b):
    """a where the mask is true, b elsewhere."""
    cdef Trace trace = trace_of((mask, a, b))
    return trace.instruction(SELECT, [trace.symbol(mask), trace.symbol(a), trace.symbol(b)])


cdef Symbol inlined(Program program, Trace trace, list inputs):
    cdef list symbols = []
    if program.outputs != 1:
        raise Declined(f"expected a program of one output, found {program.outputs}")
    for operation, operands in program.values:
        if operation is INPUT:
            symbol = inputs[operands]
        elif operation is CONSTANT:
            symbol = trace.constant(operands)
        else:
            symbol = trace.instruction(operation, [symbols[number] for number in operands])
        symbols.append(symbol)
    return symbols[program.results[0]]


cpdef Program trace(object formula, int inputs):
    """The program of a formula of `inputs` operands, or None where it is not elementwise.

    A formula that fails here for a reason of its own fails in the same way on tensors, which is
    where it is run when there is no program; so no error is lost.
    """
    cdef Trace trace = Trace()
    cdef Program program = None
    if inputs > MOST_INPUTS:
        return None
    try:
        found = formula(*[trace.value(INPUT, k, (INPUT, k), False) for k in range(inputs)])
        if type(found) is not tuple:
            found = (found,)
        if 1 <= len(found) <= MOST_OUTPUTS:
            program = finished(trace, [trace.symbol(part).number for part in found], inputs)
    except Exception:
        return None
    finally:
        trace.known.clear()         # it holds Symbols, which hold the trace
    return program


cdef Program finished(Trace trace, list results, int inputs):
    """A program of what the results need, and nothing else."""
    cdef Program program = Program.__new__(Program)
    cdef set needed = set(range(inputs)) | set(results)
    cdef dict renumbered = {}
    cdef Py_ssize_t number
    for number in range(len(trace.values) - 1, -1, -1):
        operation, operands = trace.values[number]
        if number in needed and operation is not INPUT and operation is not CONSTANT:
            needed.update(operands)
    for number in sorted(needed):
        operation, operands = trace.values[number]
        if operation is not INPUT and operation is not CONSTANT:
            operands = tuple([renumbered[operand] for operand in operands])
        renumbered[number] = len(program.values)
        program.values.append((operation, operands))
    program.results = [renumbered[number] for number in results]
    program.inputs, program.outputs = inputs, len(results)
    return program


# ---------------------------------------------------------------------------- the program

@cython.final
cdef class Program:
    """A traced formula; `program(*operands)` is its result, or None where it is declined."""

    def __cinit__(self):
        self.values, self.results, self.plans = [], [], []

    cdef object run(self, object operands, cnp.ndarray out):
        cdef Call call
        cdef Plan plan
        cdef char *data
        if self.outputs != 1 or type(operands) is not tuple:
            raise TypeError("Program.run: expected a tuple and a program of one output")
        if PyTuple_GET_SIZE(operands) != self.inputs or not read_operands(&call, <tuple>operands):
            return None
        plan = self.plan_for(call.typenum, call.kinds)
        if plan is None:
            return None
        if out is None:
            out = new_array(call.ndim, call.dims, plan.output_types[0])
        elif not may_write(&call, out, plan.output_types[0], <tuple>operands, ()):
            return None
        data = cnp.PyArray_BYTES(out)
        execute(plan, &call, &data)
        return out

    cpdef bint run_into(self, tuple operands, tuple outs) except -1:
        """Run and write the results into arrays, which may be operands; False: not done."""
        cdef Call call
        cdef Plan plan
        cdef char *data[MOST_OUTPUTS]
        cdef int j
        if len(outs) != self.outputs or len(operands) != self.inputs:
            raise TypeError(
                f"run_into: expected {self.inputs} operands and {self.outputs} outputs, "
                f"found {len(operands)} and {len(outs)}"
            )
        if not read_operands(&call, operands):
            return False
        plan = self.plan_for(call.typenum, call.kinds)
        if plan is None:
            return False
        for j in range(self.outputs):
            if not isinstance(outs[j], cnp.ndarray):
                raise TypeError(f"run_into: expected arrays, found {type(outs[j]).__name__}")
            if not may_write(&call, outs[j], plan.output_types[j], operands, outs[:j]):
                return False
            data[j] = cnp.PyArray_BYTES(<cnp.ndarray>outs[j])
        execute(plan, &call, data)
        return True

    cdef Plan plan_for(self, int typenum, unsigned long long kinds):
        """The plan for operands of these types, made when first needed; None if there is none."""
        cdef Plan plan = self.latest
        cdef Py_ssize_t k
        if plan is None or plan.typenum != typenum or plan.kinds != kinds:
            for k in range(PyList_GET_SIZE(self.plans)):
                plan = <Plan>PyList_GET_ITEM(self.plans, k)
                if plan.typenum == typenum and plan.kinds == kinds:
                    break
            else:
                plan = plan_of(self.inputs, self.values, self.results, typenum, kinds)
                self.plans.append(plan)
            self.latest = plan
        return plan if plan.possible else None

    def __call__(self, *operands, out=None):
        return self.run(operands, out)

    def __len__(self):
        """How many operations there are."""
        return len([1 for operation, _ in self.values if operation not in (INPUT, CONSTANT)])

    def __repr__(self):
        return f"<program of {len(self)} operations on {self.inputs} operands>"
