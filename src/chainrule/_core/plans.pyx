"""The plan of a program for one type of operands: loops, conversions, constants and memory.

Apart from program, which knows no types, and from running, which knows no operations.

Note: types within a program. All numbers have the type of the operands, or booleans; beside a
complex type also its real part. A Python number takes the type of what it meets, and so does a
mask that meets a number. A formula of which PyTorch's promotion would make another type (an
integer divided, a float added to an integer) is declined.
"""
cimport cython
cimport numpy as cnp
from cpython.exc cimport PyErr_Clear, PyErr_Occurred
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from libc.stdint cimport uint16_t

from chainrule._core.loops cimport Loop, LoopTable, loop_function, store_number
from chainrule._core.moves cimport copy, select_loop, widen_loop

cnp.import_array()

cdef extern from "Python.h":
    int PyFloat_Pack2(double number, char *place, int little_endian) except -1

cdef enum:
    NO_HOME = MOST_PLACES

INPUT, CONSTANT, SELECT = "input", "constant", "select"


class Declined(Exception):
    """A formula, or its plan for some type, is not for programs."""


cdef Plan plan_of(int inputs, list values, list results, int typenum, unsigned long long kinds):
    """The plan, which says of itself whether it is possible."""
    cdef Plan plan = Plan.__new__(Plan)
    plan.typenum, plan.kinds, plan.inputs = typenum, kinds, inputs
    try:
        Planner(plan).make(values, results)
        plan.possible = True
    except Declined:
        pass
    return plan


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

    cdef int make(self, list values, list results) except -1:
        for operation, operands in values:
            if operation is INPUT:
                self.found.append((operands, self.input_type(operands)))
            elif operation is CONSTANT:
                self.found.append(operands)
            else:
                self.found.append(self.instruction(operation, operands))
        self.deliver(results)
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
            return self.step(widen_loop(size_of(own)), NULL, [place], typenum)
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
