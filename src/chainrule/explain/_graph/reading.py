"""From the nodes of a graph to records of them.

Apart from walking.py, which finds the nodes, and from records.py, which says what a record is. A
node that cannot be read, freed or strange, gets a record that says so.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy

from chainrule._core.core import (
    AccumulateGrad,
    Node,
    Packed,
    Tensor,
    has_hooks,
    is_freed,
    source_of,
)
from chainrule.explain._formulas import (
    formula_of,
    node_label,
    result_of,
    saved_by_name,
    slope_of,
)
from chainrule.explain._graph.records import (
    FUNCTION,
    LEAF,
    OPERATION,
    Operand,
    Record,
    Saved,
    shape_text,
)
from chainrule.explain._graph.shapes import Kind, kind_of, kinds_of
from chainrule.ops.kinds import ELEMENTWISE, OPERANDS

if TYPE_CHECKING:
    from chainrule.explain._graph.naming import Names
    from chainrule.explain._graph.walking import Edges

# Values of more elements are not shown.
ELEMENTS_SHOWN = 6


def records_of(edges: Edges, tensors: dict[tuple[Node, int], Tensor], names: Names) -> list[Record]:
    """A record for each node, in the same order."""
    numbers = {node: number for number, node in enumerate(edges)}
    kinds = kinds_of(edges, tensors)
    records = []
    for node, inputs in edges.items():
        record = Record(numbers[node], OPERATION, node_label(node), type(node).__name__)
        record.shape, record.dtype = kinds.get((node, 0), (None, ""))
        record.variable = names.of_node(node)
        try:
            _read(record, node, inputs, numbers, names)
        except Exception as problem:
            record.notes.append(f"could not be read: {type(problem).__name__}: {problem}")
        records.append(record)
    for (node, _), tensor in tensors.items():
        records[numbers[node]].is_output = True
        records[numbers[node]].numbers = numbers_text(tensor)
        records[numbers[node]].variable = names.of_tensor(tensor)
    return records


def _read(record: Record, node: Node, inputs: Any, numbers: dict[Node, int], names: Names) -> None:
    if isinstance(node, AccumulateGrad):
        _read_leaf(record, node.variable, names)
    else:
        _read_source(record, node)
        _read_operation(record, node, inputs, numbers)
        _read_saved(record, node)
    if has_hooks(node):
        record.notes.append("has hooks, which may change the gradient")


def numbers_text(value: Any) -> str:
    """The numbers of a small array or tensor; '' for all others."""
    if isinstance(value, (bool, int, float, complex)):
        return f"{value:.4g}" if isinstance(value, float) else str(value)
    array = getattr(value, "_array", value)
    if not isinstance(array, (numpy.ndarray, numpy.generic)) or array.size > ELEMENTS_SHOWN:
        return ""
    return _nested(array.tolist())


def _nested(values: Any) -> str:
    if isinstance(values, list):
        return f"[{', '.join(_nested(value) for value in values)}]"
    return f"{values:.4g}" if isinstance(values, (float, complex)) else str(values)


def _read_leaf(record: Record, variable: Tensor, names: Names) -> None:
    record.kind = LEAF
    record.title = names.of_tensor(variable) or "leaf"
    record.variable = names.of_tensor(variable)
    record.meaning = type(variable).__name__
    record.numbers = numbers_text(variable)
    if variable._grad is not None:
        gradient = variable._grad
        record.gradient = numbers_text(gradient) or shape_text(tuple(gradient.shape))
    if not variable.requires_grad:
        record.notes.append("requires_grad was turned off since: it gets no gradient")


def _read_source(record: Record, node: Node) -> None:
    source = source_of(node)
    if source is None:
        record.notes.append("made where no Python line was running")
        return
    record.filename, record.line = source.filename, source.line
    record.columns = source.column or 0, source.end_column or 0
    record.function = source.function
    record.expression = source.text


def _read_operation(record: Record, node: Node, inputs: Any, numbers: dict[Node, int]) -> None:
    if hasattr(type(node), "_function"):
        record.kind = FUNCTION
        record.title = type(node)._function.__name__  # type: ignore[attr-defined]
        record.notes.append("a custom Function: its derivative is the program's own")
    elif node.op is not None:
        record.title = node.op.name
    record.meaning = result_of(node)
    rules = None if record.kind == FUNCTION or node.op is None else node.op.rules
    for k, edge in enumerate(inputs):
        name = OPERANDS[k] if k < len(OPERANDS) and _is_of_few(node) else f"input {k}"
        if edge is None:
            if rules is None or len(rules) <= k or rules[k] is not None:
                record.constants.append(name)
            continue
        formula = formula_of(node, k)
        slope = numbers_text(slope_of(node, k)) if _is_small(record, node) else ""
        operand = Operand(numbers[edge[0]], edge[1], name, formula.pretty, slope)
        record.operands.append(operand)


def _is_of_few(node: Node) -> bool:
    return not hasattr(type(node), "_function") and node.op is not None and node.op.arity > 0


def _is_small(record: Record, node: Node) -> bool:
    """Whether the local derivative is a few numbers, so that they are worth computing."""
    if not _is_of_few(node) or node.op is None or node.op.kind != ELEMENTWISE:
        return False
    return record.shape is not None and math.prod(record.shape) <= ELEMENTS_SHOWN


def _read_saved(record: Record, node: Node) -> None:
    if record.kind == FUNCTION:
        made = node._made
        if made.kept is None:
            record.notes.append("freed: a backward has let go of what was saved")
        for place, kept in enumerate(made.kept or ()):
            if kept is not None and kept.array is not None:
                record.saved.append(_saved(f"saved_tensors[{place}]", kept.array))
        return
    if is_freed(node) and any(callable(rule) for rule in getattr(node.op, "rules", ())):
        record.notes.append("freed: a backward has let go of what was saved")
    for name, value in saved_by_name(node).items():
        if name not in ("x_shape", "y_shape", "z_shape", "shapes") and value is not None:
            record.saved.append(_saved(name, value))
    for name, value in (node.parameters or {}).items():
        text = numbers_text(value) or " ".join(str(value).split())
        record.saved.append(Saved(name, "keyword", 0, text[:60]))


def _saved(name: str, value: Any) -> Saved:
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        kind: Kind = kind_of(value)
        text = f"{kind[1]} {shape_text(kind[0])}"
        address = value.__array_interface__["data"][0]
        return Saved(name, text, int(value.nbytes), numbers_text(value), address)
    if isinstance(value, Packed):
        return Saved(name, "packed by a hook", 0, "")
    return Saved(name, type(value).__name__, 0, numbers_text(value))
