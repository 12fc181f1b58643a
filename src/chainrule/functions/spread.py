"""Variances and standard deviations: PyTorch's names for ops.spread.

Apart from reduction.py, because they share arguments of their own: unbiased and correction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions.declare import deliver, method, public
from chainrule.functions.reduction_arguments import check_type, dims_of
from chainrule.ops import spread as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor
    from chainrule._core.operation import Op


def _spread(op: Op, input: Tensor, dim, unbiased, keepdim: bool, correction):
    """`var(False)` means unbiased=False; the correction is what is taken off the count."""
    check_type(input, op.name)
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if unbiased is not None:
        if correction is not None:
            raise TypeError(
                f"{op.name}() received an invalid combination of arguments: both unbiased and "
                "correction"
            )
        correction = int(unbiased)
    dim = dims_of(dim, input.ndim, op.name)
    correction = 1 if correction is None else correction
    return op(input, dim=dim, correction=correction, keepdim=keepdim)


@public
@method
def var(
    input: Tensor, dim=None, unbiased=None, keepdim: bool = False, *, correction=None, out=None
) -> Tensor:
    """The variance: the sum of (input - mean) ** 2 over (count - correction); correction is 1.

    RuntimeError for integers.

    >>> import chainrule as torch
    >>> torch.tensor([1.0, 3.0]).var()
    tensor(2.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.var.html
    """
    return deliver(_spread(ops.var, input, dim, unbiased, keepdim, correction), out, "var")


@public
@method
def std(
    input: Tensor, dim=None, unbiased=None, keepdim: bool = False, *, correction=None, out=None
) -> Tensor:
    """The standard deviation: the square root of the variance. Its derivative at 0 is 0.

    RuntimeError for integers.

    >>> import chainrule as torch
    >>> torch.tensor([1.0, 3.0]).std(correction=0)
    tensor(1.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.std.html
    """
    return deliver(_spread(ops.std, input, dim, unbiased, keepdim, correction), out, "std")


@public
def var_mean(
    input: Tensor, dim=None, unbiased=None, keepdim: bool = False, *, correction=None
) -> tuple[Tensor, Tensor]:
    """The variance and the mean.

    >>> import chainrule as torch
    >>> torch.var_mean(torch.tensor([1.0, 3.0]))
    (tensor(2.), tensor(2.))

    See https://docs.pytorch.org/docs/2.13/generated/torch.var_mean.html
    """
    return _spread(ops.var_mean, input, dim, unbiased, keepdim, correction)


@public
def std_mean(
    input: Tensor, dim=None, unbiased=None, keepdim: bool = False, *, correction=None
) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean.

    >>> import chainrule as torch
    >>> torch.std_mean(torch.tensor([1.0, 3.0]), correction=0)
    (tensor(1.), tensor(2.))

    See https://docs.pytorch.org/docs/2.13/generated/torch.std_mean.html
    """
    return _spread(ops.std_mean, input, dim, unbiased, keepdim, correction)
