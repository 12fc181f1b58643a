"""Why an operation makes NaN or infinity, in a sentence, and what to write instead.

Apart from the search, which finds the operation and the element; here is what is known about the
operations. A reason looks at the numbers of one element and answers None where it is not the one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chainrule.explain._domains import ABOVE_0, DOMAINS, Domain
from chainrule.explain._expressions import enclosed

if TYPE_CHECKING:
    from collections.abc import Callable

# What grows without bound but stays finite wherever its argument is: too large is overflow.
EXPONENTIALS = {
    "exp": "clamp(max=80)", "exp2": "clamp(max=120)", "expm1": "clamp(max=80)",
    "sinh": "clamp(-80, 80)", "cosh": "clamp(-80, 80)",
}  # fmt: skip
POLES = {"lgamma", "digamma", "polygamma", "mvlgamma", "zeta"}
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
    slope: float | complex | None = None
    is_norm: bool = False
    selection: str = ""
    is_certain: bool = True
    is_function: bool = False

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
        return enclosed(self.names[k]) if k < len(self.names) else "x"

    @property
    def is_steep(self) -> bool:
        """Whether it is the slope that is infinite or NaN, as far as is known."""
        return self.slope is None or not math.isfinite(abs(self.slope))


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
    if facts.is_function:
        phase = "forward" if facts.cotangent is None else "backward"
        return f"That is what the {phase} of {facts.op} returned.", ""
    if facts.cotangent is not None:
        return f"The derivative of {facts.op} is not finite at these operands.", ""
    if facts.is_certain:
        return f"{facts.op} has no finite value for these operands.", ""
    return "", ""


def _real(value) -> bool:
    return value is not None and not isinstance(value, complex)


# ----------------------------------------------------------------------------------- forward


def _domain(facts: Facts) -> Reason | None:
    domain = DOMAINS.get(facts.op)
    x = None if domain is None else _argument(facts, domain)
    if domain is None or x is None:
        return None
    if isinstance(x, complex):
        return f"{facts.op} has no finite value at {x:g}.", "Keep the argument away from there."
    is_infinite = math.isinf(abs(facts.made))
    there = f" (at {x:g} it is {facts.made:g})" if is_infinite else f", not at {x:g}"
    return f"{facts.op} is finite {domain.where} alone{there}.", _kept_inside(facts, domain)


def _argument(facts: Facts, domain: Domain) -> Any:
    return facts.operands[domain.operand] if len(facts.operands) > domain.operand else None


def _kept_inside(facts: Facts, domain: Domain) -> str:
    before = f"{facts.name(0)}, " if domain.operand else ""
    text = f"{facts.op}({before}{facts.name(domain.operand)}.{domain.kept})"
    if domain is not ABOVE_0:
        return f"Keep the argument inside: {text}."
    return (
        f"Keep the argument away from there, {text}, or work with logarithms throughout: "
        "log_softmax, logsigmoid, logsumexp, binary_cross_entropy_with_logits."
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
            f"Write {facts.op}({x}.clamp_min({'0' if facts.op == 'sqrt' else '1e-12'})).",
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


def _overflow(facts: Facts) -> Reason | None:
    if not math.isinf(abs(facts.made)) or not facts.is_certain:
        return None
    if facts.op in POLES or facts.is_function:
        return None
    why = f"The result is larger than {facts.largest:.5g}, the largest {facts.dtype}: overflow."
    if facts.dtype == "float16":
        return why, "Compute this in float32 or bfloat16, or scale the operands down before."
    if facts.op in EXPONENTIALS:
        return why, (
            f"Bound the argument, {facts.op}({facts.name(0)}.{EXPONENTIALS[facts.op]}), or "
            "subtract the maximum first, as softmax and logsumexp do; log(sum(exp(x))) is "
            "logsumexp(x)."
        )
    wider = "" if facts.dtype in ("float64", "complex128") else ", or compute this in float64"
    return why, f"Scale the operands down{wider}."


def _few(facts: Facts) -> Reason | None:
    if facts.op not in ("mean", "std", "var", "std_mean", "var_mean"):
        return None
    if not math.isnan(abs(facts.made)):
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
    _domain, _root, _quotient, _power, _few, _softmax, _overflow,
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
            f"Give {facts.op} a harmless argument where its result does not count, {facts.op}(safe)"
            f" with safe = torch.where(condition, {x}, 1). Or run the backward inside "
            "`with torch.autograd.strong_zero():`, so 0 stays 0."
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


def _end_of_domain(facts: Facts) -> Reason | None:
    domain = DOMAINS.get(facts.op)
    if domain is None or not facts.is_steep:
        return None
    x = _argument(facts, domain)
    if isinstance(x, complex):
        return None
    where = "the end of its domain" if x is None else f"{x:g}"
    return f"The slope of {facts.op} is infinite at {where}.", _kept_inside(facts, domain)


def _gradient_overflow(facts: Facts) -> Reason | None:
    if not math.isinf(abs(facts.made)) or facts.cotangent in (None, 0) or facts.is_function:
        return None
    what = "gradient" if facts.slope is None or not facts.is_steep else f"slope of {facts.op}"
    why = f"The {what} is larger than {facts.largest:.5g}, the largest {facts.dtype}: overflow."
    if facts.dtype == "float16":
        return why, "Compute this in float32 or bfloat16, or scale the loss down."
    return why, "Scale the loss or the operands down; explain.flow(loss) shows what grows."


def _slope_of_quotient(facts: Facts) -> Reason | None:
    found = _quotient(facts)
    if found is None:
        return None
    return "The slope of a quotient is infinite or NaN where the divisor is 0.", found[1]


BACKWARD: list[Callable[[Facts], Reason | None]] = [
    _zero_meets_infinity, _root_at_zero, _power_at_zero, _slope_of_quotient, _end_of_domain,
    _gradient_overflow,
]  # fmt: skip


# ------------------------------------------------------------- NaN from what is infinite already


def from_infinite_gradient(op: str, has_zeros: bool) -> str:
    """How an infinite gradient became NaN in the rule of an operation."""
    if has_zeros:
        return f"the slope of {op} is 0 there, and 0 * inf is NaN"
    return f"the rule of {op} makes NaN of an infinite gradient"


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
