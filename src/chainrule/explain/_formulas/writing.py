"""An expression set in type: as plain text, as text with mathematical signs, and as LaTeX.

Apart from rewriting.py: nothing is computed here. What binds tighter has the higher rank; a part
gets parentheses where it binds less tightly than its place asks.
"""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CHOICE, OR, AND, NOT, COMPARE, BIT_OR, BIT_AND, SUM, PRODUCT, SIGN, POWER, ATOM = range(12)

Written = tuple[str, int]


def number_text(value: object) -> str:
    """A number in few digits; the tuple that is an index as it stands in brackets."""
    if isinstance(value, tuple) and any(type(part) in (slice, type(...)) for part in value):
        return f"[{', '.join(_place_text(part) for part in value)}]"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if abs(value) < 1e6 and float(value) == int(value if math.isfinite(value) else 1e7):
        return str(int(value))
    return f"{value:.4g}"


def _place_text(part: object) -> str:
    if not isinstance(part, slice):
        return "..." if part is ... else str(part)
    ends = ["" if end is None else str(end) for end in (part.start, part.stop)]
    return ":".join(ends + ([str(part.step)] if part.step not in (None, 1) else []))


class Plain:
    """As Python would read it: `g * (1 - out ** 2)`."""

    signs: dict[type, tuple[str, int]] = {
        ast.Add: (" + ", SUM),
        ast.Sub: (" - ", SUM),
        ast.Mult: (" * ", PRODUCT),
        ast.MatMult: (" @ ", PRODUCT),
        ast.Div: (" / ", PRODUCT),
        ast.FloorDiv: (" // ", PRODUCT),
        ast.Mod: (" % ", PRODUCT),
        ast.BitAnd: (" & ", BIT_AND),
        ast.BitOr: (" | ", BIT_OR),
    }
    comparisons: dict[type, str] = {
        ast.Eq: " == ",
        ast.NotEq: " != ",
        ast.Lt: " < ",
        ast.LtE: " <= ",
        ast.Gt: " > ",
        ast.GtE: " >= ",
    }
    minus, negation, negation_rank = "-", "~", SIGN

    def __init__(self, names: dict[str, str] | None = None):
        self.names = names or {}

    def text(self, expression: ast.expr) -> str:
        """The whole expression."""
        return self.write(expression)[0]

    def write(self, expression: ast.expr) -> Written:
        """The text of an expression, and how tightly it holds together."""
        ways: dict[type, Callable[..., Written]] = {
            ast.BinOp: self.pair,
            ast.UnaryOp: self.sign,
            ast.Compare: self.comparison,
            ast.Call: self.call,
            ast.Attribute: self.attribute,
            ast.Subscript: self.member,
        }
        way = ways.get(type(expression))
        if way is not None:
            return way(expression)
        if isinstance(expression, ast.Name):
            return self.name(expression.id)
        if isinstance(expression, ast.Constant):
            return self.constant(expression.value)
        return ast.unparse(ast.fix_missing_locations(expression)), ATOM

    def part(self, expression: ast.expr, rank: int) -> str:
        """A part that stands where at least this rank is needed."""
        text, found = self.write(expression)
        return text if found >= rank else self.enclosed(text)

    def enclosed(self, text: str) -> str:
        return f"({text})"

    def name(self, name: str) -> Written:
        return self.names.get(name, name), ATOM

    def constant(self, value: object) -> Written:
        text = number_text(value)
        return text, SIGN if text.startswith("-") else ATOM

    def pair(self, pair: ast.BinOp) -> Written:
        if isinstance(pair.op, ast.Pow):
            return self.power(self.part(pair.left, ATOM), pair.right)
        if isinstance(pair.op, ast.Div):
            return self.quotient(pair)
        sign, rank = self.signs[type(pair.op)]
        # What is subtracted needs parentheses where it is itself a sum.
        after = rank + isinstance(pair.op, (ast.Sub, ast.MatMult, ast.FloorDiv, ast.Mod))
        return f"{self.part(pair.left, rank)}{sign}{self.part(pair.right, after)}", rank

    def quotient(self, pair: ast.BinOp) -> Written:
        return f"{self.part(pair.left, PRODUCT)} / {self.part(pair.right, SIGN)}", PRODUCT

    def power(self, base: str, exponent: ast.expr) -> Written:
        return f"{base} ** {self.part(exponent, SIGN)}", POWER

    def sign(self, sign: ast.UnaryOp) -> Written:
        if isinstance(sign.op, ast.USub):
            return self.minus + self.part(sign.operand, PRODUCT), SIGN
        return self.negation + self.part(sign.operand, self.negation_rank), self.negation_rank

    def comparison(self, comparison: ast.Compare) -> Written:
        text = self.part(comparison.left, SUM)
        for sign, other in zip(comparison.ops, comparison.comparators):
            text += self.comparisons[type(sign)] + self.part(other, SUM)
        return text, COMPARE

    def call(self, call: ast.Call) -> Written:
        name = getattr(call.func, "id", "")
        if name == "where" and len(call.args) == 3:
            return self.choice(*call.args)
        if isinstance(call.func, ast.Attribute):
            return self.method(call.func, call.args)
        parts = [self.text(part) for part in call.args]
        parts += [self.keyword(one.arg or "", self.text(one.value)) for one in call.keywords]
        return self.called(name.lstrip("_") or self.text(call.func), parts)

    def method(self, function: ast.Attribute, arguments: list[ast.expr]) -> Written:
        if function.attr == "contiguous":  # the same values
            return self.write(function.value)
        return self.called(
            function.attr, [self.text(part) for part in (function.value, *arguments)]
        )

    def keyword(self, name: str, value: str) -> str:
        return value if name in ("shape", "index") else f"{name}={value}"

    def called(self, name: str, parts: list[str]) -> Written:
        return f"{name}({', '.join(parts)})", ATOM

    def choice(self, condition: ast.expr, one: ast.expr, other: ast.expr) -> Written:
        return f"where({self.text(condition)}, {self.text(one)}, {self.text(other)})", ATOM

    def attribute(self, attribute: ast.Attribute) -> Written:
        return f"{self.part(attribute.value, ATOM)}.{attribute.attr}", ATOM

    def member(self, member: ast.Subscript) -> Written:
        return f"{self.part(member.value, ATOM)}[{self.text(member.slice)}]", ATOM


class Pretty(Plain):
    """With the signs of mathematics: `g · (1 − out²)`."""

    signs = {
        **Plain.signs,
        ast.Sub: (" − ", SUM),
        ast.Mult: (" · ", PRODUCT),
        ast.BitAnd: (" and ", AND),
        ast.BitOr: (" or ", OR),
    }
    comparisons = {
        **Plain.comparisons,
        ast.Eq: " = ",
        ast.NotEq: " ≠ ",
        ast.LtE: " ≤ ",
        ast.GtE: " ≥ ",
    }
    minus, negation, negation_rank = "−", "not ", NOT
    transposes = {"T": "ᵀ", "mT": "ᵀ", "mH": "ᴴ"}

    def constant(self, value: object) -> Written:
        text, rank = super().constant(value)
        return text.replace("-", "−").replace("inf", "∞"), rank

    def power(self, base: str, exponent: ast.expr) -> Written:
        text = self.text(exponent)
        if set(text) <= set("0123456789−"):
            return base + text.translate(str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")), POWER
        return f"{base}^{self.part(exponent, ATOM)}", POWER

    def choice(self, condition: ast.expr, one: ast.expr, other: ast.expr) -> Written:
        first, second = self.part(one, OR), self.part(other, CHOICE)
        return f"{first} if {self.text(condition)} else {second}", CHOICE

    def attribute(self, attribute: ast.Attribute) -> Written:
        if attribute.attr in self.transposes:
            return self.part(attribute.value, ATOM) + self.transposes[attribute.attr], ATOM
        return super().attribute(attribute)

    def called(self, name: str, parts: list[str]) -> Written:
        if name == "sqrt" and len(parts) == 1:
            return f"√({parts[0]})", ATOM
        return super().called(name, parts)


class Latex(Plain):
    """For a page that sets mathematics."""

    signs = {
        **Plain.signs,
        ast.Mult: (r" \cdot ", PRODUCT),
        ast.MatMult: (r"\,", PRODUCT),
        ast.BitAnd: (r" \land ", AND),
        ast.BitOr: (r" \lor ", OR),
        ast.Mod: (r" \bmod ", PRODUCT),
    }
    comparisons = {
        **Plain.comparisons,
        ast.Eq: " = ",
        ast.NotEq: r" \neq ",
        ast.LtE: r" \leq ",
        ast.GtE: r" \geq ",
    }
    negation, negation_rank = r"\lnot ", NOT
    functions = {"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh"}
    letters = {"out": r"\mathrm{out}", "g": r"\bar{g}"}
    transposes = {"T": r"\mathsf{T}", "mT": r"\mathsf{T}", "mH": r"\mathsf{H}"}

    def enclosed(self, text: str) -> str:
        return rf"\left({text}\right)"

    def name(self, name: str) -> Written:
        if name in self.names:
            return self.names[name], ATOM
        if name in self.letters or len(name) == 1:
            return self.letters.get(name, name), ATOM
        return rf"\mathrm{{{escaped(name)}}}", ATOM

    def constant(self, value: object) -> Written:
        text, rank = super().constant(value)
        if isinstance(value, str):
            return rf"\text{{{escaped(text)}}}", rank
        return text.replace("inf", r"\infty"), rank

    def quotient(self, pair: ast.BinOp) -> Written:
        return rf"\frac{{{self.text(pair.left)}}}{{{self.text(pair.right)}}}", PRODUCT

    def power(self, base: str, exponent: ast.expr) -> Written:
        return f"{{{base}}}^{{{self.text(exponent)}}}", POWER

    def keyword(self, name: str, value: str) -> str:
        if name in ("shape", "index"):
            return value
        return rf"\mathrm{{{escaped(name)}}}={value}"

    def called(self, name: str, parts: list[str]) -> Written:
        if name == "sqrt" and len(parts) == 1:
            return rf"\sqrt{{{parts[0]}}}", ATOM
        if name == "abs" and len(parts) == 1:
            return rf"\left|{parts[0]}\right|", ATOM
        shown = f"\\{name}" if name in self.functions else rf"\operatorname{{{escaped(name)}}}"
        return shown + self.enclosed(", ".join(parts)), ATOM

    def choice(self, condition: ast.expr, one: ast.expr, other: ast.expr) -> Written:
        return (
            rf"\begin{{cases}} {self.text(one)} & \text{{if }} {self.text(condition)} \\ "
            rf"{self.text(other)} & \text{{else}} \end{{cases}}"
        ), ATOM

    def attribute(self, attribute: ast.Attribute) -> Written:
        if attribute.attr in self.transposes:
            mark = self.transposes[attribute.attr]
            return f"{{{self.part(attribute.value, ATOM)}}}^{{{mark}}}", ATOM
        return rf"\operatorname{{{escaped(attribute.attr)}}}" + self.enclosed(
            self.text(attribute.value)
        ), ATOM


def escaped(text: str) -> str:
    """Text that LaTeX takes as it is."""
    return text.replace("\\", "/").translate({ord(sign): f"\\{sign}" for sign in "_#$%&{}"})
