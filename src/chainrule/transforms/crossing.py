"""Operations that enter or leave a level: what ties the inside of a transform to the tape outside.

Apart from the levels, because these are ordinary linear ops, recorded and differentiated; only
their kernels take wrappings off and put them on. They are closed under transposition.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from chainrule._core.core import unsettled_array
from chainrule._core.kernels import run_op
from chainrule._core.writes import put_array, share
from chainrule.ops.indexing import select
from chainrule.ops.kinds import linear
from chainrule.ops.shape import expand
from chainrule.transforms.batch import BatchedArray, alone, first, moved
from chainrule.transforms.dual import DualArray
from chainrule.transforms.filling import zeros_like
from chainrule.transforms.levels import WrappedArray
from chainrule.transforms.rules.batch import as_it_is, give, shifted, with_batch

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

importlib.import_module("chainrule.transforms.binding")  # the core asks for it from here on


def _is_of(x, level, kind):
    return isinstance(x, kind) and x.level is level


def in_memory_of(x: Tensor, made: Tensor) -> Tensor:
    """`made`, which shows the memory of x otherwise: what is written to one is written to both."""
    array = unsettled_array(made)
    share(made, x)
    put_array(made, array)
    return made


# -------------------------------------------------------------------------------------- duals


@linear(node="ViewBackward0")
def make_dual(xp, x, y, *, within):
    """A dual of primal x and tangent y."""
    return DualArray(within, x, y)


@linear(node="Identity")
def primal_part(xp, x, *, within):
    return x.inner if _is_of(x, within, DualArray) else x


@linear()
def tangent_part(xp, x, *, level):
    if _is_of(x, level, DualArray) and x.tangent is not None:
        return x.tangent
    return zeros_like(x)


@linear()
def only_tangent(xp, x, *, level):
    """A dual of tangent x, its primal zero."""
    return DualArray(level, zeros_like(x), x)


# Note: within a level, and out of it. A backward that starts inside a level stays inside: then a
# dual is a view of its primal, and the primal's cotangent is a dual, as in PyTorch. Any other
# takes the tangent part. Which of the two it is `levels.fit` knows, and so these rules leave that
# to it (see `levels.levels_between`).


def times_epsilon(g, level):
    """What a tangent of g would be seen as: its own tangent is g's primal."""
    return only_tangent(primal_part(g, within=level), level=level)


def refuse_dual(g, level):
    """A tangent's cotangent: one with a tangent of the same level would ask for two of them."""
    if level.holds(g._array):
        raise NotImplementedError(
            "forward mode: a backward pass inside a level goes through a tangent that was unpacked "
            "from the same level; enter a level of its own for each derivative"
        )
    return g


make_dual.transposes(lambda g: g, lambda g, within: times_epsilon(g, within))
primal_part.transpose(lambda g: g)
tangent_part.transpose(lambda g, level: refuse_dual(g, level))
only_tangent.transpose(lambda g, level: primal_part(g, within=level))


def settled_tensor(x: Tensor) -> Tensor:
    """A tensor without the levels that were left, in its place in the graph."""
    array = unsettled_array(x)
    while isinstance(array, WrappedArray) and not array.level.is_active:
        x = primal_part(x, within=array.level)
        array = array.left()
    return x


# ------------------------------------------------------------------------------------ batches


@linear()
def enter_batch(xp, x, *, level, dim):
    """The members along a dimension as a batch."""
    return BatchedArray(level, first(x, dim))


@linear()
def leave_batch(xp, x, *, level, dim):
    """A batch's members along a dimension."""
    if _is_of(x, level, BatchedArray):
        return moved(x.inner, dim)
    return moved(run_op(expand, (x,), {"shape": (level.size, *x.shape)}), dim)


@linear()
def sum_batch(xp, x, *, level):
    """The sum over a batch's members, for what was outside and used by all of them."""
    return level.summed(x)


@linear()
def only_one(xp, x, *, level):
    """A batch of x and zeros."""
    return alone(level, x)


@linear()
def that_one(xp, x, *, level):
    """The first member of a batch."""
    return (
        run_op(select, (x.inner,), {"dim": 0, "index": 0}) if _is_of(x, level, BatchedArray) else x
    )


enter_batch.transpose(lambda g, level, dim: leave_batch(g, level=level, dim=dim))
leave_batch.transpose(lambda g, level, dim: enter_batch(g, level=level, dim=dim))
sum_batch.transpose(lambda g: g)
only_one.transpose(lambda g, level: that_one(g, level=level))
that_one.transpose(lambda g, level: only_one(g, level=level))


# ---------------------------------------------------------- in batches of a level further in
# as when a Jacobian's rows are pulled back at once, out of a level that was left before


def paired(batch):
    return run_op(batch.op, with_batch(batch), batch.parameters)


give(shifted("dim"), enter_batch, leave_batch)
give(as_it_is, sum_batch, only_one, that_one, primal_part, tangent_part, only_tangent)
give(paired, make_dual)
