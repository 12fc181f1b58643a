"""Products of vectors and matrices, by NumPy's loop where it can be called directly.

Apart from apply, because a product knows its factors may lie transposed.
"""
cimport numpy as cnp

from chainrule._core cimport modes
from chainrule._core.apply cimport call, finish
from chainrule._core.core cimport Tensor, dispatch
from chainrule._core.loops cimport LoopTable, run_binary, run_outer, table_of
from chainrule._core.matrices cimport run_matmul
from chainrule._core.operation cimport Op

import numpy

cnp.import_array()


def matrix_product(
    Op op not None, Tensor x not None, Tensor y not None, bint x_turned=False, bint y_turned=False
):
    """x @ y for the op behind it: NumPy's loop where it can be called directly.

    `turned`: the op multiplies with that factor transposed.
    """
    return dispatch.matrix(op, x, y, x_turned, y_turned)


cdef object product_by(Op op, Tensor x, Tensor y, bint x_turned, bint y_turned):
    result = None
    if modes.watching():
        return dispatch.call(op, (x, y), None)
    if type(x.array) is cnp.ndarray and type(y.array) is cnp.ndarray:
        result = run_matmul(x.array, y.array, x_turned, y_turned)
    if result is None:
        return call(op, (x, y), None)
    return finish(op, (x, y), None, result)


# By the numbers of dimensions of the factors, 1 or 2: the op behind x @ y.
cdef list product_ops = [None] * 4


def bind_products(Op dot, Op vm, Op mv, Op mm):
    """Give the ops of vector @ vector, vector @ matrix, matrix @ vector, matrix @ matrix."""
    product_ops[:] = [dot, vm, mv, mm]


cdef object direct_product_of(object x, object y):
    """x @ y where NumPy's loop can be called on them as they are; else None."""
    cdef cnp.ndarray a, b
    cdef int which
    if not isinstance(x, Tensor) or not isinstance(y, Tensor):
        return None
    if type((<Tensor>x).array) is not cnp.ndarray or type((<Tensor>y).array) is not cnp.ndarray:
        return None
    a, b = (<Tensor>x).array, (<Tensor>y).array
    which = 2 * cnp.PyArray_NDIM(a) + cnp.PyArray_NDIM(b) - 3
    if not (1 <= cnp.PyArray_NDIM(a) <= 2 and 1 <= cnp.PyArray_NDIM(b) <= 2):
        return None
    result = run_matmul(a, b, False, False)
    if result is None:
        return None
    return finish(<Op?>product_ops[which], (x, y), None, result)


def product_array(x, y, bint x_turned=False, bint y_turned=False):
    """x @ y of arrays, either transposed where it is to be turned."""
    result = None
    if type(x) is cnp.ndarray and type(y) is cnp.ndarray:
        result = run_matmul(x, y, x_turned, y_turned)
    if result is None:
        # NumPy gives float32 for bfloat16.
        product = numpy.matmul(x.T if x_turned else x, y.T if y_turned else y)
        return product.astype(numpy.result_type(x, y), copy=False)
    return result


def direct_product(x, y):
    """x @ y where NumPy's loop can be called on them as they are; else None."""
    return dispatch.product(x, y)


cdef LoopTable multiplication = table_of(numpy.multiply)


def outer_array(x, y):
    """The matrix of products of two vectors' elements. (NumPy's way takes 1.5 us for 16 x 8.)"""
    result = None
    if type(x) is cnp.ndarray and type(y) is cnp.ndarray:
        result = run_outer(multiplication, x, y)
    return numpy.multiply.outer(x, y) if result is None else result


cdef LoopTable addition = table_of(numpy.add)


def add_into(out, x):
    """out += x, of arrays; x may be a bias. (NumPy's way takes 850 ns for 8 x 16, this 150.)"""
    result = None
    if type(out) is cnp.ndarray and type(x) is cnp.ndarray:
        result = run_binary(addition, out, x, out)
    if result is None:
        out += x


dispatch.product = direct_product_of
dispatch.matrix = product_by
