"""The formula of one input of one node: its rule, with the node's own shapes, keywords and numbers.

Apart from the modules that know expressions alone: this one knows nodes. It never raises: of a
custom Function or a freed node it says what can be said.
"""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import AccumulateGrad, Packed, is_freed
from chainrule._core.operation import argument_names
from chainrule.autograd.modes import no_grad
from chainrule.explain._formulas.reading import Unreadable, expression_of
from chainrule.explain._formulas.rewriting import constant, is_program, simplified
from chainrule.explain._formulas.slopes import times_slope
from chainrule.explain._formulas.writing import (
    Latex,
    Plain,
    Pretty,
    escaped,
    number_text,
)
from chainrule.ops.kinds import ELEMENTWISE

if TYPE_CHECKING:
    from chainrule._core.core import Node

# The order in which a node saves what its rules ask for.
SAVED = ("x", "y", "z", "out", "outs", "x_shape", "y_shape", "z_shape", "shapes")
# Rules that are more than one expression, in words.
IN_WORDS = {
    "cat": "the part of g that belongs to this operand",
    "stack": "the part of g that belongs to this operand",
    "unbind": "the gradients of the results, stacked",
    "block_diag": "the block of g that belongs to this operand",
    "expand": "the sum of g over the dimensions that were expanded",
    "prod": "g times the product of all other elements",
}
# Rules whose helpers are nobody's own words, by operand.
OF_PLACES = {
    "select": ("zeros, with g where it was selected",),
    "slice": ("zeros, with g where it was sliced",),
    "overlay": ("g, with zeros where it was written", "the part of g where it was written"),
}


@dataclass(frozen=True)
class Formula:
    """What one input's cotangent is, in three notations, and the names that stand in it."""

    plain: str
    pretty: str
    latex: str
    names: tuple[str, ...] = ()
    is_exact: bool = True

    def __str__(self) -> str:
        return self.pretty


def formula_of(node: Node, k: int, names: dict[str, str] | None = None) -> Formula:
    """The cotangent of operand k of a node, in terms of g, x, y, z and out.

    `k` counts the op's operands, as its record and `inputs_of` do. `names` gives other texts for
    names, `{"y": "weight"}`. Of `x * y` and k = 0: `g * y`.
    """
    try:
        return _read(node, k, names)
    except Exception:
        return _in_words(node, k, names or {})


def slope_of(node: Node, k: int) -> Any:
    """The numbers of an elementwise op's partial derivative in operand k, None without one."""
    op = _op_of(node)
    if op is None or op.kind != ELEMENTWISE or not 0 <= k < len(op.rules):
        return None
    rule = op.rules[k]
    if rule is None or isinstance(rule, (int, float)):
        return rule
    values = {**saved_by_name(node), **(node.parameters or {})}
    try:
        with no_grad(), numpy.errstate(all="ignore"):
            found = rule(*[_as_tensor(values[name]) for name in argument_names(rule)])
    except Exception:
        return None
    return getattr(found, "_array", found)


def saved_by_name(node: Node) -> dict[str, Any]:
    """What a node saved, by the names its rules give it; a Packed for what hooks packed."""
    op = _op_of(node)
    if op is None:
        return {}
    asked = {
        name
        for rule in op.rules
        if callable(rule)
        for name in argument_names(rule)
        if name not in op.parameters
    }
    if is_freed(node):
        return {}
    saved = [node._saved_value(place) for place in range(len(node._saved_asks()))]
    return dict(zip([name for name in SAVED if name in asked], saved))


def result_of(node: Node, names: dict[str, str] | None = None) -> str:
    """What a node computes, as one would write it: `x * y`, `sum(x, dim=0)`."""
    op = _op_of(node)
    if op is None:
        return node_label(node)
    names = names or {}
    operands = [names.get(name, name) for name in ("x", "y", "z")[: max(op.arity, 0)]] or ["..."]
    return as_written(op, operands, node.parameters or {})


def as_written(op: Any, operands: list[str], parameters: dict[str, Any]) -> str:
    """An operation of operands, in Python's operators where it has one."""
    if op.name in OPERATORS and len(operands) == 2:
        return f"{operands[0]} {OPERATORS[op.name]} {operands[1]}"
    if op.name == "pow" and "exponent" in parameters:
        exponent = number_text(parameters["exponent"])
        return f"{operands[0]} ** {f'({exponent})' if exponent[0] == '-' else exponent}"
    if op.name in FORMS:
        return FORMS[op.name].format(*operands)
    said = [
        f"{name}={number_text(parameters[name])}" for name in TOLD if _is_said(parameters, name)
    ]
    return f"{NAMES.get(op.name, op.name)}({', '.join(operands + said)})"


def _is_said(parameters: dict[str, Any], name: str) -> bool:
    return isinstance(parameters.get(name), int | float | tuple)


OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "mm": "@", "mv": "@"}
OPERATORS |= {"bmm": "@", "vm": "@"}
FORMS = {"neg": "-{}", "square": "{} ** 2", "reciprocal": "1 / {}"}
# The keywords that decide what is computed, as far as users know them.
TOLD = ("dim", "dims", "index", "start", "end", "step", "min", "max", "alpha", "correction")
# What users call ops that have other names.
NAMES = {"choose": "where", "conjugate": "conj"}


def node_label(node: Node) -> str:
    """The name of a node without what all names have at their end."""
    return type(node).__name__.partition("Backward")[0] or type(node).__name__


# ------------------------------------------------------------------------------ the three ways


def _read(node: Node, k: int, names: dict[str, str] | None) -> Formula:
    op = _op_of(node)
    if op is None or (op.results != 1 and op.joint):
        raise Unreadable(type(node).__name__)
    if op.name in OF_PLACES:
        return _plainly(OF_PLACES[op.name][k], names or {}, False)
    rule = op.rules[0 if op.joint else k]
    if rule is None:
        return _plainly("none: the op has no derivative in this operand", {})
    if isinstance(rule, (int, float)):
        return _constant(rule, _Known(names or {}))
    saved = saved_by_name(node)
    known = _known(node, rule, saved)
    is_complex = any(numpy.iscomplexobj(value) for value in saved.values())
    return _formula(rule, op.kind == ELEMENTWISE, _Known(known), is_complex, _Known(names or {}))


class _Known(dict[str, Any]):
    """A dict that can be remembered by what it shows: the values are numbers, names and shapes."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(self))


@functools.lru_cache(maxsize=1000)
def _constant(slope: float, names: _Known) -> Formula:
    return _written(times_slope(constant(slope)), names)


@functools.lru_cache(maxsize=1000)
def _formula(
    rule: Any, is_elementwise: bool, known: _Known, is_complex: bool, names: _Known
) -> Formula:
    """Apart from `_read`, since the iterations of a loop share their formulas."""
    found = expression_of(rule, known)
    found = simplified(found, known, rule.__globals__, is_complex)
    if is_elementwise:
        found = times_slope(_conjugate(found) if is_complex else found)
    if is_program(found):
        raise Unreadable("more a program than a formula")
    return _written(found, names)


def _known(node: Node, rule: Any, saved: dict[str, Any]) -> dict[str, Any]:
    """What a rule asks for that is no array: shapes, keywords, numbers."""
    known = {name: value for name, value in saved.items() if value is not None}
    known |= node.parameters or {}
    asked = argument_names(rule)
    return {
        name: value
        for name, value in known.items()
        if name in asked and not hasattr(value, "shape") and not isinstance(value, Packed)
    }


def _conjugate(partial: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("conj", ast.Load()), [partial], [])


def _written(found: ast.expr, names: dict[str, str] | None) -> Formula:
    plain, pretty, latex = (writer(names).text(found) for writer in (Plain, Pretty, Latex))
    used = {part.id for part in ast.walk(found) if isinstance(part, ast.Name)}
    return Formula(plain, pretty, latex, tuple(name for name in ("g", *SAVED) if name in used))


def _plainly(words: str, names: dict[str, str], is_exact: bool = True) -> Formula:
    """A rule in words, in which g is the gradient that arrives."""
    parts = re.split(r"\bg\b", words)
    plain = names.get("g", "g").join(parts)
    latex = names.get("g", Latex.letters["g"]).join(rf"\text{{{escaped(part)}}}" for part in parts)
    return Formula(plain, plain, latex.replace(r"\text{}", ""), (), is_exact)


def _in_words(node: Node, k: int, names: dict[str, str]) -> Formula:
    op = _op_of(node)
    if op is not None:
        words = IN_WORDS.get(op.name, f"the rule of {op.name} for operand {k}, of g")
        return _plainly(words, names, False)
    function = getattr(type(node), "_function", None)
    if function is not None:
        return _plainly(f"{function.__name__}.backward(g)[{k}]", names, False)
    if isinstance(node, AccumulateGrad):
        return _plainly(".grad + g", names)
    return _plainly(f"{node_label(node)}(g)[{k}]", names, False)


def _op_of(node: Node) -> Any:
    """The record of a node's operation; None where it has none (a Function may use the name)."""
    if hasattr(type(node), "_function"):
        return None
    return node.op


def _as_tensor(value: Any) -> Any:
    return wrap_array(value) if isinstance(value, numpy.ndarray) else value
