"""Choosing by a condition: `where`, in formulas and on tensors.

Apart from comparison.py, because partials of arithmetic are written with it.
"""

from __future__ import annotations

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
    return choose(condition, x, y)
