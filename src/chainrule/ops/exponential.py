"""Exponentials, logarithms, and the functions of statistics made of them."""

from __future__ import annotations

import math

from chainrule.ops.choice import where
from chainrule.ops.kinds import elementwise

LOG2, LOG10 = math.log(2.0), math.log(10.0)
ERF = 2.0 / math.sqrt(math.pi)

# name, kernel, one partial derivative per input
exp = elementwise("exp", "exp", lambda out: out, floats=True)
exp2 = elementwise("exp2", "exp2", lambda out: LOG2 * out, floats=True)
expm1 = elementwise("expm1", "expm1", lambda out: out + 1, floats=True)
log = elementwise("log", "log", lambda x: 1 / x, floats=True)
log2 = elementwise("log2", "log2", lambda x: 1 / (x * LOG2), floats=True)
log10 = elementwise("log10", "log10", lambda x: 1 / (x * LOG10), floats=True)
log1p = elementwise("log1p", "log1p", lambda x: 1 / (x + 1), node="Log1PBackward0", floats=True)


def _logaddexp(xp, x, y):
    if x.dtype.kind != "c":
        return xp.logaddexp(x, y)
    top = xp.maximum(x.real, y.real)
    return xp.log(xp.exp(x - top) + xp.exp(y - top)) + top


logaddexp = elementwise(
    "logaddexp",
    _logaddexp,
    lambda x, y: 1 / (1 + exp(y - x)),
    lambda x, y: 1 / (1 + exp(x - y)),
    refuses="biu",
)
logaddexp2 = elementwise(
    "logaddexp2",
    "logaddexp2",
    lambda x, y: 1 / (1 + exp2(y - x)),
    lambda x, y: 1 / (1 + exp2(x - y)),
    refuses="biuc",
)
xlogy = elementwise(
    "xlogy",
    lambda x, y: where((x == 0) & (y == y), 0, x * log(y)),
    lambda x, y: where((x == 0) & (y <= 0), 0, log(y)),
    lambda x, y: x / y,
    node={3: "XlogyBackward0", 2: "XlogyBackward1", 1: "XlogyBackward2"},
    floats=True,
    refuses="c",
)

sigmoid = elementwise(
    "sigmoid", lambda x: 1 / (1 + exp(-x)), lambda out: out * (1 - out), floats=True
)
logsigmoid = elementwise(
    "log_sigmoid",
    lambda x: where(x < 0, x, 0) - log1p(exp(where(x < 0, x, -x))),
    lambda x: 1 / (1 + exp(x)),
    floats=True,
)
softplus = elementwise(
    "softplus",
    lambda x, beta, threshold: where(x * beta > threshold, x, log1p(exp(x * beta)) / beta),
    lambda x, beta, threshold: where(x * beta > threshold, 1, 1 / (1 + exp(-(x * beta)))),
)
logit = elementwise(
    "logit",
    lambda x: log(x / (1 - x)),
    lambda x: where((x >= 0) & (x <= 1), 1 / (x * (1 - x)), math.nan),
    floats=True,
    refuses="c",
)


def _within(x, eps):
    """x in [eps, 1 - eps]; where these cross, the upper bound first, as in PyTorch."""
    return where(x < eps, eps, where(x > 1 - eps, 1 - eps, x))


logit_within = elementwise(
    "logit",
    lambda x, eps: log(_within(x, eps) / (1 - _within(x, eps))),
    lambda x, eps: where((x < eps) | (x > 1 - eps), 0, 1 / (x * (1 - x))),
    floats=True,
    refuses="c",
)

erf = elementwise("erf", "scipy.special.erf", lambda x: ERF * exp(-x * x), floats=True, refuses="c")
erfc = elementwise(
    "erfc", "scipy.special.erfc", lambda x: -ERF * exp(-x * x), floats=True, refuses="c"
)
erfinv = elementwise(
    "erfinv", "scipy.special.erfinv", lambda out: exp(out * out) / ERF, floats=True
)
lgamma = elementwise("lgamma", "scipy.special.gammaln", lambda x: digamma(x), floats=True)
digamma = elementwise(
    "digamma", "scipy.special.psi", lambda x: polygamma(x, n=1), floats=True, refuses="c"
)


def _polygamma(xp, x, n):
    from scipy.special import polygamma as scipy_polygamma

    return scipy_polygamma(n, x).astype(x.dtype)


polygamma = elementwise(
    "polygamma", _polygamma, lambda x, n: polygamma(x, n=n + 1), floats=True, refuses="c"
)
i0 = elementwise("i0", "scipy.special.i0", lambda x: i1(x), floats=True)
i1 = elementwise(
    "i1", "scipy.special.i1", lambda x, out: i0(x) - where(x == 0, 0.5, out / x), floats=True
)
