"""What explain.steps reports: the chain rule as text and as LaTeX, its parts as fields.

Apart from steps itself, which reads the graph.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chainrule.explain._formulas.writing import escaped

if TYPE_CHECKING:
    from chainrule.explain._lines import Line

# More steps than anybody follows by hand: those in between are left out of the text.
MOST_STEPS = 40
# Tensors of more elements are told by their shape.
MOST_ELEMENTS = 8


@dataclass(frozen=True)
class Part:
    """The gradient that one step sends to one operand, or the sum of all that was sent.

    `formula` and `latex` are its right side ('' in the middle of a graph of thousands of nodes),
    `substituted` the same with numbers ('' where they are too many), `value` the numbers, `use`
    which of several uses of the operand this is.
    """

    operand: str
    formula: str
    latex: str
    substituted: str
    value: Any
    use: int = 0

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the gradient, which is the operand's."""
        return tuple(self.value.shape)


@dataclass(frozen=True)
class Rule:
    """One operation on the way back: `result = expression`, and what it sends to its operands."""

    result: str
    expression: str
    line: Line
    shape: tuple[int, ...]
    parts: tuple[Part, ...]
    total: Part | None = None
    refusal: str = ""


@dataclass(frozen=True)
class StepsReport:
    """The chain rule, step by step: `str()` is plain text, `.latex()` an aligned environment.

    `rules` are the operations from the loss to the leaves, `gradients` what arrives at the
    leaves, `computed` the forward lines, `seed` what the backward starts from; `is_product`
    says that it is v^T J that is explained.
    """

    loss: str
    computed: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    gradients: tuple[Part, ...] = ()
    seed: Any = None
    is_product: bool = False
    unseen: tuple[str, ...] = ()

    def __str__(self):
        """The report."""
        if not self.computed:
            return "\n".join(f"Not seen: {text}" for text in self.unseen)
        lines = ["Forward:", *[f"  {line}" for line in _middle_out(list(self.computed))]]
        lines += ["", *self._preface(), "Backward, from the loss to the leaves:"]
        lines += _middle_out([self._rule(k, rule) for k, rule in enumerate(self.rules, 1)])
        lines.append("Gradients of the leaves:")
        lines += [f"  {self._equation(part)}" for part in _middle_out(list(self.gradients))]
        lines += [f"Not seen: {text}" for text in self.unseen]
        return "\n".join(lines)

    __repr__ = __str__

    def _preface(self) -> list[str]:
        seed = f"  {self._left(self.loss)} = {value_text(self.seed)}"
        if not self.is_product:
            return [f"{self._left(self.loss)} is 1. By the chain rule, each step multiplies.", seed]
        if self.seed.shape == ():
            return ["The backward starts from the v that is given, and not from 1.", seed]
        return [
            f"{self.loss} has shape {list(self.seed.shape)}: its derivative is a matrix, J.",
            "backward(v) does not make J but v^T J: it starts with v and multiplies from the left.",
            f"{self._left('u')} stands for the gradient of v . {self.loss} with respect to u.",
            seed,
        ]

    def _left(self, name: str) -> str:
        left = f"d{self.loss}/d{name}"
        return f"v^T {left}" if self.is_product else left

    def _rule(self, number: int, rule: Rule) -> str:
        head = f"  ({number}) {rule.result} = {rule.expression}    [{rule.line}]"
        lines = [head]
        if rule.total is not None:
            lines.append(f"      {self._equation(rule.total)}")
        lines += [f"      {self._equation(part)}" for part in rule.parts]
        if rule.refusal:
            lines.append(f"      cannot be looked at: {rule.refusal}")
        return "\n".join(lines)

    def _equation(self, part: Part) -> str:
        use = f" (use {part.use})" if part.use else ""
        sides = [f"{self._left(part.operand)}{use}", part.formula, part.substituted]
        sides.append(value_text(part.value))
        return " = ".join(without_repeats([side for side in sides if side]))

    # ---------------------------------------------------------------------------- notebooks

    def latex(self) -> str:
        """All equations in one `aligned` environment, without the dollar signs around it."""
        rows = [self._latex_seed()] if latex_value(self.seed) else []
        rows += [self._latex_row(part) for rule in self.rules for part in self._parts(rule)]
        rows += [self._latex_row(part) for part in self.gradients if part.latex]
        body = " \\\\\n".join(_middle_out(rows, r"& \;\;\vdots"))
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def _parts(self, rule: Rule) -> list[Part]:
        return [*([rule.total] if rule.total is not None else []), *rule.parts]

    def _latex_seed(self) -> str:
        return f"{partial(self.loss, self.loss, self.is_product)} &= {latex_value(self.seed)}"

    def _latex_row(self, part: Part) -> str:
        left = partial(self.loss, part.operand, self.is_product)
        if part.use:
            left = f"\\left.{left}\\right|_{{{part.use}}}"
        value = latex_value(part.value)
        return " ".join([left, "&=", " = ".join(without_repeats([part.latex, value]))])

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def _repr_html_(self) -> str:
        text = html.escape(str(self))
        return f"<details><summary>as text</summary><pre>{text}</pre></details>$${self.latex()}$$"


def without_repeats(sides: list[str]) -> list[str]:
    """The sides of an equation, without those that say the same as the one before."""
    return [side for k, side in enumerate(sides) if side and (not k or side != sides[k - 1])]


def _middle_out(lines: list[Any], gap: str = "  ... and {} more like these ...") -> list[Any]:
    """The first and last of many."""
    if len(lines) <= MOST_STEPS:
        return lines
    half = MOST_STEPS // 2
    middle = [gap.format(len(lines) - 2 * half)] if isinstance(lines[0], str) else []
    return [*lines[:half], *middle, *lines[-half:]]


def value_text(array: Any) -> str:
    """The numbers of a small array, the shape of a large one."""
    if array is None:
        return ""
    if array.size > MOST_ELEMENTS:
        return f"[shape {list(array.shape)}]"
    return _nested(array.tolist())


def _nested(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_nested(part) for part in value)}]"
    return f"{value:.6g}" if isinstance(value, float | int) else f"{value:.4g}"


def partial(loss: str, name: str, is_product: bool) -> str:
    """The derivative of the loss with respect to something, in LaTeX."""
    fraction = rf"\frac{{\partial {symbol(loss)}}}{{\partial {symbol(name)}}}"
    return rf"v^\top {fraction}" if is_product else fraction


def symbol(name: str) -> str:
    """A variable in LaTeX: a letter, a letter with an index, or a word."""
    found = re.fullmatch(r"([A-Za-z])_?(\d+)", name)
    if found:
        return f"{found[1]}_{{{found[2]}}}"
    if re.fullmatch(r"[A-Za-z]|-?[\d.]+", name):
        return name
    word = escaped(name).replace("^", r"\wedge ").replace("~", r"\sim ")
    return rf"\mathrm{{{word}}}"


def latex_value(array: Any) -> str:
    """The numbers of a small array as a matrix; '' for a large one."""
    if array is None or array.size > MOST_ELEMENTS or array.ndim > 2:
        return ""
    if array.ndim == 0:
        return _nested(array.tolist())
    rows = array.tolist() if array.ndim == 2 else [array.tolist()]
    body = r" \\ ".join(" & ".join(_nested(number) for number in row) for row in rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"
