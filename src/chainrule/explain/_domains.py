"""Where functions are finite, and how to keep an argument there: a table.

Apart from the remedies, which put this into sentences.
"""

from __future__ import annotations

from typing import NamedTuple


class Domain(NamedTuple):
    """Where a function is finite, how to keep its argument there, and which operand that is."""

    where: str
    kept: str
    operand: int = 0


ABOVE_0 = Domain("above 0", "clamp_min(1e-8)")
UP_TO_1 = Domain("from -1 to 1", "clamp(-1 + 1e-6, 1 - 1e-6)")
BELOW_1 = Domain("between -1 and 1", "clamp(-1 + 1e-6, 1 - 1e-6)")
DOMAINS = {
    **dict.fromkeys(("log", "log2", "log10"), ABOVE_0),
    **dict.fromkeys(("acos", "asin"), UP_TO_1),
    **dict.fromkeys(("atanh", "erfinv"), BELOW_1),
    "xlogy": ABOVE_0._replace(operand=1),
    "log1p": Domain("above -1", "clamp_min(-1 + 1e-6)"),
    "logit": Domain("between 0 and 1", "clamp(1e-6, 1 - 1e-6)"),
    "acosh": Domain("from 1 on", "clamp_min(1 + 1e-6)"),
}
