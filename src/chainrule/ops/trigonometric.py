"""Circular and hyperbolic functions and their inverses."""

from __future__ import annotations

import math

from chainrule.ops.arithmetic import rsqrt
from chainrule.ops.choice import where
from chainrule.ops.kinds import elementwise

DEGREE = math.pi / 180.0

# name, kernel, one partial derivative per input
sin = elementwise("sin", "sin", lambda x: cos(x), floats=True)
cos = elementwise("cos", "cos", lambda x: -sin(x), floats=True)
tan = elementwise("tan", "tan", lambda out: 1 + out * out, floats=True)
asin = elementwise("asin", "arcsin", lambda x: rsqrt(1 - x * x), floats=True)
acos = elementwise("acos", "arccos", lambda x: -rsqrt(1 - x * x), floats=True)
atan = elementwise("atan", "arctan", lambda x: 1 / (x * x + 1), floats=True)

sinh = elementwise("sinh", "sinh", lambda x: cosh(x), floats=True)
cosh = elementwise("cosh", "cosh", lambda x: sinh(x), floats=True)
tanh = elementwise("tanh", "tanh", lambda out: 1 - out * out, floats=True)
asinh = elementwise("asinh", "arcsinh", lambda x: rsqrt(x * x + 1), floats=True)
acosh = elementwise("acosh", "arccosh", lambda x: rsqrt(x - 1) * rsqrt(x + 1), floats=True)
atanh = elementwise("atanh", "arctanh", lambda x: 1 / (1 - x * x), floats=True)

atan2 = elementwise(
    "atan2",
    "arctan2",
    lambda x, y: where((x == 0) & (y == 0), 0, y / (x * x + y * y)),
    lambda x, y: where((x == 0) & (y == 0), 0, -x / (x * x + y * y)),
    floats=True,
)
hypot = elementwise("hypot", "hypot", lambda x, out: x / out, lambda y, out: y / out, refuses="biu")
deg2rad = elementwise(
    "deg2rad", lambda x: x * DEGREE, DEGREE, node="Deg2RadBackward0", floats=True, refuses="c"
)
rad2deg = elementwise(
    "rad2deg", lambda x: x / DEGREE, 1 / DEGREE, node="Rad2DegBackward0", floats=True, refuses="c"
)


def _sinc_slope(x):
    """(cos(pi x) - sinc(x)) / x, which is 0 at 0."""
    angle = math.pi * x
    slope = (angle * cos(angle) - sin(angle)) / (angle * x)
    return where(x == 0, 0, slope)


sinc = elementwise(
    "sinc",
    lambda x: where(x == 0, 1, sin(math.pi * x) / (math.pi * x)),
    lambda x: _sinc_slope(x),
    floats=True,
)
