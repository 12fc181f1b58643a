"""Values written over a whole tensor, or where a mask holds: copy, fill, masked_fill.

Apart from indexing.py: here values broadcast and no index is needed. All are elementwise: the old
value has the partial 0 where it was written over, the new one 1.
"""

from __future__ import annotations

from chainrule.ops.comparison import eq, ne
from chainrule.ops.conversion import representable
from chainrule.ops.kinds import elementwise


def _copied(xp, x, y):
    out = xp.empty_like(x)
    xp.copyto(out, representable(y, x.dtype), casting="unsafe")
    return out


def _filled(xp, x, value):
    return xp.full_like(x, value)


def _masked(xp, x, y, z):
    return xp.where(y, z.astype(x.dtype, copy=False), x)


def _masked_number(xp, x, y, value):
    return xp.where(y, xp.asarray(value, x.dtype), x)


# fmt: off
copy = elementwise("copy", _copied, 0, 1, node="CopyBackwards", promotes=False)
fill = elementwise("fill", _filled, 0)
fill_tensor = elementwise("fill", _copied, 0, 1, node="FillBackward1", promotes=False)
masked_fill = elementwise(
    "masked_fill", _masked_number, lambda y: eq(y, 0), None, promotes=False,
)
masked_fill_tensor = elementwise(
    "masked_fill", _masked, lambda y: eq(y, 0), None, lambda y: ne(y, 0),
    node="MaskedFillBackward1", promotes=False,
)
# fmt: on
masked_fill.saved_names = masked_fill_tensor.saved_names = {"mask": 1}
