"""Calling an op as a function: straight from the interpreter, without a tuple or a dict.

Apart from the record itself, which knows no tensors.
"""
cimport cython
from cpython.object cimport PyObject, PyTypeObject

from chainrule._core.core cimport Tensor, dispatch
from chainrule._core.operation cimport Op, calls, vectorcallfunc
from chainrule._core.program cimport Symbol

from types import MethodType as BoundMethod

cdef extern from *:
    """
    /* Cython has no way to say that a class is called by vectorcall; `vectorcall` must be the
       first field of the class. 60 ns a call less than by tuple and dict. */
    static void chainrule_use_vectorcall(PyTypeObject *type, int is_method) {
        type->tp_vectorcall_offset = sizeof(PyObject);
        type->tp_call = PyVectorcall_Call;
        type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
        if (is_method) type->tp_flags |= Py_TPFLAGS_METHOD_DESCRIPTOR;
        PyType_Modified(type);
    }
    """
    void chainrule_use_vectorcall(PyTypeObject *type, int is_method)
    object PyObject_Vectorcall(object callable, PyObject **arguments, size_t count, PyObject *names)
    Py_ssize_t PyVectorcall_NARGS(size_t count)


cdef object call_op(object callable, PyObject **arguments, size_t count, PyObject *names):
    """op(*inputs, **parameters)"""
    cdef Op op = <Op>callable
    cdef Py_ssize_t k, inputs = PyVectorcall_NARGS(count)
    cdef tuple values
    cdef dict parameters = None
    if inputs == 1 and names == NULL and op.arity == 1:
        if isinstance(<object>arguments[0], Tensor):
            return dispatch.unary(op, <Tensor>arguments[0])
    values = tuple([<object>arguments[k] for k in range(inputs)])
    if names != NULL:
        parameters = {
            name: <object>arguments[inputs + k] for k, name in enumerate(<tuple>names)
        }
    for value in values:
        if type(value) is Symbol:
            return op.symbolic(values, parameters or {})
    return dispatch.call(op, values, parameters)


cdef object call_front(object callable, PyObject **arguments, size_t count, PyObject *names):
    cdef Front front = <Front>callable
    cdef Py_ssize_t inputs = PyVectorcall_NARGS(count)
    if names == NULL and inputs == front.op.arity:
        if inputs == 1 and isinstance(<object>arguments[0], Tensor):
            return dispatch.unary(front.op, <Tensor>arguments[0])
        if inputs == 2 and (
            isinstance(<object>arguments[0], Tensor) or isinstance(<object>arguments[1], Tensor)
        ):
            found = dispatch.binary(front.op, <object>arguments[0], <object>arguments[1])
            if found is not NotImplemented:
                return found
    return PyObject_Vectorcall(front.__wrapped__, arguments, count, names)


@cython.final
cdef class Front:
    """A public function whose commonest call, tensors by position, goes straight to its op.

    Everything else (keywords, out=, wrong operands) goes to the Python function it stands for.
    """
    cdef vectorcallfunc vectorcall
    cdef Op op
    cdef readonly object __wrapped__
    cdef dict __dict__

    def __init__(self, Op op, function):
        self.vectorcall = call_front
        self.op = op
        self.__wrapped__ = function
        self.__name__ = self.__qualname__ = function.__name__
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__

    def __get__(self, instance, owner):
        return self if instance is None else BoundMethod(self, instance)

    def __repr__(self):
        return f"<function {self.__name__}>"

    def __reduce__(self):
        return self.__qualname__    # as functions are: copied and pickled by name


calls.call = call_op
chainrule_use_vectorcall(<PyTypeObject *>Op, 0)
chainrule_use_vectorcall(<PyTypeObject *>Front, 1)
