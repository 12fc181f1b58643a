"""The user's expressions, as they stand in the source: which part of one is which operand.

Apart from refusals, which quotes them. Python's own parser reads the text; nothing is run. Where
the text is out of reach or does not look like the operation, there is no answer and no guess.
"""

from __future__ import annotations

import linecache
import sys
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING

from chainrule._core.core import source_of

if TYPE_CHECKING:
    import ast

    from chainrule._core.core import Node, Tensor
    from chainrule._core.source import Source

# The ops that Python's operators become.
POWERS = ("pow", "pow_number", "square")
OPERATORS = {
    "Add": ("add",), "Sub": ("sub",), "Mult": ("mul",), "Div": ("div",), "Pow": POWERS,
    "MatMult": ("mm", "mv", "vm", "dot", "bmm", "matmul"), "FloorDiv": ("floor_div",),
    "Mod": ("mod",), "USub": ("neg",), "LShift": ("lshift",), "RShift": ("rshift",),
}  # fmt: skip


def text_of(source: Source) -> str:
    """The whole expression of a place, on one line; "" where it is out of reach."""
    if source.column is None or source.end_column is None:
        return source.text
    end = source.end_line or 0, source.end_column - 1
    line, column = _start(source.filename, source.line or 0, source.column - 1, end)
    lines = [linecache.getline(source.filename, number) for number in range(line, end[0] + 1)]
    if not all(lines):
        return ""
    raw = [line.encode() for line in lines]
    raw[-1] = raw[-1][: source.end_column - 1]
    raw[0] = raw[0][column:]
    return " ".join(part.decode(errors="replace").strip() for part in raw).strip()


@lru_cache(maxsize=4096)
def _start(filename: str, line: int, column: int, end: tuple[int, int]) -> tuple[int, int]:
    """Where an expression starts: of a call in a chain over several lines Python gives the name."""
    before = linecache.getline(filename, line).encode()[:column].strip()
    above = linecache.getline(filename, line - 1).rstrip()
    if before == b"." or (not before and above.endswith(".")):
        return _calls_in("".join(linecache.getlines(filename))).get(end, (line, column))
    return line, column


@lru_cache(maxsize=8)
def _calls_in(text: str) -> dict[tuple[int | None, int | None], tuple[int, int]]:
    """Where the calls in a program start, by where they end."""
    import ast

    try:
        parts = ast.walk(ast.parse(text))
    except (SyntaxError, ValueError):
        return {}
    return {
        (part.end_lineno, part.end_col_offset): (part.lineno, part.col_offset)
        for part in parts
        if isinstance(part, ast.Call)
    }


def line_text(source: Source | None) -> str:
    """A place as errors name it: `file.py:3: x * y`, the expression where it is known."""
    if source is None:
        return "a line that is not known"
    text = text_of(source)
    return f"{source}: `{text}`" if text else str(source)


def origin_text(x: Tensor) -> str:
    """What a tensor is: a leaf, or the result of a node and its line."""
    node = x.grad_fn
    if node is None:
        return "a leaf"
    return f"the result of {type(node).__name__}, made at {line_text(source_of(node))}"


def operand_text(node: Node, position: int | None) -> str | None:
    """The expression of an operand (None: of the result) of the operation that made a node."""
    if node.op is None or node.source is None:
        return None
    text = text_of(node.source)
    tree = _parsed(text)
    if tree is None or not _is_call_of(tree, node.op.name):
        return None
    if position is None:
        return text if _is_expression(tree) else None
    operands = _operands(tree, node.source.filename)
    if position >= len(operands) or _is_constant(operands[position]):
        return None
    return _unparsed(operands[position])


def argument_texts(source: Source | None, name: str) -> list[str]:
    """The arguments of a call of `name` as they stand in the source; [] where that is not known."""
    tree = None if source is None else _parsed(text_of(source))
    called = getattr(getattr(tree, "func", None), "attr", getattr(tree, "func", None))
    if getattr(called, "id", called) != name:
        return []
    return [_unparsed(argument) for argument in tree.args]  # type: ignore[union-attr]


def cloned(text: str) -> str:
    """The expression with `.clone()` after it, in brackets where it needs them."""
    tree = _parsed(text)
    simple = type(tree).__name__ in ("Name", "Call", "Attribute", "Subscript")
    return f"{text}.clone()" if simple else f"({text}).clone()"


def _parsed(text: str) -> ast.AST | None:
    import ast

    try:
        (statement,) = ast.parse(text).body
    except (SyntaxError, ValueError):
        return None
    return statement.value if isinstance(statement, ast.Expr) else statement


def _unparsed(tree) -> str:
    import ast

    return ast.unparse(tree)


def _is_expression(tree) -> bool:
    import ast

    return isinstance(tree, ast.expr)


def _is_constant(tree) -> bool:
    import ast

    return isinstance(tree, (ast.Constant, ast.Starred)) or (
        isinstance(tree, ast.UnaryOp) and isinstance(tree.operand, ast.Constant)
    )


def _is_call_of(tree, name: str) -> bool:
    """Whether an expression is this operation itself: what a function is made of is not quoted."""
    kind = type(tree).__name__
    if kind in ("BinOp", "UnaryOp", "AugAssign"):
        return name in OPERATORS.get(type(tree.op).__name__, ())
    if kind == "Call":
        called = getattr(tree.func, "attr", getattr(tree.func, "id", None))
        return called is not None and called.rstrip("_") == name.rstrip("_")
    return False


def _operands(tree, filename: str) -> list:
    kind = type(tree).__name__
    if kind == "BinOp":
        return [tree.left, tree.right]
    if kind == "UnaryOp":
        return [tree.operand]
    if kind == "AugAssign":
        return [tree.target, tree.value]
    owner = getattr(tree.func, "value", None)
    if owner is None or _is_module(owner, filename):
        return list(tree.args)
    return [owner, *tree.args]


def _is_module(tree, filename: str) -> bool:
    """Whether `torch` in `torch.mul(x, y)` is a module: `x` in `x.mul(y)` is none."""
    name = _unparsed(tree).partition(".")[0]
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) == filename:
            return isinstance(getattr(module, name, None), ModuleType)
    return name in ("torch", "chainrule", "F")
