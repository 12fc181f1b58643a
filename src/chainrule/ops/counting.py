"""How often numbers occur, and the sums of the weights that they have: bincount.

Apart from the records that have derivatives: as in PyTorch it is recorded, and refuses to be
differentiated.
"""

from __future__ import annotations

from chainrule.ops.kinds import general
from chainrule.ops.refusals import refusal


@general(node="NotImplemented")
def bincount(xp, x, y, *, minlength):
    """The sum of x over all that have each number in y."""
    weights = x if x.dtype.kind == "f" else x.astype(float)
    return xp.bincount(y, weights, minlength).astype(weights.dtype, copy=False)


bincount.vjps(refusal("derivative for aten::bincount is not implemented"), None)
