"""The different values there are: unique.

Apart from the records that have derivatives: as in PyTorch it is recorded, and refuses to be
differentiated.
"""

from __future__ import annotations

from chainrule.ops.kinds import general
from chainrule.ops.refusals import refusal


@general(node="Unique2Backward0", results=3)
def unique(xp, x, *, dim):
    """The different values (or members along a dimension) in order, the place of each, counts."""
    values, inverse, counts = xp.unique(
        x, return_inverse=True, return_counts=True, axis=dim, equal_nan=False
    )
    return values, inverse.reshape(x.shape if dim is None else -1), counts


unique_dim = unique.named("UniqueDimBackward0")
unique.vjp(refusal("the derivative for '_unique2' is not implemented.", NotImplementedError))
unique_dim.vjp(refusal("the derivative for 'unique_dim' is not implemented.", NotImplementedError))
