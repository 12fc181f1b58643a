"""From a partial derivative to the cotangent it gives: g times the partial, written by hand.

Apart from rewriting.py, which does not know what g is: this is what the engine does with the
partial of an elementwise op.
"""

from __future__ import annotations

import ast

from chainrule.explain._formulas.rewriting import constant, is_number, product

G = ast.Name("g", ast.Load())


def times_slope(partial: ast.expr) -> ast.expr:
    """G times a partial; a partial that is a condition lets g through where it holds."""
    if is_condition(partial):
        return _where(partial, G, constant(0))
    if isinstance(partial, ast.Call) and _name(partial) == "where":
        condition, one, other = partial.args
        return _where(condition, times_slope(one), times_slope(other))
    if is_number(partial, 0):
        return constant(0)
    return product(G, partial)


def is_condition(expression: ast.expr) -> bool:
    """Whether an expression is true or false, element by element."""
    if isinstance(expression, ast.UnaryOp):
        return isinstance(expression.op, ast.Invert)
    if isinstance(expression, ast.BinOp):
        return isinstance(expression.op, (ast.BitAnd, ast.BitOr))
    return isinstance(expression, ast.Compare)


def _where(condition: ast.expr, one: ast.expr, other: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("where", ast.Load()), [condition, one, other], [])


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", "")
