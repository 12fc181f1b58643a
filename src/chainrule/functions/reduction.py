"""Sums, means and products over dimensions: PyTorch's names for ops.reduction.

Apart from spread.py, norms.py and softmax.py, and from extremes.py, which gives indices too.
"""

from __future__ import annotations

from chainrule._core.core import Tensor
from chainrule.functions.activation_arguments import check_tensor
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.reduction_arguments import (
    FLOAT,
    check_type,
    dims_of,
    in_type,
    keeps,
    one_dim,
    summed_type,
)
from chainrule.ops import reduction as ops


@public
@method
def sum(
    input: Tensor, dim=None, keepdim=False, *, axis=None, dtype=None, out=None, **keywords
) -> Tensor:
    """The sum of the elements, over all or some dimensions: out_j = sum_i input_ij.

    `dim` is an int or a tuple. Integers and booleans are added as int64. IndexError for a
    dimension there is not.

    >>> import chainrule as torch
    >>> torch.ones(2, 3).sum(dim=1)
    tensor([3., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.sum.html
    """
    if not isinstance(input, Tensor):
        check_tensor(input, "sum")
    if dtype is not None or input.dtype.category < FLOAT:
        input = summed_type(input, dtype)
    dim = axis if dim is None else dim
    if dim is None and not keywords and keepdim is False:
        total = ops.sum_all(input, dim=None, keepdim=False)
    else:
        keepdim = keeps(keepdim, keywords, "sum")
        total = ops.sum(input, dim=dims_of(dim, input.ndim, "sum"), keepdim=keepdim)
    return total if out is None else deliver(total, out, "sum")


@public
@method
def mean(
    input: Tensor, dim=None, keepdim=False, *, axis=None, dtype=None, out=None, **keywords
) -> Tensor:
    """The mean of the elements, over all or some dimensions.

    RuntimeError for integers and booleans (give dtype=), IndexError for a dimension there is
    not.

    >>> import chainrule as torch
    >>> torch.tensor([1.0, 2.0, 6.0]).mean()
    tensor(3.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.mean.html
    """
    if not isinstance(input, Tensor):
        check_tensor(input, "mean")
    if dtype is not None:
        input = in_type(input, dtype)
    if input.dtype.category < FLOAT:
        raise RuntimeError(
            f"mean(): could not infer output dtype. {'Input' if dtype is None else 'Optional'} "
            "dtype must be either a floating point or complex dtype. Got: "
            f"{input.dtype.legacy}"
        )
    dim = axis if dim is None else dim
    if dim is None and not keywords and keepdim is False:
        found = ops.mean_all(input, dim=None, keepdim=False)
    else:
        keepdim = keeps(keepdim, keywords, "mean")
        found = ops.mean(input, dim=dims_of(dim, input.ndim, "mean"), keepdim=keepdim)
    return found if out is None else deliver(found, out, "mean")


@public
@method
def nansum(input: Tensor, dim=None, keepdim: bool = False, *, dtype=None, out=None) -> Tensor:
    """The sum of the elements that are not NaN. RuntimeError for complex numbers.

    >>> import chainrule as torch
    >>> torch.nansum(torch.tensor([1.0, torch.nan]))
    tensor(1.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.nansum.html
    """
    check_type(input, "nansum")
    if input.dtype.category < FLOAT:
        return sum(input, dim, keepdim, dtype=dtype, out=out)
    input = in_type(input, dtype)
    total = ops.nansum(input, dim=dims_of(dim, input.ndim, "nansum"), keepdim=keepdim)
    return deliver(total, out, "nansum")


@public
@method
def nanmean(input: Tensor, dim=None, keepdim: bool = False, *, dtype=None, out=None) -> Tensor:
    """The mean of the elements that are not NaN. RuntimeError for integers.

    >>> import chainrule as torch
    >>> torch.nanmean(torch.tensor([1.0, 3.0, torch.nan]))
    tensor(2.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.nanmean.html
    """
    check_type(input, "nanmean")
    count = sum(input == input, dim, keepdim)
    return deliver(nansum(input, dim, keepdim, dtype=dtype) / count, out, "nanmean")


@public
@method
def prod(
    input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype=None, out=None
) -> Tensor:
    """The product of the elements, over all dimensions or one. Its derivative is exact at zeros.

    >>> import chainrule as torch
    >>> torch.tensor([2.0, 3.0, 4.0]).prod()
    tensor(24.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.prod.html
    """
    check_tensor(input, "prod")
    input = summed_type(input, dtype)
    if dim is None:
        found = ops.prod_all(input, dim=None, keepdim=keepdim)
    else:
        axis = one_dim(dim, input.ndim, "prod")
        found = ops.prod(input, dim=(axis,) if input.ndim else None, keepdim=keepdim)
    return deliver(found, out, "prod")
