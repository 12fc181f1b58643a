"""The texts of an operation's operands, read off the user's expression: `x / y` has x and y.

Apart from _lines.py, because a line may have made several operations: an expression is only used
where it is plainly that of the node.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from chainrule.explain._lines import Line, line_of, node_op, spoken

if TYPE_CHECKING:
    from chainrule._core.core import Node

OPERATORS: dict[type[ast.AST], set[str]] = {
    ast.Add: {"add"},
    ast.Sub: {"sub", "rsub"},
    ast.Mult: {"mul"},
    ast.Div: {"div"},
    ast.Pow: {"pow"},
    ast.Mod: {"remainder"},
    ast.MatMult: {"mm", "mv", "dot", "bmm", "matmul", "vm"},
    ast.USub: {"neg"},
}
# What functions are called on by convention; anything else before the dot is an operand.
NAMESPACES = {
    "torch", "chainrule", "F", "functional", "nn.functional", "torch.nn.functional", "linalg",
    "torch.linalg", "special", "torch.special",
}  # fmt: skip
DEFAULTS = ("x", "y", "z")


def operand_texts(node: Node, count: int) -> list[str]:
    """What the user calls the operands of a node; x, y, z where the line does not say."""
    return written_operands(node, count) or [
        DEFAULTS[k] if k < 3 else f"operand {k}" for k in range(count)
    ]


def written_operands(node: Node, count: int) -> list[str] | None:
    """The same; None where the line does not say."""
    found = _texts(line_of(node), _names_of(node))
    return None if found is None or len(found) < count else list(found[:count])


def _names_of(node: Node) -> frozenset[str]:
    op = node_op(node)
    return frozenset({spoken(node), "apply" if op is None else op.name})


@lru_cache(maxsize=4096)
def _texts(line: Line, names: frozenset[str]) -> tuple[str, ...] | None:
    expression = parsed(line.text)
    operands = None if expression is None else _operands(expression, names)
    if operands is None:
        return None
    return tuple(
        ast.get_source_segment(line.text, operand) or ast.unparse(operand) for operand in operands
    )


def enclosed(text: str) -> str:
    """An operand's text, in brackets where what stands around it would take it apart."""
    simple = ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.Constant
    return text if isinstance(parsed(text), simple) else f"({text})"


def parsed(text: str) -> ast.AST | None:
    """The expression, or the statement `y *= x`; None for what is neither."""
    try:
        (statement,) = ast.parse(text).body
    except (SyntaxError, ValueError):
        return None
    if isinstance(statement, ast.Expr | ast.Assign):
        return statement.value
    return statement if isinstance(statement, ast.AugAssign) else None


def _operands(expression: ast.AST, names: frozenset[str]) -> list[ast.expr] | None:
    if isinstance(expression, ast.BinOp) and _is(expression.op, names):
        return [expression.left, expression.right]
    if isinstance(expression, ast.AugAssign) and _is(expression.op, names):
        return [expression.target, expression.value]
    if isinstance(expression, ast.UnaryOp) and _is(expression.op, names):
        return [expression.operand]
    if isinstance(expression, ast.Call):
        return _arguments(expression, names)
    return None


def _is(operator: ast.AST, names: frozenset[str]) -> bool:
    return bool(OPERATORS.get(type(operator), set()) & names)


def _arguments(call: ast.Call, names: frozenset[str]) -> list[ast.expr] | None:
    function = call.func
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    if isinstance(function, ast.Name):
        return call.args if function.id in names else None
    if not isinstance(function, ast.Attribute) or function.attr.rstrip("_") not in names:
        return None
    is_function = function.attr == "apply" or ast.unparse(function.value) in NAMESPACES
    return call.args if is_function else [function.value, *call.args]
