"""The different values of a tensor: unique.

Apart from sorting.py, which keeps all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions.declare import method, public
from chainrule.functions.reduction_arguments import check_type, one_dim
from chainrule.ops import distinct as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


@public
@method
def unique(
    input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False,
    dim: int | None = None,
) -> Tensor | tuple[Tensor, ...]:  # fmt: skip
    """The different elements (or members along a dimension), in order.

    NotImplementedError for complex numbers.

    >>> import chainrule as torch
    >>> torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.unique.html
    """
    check_type(input, "unique")
    if dim is None:
        values, inverse, counts = ops.unique(input, dim=None)
    else:
        axis = one_dim(dim, input.ndim, "unique")
        values, inverse, counts = ops.unique_dim(input, dim=axis)
    more = ([inverse] if return_inverse else []) + ([counts] if return_counts else [])
    return (values, *more) if more else values
