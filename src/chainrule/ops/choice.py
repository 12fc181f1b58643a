"""Choosing by a condition: `where`, in formulas and on tensors.

Apart from comparison.py, because partials of arithmetic are written with it.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.program import Symbol, select
from chainrule.ops.kinds import general


@general(node="WhereBackward0", broadcasts=True, promotes=True)
def choose(xp, x, y, z):
    """y where x, z elsewhere. (x is brought to the common type too, and told apart from 0.)"""
    return xp.where(x, y, z)


choose.vjps(None, lambda g, x: where(x, g, 0), lambda g, x: where(x, 0, g))


def where(condition, x, y):
    """x where the condition holds, y elsewhere: an instruction of a formula, or an op."""
    if any(isinstance(operand, Symbol) for operand in (condition, x, y)):
        return select(condition, x, y)
    if not isinstance(x, Tensor) and not isinstance(y, Tensor):
        # Two numbers make a partial of any type: rounded to the default one they lose digits.
        x, y = (wrap_array(numpy.asarray(number, numpy.float64)) for number in (x, y))
    return choose(condition, x, y)
