"""Why an operation makes NaN or infinity, in a sentence, and what to write instead.

Apart from the search, which finds the operation and the element; here is what is known about the
operations. A reason looks at the numbers of one element and answers None where it is not the one.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LOGARITHMS = {"log", "log2", "log10", "log1p", "logit", "xlogy"}
EXPONENTIALS = {"exp", "exp2", "expm1", "sinh", "cosh", "pow", "square"}
# What an operation selects by, so that what was not selected is sent a gradient of zero.
SELECTIONS = {"where", "masked_fill", "index", "clamp", "relu", "maximum", "minimum", "gather"}


@dataclass(frozen=True)
class Facts:
    """One element of what an operation made: its numbers, None where they are not known."""

    op: str
    dtype: str
    largest: float
    operands: tuple[float | complex | None, ...]
    names: tuple[str, ...]
    made: float | complex
    cotangent: float | complex | None = None
    is_norm: bool = False
    selection: str = ""

    @property
    def x(self):
        """The first operand."""
        return self.operands[0] if self.operands else None

    @property
    def y(self):
        """The second operand."""
        return self.operands[1] if len(self.operands) > 1 else None

    def name(self, k: int) -> str:
        """What the user calls an operand."""
        text = self.names[k] if k < len(self.names) else "x"
        return text if re.fullmatch(r"[\w.]+", text) else f"({text})"


Reason = tuple[str, str]


def reason(facts: Facts) -> Reason:
    """(why, what to write instead), both sentences; the latter may be empty."""
    table = FORWARD if facts.cotangent is None else BACKWARD
    for explain in table:
        found = explain(facts)
        if found is not None:
            return found
    return _unknown(facts)


def _unknown(facts: Facts) -> Reason:
    if facts.cotangent is None:
        return f"{facts.op} has no finite value for these operands.", ""
    return f"The derivative of {facts.op} is not finite at these operands.", ""


def _real(value) -> bool:
    return value is not None and not isinstance(value, complex)


# ----------------------------------------------------------------------------------- forward


def _logarithm(facts: Facts) -> Reason | None:
    if facts.op not in LOGARITHMS or not _real(facts.x):
        return None
    x = facts.name(0)
    why = f"{facts.op} has no finite value at {facts.x:g}" + (
        ": it goes to -inf there." if math.isinf(abs(facts.made)) else ": it is real above 0 alone."
    )
    return why, (
        f"Keep the argument away from there, {facts.op}({x}.clamp_min(1e-8)), or work with "
        "logarithms throughout: log_softmax, logsigmoid, logsumexp, "
        "binary_cross_entropy_with_logits."
    )


def _root(facts: Facts) -> Reason | None:
    if facts.op not in ("sqrt", "rsqrt") or not _real(facts.x) or facts.x > 0:
        return None
    x = facts.name(0)
    if facts.x < 0:
        return (
            (
                f"The root of the negative number {facts.x:g} is NaN. (A difference that should "
                "be 0 is often a little below it.)"
            ),
            f"Write {facts.op}({x}.clamp_min(0)), or for rsqrt clamp_min(1e-12).",
        )
    return "rsqrt(0) is 1 / 0, infinite.", f"Write torch.rsqrt({x} + 1e-8)."


def _quotient(facts: Facts) -> Reason | None:
    divisor = facts.x if facts.op == "reciprocal" else facts.y
    if facts.op not in ("div", "reciprocal") or divisor != 0:
        return None
    y = facts.name(0 if facts.op == "reciprocal" else 1)
    why = "0 / 0 is NaN." if facts.op == "div" and facts.x == 0 else "x / 0 is infinite."
    if y.replace(".", "").isdigit():
        return why, "The divisor is the number 0: leave the division out, or divide by another."
    return why, (
        f"Add something small, {y} + 1e-8, or divide by torch.where({y} == 0, 1, {y}) and choose "
        "afterwards what the result is to be there."
    )


def _power(facts: Facts) -> Reason | None:
    if facts.op != "pow" or not _real(facts.x):
        return None
    x = facts.name(0)
    if facts.x == 0:
        return "0 to a negative power is infinite.", f"Write ({x} + 1e-8) ** ..."
    if facts.x < 0 and math.isnan(abs(facts.made)):
        return (
            f"{facts.x:g}, a negative number, has no real power that is not whole.",
            f"Write {x}.abs() ** p * {x}.sign(), or {x}.clamp_min(0) ** p.",
        )
    return None


def _domain(facts: Facts) -> Reason | None:
    if facts.op not in ("acos", "asin", "atanh", "acosh", "erfinv") or not _real(facts.x):
        return None
    return (
        f"{facts.op} has no finite value at {facts.x:g}: it is at or past an end of its domain.",
        f"Write {facts.op}({facts.name(0)}.clamp(-1 + 1e-6, 1 - 1e-6)).",
    )


def _overflow(facts: Facts) -> Reason | None:
    if not math.isinf(abs(facts.made)):
        return None
    why = f"The result is larger than {facts.largest:.4g}, the largest {facts.dtype}: overflow."
    if facts.dtype == "float16":
        return why, "Compute this in float32 or bfloat16, or scale the operands down before."
    if facts.op in EXPONENTIALS:
        return why, (
            f"Bound the argument, {facts.op}({facts.name(0)}.clamp(max=80)), or subtract the "
            "maximum first, as softmax and logsumexp do; log(sum(exp(x))) is logsumexp(x)."
        )
    return why, "Scale the operands down, or compute this in float64."


def _few(facts: Facts) -> Reason | None:
    if facts.op not in ("mean", "std", "var", "std_mean", "var_mean"):
        return None
    return (
        f"{facts.op} divides by the number of elements (less the correction), which is 0 here.",
        "Check that there is something to average; std and var of one element need correction=0.",
    )


def _softmax(facts: Facts) -> Reason | None:
    if facts.op not in ("softmax", "log_softmax"):
        return None
    return (
        f"{facts.op} is NaN where all it compares are -inf, or one of them is inf or NaN.",
        (
            "A row that is masked throughout needs something to stand in: leave one unmasked, "
            "or mask with a large negative number (-1e4) and not with -inf."
        ),
    )


FORWARD: list[Callable[[Facts], Reason | None]] = [
    _logarithm, _root, _quotient, _power, _domain, _few, _softmax,
    _overflow,
]  # fmt: skip


# ---------------------------------------------------------------------------------- backward


def _zero_meets_infinity(facts: Facts) -> Reason | None:
    if facts.cotangent != 0 or not math.isnan(abs(facts.made)):
        return None
    by = f" by {facts.selection}" if facts.selection else ""
    x = facts.name(0)
    return (
        (
            f"This element was sent a gradient of 0{by}, so it does not count; but the slope of "
            f"{facts.op} at it is infinite or NaN, and 0 * inf is NaN."
        ),
        (
            f"Give {facts.op} a harmless argument where its result does not count: "
            f"safe = torch.where(condition, {x}, 1), and {facts.op} of safe inside the other "
            "where. Or run the backward inside `with torch.autograd.strong_zero():`, so 0 stays 0."
        ),
    )


def _root_at_zero(facts: Facts) -> Reason | None:
    if facts.op not in ("sqrt", "rsqrt") or facts.x != 0:
        return None
    why = "The slope of the root at 0 is infinite: 1 / (2 * sqrt(0))."
    if facts.is_norm:
        return why, (
            "This is a norm: torch.linalg.vector_norm has gradient 0 at 0. Or add something "
            "small under the root: sqrt(sum + 1e-12)."
        )
    return why, f"Add something small under the root: sqrt({facts.name(0)} + 1e-12)."


def _power_at_zero(facts: Facts) -> Reason | None:
    if facts.op != "pow" or facts.x != 0:
        return None
    return (
        "The slope of a power below 1 is infinite at 0.",
        f"Write ({facts.name(0)} + 1e-12) ** p.",
    )


def _slope_of_logarithm(facts: Facts) -> Reason | None:
    if facts.op not in LOGARITHMS:
        return None
    where = f" at {facts.x:g}" if _real(facts.x) else " at the end of its domain"
    return f"The slope of {facts.op} is infinite{where}.", (
        f"Keep the argument away from there: {facts.op}({facts.name(0)}.clamp_min(1e-8))."
    )


def _end_of_domain(facts: Facts) -> Reason | None:
    found = _domain(facts)
    if found is None or abs(facts.x) != 1:
        return None
    return f"The slope of {facts.op} at {facts.x:g} is infinite.", found[1]


def _gradient_overflow(facts: Facts) -> Reason | None:
    if not math.isinf(abs(facts.made)) or facts.cotangent in (None, 0):
        return None
    why = f"The gradient is larger than {facts.largest:.4g}, the largest {facts.dtype}: overflow."
    if facts.dtype == "float16":
        return why, "Compute this in float32 or bfloat16, or scale the loss down."
    return why, (
        "Something grows here from step to step: explain.flow(loss) shows where. Scale the loss "
        "or the operands down."
    )


def _slope_of_quotient(facts: Facts) -> Reason | None:
    found = _quotient(facts)
    if found is None:
        return None
    return "The slope of a quotient is infinite or NaN where the divisor is 0.", found[1]


BACKWARD: list[Callable[[Facts], Reason | None]] = [
    _zero_meets_infinity, _root_at_zero, _power_at_zero, _slope_of_quotient, _slope_of_logarithm,
    _end_of_domain, _gradient_overflow,
]  # fmt: skip


# ------------------------------------------------------------- NaN from what is infinite already


def from_infinity(op: str, operands: tuple, made) -> str:
    """How infinite operands became NaN."""
    known = [value for value in operands if value is not None]
    if op in ("softmax", "log_softmax"):
        return "a row that is -inf throughout has no softmax"
    if op == "mul" and 0 in known:
        return "0 * inf is NaN"
    if op == "div":
        return "inf / inf is NaN"
    if op in ("add", "sub", "rsub", "sum", "mean"):
        return "inf - inf is NaN"
    return f"{op} of an infinite operand is NaN"
