"""Sums, means, products, norms and spreads: PyTorch's names for ops.reduction.

Apart from extremes.py (max, min, median, argmax and the cumulative ones), which give indices too.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from chainrule._core.types import as_dtype, dtype_named
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.identity import checked_dim
from chainrule.ops import reduction as ops
from chainrule.ops.choice import where
from chainrule.ops.conversion import cast
from chainrule.ops.exponential import log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chainrule._core.core import Tensor

INT64 = dtype_named("int64")


def dims_of(dim: int | Sequence[int] | None, ndim: int, name: str = "") -> tuple[int, ...] | None:
    """Dimensions to reduce, counted from the front; None where all are."""
    if dim is None:
        return None
    if isinstance(dim, int):
        return (checked_dim(dim, ndim),) if ndim else _none_of(dim)
    if isinstance(dim, str) or not hasattr(dim, "__iter__"):
        raise TypeError(f"{name}(): argument 'dim' must be tuple of ints, not {type(dim).__name__}")
    dims = tuple(checked_dim(axis, ndim) for axis in dim)
    if len(set(dims)) != len(dims):
        twice = next(axis for axis in dims if dims.count(axis) > 1)
        raise RuntimeError(f"dim {twice} appears multiple times in the list of dims")
    return (dims if ndim else None) or None


def _none_of(dim):
    checked_dim(dim, 0)


def keeps(keepdim, keywords, name) -> Tensor:
    """`keepdim`, which may also be spelt `keepdims`."""
    if not isinstance(keepdim, bool):
        raise TypeError(
            f"{name}(): argument 'keepdim' (position 2) must be bool, not {type(keepdim).__name__}"
        )
    for key, value in keywords.items():
        if key != "keepdims":
            raise TypeError(f"{name}() got an unexpected keyword argument '{key}'")
        keepdim = value
    return keepdim


def _in_type(input, dtype):
    return input if dtype is None or dtype is input.dtype else cast(input, dtype=as_dtype(dtype))


def _refuse_integers(input, name, message):
    if input.dtype.category < 2:
        raise RuntimeError(f"{name}: {message}. Got {input.dtype.legacy}")


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
    if dtype is not None:
        input = _in_type(input, dtype)
    elif input.dtype.category < 2:
        input = _in_type(input, INT64)
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
    if dtype is not None:
        input = _in_type(input, dtype)
    if input.dtype.category < 2:
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point "
            f"or complex dtype. Got: {input.dtype.legacy}"
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
    """The sum of the elements that are not NaN.

    >>> import chainrule as torch
    >>> torch.nansum(torch.tensor([1.0, torch.nan]))
    tensor(1.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.nansum.html
    """
    if input.dtype.category > 1:
        input = where(input != input, 0, input)
    return sum(input, dim, keepdim, dtype=dtype, out=out)


@public
@method
def nanmean(input: Tensor, dim=None, keepdim: bool = False, *, dtype=None, out=None) -> Tensor:
    """The mean of the elements that are not NaN.

    >>> import chainrule as torch
    >>> torch.nanmean(torch.tensor([1.0, 3.0, torch.nan]))
    tensor(2.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.nanmean.html
    """
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
    if dtype is None and input.dtype.category < 2:
        dtype = INT64
    input = _in_type(input, dtype)
    op = ops.prod_all if dim is None else ops.prod
    return deliver(op(input, dim=dims_of(dim, input.ndim, "prod"), keepdim=keepdim), out, "prod")


# -------------------------------------------------------------------------- spread


def _spread_arguments(input, dim, unbiased, correction, name):
    """`var(False)` means unbiased=False; correction is what is taken off the count."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if input.dtype.category < 2:
        raise RuntimeError("std and var only support floating point and complex dtypes")
    if unbiased is not None:
        correction = int(unbiased)
    return dims_of(dim, input.ndim, name), 1 if correction is None else correction


@public
@method
def var(
    input: Tensor, dim=None, unbiased=None, keepdim: bool = False, *, correction=None, out=None
) -> Tensor:
    """The variance: the sum of (input - mean) ** 2 over (count - correction); correction is 1.

    >>> import chainrule as torch
    >>> torch.tensor([1.0, 3.0]).var()
    tensor(2.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.var.html
    """
    dim, correction = _spread_arguments(input, dim, unbiased, correction, "var")
    return deliver(ops.var(input, dim=dim, correction=correction, keepdim=keepdim), out, "var")


@public
@method
def std(
    input: Tensor, dim=None, unbiased=None, keepdim: bool = False, *, correction=None, out=None
) -> Tensor:
    """The standard deviation: the square root of the variance. Its derivative at 0 is 0.

    >>> import chainrule as torch
    >>> torch.tensor([1.0, 3.0]).std(correction=0)
    tensor(1.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.std.html
    """
    dim, correction = _spread_arguments(input, dim, unbiased, correction, "std")
    return deliver(ops.std(input, dim=dim, correction=correction, keepdim=keepdim), out, "std")


@public
def var_mean(
    input: Tensor, dim=None, unbiased=None, keepdim: bool = False, *, correction=None
) -> tuple[Tensor, Tensor]:
    """The variance and the mean.

    >>> import chainrule as torch
    >>> torch.var_mean(torch.tensor([1.0, 3.0]))
    (tensor(2.), tensor(2.))
    """
    spread = var(input, dim, unbiased, keepdim, correction=correction)
    return spread, mean(input, None if isinstance(dim, bool) else dim, keepdim)


@public
def std_mean(
    input: Tensor, dim=None, unbiased=None, keepdim: bool = False, *, correction=None
) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean.

    >>> import chainrule as torch
    >>> torch.std_mean(torch.tensor([1.0, 3.0]), correction=0)
    (tensor(1.), tensor(2.))
    """
    spread = std(input, dim, unbiased, keepdim, correction=correction)
    return spread, mean(input, None if isinstance(dim, bool) else dim, keepdim)


# -------------------------------------------------------------------------- norms


def vector_norm(
    x: Tensor, ord=2, dim=None, keepdim: bool = False, *, dtype=None, out=None
) -> Tensor:
    """(sum |x| ** ord) ** (1 / ord); for ord inf and -inf the extremes, for 0 the nonzeros.

    Its derivative is 0 at 0. RuntimeError for integers.

    >>> import chainrule as torch
    >>> torch.linalg.vector_norm(torch.tensor([3.0, 4.0]))
    tensor(5.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.linalg.vector_norm.html
    """
    x = _in_type(x, dtype)
    if x.dtype.category < 2:
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got "
            f"{x.dtype.legacy}"
        )
    dim = dims_of(dim, x.ndim, "vector_norm")
    return deliver(ops.vector_norm(x, ord=ord, dim=dim, keepdim=keepdim), out, "vector_norm")


@public
@method
def norm(input: Tensor, p="fro", dim=None, keepdim: bool = False, out=None, dtype=None) -> Tensor:
    """The vector norm over the given dimensions ("fro": p = 2).

    >>> import chainrule as torch
    >>> torch.norm(torch.tensor([3.0, 4.0]))
    tensor(5.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.norm.html
    """
    if p == "nuc":
        raise NotImplementedError("norm: the nuclear norm needs svd, which is not there yet")
    order = 2 if p in ("fro", None) else p
    return vector_norm(input, order, dim, keepdim, dtype=dtype, out=out)


@public
@method
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The norm of input - other.

    >>> import chainrule as torch
    >>> torch.dist(torch.tensor([3.0, 4.0]), torch.zeros(2))
    tensor(5.)
    """
    return vector_norm(input - other, p)


# -------------------------------------------------------------------------- exponentials


@public
@method
def logsumexp(input: Tensor, dim, keepdim: bool = False, *, out=None) -> Tensor:
    """log(sum(exp(input))) over dimensions, without overflow.

    >>> import chainrule as torch
    >>> torch.logsumexp(torch.zeros(2), 0)
    tensor(0.6931)

    See https://docs.pytorch.org/docs/2.13/generated/torch.logsumexp.html
    """
    if input.dtype.category < 2:
        input = input.float()
    dim = dims_of(dim, input.ndim, "logsumexp")
    return deliver(ops.logsumexp(input, dim=dim, keepdim=keepdim), out, "logsumexp")


def _along(op, input, dim, dtype):
    """An op that keeps the shape, along one dimension."""
    input = _in_type(input, dtype)
    if input.ndim == 0:
        checked_dim(dim, 0)
        return op(input.reshape(1), dim=0).reshape(())
    return op(input, dim=checked_dim(dim, input.ndim))


@public
@method
def softmax(input: Tensor, dim: int, dtype=None, *, out=None) -> Tensor:
    """exp(input) / sum(exp(input)) along one dimension.

    >>> import chainrule as torch
    >>> torch.softmax(torch.zeros(2), 0)
    tensor([0.5000, 0.5000])

    See https://docs.pytorch.org/docs/2.13/generated/torch.softmax.html
    """
    return deliver(_along(ops.softmax, input, dim, dtype), out, "softmax")


@public
@method
def log_softmax(input: Tensor, dim: int, dtype=None, *, out=None) -> Tensor:
    """log(softmax(input)) along one dimension, exact where softmax is small.

    >>> import chainrule as torch
    >>> torch.log_softmax(torch.zeros(2), 0)
    tensor([-0.6931, -0.6931])

    See https://docs.pytorch.org/docs/2.13/generated/torch.log_softmax.html
    """
    return deliver(_along(ops.log_softmax, input, dim, dtype), out, "log_softmax")


# -------------------------------------------------------------------------- running sums


@public
@method
def cumsum(input: Tensor, dim: int, *, dtype=None, out=None) -> Tensor:
    """Running sums along a dimension: out_k = sum of input_0 ... input_k.

    >>> import chainrule as torch
    >>> torch.cumsum(torch.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])

    See https://docs.pytorch.org/docs/2.13/generated/torch.cumsum.html
    """
    if dtype is None and input.dtype.category < 2:
        dtype = INT64
    return deliver(_along(ops.cumsum, input, dim, dtype), out, "cumsum")


@public
@method
def cumprod(input: Tensor, dim: int, *, dtype=None, out=None) -> Tensor:
    """Running products along a dimension. The derivative is exact at zeros.

    >>> import chainrule as torch
    >>> torch.cumprod(torch.tensor([1, 2, 3]), 0)
    tensor([1, 2, 6])

    See https://docs.pytorch.org/docs/2.13/generated/torch.cumprod.html
    """
    if dtype is None and input.dtype.category < 2:
        dtype = INT64
    return deliver(_along(ops.cumprod, input, dim, dtype), out, "cumprod")


@method(name="cumsum_")
def _cumsum_in_place(self, dim, *, dtype=None):
    """Running sums in place."""
    if self.ndim == 0:
        return self
    return ops.cumsum.in_place(self, dim=checked_dim(dim, self.ndim))


@method(name="cumprod_")
def _cumprod_in_place(self, dim, *, dtype=None):
    """Running products in place."""
    if self.ndim == 0:
        return self
    return ops.cumprod.in_place(self, dim=checked_dim(dim, self.ndim))


@public
@method
def logcumsumexp(input: Tensor, dim: int, *, out=None) -> Tensor:
    """Running log(sum(exp(input))) along a dimension.

    >>> import chainrule as torch
    >>> torch.logcumsumexp(torch.zeros(2), 0)
    tensor([0.0000, 0.6931])
    """
    size = input.detach().real
    top = size.amax(dim, keepdim=True) if input.numel() else size
    top = where(abs(top) == math.inf, 0, top)
    return deliver(log(cumsum((input - top).exp(), dim)) + top, out, "logcumsumexp")
