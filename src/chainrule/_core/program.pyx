"""A formula of elementwise operations, traced once and run block by block on NumPy's loops.

Apart from loops, which calls one loop at a time: here several are chained, and what lies between
them never leaves the cache.

Note: the three stages. *Tracing* calls the formula with Symbols and notes what it does with them.
*Planning*, once for each type of operands, looks up the loops, converts and folds constants and
assigns memory. *Running* goes through the operands in blocks. Whatever a stage cannot take it
declines with None; the formula itself, run on tensors, then gives the result or the error.

Note: types within a program. All numbers have the type of the operands, or booleans; beside a
complex type also its real part. A Python number takes the type of what it meets, and so does a
mask that meets a number. A formula of which PyTorch's promotion would make another type (an
integer divided, a float added to an integer) is declined.
"""
cimport cython
cimport numpy as cnp
from cpython.exc cimport PyErr_Clear, PyErr_Occurred
from cpython.list cimport PyList_GET_ITEM, PyList_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t, uintptr_t
from libc.string cimport memcpy, memmove

from chainrule._core.buffers cimport give, new_array, take
from chainrule._core.loops cimport Loop, LoopTable, store_number, table_of

import numpy

cnp.import_array()

cdef extern from "Python.h":
    int PyFloat_Pack2(double number, char *place, int little_endian) except -1

cdef enum:
    MOST_INPUTS = 32
    MOST_OUTPUTS = 16
    MOST_PLACES = 256
    MOST_DIMENSIONS = 64
    NO_HOME = MOST_PLACES

    # Bytes of one block of one value: 4, 8, 16 and 32 kB take 390, 378, 436 and 525 us for six
    # operations on 1e6 float32.
    BLOCK = 8192
    ON_STACK = 4096             # bytes of workspace that need no allocation
    RELEASE_GIL_FROM = 65536    # elements times steps; below, it costs more than others gain

# How an input relates to the type of the program: two bits each.
cdef enum Kind:
    WIDE = 0                    # of that type, or a Python number
    MASK = 1                    # boolean
    REAL = 2                    # real part of that type, which is complex

# What a value is, besides the result of a LoopTable.
cdef str INPUT = "input"
cdef str CONSTANT = "constant"
cdef str SELECT = "select"


class Declined(Exception):
    """A formula, or its plan for some type, is not for programs."""


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


# ------------------------------------------------------------- loops that NumPy does not have

ctypedef fused word:
    uint8_t
    uint16_t
    uint32_t
    uint64_t


cdef inline void choose(
    word *out, const char *mask, const word *a, const word *b,
    cnp.npy_intp mask_step, cnp.npy_intp a_step, cnp.npy_intp b_step, cnp.npy_intp count,
) noexcept nogil:
    # Without a branch, which a random mask would make the processor guess wrong half the time.
    cdef cnp.npy_intp k
    cdef word keep
    for k in range(count):
        keep = <word>0 - <word>(mask[k * mask_step] != 0)
        out[k] = b[k * b_step] ^ ((a[k * a_step] ^ b[k * b_step]) & keep)


cdef inline void choose_words(
    word *out, char **arguments, cnp.npy_intp count, const cnp.npy_intp *steps
) noexcept nogil:
    cdef word *a = <word *>arguments[1]
    cdef word *b = <word *>arguments[2]
    # The steps of the usual cases are spelled out, so that the compiler can use vectors.
    if steps[0] == 1 and steps[1] and steps[2]:
        choose(out, arguments[0], a, b, 1, 1, 1, count)
    elif steps[0] == 1 and steps[1]:
        choose(out, arguments[0], a, b, 1, 1, 0, count)
    elif steps[0] == 1 and not steps[2]:
        choose(out, arguments[0], a, b, 1, 0, 0, count)
    else:
        choose(out, arguments[0], a, b, steps[0], steps[1] != 0, steps[2] != 0, count)


cdef void select_1(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    choose_words(<uint8_t *>arguments[3], arguments, dimensions[0], steps)


cdef void select_2(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    choose_words(<uint16_t *>arguments[3], arguments, dimensions[0], steps)


cdef void select_4(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    choose_words(<uint32_t *>arguments[3], arguments, dimensions[0], steps)


cdef void select_8(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    choose_words(<uint64_t *>arguments[3], arguments, dimensions[0], steps)


cdef void select_16(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    cdef cnp.npy_intp k
    cdef char *source
    for k in range(dimensions[0]):
        source = arguments[1] + k * steps[1]
        if not arguments[0][k * steps[0]]:
            source = arguments[2] + k * steps[2]
        memmove(arguments[3] + 16 * k, source, 16)


cdef void widen_4(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    """complex64 from float32."""
    cdef cnp.npy_intp k
    cdef float *out = <float *>arguments[1]
    for k in range(dimensions[0]):
        out[2 * k] = (<float *>(arguments[0] + k * steps[0]))[0]
        out[2 * k + 1] = 0


cdef void widen_8(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    """complex128 from float64."""
    cdef cnp.npy_intp k
    cdef double *out = <double *>arguments[1]
    for k in range(dimensions[0]):
        out[2 * k] = (<double *>(arguments[0] + k * steps[0]))[0]
        out[2 * k + 1] = 0


cdef void copy(
    char **arguments, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps, void *data
) noexcept nogil:
    """Items of any size; one item again and again where the operand does not move."""
    cdef cnp.npy_intp size = steps[1], done = 1, more
    cdef char *out = arguments[1]
    if steps[0]:
        memmove(out, arguments[0], dimensions[0] * size)
        return
    memmove(out, arguments[0], size)
    while done < dimensions[0]:
        more = min(done, dimensions[0] - done)
        memcpy(out + done * size, out, more * size)
        done += more


cdef loop_function select_loop(int size) noexcept:
    if size == 1:
        return select_1
    if size == 2:
        return select_2
    if size == 4:
        return select_4
    return select_8 if size == 8 else select_16


# ---------------------------------------------------------------------------------- types

cdef int common_number(int typenum) noexcept:
    """One number for types that differ in name only; -1 for those that programs do not take."""
    if cnp.NPY_BYTE <= typenum <= cnp.NPY_ULONGLONG:
        return whole_number(typenum)
    if typenum == cnp.NPY_FLOAT or typenum == cnp.NPY_DOUBLE or typenum == cnp.NPY_BOOL:
        return typenum
    if typenum == cnp.NPY_CFLOAT or typenum == cnp.NPY_CDOUBLE or typenum == cnp.NPY_FLOAT16:
        return typenum
    return -1


cdef int whole_number(int typenum) noexcept:
    cdef size_t size = sizeof(long)
    if typenum == cnp.NPY_LONG:
        return cnp.NPY_INT64 if size == 8 else cnp.NPY_INT32
    if typenum == cnp.NPY_ULONG:
        return cnp.NPY_UINT64 if size == 8 else cnp.NPY_UINT32
    if typenum == cnp.NPY_INT:
        return cnp.NPY_INT32
    if typenum == cnp.NPY_UINT:
        return cnp.NPY_UINT32
    if typenum == cnp.NPY_LONGLONG:
        return cnp.NPY_INT64
    return cnp.NPY_UINT64 if typenum == cnp.NPY_ULONGLONG else typenum


cdef int real_type(int typenum) noexcept:
    if typenum == cnp.NPY_CFLOAT:
        return cnp.NPY_FLOAT
    return cnp.NPY_DOUBLE if typenum == cnp.NPY_CDOUBLE else typenum


cdef int size_of(int typenum) except -1:
    return (<cnp.dtype>cnp.PyArray_DescrFromType(typenum)).itemsize


cdef int category_of_type(int typenum) noexcept:
    if typenum == cnp.NPY_BOOL:
        return 0
    if typenum <= cnp.NPY_ULONGLONG:
        return 1
    return 3 if typenum == cnp.NPY_CFLOAT or typenum == cnp.NPY_CDOUBLE else 2


cdef int category_of_number(object number) noexcept:
    if isinstance(number, float):
        return 2
    if type(number) is int:
        return 1
    if type(number) is bool:
        return 0
    return 3 if isinstance(number, complex) else 4


cdef bint store(object number, int typenum, char *place) except -1:
    """Write a Python number as a type; False where the type would have to become another."""
    if category_of_number(number) > category_of_type(typenum):
        return False
    if category_of_type(typenum) == 1 and typenum % 2 == 0:
        typenum -= 1        # the signed type of this width, which precedes: integers wrap
    try:
        if typenum == cnp.NPY_FLOAT16:
            return store_half(<double>number, place)
        if real_type(typenum) != typenum:       # by parts, which keeps -0.0 and infinity
            store_number(float(number.real), real_type(typenum), place)
            place += size_of(real_type(typenum))
            return store_number(float(number.imag), real_type(typenum), place)
        return store_number(number, typenum, place)
    except OverflowError:
        return False


cdef bint store_half(double number, char *place) except -1:
    try:
        PyFloat_Pack2(number, place, 1)
    except OverflowError:
        (<uint16_t *>place)[0] = 0x7C00 if number > 0 else 0xFC00       # infinity
    return True


# ------------------------------------------------------------------------------- planning

@cython.final
cdef class Plan:
    """A program as it runs on arrays of one type."""

    def __dealloc__(self):
        PyMem_Free(self.steps)
        PyMem_Free(self.numbers)
        PyMem_Free(self.output_types)


cdef class Planner:
    """Makes the plan of a program for one type. Constants are numbered ~0, ~1, ... meanwhile."""
    cdef Plan plan
    cdef int real               # the real part of the plan's type
    cdef list found             # per value: (place, type number), or a Python number

    def __cinit__(self, Plan plan):
        self.plan, self.found = plan, []
        self.real = real_type(plan.typenum)
        plan.steps = <Step *>PyMem_Malloc(MOST_PLACES * sizeof(Step))
        plan.numbers = <double complex *>PyMem_Malloc(MOST_PLACES * sizeof(double complex))
        plan.output_types = <int *>PyMem_Malloc(MOST_OUTPUTS * sizeof(int))
        if plan.steps == NULL or plan.numbers == NULL or plan.output_types == NULL:
            raise MemoryError()

    cdef int make(self, Program program) except -1:
        for operation, operands in program.values:
            if operation is INPUT:
                self.found.append((operands, self.input_type(operands)))
            elif operation is CONSTANT:
                self.found.append(operands)
            else:
                self.found.append(self.instruction(operation, operands))
        self.deliver(program.results)
        self.assign_slots()
        self.shrink()
        return 0

    cdef int input_type(self, int position) except -2:
        cdef int kind = (self.plan.kinds >> (2 * position)) & 3
        if kind == MASK:
            return cnp.NPY_BOOL
        return self.real if kind == REAL else self.plan.typenum

    cdef object instruction(self, object operation, tuple operands):
        cdef list values = [self.found[number] for number in operands]
        cdef Loop *loop
        cdef int typenum
        if operation is SELECT:
            mask = self.as_type(values[0], cnp.NPY_BOOL)
            return self.selected(mask, values[1:], self.common_type(values[1:]))
        typenum = self.common_type(values)
        loop = &(<LoopTable>operation).loops[typenum]
        if loop.function == NULL or not self.has_type(loop.result):
            raise Declined(f"{operation.ufunc.__name__} gives another type")
        places = [self.as_type(value, typenum) for value in values]
        return self.step(loop.function, loop.data, places, loop.result), loop.result

    cdef bint has_type(self, int typenum) noexcept:
        return typenum == cnp.NPY_BOOL or typenum == self.real or typenum == self.plan.typenum

    cdef int common_type(self, list values) except -1:
        """Booleans become numbers, and real numbers complex, where they meet one."""
        cdef int typenum = cnp.NPY_BOOL, other
        for value in values:
            if type(value) is tuple:
                other = value[1]
            elif type(value) is bool:
                other = cnp.NPY_BOOL
            else:
                continue
            if typenum == cnp.NPY_BOOL or other == self.plan.typenum:
                typenum = other
        for value in values:
            if type(value) is complex or type(value) in (int, float) and typenum == cnp.NPY_BOOL:
                typenum = self.plan.typenum
        return typenum

    cdef int as_type(self, object value, int typenum) except? -1:
        """The place of a value, converted where it must be."""
        if type(value) is not tuple:
            return self.number(value, typenum)
        place, own = value
        if own == typenum:
            return place
        if own == cnp.NPY_BOOL:
            return self.selected(place, [1, 0], typenum)[0]
        if typenum == self.plan.typenum and own == self.real:
            return self.step(
                widen_4 if own == cnp.NPY_FLOAT else widen_8, NULL, [place], typenum
            )
        raise Declined("a conversion that programs do not make")

    cdef int number(self, object number, int typenum) except? -1:
        cdef int place = self.plan.constants
        self.make_room()
        if not store(number, typenum, <char *>&self.plan.numbers[place]):
            raise Declined(f"{number!r} is of another type")
        self.plan.constants += 1
        return ~place

    cdef tuple selected(self, int mask, list values, int typenum):
        places = [mask] + [self.as_type(value, typenum) for value in values]
        return self.step(select_loop(size_of(typenum)), NULL, places, typenum), typenum

    cdef int make_room(self) except -1:
        if self.plan.inputs + self.plan.count + self.plan.constants >= MOST_PLACES:
            raise Declined("too long")
        return 0

    cdef int step(
        self, loop_function function, void *data, list places, int typenum
    ) except? -1:
        """Append a step; of constants alone, do it now."""
        cdef Step *step
        cdef int k
        self.make_room()
        step = &self.plan.steps[self.plan.count]
        step.function, step.data, step.arity = function, data, len(places)
        step.size, step.home = size_of(typenum), NO_HOME
        for k in range(step.arity):
            step.operands[k] = places[k]
        if max(places) < 0:
            return self.folded(step)
        self.plan.count += 1
        return self.plan.inputs + self.plan.count - 1

    cdef int folded(self, Step *step) except? -1:
        cdef char *arguments[4]
        cdef cnp.npy_intp steps[4]
        cdef cnp.npy_intp one = 1
        cdef int k, place = self.plan.constants
        for k in range(step.arity):
            arguments[k] = <char *>&self.plan.numbers[~step.operands[k]]
            steps[k] = 0
        arguments[step.arity] = <char *>&self.plan.numbers[place]
        steps[step.arity] = step.size
        step.function(arguments, &one, steps, step.data)
        if PyErr_Occurred() != NULL:
            PyErr_Clear()
            raise Declined("constants that the loop refuses")
        self.plan.constants += 1
        return ~place

    cdef int deliver(self, list results) except -1:
        """Let the last step write into its output; copy the other outputs at the end.

        Outputs may be operands too, so of several outputs none is written before the last step,
        and one that is an input is set aside first.
        """
        cdef Plan plan = self.plan
        cdef int last = plan.count - 1, j, place, typenum
        cdef list places = []
        cdef bint several = len(results) > 1, straight = last >= 0
        for j, result in enumerate(results):
            value = self.found[result]
            if type(value) is not tuple:
                typenum = cnp.NPY_BOOL if type(value) is bool else plan.typenum
                value = self.number(value, typenum), typenum
            place, typenum = value
            plan.output_types[j] = typenum
            if several and 0 <= place < plan.inputs:
                straight = False
                place = self.step(copy, NULL, [place], typenum)
            places.append(place)
        for j, place in enumerate(places):
            if straight and place == plan.inputs + last:
                plan.steps[last].home, straight = ~j, False
            else:
                self.copy_out(j, place)
        return 0

    cdef int copy_out(self, int output, int place) except -1:
        cdef Step *step
        self.make_room()
        step = &self.plan.steps[self.plan.count]
        step.function, step.data, step.arity = copy, NULL, 1
        step.size, step.home = size_of(self.plan.output_types[output]), ~output
        step.operands[0] = place
        self.plan.count += 1
        return 0

    cdef int assign_slots(self) except -1:
        """Give every step a slot of the workspace, again and again the same few."""
        cdef Plan plan = self.plan
        cdef Step *step
        cdef int k, j
        cdef dict last_use = {}
        cdef list free = []
        for k in range(plan.count):
            step = &plan.steps[k]
            for j in range(step.arity):
                if step.operands[j] < 0:
                    step.operands[j] = plan.inputs + plan.count + ~step.operands[j]
                last_use[step.operands[j]] = k
        for k in range(plan.count):
            step = &plan.steps[k]
            ended = {
                step.operands[j] - plan.inputs for j in range(step.arity)
                if last_use[step.operands[j]] == k
            }
            ended = {at for at in ended if 0 <= at < plan.count and plan.steps[<int>at].home >= 0}
            if step.home == NO_HOME:
                step.home = self.slot_for(step.size, ended, free)
            free.extend([plan.steps[<int>at].home for at in ended])
        return 0

    cdef int shrink(self) except -1:
        cdef Plan plan = self.plan
        cdef Step *steps = <Step *>PyMem_Realloc(plan.steps, max(1, plan.count) * sizeof(Step))
        cdef double complex *numbers = <double complex *>PyMem_Realloc(
            plan.numbers, max(1, plan.constants) * sizeof(double complex)
        )
        if steps != NULL:
            plan.steps = steps
        if numbers != NULL:
            plan.numbers = numbers
        return 0

    cdef int slot_for(self, int size, set ended, list free) except -1:
        """In place of an operand that nothing needs any more, else a free slot, else a new one."""
        cdef int at
        self.plan.widest = max(self.plan.widest, size)
        for at in ended:
            if self.plan.steps[at].size == size:
                ended.discard(at)
                return self.plan.steps[at].home
        if free:
            return free.pop()
        self.plan.slots += 1
        return self.plan.slots - 1


# -------------------------------------------------------------------------------- running

cdef struct Call:
    int typenum
    unsigned long long kinds
    int ndim                                    # shape of the result
    cnp.npy_intp size
    cnp.npy_intp dims[MOST_DIMENSIONS]
    char *places[MOST_PLACES]                   # where each value of this block begins
    cnp.npy_intp steps[MOST_PLACES]             # from one element to the next; 0: a single one
    int sizes[MOST_PLACES]                      # bytes of one element
    int ndims[MOST_PLACES]                      # of single elements
    double complex numbers[MOST_INPUTS]         # Python numbers among the operands
    double complex singles[MOST_PLACES]         # results that all elements share


cdef bint read_operands(Call *call, tuple operands) except -1:
    """Fill in type, shape and places; False where the operands are not for programs."""
    cdef Py_ssize_t k, count = PyTuple_GET_SIZE(operands)
    cdef object operand
    cdef int typenum
    cdef bint masks = False
    call.typenum, call.kinds, call.ndim, call.size = -1, 0, 0, 1
    for k in range(count):
        operand = <object>PyTuple_GET_ITEM(operands, k)
        if not cnp.PyArray_CheckExact(operand):
            continue
        typenum = common_number(cnp.PyArray_TYPE(<cnp.ndarray>operand))
        if typenum < 0 or not read_shape(call, <cnp.ndarray>operand):
            return False
        if typenum == cnp.NPY_BOOL:
            masks = True
        elif call.typenum < 0 or call.typenum == real_type(typenum):
            call.typenum = typenum
    if call.typenum < 0:
        if not masks:
            return False
        call.typenum = cnp.NPY_BOOL
    for k in range(count):
        if not read_operand(call, k, <object>PyTuple_GET_ITEM(operands, k)):
            return False
    return True


cdef bint read_shape(Call *call, cnp.ndarray array) noexcept:
    """Broadcast with the operands before; False unless all have the full size or one element."""
    cdef int axis, ndim = cnp.PyArray_NDIM(array), lead
    cdef cnp.npy_intp *dims = cnp.PyArray_DIMS(array)
    cdef cnp.npy_intp size
    if not cnp.PyArray_ISCARRAY_RO(array) or ndim > MOST_DIMENSIONS:
        return False
    if ndim > call.ndim:
        memmove(call.dims + ndim - call.ndim, call.dims, call.ndim * sizeof(cnp.npy_intp))
        for axis in range(ndim - call.ndim):
            call.dims[axis] = 1
        call.ndim = ndim
    lead = call.ndim - ndim
    size = cnp.PyArray_MultiplyList(dims, ndim)
    if size == 1:
        return True
    if call.size == 1:
        memcpy(call.dims + lead, dims, ndim * sizeof(cnp.npy_intp))
        call.size = size
        return True
    if size != call.size:
        return False
    for axis in range(call.ndim):
        if call.dims[axis] != (1 if axis < lead else dims[axis - lead]):
            return False
    return True


cdef bint read_operand(Call *call, Py_ssize_t k, object operand) except -1:
    """Where an operand lies, how far its elements are apart, and of which kind it is."""
    cdef cnp.ndarray array
    cdef int typenum
    cdef unsigned long long kind = WIDE
    if not cnp.PyArray_CheckExact(operand):
        return read_number(call, k, operand)
    array = <cnp.ndarray>operand
    typenum = common_number(cnp.PyArray_TYPE(array))
    if typenum != call.typenum:
        kind = MASK if typenum == cnp.NPY_BOOL else REAL
        if kind == REAL and typenum != real_type(call.typenum):
            return False
        call.kinds |= kind << (2 * k)
    call.places[k] = cnp.PyArray_BYTES(array)
    call.sizes[k] = call.steps[k] = cnp.PyArray_ITEMSIZE(array)
    call.ndims[k] = cnp.PyArray_NDIM(array)
    if call.size == 1 or cnp.PyArray_MultiplyList(cnp.PyArray_DIMS(array), call.ndims[k]) == 1:
        call.steps[k] = 0
    return True


cdef bint read_number(Call *call, Py_ssize_t k, object number) except -1:
    cdef int typenum = call.typenum
    call.places[k] = <char *>&call.numbers[k]
    call.steps[k], call.ndims[k] = 0, 0
    if type(number) is float and typenum == cnp.NPY_FLOAT:
        (<float *>call.places[k])[0] = <float><double>number
        return True
    if type(number) is bool and typenum != cnp.NPY_BOOL:
        call.kinds |= (<unsigned long long>MASK) << (2 * k)
        typenum = cnp.NPY_BOOL
    return store(number, typenum, call.places[k])


cdef bint may_write(
    Call *call, cnp.ndarray out, int typenum, tuple operands, tuple outs
) except -1:
    """Whether a given array, besides `outs`, can be written while the operands are read."""
    cdef int axis
    if common_number(cnp.PyArray_TYPE(out)) != typenum or not cnp.PyArray_ISCARRAY(out):
        return False
    if cnp.PyArray_NDIM(out) != call.ndim:
        return False
    for axis in range(call.ndim):
        if cnp.PyArray_DIMS(out)[axis] != call.dims[axis]:
            return False
    for other in operands:
        if cnp.PyArray_CheckExact(other) and overlap(out, <cnp.ndarray>other) == PARTLY:
            return False
    for other in outs:
        if overlap(out, <cnp.ndarray>other) != NOWHERE:
            return False
    return True


cdef enum Overlap:
    NOWHERE = 0
    EXACTLY = 1
    PARTLY = 2


cdef Overlap overlap(cnp.ndarray a, cnp.ndarray b) noexcept:
    """How the memory of two contiguous arrays meets; exactly: element by element."""
    cdef uintptr_t a_start = <uintptr_t>cnp.PyArray_DATA(a), a_end = a_start + cnp.PyArray_NBYTES(a)
    cdef uintptr_t b_start = <uintptr_t>cnp.PyArray_DATA(b), b_end = b_start + cnp.PyArray_NBYTES(b)
    if a_start >= b_end or b_start >= a_end:
        return NOWHERE
    if a_start == b_start and a_end == b_end:
        if cnp.PyArray_ITEMSIZE(a) == cnp.PyArray_ITEMSIZE(b):
            return EXACTLY
    return PARTLY


cdef int execute(Plan plan, Call *call, char **outs) except -1:
    cdef char stack[ON_STACK + 64]
    cdef char *workspace = stack + 64 - <uintptr_t>stack % 64
    cdef cnp.npy_intp block = call.size, spacing, taken = 0
    if call.size == 0:
        return 0
    if plan.slots and block * plan.widest > BLOCK:
        block = BLOCK // plan.widest
    # NumPy's loops take slots that touch for overlapping ones, hence the line between them.
    spacing = (block * plan.widest + 127) & ~63
    if spacing * plan.slots > ON_STACK:
        taken = spacing * plan.slots
        workspace = take(taken)
    if place_values(plan, call, outs, workspace, spacing) == 0:
        pass
    elif call.size * plan.count < RELEASE_GIL_FROM:
        run_blocks(plan, call.places, call.steps, call.size, block)
    else:
        with nogil:
            run_blocks(plan, call.places, call.steps, call.size, block)
    fill_outputs(plan, call, outs)
    if taken:
        give(workspace, taken)
    # A loop can raise: integers to negative powers do.
    return 0 if PyErr_Occurred() == NULL else -1


cdef int place_values(
    Plan plan, Call *call, char **outs, char *workspace, cnp.npy_intp spacing
) noexcept:
    """Settle where the values of a block lie; compute now, and once, what all elements share.

    Returns how many steps are left.
    """
    cdef int k, at = plan.inputs, left = 0
    cdef Step *step
    for k in range(plan.inputs + plan.count, plan.inputs + plan.count + plan.constants):
        call.places[k] = <char *>&plan.numbers[k - plan.inputs - plan.count]
        call.steps[k], call.ndims[k] = 0, 0
    for k in range(plan.count):
        step = &plan.steps[k]
        if is_single(step, call.steps):
            call.places[at], call.sizes[at], call.steps[at] = <char *>&call.singles[k], step.size, 0
            run_single(step, at, call)
        else:
            call.places[at] = outs[~step.home] if step.home < 0 else workspace + step.home * spacing
            call.steps[at] = step.size
            left += 1
        at += 1
    return left


cdef inline bint is_single(const Step *step, const cnp.npy_intp *steps) noexcept:
    cdef int j
    for j in range(step.arity):
        if steps[step.operands[j]] != 0:
            return False
    return True


cdef void run_single(const Step *step, int result, Call *call) noexcept:
    """One element, with the distances that NumPy would give.

    Some loops choose their method by them, and with it the last bit. NumPy gives arrays of one
    element their own if their dimensions are equal in number; else all get 0, the result too.
    """
    cdef char *arguments[4]
    cdef cnp.npy_intp distances[4]
    cdef cnp.npy_intp one = 1
    cdef int j, at, ndim = 0
    cdef bint alike = True
    for j in range(step.arity):
        at = step.operands[j]
        if ndim and call.ndims[at] and call.ndims[at] != ndim:
            alike = False
        ndim = max(ndim, call.ndims[at])
    for j in range(step.arity):
        at = step.operands[j]
        arguments[j] = call.places[at]
        distances[j] = call.sizes[at] if alike and call.ndims[at] else 0
    call.ndims[result] = ndim
    arguments[step.arity] = call.places[result]
    distances[step.arity] = step.size if alike else 0
    step.function(arguments, &one, distances, step.data)


cdef void fill_outputs(Plan plan, Call *call, char **outs) noexcept:
    """Write the outputs that are one element only, after everything has been read."""
    cdef char *arguments[2]
    cdef cnp.npy_intp distances[2]
    cdef int k
    for k in range(plan.count):
        if plan.steps[k].home < 0 and call.steps[plan.inputs + k] == 0:
            arguments[0], arguments[1] = call.places[plan.inputs + k], outs[~plan.steps[k].home]
            distances[0], distances[1] = 0, plan.steps[k].size
            copy(arguments, &call.size, distances, NULL)


# What follows touches no Python object, and no memory but the operands' blocks and the given
# places: several threads could each run a range of blocks, with places and workspace of their own.

cdef void run_blocks(
    Plan plan, char **places, cnp.npy_intp *steps, cnp.npy_intp size, cnp.npy_intp block
) noexcept nogil:
    cdef cnp.npy_intp count
    cdef int k, at
    while True:
        count = min(block, size)
        at = plan.inputs
        for k in range(plan.count):
            if steps[at] != 0:              # else it is a single element, and done
                run_step(&plan.steps[k], at, places, steps, count)
            at += 1
        size -= count
        if size == 0:
            return
        for k in range(plan.inputs):
            places[k] += count * steps[k]
        for k in range(plan.count):
            if plan.steps[k].home < 0:
                places[plan.inputs + k] += count * steps[plan.inputs + k]


cdef inline void run_step(
    const Step *step, int result, char **places, const cnp.npy_intp *steps, cnp.npy_intp count
) noexcept nogil:
    cdef char *arguments[4]
    cdef cnp.npy_intp distances[4]
    cdef int j
    for j in range(step.arity):
        arguments[j] = places[step.operands[j]]
        distances[j] = steps[step.operands[j]]
    arguments[step.arity] = places[result]
    distances[step.arity] = step.size
    step.function(arguments, &count, distances, step.data)


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
                plan = self.new_plan(typenum, kinds)
            self.latest = plan
        return plan if plan.possible else None

    cdef Plan new_plan(self, int typenum, unsigned long long kinds):
        cdef Plan plan = Plan.__new__(Plan)
        plan.typenum, plan.kinds, plan.inputs = typenum, kinds, self.inputs
        try:
            Planner(plan).make(self)
            plan.possible = True
        except Declined:
            pass                    # and remembered
        self.plans.append(plan)
        return plan

    def __call__(self, *operands, out=None):
        return self.run(operands, out)

    def __len__(self):
        """How many operations there are."""
        return len([1 for operation, _ in self.values if operation not in (INPUT, CONSTANT)])

    def __repr__(self):
        return f"<program of {len(self)} operations on {self.inputs} operands>"
