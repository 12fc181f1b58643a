"""Exponentials, logarithms, error functions: PyTorch's names for ops.exponential.

Apart from the records, which hold the formulas: here are signatures, forms and examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions.activation_arguments import plain_number
from chainrule.functions.declare import deliver, method, pairwise, pointwise, public
from chainrule.functions.factory import integer
from chainrule.ops import exponential as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

exp = pointwise(
    ops.exp,
    "e ** input.",
    "torch.tensor([0.5, 2.0])",
    "tensor([1.6487, 7.3891])",
)
exp2 = pointwise(
    ops.exp2,
    "2 ** input.",
    "torch.tensor([0.5, 2.0])",
    "tensor([1.4142, 4.0000])",
)
expm1 = pointwise(
    ops.expm1,
    "e ** input - 1, exact near 0.",
    "torch.tensor([0.5, 2.0])",
    "tensor([0.6487, 6.3891])",
)
log = pointwise(
    ops.log,
    "The natural logarithm.",
    "torch.tensor([0.5, 2.0])",
    "tensor([-0.6931,  0.6931])",
)
log2 = pointwise(
    ops.log2,
    "The logarithm to base 2.",
    "torch.tensor([0.5, 2.0])",
    "tensor([-1.,  1.])",
)
log10 = pointwise(
    ops.log10,
    "The logarithm to base 10.",
    "torch.tensor([0.5, 2.0])",
    "tensor([-0.3010,  0.3010])",
)
log1p = pointwise(
    ops.log1p,
    "log(1 + input), exact near 0.",
    "torch.tensor([0.5, 2.0])",
    "tensor([0.4055, 1.0986])",
)
sigmoid = pointwise(
    ops.sigmoid,
    "1 / (1 + exp(-input)).",
    "torch.tensor([0.5, 2.0])",
    "tensor([0.6225, 0.8808])",
)
erf = pointwise(
    ops.erf,
    "The error function, 2 / sqrt(pi) times the integral of exp(-t * t) from 0 to input.",
    "torch.tensor([0.5, 2.0])",
    "tensor([0.5205, 0.9953])",
)
erfc = pointwise(
    ops.erfc,
    "1 - erf(input), exact where that is small.",
    "torch.tensor([0.5, 2.0])",
    "tensor([0.4795, 0.0047])",
)
erfinv = pointwise(
    ops.erfinv,
    "The inverse of erf on (-1, 1).",
    "torch.tensor([0.0, 0.5])",
    "tensor([0.0000, 0.4769])",
)
lgamma = pointwise(
    ops.lgamma,
    "log(abs(gamma(input))).",
    "torch.tensor([0.5, 2.0])",
    "tensor([0.5724, 0.0000])",
)
digamma = pointwise(
    ops.digamma,
    "The derivative of lgamma.",
    "torch.tensor([0.5, 2.0])",
    "tensor([-1.9635,  0.4228])",
)
i0 = pointwise(
    ops.i0,
    "The modified Bessel function of the first kind, of order 0.",
    "torch.tensor([0.5, 2.0])",
    "tensor([1.0635, 2.2796])",
)
logaddexp = pairwise(
    ops.logaddexp,
    "log(exp(input) + exp(other)), without overflow.",
    "torch.tensor([1.0]), torch.tensor([2.0])",
    "tensor([2.3133])",
    in_place=False,
    numbers=False,
)
logaddexp2 = pairwise(
    ops.logaddexp2,
    "log2(2 ** input + 2 ** other), without overflow.",
    "torch.tensor([1.0]), torch.tensor([2.0])",
    "tensor([2.5850])",
    in_place=False,
    numbers=False,
)
xlogy = pairwise(
    ops.xlogy,
    "input * log(other), and 0 where input is 0.",
    "torch.tensor([0.0, 2.0]), torch.tensor([0.0, 3.0])",
    "tensor([0.0000, 2.1972])",
)


@public
@method
def logit(input: Tensor, eps: float | None = None, *, out: Tensor | None = None) -> Tensor:
    """log(input / (1 - input)), of input clamped to [eps, 1 - eps] where eps is given.

    Any shape; floating or complex dtypes, integers become the default float.

    >>> import chainrule as torch
    >>> torch.logit(torch.tensor([0.5, 0.75]))
    tensor([0.0000, 1.0986])

    See https://docs.pytorch.org/docs/2.13/generated/torch.logit.html
    """
    eps = plain_number(eps, "logit", "eps", 2)
    result = ops.logit(input) if eps is None else ops.logit_within(input, eps=eps)
    return deliver(result, out, "logit")


@method
def logit_(self, eps: float | None = None) -> Tensor:
    """logit, in place."""
    if eps is None:
        return ops.logit.in_place(self)
    eps = plain_number(eps, "logit_", "eps", 1)
    return ops.logit_within.in_place(self, eps=eps)


@public
def polygamma(n: int, input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The derivative of order n of digamma. RuntimeError for negative n, TypeError for no int.

    >>> import chainrule as torch
    >>> torch.polygamma(1, torch.tensor([1.0]))
    tensor([1.6449])

    See https://docs.pytorch.org/docs/2.13/generated/torch.polygamma.html
    """
    return deliver(ops.polygamma(input, n=_order(n)), out, "polygamma")


def _order(n) -> int:
    n = integer("polygamma", "n", 1, n)
    if n < 0:
        raise RuntimeError(f"polygamma(n, x) does not support negative n, but got {n}")
    return n


method(lambda self, n: polygamma(n, self), name="polygamma")
method(lambda self, n: ops.polygamma.in_place(self, n=_order(n)), name="polygamma_")
