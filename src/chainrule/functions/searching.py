"""Finding values: nonzero, argwhere, isin.

Apart from sorting.py, which puts values in order. Nothing here has a derivative.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.identity import constant_array
from chainrule.functions.picking import as_array

# ------------------------------------------------------------------------------------- places


@public
@method
def nonzero(
    input: Tensor, *, out: Tensor | None = None, as_tuple: bool = False
) -> Tensor | tuple[Tensor, ...]:
    """Where the elements are not 0: a row of indices each, or a tuple of one tensor a dimension.

    >>> import chainrule as torch
    >>> torch.nonzero(torch.tensor([0, 1, 1]))
    tensor([[1],
            [2]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.nonzero.html
    """
    array = constant_array(input)
    if as_tuple:
        return tuple(wrap_array(places) for places in numpy.atleast_1d(array).nonzero())
    return deliver(wrap_array(numpy.argwhere(array)), out, "nonzero")


@public
@method
def argwhere(input: Tensor) -> Tensor:
    """Where the elements are not 0: a row of indices each.

    >>> import chainrule as torch
    >>> torch.argwhere(torch.tensor([0, 1, 1]))
    tensor([[1],
            [2]])
    """
    return nonzero(input)


@public
def isin(
    elements: Tensor | complex, test_elements: Tensor | complex, *, assume_unique: bool = False,
    invert: bool = False, out: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Where the elements are among the test elements; either may be a number, not both.

    >>> import chainrule as torch
    >>> torch.isin(torch.tensor([1, 2, 3]), torch.tensor([2]))
    tensor([False,  True, False])

    See https://docs.pytorch.org/docs/2.13/generated/torch.isin.html
    """
    tensors = [x for x in (elements, test_elements) if isinstance(x, Tensor)]
    if not tensors:
        raise TypeError(
            "isin() received an invalid combination of arguments - got "
            f"({type(elements).__name__}, {type(test_elements).__name__}), but expected at least "
            "one Tensor"
        )
    for tensor in tensors:
        if tensor.dtype.is_complex:
            raise RuntimeError(
                f"Unsupported input type encountered for isin(): {tensor.dtype.legacy}"
            )
    mine, theirs = (x._array if isinstance(x, Tensor) else x for x in (elements, test_elements))
    found = numpy.isin(mine, theirs, assume_unique=assume_unique, invert=invert)
    return deliver(wrap_array(as_array(found)), out, "isin")
