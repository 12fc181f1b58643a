"""How each operation works on a batch: the rules of vmap.

Apart from batches themselves (see transforms.batch): a rule sees plain values, with the batch as
the first dimension of those operands that have one, and returns the result, or a tuple of
them, batch first. An elementwise op needs no rule. An op without one runs member by member, and
says so once.
"""

from __future__ import annotations

from chainrule.transforms.rules import indexing, losses, products, reductions, shapes
from chainrule.transforms.rules.batch import Batch, first, moved, rule_of

__all__ = [
    "Batch", "first", "indexing", "losses", "moved", "products", "reductions", "rule_of", "shapes",
]  # fmt: skip
