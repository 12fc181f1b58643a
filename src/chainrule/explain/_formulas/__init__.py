"""The derivative of a node as a formula: read off the rule that the engine runs, never retyped.

Apart from what shows formulas (pictures, steps): here a node and the number of an input go in, and
the formula comes out, as plain text, as text with mathematical signs, and as LaTeX.
"""

from __future__ import annotations

from chainrule.explain._formulas.node import (
    Formula,
    formula_of,
    node_label,
    result_of,
    saved_by_name,
    slope_of,
)

__all__ = [
    "Formula",
    "formula_of",
    "node_label",
    "result_of",
    "saved_by_name",
    "slope_of",
]
