"""The shape and dtype of every node's result, as far as they can be known.

Apart from reading.py, because a node does not keep them: they are put together from leaves, from
what was saved, and from what the engine would sum cotangents to. What cannot be known is None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy

from chainrule._core.core import AccumulateGrad, adjustments_of
from chainrule.explain._formulas import saved_by_name
from chainrule.ops.kinds import ELEMENTWISE, OPERANDS

if TYPE_CHECKING:
    from chainrule._core.core import Node, Tensor
    from chainrule.explain._graph.walking import Edges

Kind = tuple[tuple[int, ...], str]
# Larger operands are not computed with, even of zeros, to learn the shape of a result.
_ELEMENTS_AT_MOST = 20_000


def kind_of(value: Any) -> Kind:
    """The shape and the name of the dtype of a tensor or an array."""
    return _kind(value.shape, value.dtype)


def kinds_of(edges: Edges, tensors: dict[tuple[Node, int], Tensor]) -> dict[Any, Kind]:
    """(node, which result) -> shape and dtype; inputs come before what uses them in `edges`."""
    found: dict[Any, Kind] = {place: kind_of(tensor) for place, tensor in tensors.items()}
    for node, inputs in edges.items():
        for place, kind in _told_by(node, inputs):
            found.setdefault(place, kind)
    for node, inputs in edges.items():
        if (node, 0) not in found:
            kind = _inferred(node, inputs, found)
            if kind is not None:
                found[node, 0] = kind
    return found


def _kind(shape: tuple[int, ...], dtype: Any) -> Kind:
    return tuple(shape), str(dtype).removeprefix("torch.")


def _told_by(node: Node, inputs: tuple[tuple[Node, int] | None, ...]) -> Any:
    """What a node says of its own result and of its inputs."""
    if isinstance(node, AccumulateGrad):
        yield (node, 0), kind_of(node.variable)
        return
    saved = saved_by_name(node)
    if isinstance(saved.get("out"), numpy.ndarray):
        yield (node, 0), kind_of(saved["out"])
    adjusted = adjustments_of(node) or ()
    for k, edge in enumerate(inputs):
        if edge is None:
            continue
        value = saved.get(OPERANDS[k]) if k < len(OPERANDS) else None
        if isinstance(value, numpy.ndarray):
            yield edge, kind_of(value)
        elif k < len(adjusted) and (kind := adjusted[k]) is not None:
            yield edge, _kind(kind[0], kind[1])


def _inferred(node: Node, inputs: Any, found: dict[Any, Kind]) -> Kind | None:
    """The kind of a result from those of its inputs."""
    if hasattr(type(node), "_function") or node.op is None or node.op.results != 1:
        return None
    op = node.op
    known = {k: found.get(edge) for k, edge in enumerate(inputs) if edge is not None}
    if op.kind == ELEMENTWISE:
        adjusted = adjustments_of(node)
        for k, kind in known.items():
            if kind is not None and (adjusted is None or adjusted[k] is None):
                return kind
    return _computed(node, op, known)


def _computed(node: Node, op: Any, known: dict[int, Kind | None]) -> Kind | None:
    """What the op makes of zeros of these shapes; they take no memory."""
    saved = saved_by_name(node)
    count = len(known) if op.arity < 0 else op.arity
    operands = [_zeros(known.get(k), saved, k) for k in range(count)]
    if any(one is None or one.size > _ELEMENTS_AT_MOST for one in operands):
        return None
    try:
        with numpy.errstate(all="ignore"):
            if op.kind == ELEMENTWISE:
                return kind_of(numpy.broadcast(*operands) and sum(operands))
            result = op.kernel(numpy, *operands, **(node.parameters or {}))
    except Exception:
        return None
    return kind_of(result) if isinstance(result, numpy.ndarray) else None


def _zeros(kind: Kind | None, saved: dict[str, Any], k: int) -> Any:
    name = OPERANDS[k] if k < len(OPERANDS) else ""
    if name in saved:
        value = saved[name]
        if isinstance(value, (bool, int, float, complex, numpy.ndarray, numpy.generic)):
            return numpy.asarray(value)
    if kind is None and f"{name}_shape" in saved:
        kind = tuple(saved[f"{name}_shape"]), "float32"
    try:
        return None if kind is None else numpy.broadcast_to(numpy.zeros((), kind[1]), kind[0])
    except TypeError:
        return None
