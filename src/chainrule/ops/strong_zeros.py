"""Strong zeros: a zero in a cotangent stays zero, whatever infinity or NaN it is multiplied by.

Apart from cotangents.py, whose products are the ordinary ones; these are used inside
`autograd.strong_zero()` alone.

Note: how far a zero reaches. Nothing that is finite changes; what is not is looked at again.

| kind        | what is put right                                                                |
|-------------|----------------------------------------------------------------------------------|
| elementwise | each element by itself: 0 * inf and 0 * nan are 0                                |
| linear      | nothing has to be: no operand is multiplied by                                   |
| multilinear | in the sum that makes an element, each product with a zero of the cotangent      |
| general     | a cotangent of nothing but zeros; of others, only its rule knows what meets what |

In forward mode the zeros of tangents are strong in elementwise operations, and there alone.
The backward of a user's Function is the user's. The choice is made in the partial, not in the
product, so that the derivative with respect to the cotangent is kept wherever it is finite.
"""

from __future__ import annotations

import math

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.engine import bind_engine
from chainrule.ops import extremes
from chainrule.ops.choice import where
from chainrule.ops.comparison import isfinite, ne
from chainrule.ops.conversion import cast
from chainrule.ops.cotangents import pushed, times
from chainrule.ops.kinds import LINEAR, MULTILINEAR


def times_strongly(g, partial):
    """g * conj(partial), and 0 wherever g is."""
    return times(g, _harmless(g, partial))


def pushed_strongly(t, partial):
    """t * partial in forward mode, and 0 wherever t is."""
    return pushed(t, _harmless(t, partial))


def _harmless(g, partial):
    """The partial, with 0 for what is infinite or NaN and would meet a zero."""
    if not isinstance(partial, Tensor):
        return partial if _is_finite(partial) else where(ne(g, 0), partial, 0)
    return partial if _is_clean(partial) else where(isfinite(partial) | ne(g, 0), partial, 0)


def strongly(op, k, values):
    """What the rule of input k gives, with the zeros of the cotangent (the first value) strong."""
    rule = op.rules[k]
    found = rule(*values)
    if op.kind == LINEAR or not values:
        return found
    if op.kind == MULTILINEAR:
        return _product(rule, values, found)
    return _of_zeros(values, found)


def _of_zeros(values, found):
    """The result of a rule that was given nothing but zeros, which is linear in them: zeros."""
    parts = found if isinstance(found, tuple) else (found,)
    if all(_is_clean(part) for part in parts):
        return found
    # The first value a rule asks for is the cotangent, or a tuple of those of all results.
    given = values[0] if isinstance(values[0], tuple) else values[:1]
    met = [extremes.any(ne(g, 0), dim=None, keepdim=False) for g in given]
    mended = tuple(_kept_where(met, part) for part in parts)
    return mended if isinstance(found, tuple) else mended[0]


def _kept_where(conditions, part):
    if _is_clean(part):
        return part
    kept = isfinite(part)
    for condition in conditions:
        kept = kept | condition
    return where(kept, part, 0)


def _product(rule, values, found):
    """Where no infinite factor met anything but zeros, the sum without the infinite factors."""
    if _is_clean(found):
        return found
    g, *factors = values
    rest = rule(g, *[_finite_part(factor) for factor in factors])
    ones = cast(ne(g, 0), dtype=g.dtype)
    meetings = rule(ones, *[_marks_of_infinite(factor) for factor in factors])
    return where(ne(meetings, 0), found, rest)


def _marks_of_infinite(factor):
    """Numbers for what is infinite or NaN, no two alike (no difference of two is 0); else 0."""
    if not _is_float(factor):
        return factor
    shape = tuple(factor.shape)
    size = math.prod(shape)
    numbers = wrap_array(1 + numpy.arange(size).reshape(shape) / (size + 1))
    return where(isfinite(factor), 0, cast(numbers, dtype=factor.dtype))


def _finite_part(value):
    """The tensor with 0 for what is infinite or NaN; anything else as it is."""
    return value if _is_clean(value) else where(isfinite(value), value, 0)


def _is_float(value):
    return isinstance(value, Tensor) and value.dtype.category > 1


def _is_clean(value):
    """Whether a value is known to hold nothing infinite or NaN."""
    if not _is_float(value):
        return True
    array = value._array
    return isinstance(array, numpy.ndarray | numpy.generic) and bool(numpy.isfinite(array).all())


def _is_finite(number):
    return math.isfinite(abs(number))


bind_engine({"times_strongly": times_strongly, "strongly": strongly})
