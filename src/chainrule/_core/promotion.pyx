"""The common type of several operands, as PyTorch finds it.

Apart from the types, because numbers and 0-dim tensors count differently from other tensors.

Operands count by rank: tensors with dimensions first, then 0-dim tensors, then Python numbers.
Those of one rank promote freely; a lower rank can only raise the category of a higher one.
"""
from cpython.complex cimport PyComplex_Check
from cpython.float cimport PyFloat_Check
from cpython.long cimport PyLong_Check

from chainrule._core cimport types
from chainrule._core.types cimport BOOL, COMPLEX, FLOATING, INT64, INTEGER, TYPES, dtype
from chainrule._core.types import DTYPES

import numpy

cdef signed char promoted[TYPES][TYPES]         # by the numbers of two types
cdef signed char category_of[TYPES]


cdef dtype common(dtype a, dtype b):
    """The smallest type that holds the values of both, as PyTorch sees it."""
    if a is b:
        return a
    if a.category > b.category or (a.category == b.category and a.itemsize > b.itemsize):
        a, b = b, a
    if a.category == b.category and a.itemsize == b.itemsize:
        return DTYPES["int16"] if a.category == INTEGER else DTYPES["float32"]
    if a.category == FLOATING and b.category == COMPLEX:
        return common(types.numbered(types.complex_number(a.number)), b)
    return b


cdef int fill_tables() except -1:
    cdef int a, b
    for a in range(TYPES):
        category_of[a] = types.numbered(a).category
        for b in range(TYPES):
            promoted[a][b] = common(types.numbered(a), types.numbered(b)).number
    return 0


fill_tables()


cdef void promotion_start(Promotion *promotion) noexcept:
    promotion.dimensioned = promotion.zero_dim = promotion.scalar = -1


cdef inline int promoted_or_only(int before, int number) noexcept:
    return number if before < 0 else promoted[before][number]


cdef void promotion_add_tensor(Promotion *promotion, dtype kind, int ndim) noexcept:
    if ndim > 0:
        promotion.dimensioned = promoted_or_only(promotion.dimensioned, kind.number)
    else:
        promotion.zero_dim = promoted_or_only(promotion.zero_dim, kind.number)


cdef int promotion_add_scalar(Promotion *promotion, object value) except -1:
    promotion.scalar = promoted_or_only(promotion.scalar, number_of_scalar(value))
    return 0


cdef int number_of_scalar(object value) except -1:
    if value is True or value is False:
        return BOOL
    if PyFloat_Check(value):
        return types.default_float().number
    if PyLong_Check(value):
        return INT64
    if PyComplex_Check(value):
        return types.complex_number(types.default_float().number)
    if isinstance(value, numpy.integer):
        return INT64
    # As in PyTorch, where a NumPy bool is a number like any other.
    if isinstance(value, (numpy.floating, numpy.bool_)):
        return types.default_float().number
    # Not as in PyTorch, which drops the imaginary part of a complex64.
    if isinstance(value, numpy.complexfloating):
        return types.complex_number(types.default_float().number)
    raise TypeError(f"expected a tensor or a number, but got {type(value).__name__}")


cdef int raised(int higher, int lower) noexcept:
    """The type of a rank, its category raised to that of a lower rank where that is above."""
    if higher < 0 or lower < 0:
        return lower if higher < 0 else higher
    if category_of[lower] <= category_of[higher]:
        return higher
    if category_of[higher] == FLOATING:
        return types.complex_number(higher)
    return lower


cdef dtype promotion_result(Promotion *promotion):
    cdef int number = raised(promotion.dimensioned, raised(promotion.zero_dim, promotion.scalar))
    if number < 0:
        raise TypeError("a result type needs at least one tensor or number")
    return types.existing(number)


cdef dtype promote(dtype a, dtype b):
    return types.numbered(promoted[a.number][b.number])


def promote_types(type1, type2):
    """The smallest type that can hold the values of both types.

    >>> import chainrule as torch
    >>> torch.promote_types(torch.int32, torch.float32)
    torch.float32
    >>> torch.promote_types(torch.uint8, torch.int8)
    torch.int16

    See https://docs.pytorch.org/docs/2.13/generated/torch.promote_types.html
    """
    return promote(
        types.requested(type1, "promote_types", "type1"),
        types.requested(type2, "promote_types", "type2"),
    )


def can_cast(from_, to):
    """Whether a value of type `from_` may be written where type `to` is: same category or above.

    >>> import chainrule as torch
    >>> torch.can_cast(torch.double, torch.float), torch.can_cast(torch.float, torch.int)
    (True, False)

    See https://docs.pytorch.org/docs/2.13/generated/torch.can_cast.html
    """
    source = types.requested(from_, "can_cast", "from_")
    return source.category <= types.requested(to, "can_cast", "to").category


def result_type(*operands):
    """The common type of operands, each a number or a pair (dtype, ndim) that stands for a tensor.

    TypeError for other operands, and where it would be complex32.
    """
    cdef Promotion promotion
    promotion_start(&promotion)
    for operand in operands:
        if type(operand) is tuple:
            kind, ndim = operand
            promotion_add_tensor(&promotion, <dtype?>kind, ndim)
        else:
            promotion_add_scalar(&promotion, operand)
    return promotion_result(&promotion)
