"""From a rule, which is a Python function, to the expression it returns, as a syntax tree.

Apart from rewriting.py, which works on expressions alone: here files are read, lambdas are told
apart, and the statements of a longer rule are put into what it returns.
"""

from __future__ import annotations

import ast
import copy
import functools
import linecache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType


class Unreadable(Exception):
    """A rule whose text is out of reach, or is more than one expression."""


def expression_of(rule: Callable[..., Any], known: dict[str, Any]) -> ast.expr:
    """What a rule returns, the names in `known` (shapes, keywords) deciding its branches."""
    function = _definition_of(rule.__code__)
    if isinstance(function, ast.Lambda):
        return copy.deepcopy(function.body)
    return _Body(rule.__globals__, known).run(function.body)


# ------------------------------------------------------------------------- finding the text


@functools.cache
def _definitions_in(filename: str) -> dict[int, list[ast.Lambda | ast.FunctionDef]]:
    """The functions of a file, by the line that their code objects give as the first."""
    found: dict[int, list[ast.Lambda | ast.FunctionDef]] = {}
    try:
        tree = ast.parse("".join(linecache.getlines(filename)))
    except (SyntaxError, ValueError):
        return found
    for part in ast.walk(tree):
        if isinstance(part, ast.Lambda):
            found.setdefault(part.lineno, []).append(part)
        elif isinstance(part, ast.FunctionDef):
            first = part.decorator_list[0] if part.decorator_list else part
            found.setdefault(first.lineno, []).append(part)
    return found


def _definition_of(code: CodeType) -> ast.Lambda | ast.FunctionDef:
    candidates = [
        found
        for found in _definitions_in(code.co_filename).get(code.co_firstlineno, ())
        if getattr(found, "name", "<lambda>") == code.co_name
        and [argument.arg for argument in found.args.args + found.args.kwonlyargs]
        == list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    ]
    if len(candidates) > 1:
        candidates = [found for found in candidates if _compiles_to(found, code)]
    if not candidates:
        raise Unreadable(code.co_name)
    return candidates[0]


def _compiles_to(function: ast.Lambda | ast.FunctionDef, code: CodeType) -> bool:
    """Whether a lambda has this code: how those of one line are told apart."""
    if not isinstance(function, ast.Lambda):
        return True
    made = compile(ast.Expression(function), code.co_filename, "eval").co_consts[0]
    return (made.co_code, made.co_names, made.co_consts) == (
        code.co_code,
        code.co_names,
        code.co_consts,
    )


# ------------------------------------------------------- from statements to one expression


class _Body:
    """The statements of a function, put one into another until an expression is left."""

    def __init__(self, surroundings: dict[str, Any], known: dict[str, Any]):
        self.surroundings, self.known = surroundings, known
        self.values: dict[str, ast.expr] = {}

    def run(self, statements: list[ast.stmt]) -> ast.expr:
        for statement in self._taken(statements):
            if isinstance(statement, ast.Return) and statement.value is not None:
                return self.filled(statement.value)
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                self.assign(statement.targets[0], statement.value)
            elif not isinstance(statement, (ast.Expr, ast.ImportFrom)):
                raise Unreadable(type(statement).__name__)
        raise Unreadable("no value is returned")

    def _taken(self, statements: list[ast.stmt]) -> Iterator[ast.stmt]:
        """The statements that run, branches that can be decided now among them."""
        for statement in statements:
            if isinstance(statement, ast.If):
                yield from self._taken(
                    statement.body if self.holds(statement.test) else statement.orelse
                )
            else:
                yield statement

    def holds(self, test: ast.expr) -> bool:
        try:
            return bool(value_of(self.filled(test), self.surroundings, self.known))
        except Exception as problem:
            raise Unreadable(ast.unparse(test)) from problem

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.values[target.id] = self.filled(value)
        elif isinstance(target, ast.Tuple):
            parts = [self.filled(part) for part in _parts_of(value)]
            for name, part in zip(target.elts, parts, strict=True):
                self.assign_filled(name, part)
        else:
            raise Unreadable(ast.unparse(target))

    def assign_filled(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            raise Unreadable(ast.unparse(target))
        self.values[target.id] = value

    def filled(self, expression: ast.expr) -> ast.expr:
        return filled(expression, self.values)


def _parts_of(value: ast.expr) -> list[ast.expr]:
    """The parts of `(a, b)`, and of `(f(one) for one in (a, b))`."""
    if isinstance(value, ast.Tuple):
        return value.elts
    if not isinstance(value, ast.GeneratorExp) or len(value.generators) != 1:
        raise Unreadable(ast.unparse(value))
    loop = value.generators[0]
    if not isinstance(loop.target, ast.Name) or not isinstance(loop.iter, ast.Tuple):
        raise Unreadable(ast.unparse(value))
    return [filled(value.elt, {loop.target.id: one}) for one in loop.iter.elts]


def value_of(expression: ast.expr, surroundings: dict[str, Any], known: dict[str, Any]) -> Any:
    """The value of an expression whose names are all known."""
    whole = ast.fix_missing_locations(ast.Expression(copy.deepcopy(expression)))
    return eval(compile(whole, "<rule>", "eval"), surroundings, dict(known))


def filled(expression: ast.expr, values: dict[str, ast.expr]) -> ast.expr:
    """An expression with other expressions for some of its names; the original is left alone."""
    return _Filling(values).visit(copy.deepcopy(expression))


class _Filling(ast.NodeTransformer):
    def __init__(self, values: dict[str, ast.expr]):
        self.values = values

    def visit_Name(self, name: ast.Name) -> ast.expr:
        return copy.deepcopy(self.values[name.id]) if name.id in self.values else name
