"""What a rule is given, the rules that many operations share, and what rules are made of.

Apart from the tables (shapes, reductions, products, indexing, losses), which say which operation
has which.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chainrule._core.kernels import run_op
from chainrule.ops.indexing import select
from chainrule.ops.kinds import ELEMENTWISE
from chainrule.ops.shape import expand, permute, reshape, stack

if TYPE_CHECKING:
    from chainrule._core.operation import Op


@dataclass
class Batch:
    """An operation on a batch: its operands' values, and which of them have the batch."""

    op: Op
    values: tuple  # an operand with a batch has it as its first dimension
    batched: tuple[bool, ...]
    parameters: dict[str, Any]
    size: int  # of the batch

    def changed(self, **parameters: Any) -> dict[str, Any]:
        """The parameters, some of them others."""
        return {**self.parameters, **parameters}


Rule = Callable[[Batch], Any]

# By kernel, which an op shares with its likes under other names.
_rules: dict[Any, Rule] = {}


def give(rule: Rule, *ops: Op) -> None:
    """Let operations work on batches by a rule."""
    for op in ops:
        _rules[op.kernel] = rule


def rule_of(op: Op) -> Rule:
    """The rule by which an op works on batches."""
    found = _rules.get(op.kernel)
    if found is not None:
        return found
    return aligned if op.kind == ELEMENTWISE else member_by_member


# ------------------------------------------------------------------------ for many operations


def aligned(batch: Batch) -> Any:
    """An elementwise op: operands of fewer dimensions get more of them behind the batch."""
    return run_op(batch.op, broadcastable(batch), batch.parameters or None)


def broadcastable(batch: Batch) -> tuple:
    """The operands, shaped so that they broadcast as each member's would."""
    ranks = [
        value.ndim - own if hasattr(value, "ndim") else 0
        for value, own in zip(batch.values, batch.batched)
    ]
    rank = max(ranks)
    return tuple(
        reshape_array(value, (value.shape[0], *(1,) * (rank - mine), *value.shape[1:]))
        if own and mine < rank
        else value
        for value, own, mine in zip(batch.values, batch.batched, ranks)
    )


def shifted(*names: str) -> Rule:
    """A rule for ops of one operand whose parameters count dimensions from the front.

    A parameter may be a number, a tuple of them, or None for all; what counts from the back
    (negative numbers) stays.
    """

    def rule(batch: Batch) -> Any:
        (x,) = batch.values
        parameters = {name: one_further(batch.parameters[name], x.ndim) for name in names}
        return run_op(batch.op, (x,), batch.changed(**parameters))

    return rule


def one_further(dim: Any, ndim: int) -> Any:
    """Dimensions as they are counted once a batch stands in front of them."""
    if dim is None:
        return tuple(range(1, ndim))
    if isinstance(dim, int):
        return dim + 1 if dim >= 0 else dim
    return tuple(one_further(each, ndim) for each in dim)


def as_it_is(batch: Batch) -> Any:
    """An op of one operand to which one more dimension in front makes no difference."""
    return run_op(batch.op, batch.values, batch.parameters or None)


def dynamic(batch: Batch) -> Any:
    """An op whose result has a size of its own in each member."""
    raise RuntimeError(
        "vmap: We do not support batching operators that can output dynamic shape. Attempted to "
        f"vmap over {batch.op.name}, whose result has another size in each member"
    )


def member_by_member(batch: Batch) -> Any:
    """Any op: once for each member, and the results put together."""
    _say_once(batch.op.name)
    return each(batch, lambda k: batch.parameters or None)


def each(batch: Batch, parameters_of: Callable[[int], dict | None]) -> Any:
    """An op once for each member, with the parameters that are that member's."""
    if not batch.size:
        raise RuntimeError(
            f"vmap: {batch.op.name} runs member by member, and this batch has none; its result's "
            "shape is not known"
        )
    found = []
    for k in range(batch.size):
        values = tuple(
            run_op(select, (value,), {"dim": 0, "index": k}) if own else value
            for value, own in zip(batch.values, batch.batched)
        )
        found.append(run_op(batch.op, values, parameters_of(k)))
    if isinstance(found[0], tuple):
        return tuple(stacked(parts) for parts in zip(*found))
    return stacked(found)


_said: set[str] = set()


def _say_once(name: str) -> None:
    if name not in _said:
        _said.add(name)
        warnings.warn(
            f"There is a performance drop because we have not yet implemented the batching rule "
            f"for {name}: it runs once for each member of the batch.",
            stacklevel=2,
        )


# -------------------------------------------------------------------------- what rules are made of


def stacked(arrays: Any) -> Any:
    """Arrays of one shape as a batch."""
    return run_op(stack, tuple(arrays), {"dim": 0})


def reshape_array(x: Any, shape: tuple) -> Any:
    """The same elements in another shape."""
    return run_op(reshape, (x,), {"shape": shape})


def first(x: Any, dim: int) -> Any:
    """A dimension moved to the front."""
    if dim == 0:
        return x
    rest = [axis for axis in range(x.ndim) if axis != dim]
    return run_op(permute, (x,), {"dims": (dim, *rest)})


def moved(x: Any, dim: int) -> Any:
    """The first dimension moved to another place."""
    if dim == 0:
        return x
    dims = [*range(1, x.ndim)]
    dims.insert(dim, 0)
    return run_op(permute, (x,), {"dims": tuple(dims)})


def with_batch(batch: Batch) -> tuple:
    """All operands with the batch in front; what has none is repeated, without being copied."""
    return tuple(
        value if own else run_op(expand, (value,), {"shape": (batch.size, *value.shape)})
        for value, own in zip(batch.values, batch.batched)
    )
