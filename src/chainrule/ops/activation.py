"""The activations of neural networks, element by element, with their derivatives.

Apart from exponential.py: these have names, parameters and conventions at their kinks that only
networks know. Where PyTorch saves the result instead of the input, so does the record here.

Note: masks and NaN. A derivative that is 1 or 0 is a condition. It is written as the negation of
where the function is flat, because PyTorch lets the gradient through at NaN.
"""

from __future__ import annotations

import math

from chainrule.ops.arithmetic import maximum, minimum
from chainrule.ops.choice import where
from chainrule.ops.exponential import erf, exp, expm1, log1p, sigmoid
from chainrule.ops.kinds import elementwise, general
from chainrule.ops.shape import cat, narrow
from chainrule.ops.trigonometric import tanh

# ------------------------------------------------------------------ rectified and their kin

relu = elementwise(
    "relu",
    lambda x: maximum(x, 0),
    lambda out: out != 0,
)
leaky_relu = elementwise(
    "leaky_relu",
    lambda x, negative_slope: where(x > 0, x, x * negative_slope),
    lambda x, negative_slope: where(x > 0, 1, negative_slope),
)
# In place, the sign is read off the result: the slope must not be negative.
leaky_relu_in_place = elementwise(
    "leaky_relu",
    lambda x, negative_slope: where(x > 0, x, x * negative_slope),
    lambda out, negative_slope: where(out > 0, 1, negative_slope),
    node="LeakyReluBackward1",
)
prelu = elementwise(
    "prelu",
    lambda x, y: where(x > 0, x, y * x),
    lambda x, y: where(x > 0, 1, y),
    lambda x: where(x > 0, 0, x),
    node="PreluKernelBackward0",
)
threshold = elementwise(
    "threshold",
    lambda x, threshold, value: where(x <= threshold, value, x),
    lambda x, threshold: ~(x <= threshold),
    refuses="bc",
)
hardtanh = elementwise(
    "hardtanh",
    lambda x, min_val, max_val: minimum(maximum(x, min_val), max_val),
    lambda x, min_val, max_val: ~((x <= min_val) | (x >= max_val)),
)

# ---------------------------------------------------------------- exponential and their kin

# PyTorch's ELU has three factors, so that SELU and CELU are ELUs.
elu = elementwise(
    "elu",
    lambda x, alpha, scale, input_scale: where(
        x < 0, expm1(x * input_scale) * (alpha * scale), x * scale
    ),
    lambda x, alpha, scale, input_scale: where(
        x <= 0, exp(x * input_scale) * (alpha * scale * input_scale), scale
    ),
)
elu_in_place = elementwise(
    "elu",
    lambda x, alpha, scale, input_scale: where(
        x < 0, expm1(x * input_scale) * (alpha * scale), x * scale
    ),
    lambda out, alpha, scale, input_scale: where(
        out <= 0, (out + alpha * scale) * input_scale, scale
    ),
    node="EluBackward1",
)
celu = elementwise(
    "celu",
    lambda x, alpha: where(x < 0, expm1(x / alpha) * alpha, x),
    lambda x, alpha: where(x <= 0, exp(x / alpha), 1),
)
celu_in_place = elementwise(
    "celu",
    lambda x, alpha: where(x < 0, expm1(x / alpha) * alpha, x),
    lambda out, alpha: where(out <= 0, out / alpha + 1, 1),
    node="CeluBackward1",
)
silu = elementwise(
    "silu",
    lambda x: x / (1 + exp(-x)),
    lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x))),
)
mish = elementwise(
    "mish",
    lambda x: x * tanh(log1p(exp(x))),
    lambda x: (
        tanh(log1p(exp(x))) + x * sigmoid(x) * (1 - tanh(log1p(exp(x))) * tanh(log1p(exp(x))))
    ),
)
# x times the normal distribution function of x; its derivative is that function plus x times
# the density.
gelu = elementwise(
    "gelu",
    lambda x: x * 0.5 * (1 + erf(x * math.sqrt(0.5))),
    lambda x: (
        0.5 * (1 + erf(x * math.sqrt(0.5))) + x * exp(x * x * -0.5) * (0.5 * math.sqrt(2 / math.pi))
    ),
)


def bent(x):
    """What tanh is taken of in the approximation of GELU."""
    return (x + x * x * x * 0.044715) * math.sqrt(2 / math.pi)


def bent_slope(x):
    return (1 + x * x * (3 * 0.044715)) * math.sqrt(2 / math.pi)


gelu_tanh = elementwise(
    "gelu",
    lambda x: x * 0.5 * (1 + tanh(bent(x))),
    lambda x: (
        0.5 * (1 + tanh(bent(x))) + 0.5 * x * (1 - tanh(bent(x)) * tanh(bent(x))) * bent_slope(x)
    ),
)

# -------------------------------------------------------------------------------- piecewise

hardsigmoid = elementwise(
    "hardsigmoid",
    lambda x: minimum(maximum(x + 3, 0), 6) / 6,
    lambda x: where((x > -3) & (x < 3), 1 / 6, 0),
)
hardswish = elementwise(
    "hardswish",
    lambda x: x * minimum(maximum(x + 3, 0), 6) / 6,
    lambda x: where(x <= -3, 0, where(x < 3, x / 3 + 0.5, 1)),
)
softshrink = elementwise(
    "softshrink",
    lambda x, lambd: where(x > lambd, x - lambd, where(x < -lambd, x + lambd, x * 0)),
    lambda x, lambd: ~((x >= -lambd) & (x <= lambd)),
)
hardshrink = elementwise(
    "hardshrink",
    lambda x, lambd: where((x >= -lambd) & (x <= lambd), 0, x),
    lambda x, lambd: ~((x >= -lambd) & (x <= lambd)),
)

# ------------------------------------------------------------------------ along a dimension


@general()
def glu(xp, x, *, dim):
    """The first half times the sigmoid of the second."""
    first, second = xp.split(x, 2, axis=dim)
    return first / (1 + xp.exp(-second))


@glu.vjp
def glu_vjp(g, x, dim):
    half = x.shape[dim] // 2
    first = narrow(x, dim=dim, start=0, length=half)
    gate = sigmoid(narrow(x, dim=dim, start=half, length=half))
    return cat(g * gate, g * first * gate * (1 - gate), dim=dim)
