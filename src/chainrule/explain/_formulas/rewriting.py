"""From the expression of a rule to the same as one would write it by hand.

Apart from writing.py, which only sets an expression in type: here numbers that are known take the
place of names, and the spellings that exist for speed (`times_turned(g, y)`) become mathematics
(`g @ y.T`).
"""

from __future__ import annotations

import ast
import math
import operator
from types import FunctionType
from typing import Any

from chainrule._core.operation import Op
from chainrule.explain._formulas.reading import Unreadable, expression_of, filled, value_of

# How an op is called in a rule, and what it means of its operands a, b, c.
MEANINGS = {
    "times": "a @ b",
    "times_turned": "a @ b.T",
    "turned_times": "a.T @ b",
    "matrix_times": "a @ b",
    "vector_times": "a @ b",
    "bmm": "a @ b",
    "adjoint": "a.mH",
    "square": "a ** 2",
    "power_of": "a ** b",
    "reciprocal": "1 / a",
    "kept": "a",
    "total": "sum_to(a, b)",
    "zero": "0",
}
# The same, of an operand and keywords.
KEYWORD_MEANINGS = {
    ("pow_number", "exponent"): "a ** exponent",
    ("polygamma", "n"): "polygamma(n, a)",
}
# Keywords that say nothing about the value.
SILENT = {"keepdim", "base_stride", "stream"}

_FOLDED = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
# What no formula is made of.
PROGRAM = (ast.GeneratorExp, ast.ListComp, ast.Starred, ast.Lambda, ast.IfExp)
_INLINED_AT_MOST = 4


def simplified(
    expression: ast.expr,
    known: dict[str, Any],
    surroundings: dict[str, Any],
    is_complex: bool = False,
) -> ast.expr:
    """An expression with what is known put in, in the spelling of mathematics."""
    return _Simplifying(known, surroundings, is_complex).visit(expression)


class _Simplifying(ast.NodeTransformer):
    def __init__(
        self,
        known: dict[str, Any],
        surroundings: dict[str, Any],
        is_complex: bool,
        depth: int = 0,
    ):
        self.known, self.surroundings = known, surroundings
        self.is_complex, self.depth = is_complex, depth

    def visit(self, node: ast.AST) -> Any:
        """A part, by its value where that is known."""
        if isinstance(node, (ast.Call, ast.BinOp, ast.Compare, ast.IfExp)):
            value = self.value_of(node)
            if value is not None:
                return value
        return super().visit(node)

    def value_of(self, part: ast.expr) -> ast.expr | None:
        """The constant that a part is; None where it is none, or has no name to be known by."""
        names = {name.id for name in ast.walk(part) if isinstance(name, ast.Name)}
        if not names & self.known.keys() and "math" not in names:
            return None
        if not all(name in self.known or self.is_about_sizes(name) for name in names):
            return None
        try:
            found = value_of(part, self.surroundings, self.known)
        except Exception:
            return None
        return constant(found) if type(found) in (int, float, bool, tuple) else None

    def is_about_sizes(self, name: str) -> bool:
        """Whether a name outside is of a function of sizes, a module or a number: no op."""
        return not isinstance(self.surroundings.get(name), Op)

    def visit_Name(self, name: ast.Name) -> ast.expr:
        value = self.known.get(name.id, self.surroundings.get(name.id))
        if name.id in self.known or type(value) in (int, float):
            return constant(value)
        return name

    def visit_Attribute(self, part: ast.Attribute) -> ast.expr:
        self.generic_visit(part)
        if isinstance(part.value, ast.Name) and part.value.id == "math":
            return constant(getattr(math, part.attr, part.attr))
        if part.attr == "real" and not self.is_complex:
            return part.value
        return part

    def visit_Call(self, call: ast.Call) -> ast.expr:
        self.generic_visit(call)
        call.keywords = [one for one in call.keywords if not is_silent(one)]
        return self.meant(call)

    def meant(self, call: ast.Call) -> ast.expr:
        """A call by what it means, where MEANINGS says, or the function it calls."""
        name = getattr(call.func, "id", "")
        if name in ("conj", "sgn") and not self.is_complex and call.args:
            return call.args[0] if name == "conj" else _called("sign", call.args)
        operands = dict(zip("abc", call.args))
        if name in MEANINGS:
            return self.tidied(_meaning(MEANINGS[name], operands))
        for keyword in call.keywords:
            word = keyword.arg or ""
            if (name, word) in KEYWORD_MEANINGS:
                meaning = KEYWORD_MEANINGS[name, word]
                return self.tidied(_meaning(meaning, {**operands, word: keyword.value}))
        if name == "where" and isinstance(call.args[0], ast.Constant):
            return call.args[1 if call.args[0].value else 2]
        return self.inlined(call, self.surroundings.get(name))

    def inlined(self, call: ast.Call, function: Any) -> ast.expr:
        """What a function of several ops returns, in place of its call; ops stay calls."""
        operands = list(call.args)
        if getattr(function, "__name__", "") == "sloped":
            # A slope by its program or its formula: the same, and this one can be read.
            function = self.surroundings[operands.pop(0).id].formula  # type: ignore[attr-defined]
        if not isinstance(function, FunctionType) or self.depth == _INLINED_AT_MOST:
            return call
        values = dict(zip(function.__code__.co_varnames, operands))
        values |= {one.arg or "": one.value for one in call.keywords}
        constants = {
            name: value.value for name, value in values.items() if isinstance(value, ast.Constant)
        }
        inside = (self.known, function.__globals__, self.is_complex, self.depth + 1)
        try:
            found = filled(expression_of(function, constants), values)
        except Unreadable:
            return call
        found = _Simplifying(*inside).visit(found)
        return call if is_program(found) else found

    def tidied(self, expression: ast.expr) -> ast.expr:
        return self.visit_BinOp(expression) if isinstance(expression, ast.BinOp) else expression

    def visit_IfExp(self, choice: ast.IfExp) -> ast.expr:
        self.generic_visit(choice)
        if isinstance(choice.test, ast.Constant):
            return choice.body if choice.test.value else choice.orelse
        return choice

    def visit_Tuple(self, several: ast.Tuple) -> ast.expr:
        self.generic_visit(several)
        if all(isinstance(part, ast.Constant) for part in several.elts):
            return constant(tuple(part.value for part in several.elts))  # type: ignore[attr-defined]
        return several

    def visit_Compare(self, comparison: ast.Compare) -> ast.expr:
        self.generic_visit(comparison)
        parts = [comparison.left, *comparison.comparators]
        if all(isinstance(part, ast.Constant) for part in parts):
            return constant(bool(value_of(comparison, {}, {})))
        return comparison

    def visit_UnaryOp(self, sign: ast.UnaryOp) -> ast.expr:
        self.generic_visit(sign)
        if isinstance(sign.op, ast.USub):
            if is_number(sign.operand):
                return constant(-sign.operand.value)  # type: ignore[attr-defined]
            if isinstance(sign.operand, ast.UnaryOp) and isinstance(sign.operand.op, ast.USub):
                return sign.operand.operand
        return sign

    def visit_BinOp(self, pair: ast.BinOp) -> ast.expr:
        self.generic_visit(pair)
        left, right, fold = pair.left, pair.right, _FOLDED.get(type(pair.op))
        if fold is not None and is_number(left) and is_number(right):
            try:
                return constant(fold(left.value, right.value))  # type: ignore[attr-defined]
            except ArithmeticError:
                return pair
        if isinstance(pair.op, (ast.BitAnd, ast.BitOr)):
            return joined(pair)
        if isinstance(pair.op, ast.Mult):
            return product(left, right)
        if isinstance(pair.op, ast.Div):
            return quotient(left, right)
        if isinstance(pair.op, ast.Pow) and is_number(right, 1):
            return left
        return pair


def is_program(found: ast.expr) -> bool:
    """Whether something is in an expression that no formula is made of."""
    return any(isinstance(part, PROGRAM) for part in ast.walk(found))


def is_silent(keyword: ast.keyword) -> bool:
    """Whether a keyword says nothing about the value, or that nothing was asked for."""
    is_none = isinstance(keyword.value, ast.Constant) and keyword.value.value is None
    return keyword.arg in SILENT or is_none


def joined(pair: ast.BinOp) -> ast.expr:
    """Two conditions, one where the other is always or never true."""
    decides = isinstance(pair.op, ast.BitOr)
    for one, other in ((pair.left, pair.right), (pair.right, pair.left)):
        if isinstance(one, ast.Constant):
            return one if bool(one.value) is decides else other
    return pair


def quotient(left: ast.expr, right: ast.expr) -> ast.expr:
    """The quotient as written by hand: one stroke, its sign in front."""
    if is_number(right, 1):
        return left
    if isinstance(left, ast.UnaryOp) and isinstance(left.op, ast.USub):
        return ast.UnaryOp(ast.USub(), quotient(left.operand, right))
    if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Div):
        return ast.BinOp(left.left, ast.Div(), product(left.right, right))
    return ast.BinOp(left, ast.Div(), right)


def product(left: ast.expr, right: ast.expr) -> ast.expr:
    """The product as written by hand: one sign, g first, numbers next, powers of equal factors."""
    if isinstance(right, ast.UnaryOp) and isinstance(right.op, ast.USub):
        return negated(product(left, right.operand))
    if isinstance(right, ast.BinOp) and isinstance(right.op, ast.Div):
        return quotient(product(left, right.left), right.right)
    powers: dict[str, tuple[ast.expr, Any]] = {}
    number, sign = 1, 1
    for factor in _factors(left) + _factors(right):
        if isinstance(factor, ast.UnaryOp) and isinstance(factor.op, ast.USub):
            sign, factor = -sign, factor.operand
        if is_number(factor):
            number *= factor.value  # type: ignore[attr-defined]
            continue
        base, exponent = _power(factor)
        powers[ast.dump(base)] = base, exponent + powers.get(ast.dump(base), (base, 0))[1]
    return _multiplied([*powers.values()], number * sign)


def negated(expression: ast.expr) -> ast.expr:
    """Minus an expression."""
    if isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub):
        return expression.operand
    return ast.UnaryOp(ast.USub(), expression)


def _multiplied(powers: list[tuple[ast.expr, Any]], number: float) -> ast.expr:
    """The product of powers and a number, in the order in which it is read best."""
    factors = [
        base if exponent == 1 else ast.BinOp(base, ast.Pow(), constant(exponent))
        for base, exponent in sorted(powers, key=lambda power: not is_cotangent(power[0]))
    ]
    if number == 0 or not factors:
        return constant(number)
    if abs(number) != 1:
        factors.insert(int(is_cotangent(factors[0])), constant(abs(number)))
    found = factors[0]
    for factor in factors[1:]:
        found = ast.BinOp(found, ast.Mult(), factor)
    return ast.UnaryOp(ast.USub(), found) if number < 0 else found


def _factors(expression: ast.expr) -> list[ast.expr]:
    """What is multiplied, signs apart, from the left."""
    if isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub):
        return [constant(-1), *_factors(expression.operand)]
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Mult):
        return _factors(expression.left) + _factors(expression.right)
    return [expression]


def _power(factor: ast.expr) -> tuple[ast.expr, Any]:
    if isinstance(factor, ast.BinOp) and isinstance(factor.op, ast.Pow) and is_number(factor.right):
        return factor.left, factor.right.value  # type: ignore[attr-defined]
    return factor, 1


def is_cotangent(expression: ast.expr) -> bool:
    """Whether an expression is g itself."""
    return isinstance(expression, ast.Name) and expression.id == "g"


def is_number(expression: ast.expr, value: float | None = None) -> bool:
    """Whether an expression is a number: any, or this one."""
    if not isinstance(expression, ast.Constant) or type(expression.value) not in (int, float):
        return False
    return value is None or expression.value == value


def constant(value: Any) -> ast.Constant:
    """A value as an expression."""
    return ast.Constant(value)


def _called(name: str, operands: list[ast.expr]) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), operands, [])


def _meaning(text: str, operands: dict[str, ast.expr]) -> ast.expr:
    return filled(ast.parse(text, mode="eval").body, operands)
