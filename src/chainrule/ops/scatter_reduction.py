"""Elements multiplied into, or compared with, those an index names: scatter_reduce.

Apart from gathering.py, whose ops are linear. `z` is the index, see ops.places.
"""

from __future__ import annotations

from chainrule.ops import places
from chainrule.ops.choice import where
from chainrule.ops.comparison import eq
from chainrule.ops.conversion import cast, conj
from chainrule.ops.gathering import gather, scatter_add
from chainrule.ops.kinds import general
from chainrule.ops.refusals import refusal

NODE = "ScatterReduceBackward0"


@general(node=NODE)
def scatter_prod(xp, x, y, z, *, dim):
    """x with the elements that z names multiplied by y."""
    out = x.copy()
    xp.multiply.at(out, places.elements(xp, z, dim), y)
    return out


def _prod_of_the_rest(y, z, start, dim):
    """Per element of y, `start` times all others that go to its place; exact with zeros."""
    zero = eq(y, 0)
    factors = where(zero, 1, y)
    zeros = scatter_add(start * 0, cast(zero, dtype=y.dtype), z, dim=dim)
    others = gather(zeros, z, dim=dim) - cast(zero, dtype=y.dtype)
    product = gather(scatter_prod(start, factors, z, dim=dim), z, dim=dim) / factors
    return where(eq(others, 0), product, 0)


def _prod_written(g, x, y, z, dim):
    return gather(g, z, dim=dim) * conj(_prod_of_the_rest(y, z, x, dim))


def _prod_kept(g, x, y, z, dim):
    return g * conj(scatter_prod(x * 0 + 1, y, z, dim=dim))


scatter_prod.vjps(_prod_kept, _prod_written, None)


# scatter(reduce=...), older than scatter_reduce, has no derivative.
scattered_sum, scattered_prod = (op.named("NotImplemented") for op in (scatter_add, scatter_prod))
for _op in (scattered_sum, scattered_prod):
    _op.vjps(*[refusal("derivative for aten::scatter is not implemented")] * 2, None)


@general(node=NODE)
def scatter_max(xp, x, y, z, *, dim):
    """x with the elements that z names raised to y where that is larger."""
    out = x.copy()
    xp.maximum.at(out, places.elements(xp, z, dim), y)
    return out


@general(node=NODE)
def scatter_min(xp, x, y, z, *, dim):
    """x with the elements that z names lowered to y where that is smaller."""
    out = x.copy()
    xp.minimum.at(out, places.elements(xp, z, dim), y)
    return out


def _share(g, x, y, z, out, dim):
    """The cotangent divided by how many are as extreme as the result."""
    kept = cast(eq(x, out), dtype=g.dtype)
    met = cast(eq(y, gather(out, z, dim=dim)), dtype=g.dtype)
    return g / scatter_add(kept, met, z, dim=dim)


def _kept(g, x, y, z, out, dim):
    return where(eq(x, out), _share(g, x, y, z, out, dim), 0)


def _written(g, x, y, z, out, dim):
    share = gather(_share(g, x, y, z, out, dim), z, dim=dim)
    return where(eq(y, gather(out, z, dim=dim)), share, 0)


scatter_max.vjps(_kept, _written, None)
scatter_min.vjps(_kept, _written, None)
