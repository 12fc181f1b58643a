"""From the cotangent of a result to those of the inputs: asking rules, and fitting the answers.

Apart from the engine, which decides the order. No formula is here: rules are asked for cotangents,
and what every rule would do alike (summing to the input's shape, casting to its type) is done once.
"""
cimport numpy as cnp
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE

from chainrule._core cimport core, modes, types
from chainrule._core.core cimport (
    Node, NodeExtra, Tensor, array_of, filled, put, raise_freed, saved_tensor, saved_value,
    unfilled, wrap,
)
from chainrule._core.kernels cimport quietly
from chainrule._core.operation cimport ELEMENTWISE, Op
from chainrule._core.program cimport Program
from chainrule._core.runs cimport Run, is_wanted, needed
from chainrule._core.types cimport dtype
from chainrule._core.wrapped cimport Wrapped, transforms

import numpy

cnp.import_array()


# What Functions do, whose backward is the user's: autograd puts them in at import.
cdef object run_function_by = None
cdef object release_function_by = None


def bind_functions(run, release):
    """Give run(node, cotangents) -> cotangents of the inputs, and release(node)."""
    global run_function_by, release_function_by
    run_function_by, release_function_by = run, release


cdef object run_function(Node node, tuple cotangents):
    return run_function_by(node, cotangents)


cdef object release_function(Node node):
    return release_function_by(node)


cdef int choose_rules(Run run, bint create) except -1:
    """Say how a run's cotangents are found: asked once a run, so that no operation has to."""
    run.create, run.strong = create, modes.strong_zeros()
    run.direct = not (run.create or run.strong)
    return 0


cdef Tensor pull(Run run, Node node, Py_ssize_t k, Tensor g):
    """The cotangent of input k, by the op's rule; None where there is none."""
    cdef Op op = node.op
    cdef object result
    if g is None:
        return None
    rule = <object>PyTuple_GET_ITEM(op.rules, k)
    if rule is None:
        return None
    if node.saved is None:
        raise_freed(node)
    if op.kind != ELEMENTWISE:
        values = asked(node, k, g, run.create)
        result = needed["strongly"](op, k, values) if run.strong else rule(*values)
    elif type(rule) is int or type(rule) is float:
        if rule == 1:
            result = g
        elif rule == -1:
            result = needed["neg"](g)
        elif rule == 0:
            result = wrap(numpy.zeros(g.array.shape, g.array.dtype))
        else:
            result = needed["times"](g, rule)
    else:
        result = pull_directly(node, k, g) if run.direct else None
        if result is None:
            values = numbers_as_tensors(g, asked(node, k, g, run.create))
            partial = rule(*in_type_of(g, values, op.promotes))
            result = needed["times_strongly" if run.strong else "times"](g, partial)
    return adjusted(run, node, k, result)


cdef tuple asked(Node node, Py_ssize_t k, object g, bint attach):
    """What the rule of input k asks for, in its order."""
    cdef tuple asks = <tuple>PyTuple_GET_ITEM(node.op.asks, k)
    cdef Py_ssize_t at, count = PyTuple_GET_SIZE(asks)
    cdef tuple values = unfilled(count)
    for at in range(count):
        ask = <object>PyTuple_GET_ITEM(asks, at)
        if type(ask) is str:
            value = node.parameters[ask]
        elif <int>ask < 0:
            value = g
        else:
            value = saved_tensor(node, <int>ask, attach)
        put(values, at, value)
    return filled(values)


cdef tuple numbers_as_tensors(Tensor g, tuple values):
    """Numbers alone (the 0 of `x / 0`) as tensors: Python would refuse what tensors make infinite.
    """
    for value in values:
        if not isinstance(value, (int, float, complex)):
            return values
    return tuple([wrap(numpy.asarray(value, g.array.dtype)) for value in values])


cdef tuple in_type_of(Tensor g, tuple values, bint promoted):
    """The operands of another type (an integer divisor) in that of g, as the op computed with them.

    Else their partial would be computed in their type, with its digits; and that of a number, of
    which `log(2.5)` makes a tensor, in the default type.
    """
    cdef dtype wanted = types.dtype_of(g.array), kind
    cdef list found = None
    cdef Py_ssize_t at
    if not promoted:
        return values
    for at in range(PyTuple_GET_SIZE(values)):
        value = values[at]
        if isinstance(value, Tensor):
            kind = types.dtype_of((<Tensor>value).array)
            if kind is not wanted and types.BOOL < kind.category <= wanted.category:
                if found is None:
                    found = list(values)
                found[at] = needed["cast"](value, dtype=wanted)
        elif type(value) is float or type(value) is int:
            if found is None:
                found = list(values)
            found[at] = wrap(numpy.asarray(value, wanted.numpy))
    return values if found is None else tuple(found)


cdef Tensor pull_directly(Node node, Py_ssize_t k, Tensor g):
    """g * partial as one program over the arrays; None where it does not apply."""
    cdef cnp.ndarray array
    cdef tuple values
    cdef bint complex_
    if type(g.array) is not cnp.ndarray:
        return None
    array = g.array
    values = asked_arrays(node, k, one_element(array))
    complex_ = any_complex(values)
    program = node.op.programs[2 * k + complex_]
    if program is None:
        program = needed["cotangent_program"](node.op, k, complex_) or False
        node.op.programs[2 * k + complex_] = program
    if program is False:
        return None
    result = (<Program>program).run(values, None)
    if result is None or not cnp.PyArray_SAMESHAPE(array, <cnp.ndarray>result):
        return None
    return wrap(result)


cdef bint any_complex(tuple values):
    """Whether the partial may be complex (of abs it is, though the cotangent is real)."""
    cdef int typenum
    for value in values:
        if type(value) is cnp.ndarray:
            typenum = cnp.PyArray_TYPE(<cnp.ndarray>value)
            if typenum == cnp.NPY_CFLOAT or typenum == cnp.NPY_CDOUBLE:
                return True
        elif type(value) is complex:
            return True
    return False


cdef cnp.ndarray one_element(cnp.ndarray array):
    """An expanded scalar (the cotangent of a sum) as the scalar; other arrays as they are."""
    cdef int axis, ndim = cnp.PyArray_NDIM(array)
    if ndim == 0 or cnp.PyArray_SIZE(array) < 2:
        return array
    for axis in range(ndim):
        if cnp.PyArray_STRIDES(array)[axis] != 0 and cnp.PyArray_DIMS(array)[axis] != 1:
            return array
    return array[(0,) * ndim + (Ellipsis,)]


cdef tuple asked_arrays(Node node, Py_ssize_t k, object g):
    """g, then what the partial of input k asks for, as arrays and numbers."""
    cdef tuple asks = <tuple>PyTuple_GET_ITEM(node.op.asks, k)
    cdef Py_ssize_t at, count = PyTuple_GET_SIZE(asks)
    cdef tuple values = unfilled(count + 1)
    put(values, 0, g)
    for at in range(count):
        ask = <object>PyTuple_GET_ITEM(asks, at)
        if type(ask) is str:
            value = node.parameters[ask]
        else:
            core.saved_storage(node, <int>ask)
            value = array_of(saved_value(node, <int>ask))
        put(values, at + 1, value)
    return filled(values)


cdef object all_cotangents(Run run, Node node, object g):
    """The cotangents of all inputs at once, and what the node's hooks make of them."""
    cotangents = by_rules(run, node, g)
    if node.extra is not None and (<NodeExtra>node.extra).hooks:
        cotangents = needed["run_posthooks"](node, cotangents, g)
    return cotangents


cdef object by_rules(Run run, Node node, object g):
    """The cotangents of all inputs at once, as the rules have them."""
    cdef Py_ssize_t k
    if node.op is None:
        return run_function(node, tuple(g) if type(g) is list else (g,))
    if node.op.joint or node.op.results != 1:
        if node.saved is None:
            raise_freed(node)
        values = asked(node, 0, materialized(node, g), run.create)
        rule = node.op.rules[0]
        cotangents = needed["strongly"](node.op, 0, values) if run.strong else rule(*values)
        return cotangents if node.op.joint else (cotangents,)
    return tuple([
        pull(run, node, k, g) if is_asked_for(run, node.edges[k]) else None
        for k in range(len(node.edges))
    ])


cdef bint is_asked_for(Run run, Node edge) except -1:
    return edge is not None and (not run.selective or is_wanted(run, edge))


def cotangents_of(Node node not None, tuple given not None):
    """What a backward would send to each input of a node: nothing is freed, no hook is called.

    `given` are the cotangents of the results, None for those that nothing used. None where
    nothing would be sent.
    """
    cdef Run run = Run.__new__(Run)
    cdef bint before = modes.grad_enabled()
    if len(given) != node.results:
        raise ValueError(f"{node.name()} has {node.results} results, not {len(given)}")
    if node.edges is None or type(node) is core.AccumulateGrad:
        return ()
    choose_rules(run, False)
    run.inside = ()
    modes.set_grad_enabled(False)
    try:
        cotangents = by_rules(run, node, given[0] if node.results == 1 else list(given))
        return tuple([
            None if node.edges[k] is None else adjusted(run, node, k, cotangents[k])
            for k in range(len(node.edges))
        ])
    finally:
        modes.set_grad_enabled(before)


cdef object materialized(Node node, object g):
    """A node of several results gets a tuple of cotangents, zeros for those nothing used."""
    if type(g) is not list:
        return g if node.op.results == 1 else (g,)
    parts = []
    for part, (shape, kind) in zip(g, node.metas):
        parts.append(wrap(numpy.zeros(shape, (<dtype>kind).numpy)) if part is None else part)
    return tuple(parts)


# ------------------------------------------------------------- shapes and types of cotangents

cdef Tensor adjusted(Run run, Node node, Py_ssize_t k, object g):
    """The cotangent summed to the input's shape and cast to its type: here, for all rules."""
    cdef Tensor result
    if g is None:
        return None
    result = <Tensor?>g
    if node.adjust is None:
        return result
    wanted = node.adjust[k]
    if wanted is None:
        return result
    shape, kind, levels = wanted
    if levels is not None or isinstance(result.array, Wrapped):
        return <Tensor>transforms["fit"](result, shape, kind, levels, run.inside)
    if run.create:
        return <Tensor>needed["sum_to"](result, shape, kind)
    array = result.array
    if types.dtype_of(array) is not kind:
        if (<dtype>kind).category < 3 and types.dtype_of(array).category == 3:
            array = array.real
        array = array.astype((<dtype>kind).numpy)
    if array.shape != shape:
        array = array_summed_to(array, shape)
    return result if array is result.array else wrap(array)


cdef object array_summed_to(object array, tuple shape):
    """Undo broadcasting."""
    cdef Py_ssize_t lead = array.ndim - len(shape), axis
    cdef Py_ssize_t size = 1
    for extent in shape:
        size *= extent
    if array.size != size:
        axes = [
            axis for axis in range(array.ndim)
            if axis < lead or (shape[axis - lead] == 1 and array.shape[axis] != 1)
        ]
        array = quietly(numpy.add.reduce, (array,), {"axis": tuple(axes), "keepdims": True})
    return array.reshape(shape)
