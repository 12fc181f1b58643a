"""All rules, family by family: importing this gives every operation its own.

Apart from batch, which the families are written with.
"""

from __future__ import annotations

from chainrule.transforms.rules import indexing, losses, products, reductions, shapes
from chainrule.transforms.rules.batch import rule_of

__all__ = ["indexing", "losses", "products", "reductions", "rule_of", "shapes"]
