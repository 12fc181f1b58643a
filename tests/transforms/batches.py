"""Batches to try operations on, and the operations that cannot be tried on all of them.

Apart from the tests, which share them.
"""

import numpy as np

SIZE = 3

# Those of which some cases cannot be: the result has another size in each member, it is a Python
# number, or a batch is written into what has none.
REFUSED = {
    "allclose", "argwhere", "bincount", "equal", "getitem", "index_fill", "index_put",
    "masked_scatter", "masked_select", "nn.functional.binary_cross_entropy",
    "nn.functional.binary_cross_entropy_with_logits", "nn.functional.cross_entropy",
    "nn.functional.nll_loss", "nn.functional.one_hot", "nonzero", "repeat_interleave", "setitem",
    "unique",
}  # fmt: skip


def members(value):
    """The same numbers in several orders: members of a batch that lie in the same domain."""
    return [np.roll(value.reshape(-1), k).reshape(value.shape) for k in range(SIZE)]
