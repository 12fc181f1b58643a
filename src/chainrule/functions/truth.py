"""Truth over dimensions: all, any, count_nonzero.

Apart from extremes.py, because nothing here has a derivative, and nothing is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions.declare import deliver, method, public
from chainrule.functions.reduction_arguments import dims_of
from chainrule.ops import extremes as ops

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.core import Tensor
    from chainrule._core.operation import Op


def _truth(op: Op, which: str) -> Callable:
    name = op.name

    def truth(input: Tensor, dim=None, keepdim: bool = False, *, out=None) -> Tensor:
        # Alone among reductions, these leave the tensor as it is where `dim` is empty.
        dims = () if dim == () or dim == [] else dims_of(dim, input.ndim, name)
        found = op(input, dim=dims, keepdim=keepdim)
        return deliver(found.byte() if input.dtype.name == "uint8" else found, out, name)

    truth.__name__ = truth.__qualname__ = name
    truth.__doc__ = (
        f"Whether {which} true (not 0), over all or some dimensions.\n\n"
        f">>> import chainrule as torch\n>>> torch.{name}(torch.tensor([True, False]))\n"
        f"tensor({name != 'all'})\n\n"
        f"See https://docs.pytorch.org/docs/2.13/generated/torch.{name}.html"
    )
    return method(public(truth))


all = _truth(ops.all, "every element is")
any = _truth(ops.any, "any element is")


@public
@method
def count_nonzero(input: Tensor, dim=None) -> Tensor:
    """How many elements are not 0, over all or some dimensions.

    >>> import chainrule as torch
    >>> torch.count_nonzero(torch.tensor([0, 1, 2]))
    tensor(2)

    See https://docs.pytorch.org/docs/2.13/generated/torch.count_nonzero.html
    """
    return ops.count_nonzero(input, dim=dims_of(dim, input.ndim, "count_nonzero"))
