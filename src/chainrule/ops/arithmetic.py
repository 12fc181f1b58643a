"""Sums, products, quotients, powers and roundings, element by element."""

from __future__ import annotations

import numpy

from chainrule._core.program import Symbol, emit
from chainrule.ops.choice import where
from chainrule.ops.conversion import conj
from chainrule.ops.exponential import log
from chainrule.ops.kinds import elementwise, general

# ------------------------------------------------------------------------- the four operations
# name, kernel, one partial derivative per input

add = elementwise("add", "add", 1, 1)
SUB_NODES = {3: "SubBackward0", 1: "SubBackward0", 2: "RsubBackward1"}
sub = elementwise("sub", "subtract", 1, -1, node=SUB_NODES, refuses="B")
mul = elementwise("mul", "multiply", lambda y: y, lambda x: x)
div = elementwise("div", "divide", lambda y: 1 / y, lambda x, y: -(x / y) / y, floats=True)
neg = elementwise("neg", "negative", -1, refuses="b")
reciprocal = elementwise("reciprocal", "reciprocal", lambda out: -out * out, floats=True)

addcmul = elementwise(
    "addcmul",
    lambda x, y, z, value: x + value * y * z,
    1,
    lambda z, value: value * z,
    lambda y, value: value * y,
    refuses="b",
)
addcdiv = elementwise(
    "addcdiv",
    lambda x, y, z, value: x + value * (y / z),
    1,
    lambda z, value: value / z,
    lambda y, z, value: -value * y / (z * z),
)


def _between(xp, x, y, weight):
    """x + weight * (y - x), from the nearer end, so that weight 1 gives y exactly."""
    far = xp.absolute(weight) >= 0.5
    weight = xp.asarray(weight, x.dtype)
    return xp.where(far, y - (y - x) * (1 - weight), x + weight * (y - x))


def _lerp_number(xp, x, y, weight):
    return _between(xp, x, y, weight)


def _lerp(xp, x, y, z):
    return _between(xp, x, y, z)


lerp_number = elementwise(
    "lerp", _lerp_number, lambda weight: 1 - weight, lambda weight: weight, refuses="biu"
)
lerp = elementwise(
    "lerp",
    _lerp,
    lambda z: 1 - z,
    lambda z: z,
    lambda x, y: y - x,
    node="LerpBackward1",
    refuses="biu",
)

# ------------------------------------------------------------------------ quotients and rests


def _floor_divide(xp, x, y):
    return xp.floor_divide(x, y)


def _trunc_divide(xp, x, y):
    if x.dtype.kind in "iu":
        return xp.sign(x) * xp.sign(y) * (xp.absolute(x) // xp.absolute(y))
    return xp.trunc(xp.divide(x, y))


def _no_slope():
    raise RuntimeError("derivative for aten::floor_divide is not implemented")


floor_divide = elementwise(
    "floor_divide", _floor_divide, _no_slope, _no_slope, node="NotImplemented", refuses="bc"
)
div_floor = elementwise("div", _floor_divide, 0, 0, node="DivBackward2", refuses="bc")
div_trunc = elementwise("div", _trunc_divide, 0, 0, node="DivBackward2", refuses="bc")

REMAINDER_NODES = {1: "RemainderBackward0", 3: "RemainderBackward1", 2: "NotImplemented"}
FMOD_NODES = {1: "FmodBackward0", 3: "FmodBackward1"}
remainder = elementwise(
    "remainder", "remainder", 1, lambda x, y: -floor(x / y), node=REMAINDER_NODES, refuses="bc"
)
fmod = elementwise("fmod", "fmod", 1, lambda x, y: -trunc(x / y), node=FMOD_NODES, refuses="bc")

# ---------------------------------------------------------------------------- powers and roots


def _to_number(xp, x, exponent):
    """x ** exponent; the commonest exponents by multiplication or root, as PyTorch does."""
    if exponent == 1:
        return x.copy()
    special = {3: lambda: x * x * x, 0.5: lambda: xp.sqrt(x), -0.5: lambda: 1 / xp.sqrt(x)}
    special |= {-1: lambda: 1 / x, -2: lambda: 1 / (x * x)}
    if exponent in special and x.dtype.kind in "fc":
        return special[exponent]()
    # NumPy would make float64 of float32 and a 0-dim array; with complex exponents it knows best.
    return xp.power(x, exponent if isinstance(exponent, complex) else x.dtype.type(exponent))


def _integer_power(xp, x, y):
    """x ** y of integers; with a negative y what is left of 1 / x ** -y, 1, -1 or 0."""
    power = xp.power(x, xp.absolute(y))
    return xp.where((y < 0) & (xp.absolute(power) != 1), 0, power)


def _ones(xp, x):
    return xp.ones_like(x)


def _zeros(xp, x):
    return xp.zeros_like(x)


zero = elementwise("zero", _zeros, 0)
sqrt = elementwise("sqrt", "sqrt", lambda out: 0.5 / out, floats=True)
rsqrt = elementwise("rsqrt", lambda x: 1 / sqrt(x), lambda out: -0.5 * out * out * out, floats=True)
square = elementwise("square", "square", lambda x: 2 * x, node="PowBackward0", refuses="b")
pow_zero = elementwise("pow", _ones, 0, node="PowBackward0")
pow_number = elementwise(
    "pow",
    _to_number,
    lambda x, exponent: exponent * power_of(x, exponent - 1),
    node="PowBackward0",
)
pow = elementwise(
    "pow",
    "power",
    lambda x, y: where(y == 0, 0, y * x ** (y - 1)),
    lambda x, y, out: where((x == 0) & ((out == 0) | (y == 0)), 0, out * log(x)),
    node={3: "PowBackward1", 2: "PowBackward2"},
    refuses="b",
)
# Of a real number to a complex one: the logarithm of a negative number is complex as well.
pow_of_real = elementwise(
    "pow",
    "power",
    lambda x, y: where(y == 0, 0, y * x ** (y - 1)),
    lambda x, y, out: where((x == 0) & ((out == 0) | (y == 0)), 0, out * log(x + 0j)),
    node={3: "PowBackward1", 2: "PowBackward2"},
)
pow_integers = elementwise("pow", _integer_power)


def power_of(x, exponent):
    """x ** exponent for a number: by the op that is exact and fast for it."""
    if exponent == 2:
        return square(x)
    return pow_zero(x) if exponent == 0 else pow_number(x, exponent=exponent)


# ------------------------------------------------------------------------- signs and roundings


def _sign(xp, x):
    if x.dtype.kind == "b":
        return x.copy()
    return xp.sign(xp.where(x != x, x.dtype.type(0), x))


def _sgn(xp, x):
    return _sign(xp, x) if x.dtype.kind != "c" else xp.sign(x)


def _round_decimals(xp, x, decimals):
    scale = x.dtype.type(10.0 ** int(xp.absolute(decimals)))
    return xp.rint(x * scale) / scale if decimals > 0 else xp.rint(x / scale) * scale


def _nan_to_num(xp, x, nan, posinf, neginf):
    return xp.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


abs = elementwise("abs", "absolute", lambda x: conj(sgn(x)), refuses="b")
sign = elementwise("sign", _sign, 0, refuses="c")


@general(node="SgnBackward0")
def sign_or_phase(xp, x):
    """The sign of real numbers, x / |x| of complex ones, 0 at 0."""
    return _sgn(xp, x)


@sign_or_phase.vjp
def sign_or_phase_vjp(g, x, out):
    """A phase turns with what is across it: the rest of the cotangent, over |x|."""
    if not x.dtype.is_complex:
        return zero(g)
    size = abs(x)
    along = out * (g * conj(out)).real
    return where(size == 0, 0, (g - along) / where(size == 0, 1, size))


def sgn(x):
    """The sign or phase: an instruction of a formula, or an op."""
    return emit(numpy.sign, (x,)) if isinstance(x, Symbol) else sign_or_phase(x)


floor = elementwise("floor", "floor", 0, whole=True, refuses="bc")
ceil = elementwise("ceil", "ceil", 0, whole=True, refuses="bc")
trunc = elementwise("trunc", "trunc", 0, whole=True, refuses="bc")
round = elementwise("round", "rint", 0, whole=True, refuses="bc")
round_decimals = elementwise("round", _round_decimals, 0, node="RoundBackward1", refuses="biuc")
frac = elementwise("frac", lambda x: x - trunc(x), 1, refuses="biuc")
nan_to_num = elementwise("nan_to_num", _nan_to_num, lambda x: (x - x) == 0)


# ---------------------------------------------------------------------------------- extremes
# Ties share evenly in maximum and minimum, and NaN gives g to both; in fmax and fmin ties go to
# the first. Complex numbers have no order.

maximum = elementwise(
    "maximum",
    "maximum",
    lambda x, y: where(x == y, 0.5, where(x < y, 0, 1)),
    lambda x, y: where(x == y, 0.5, where(y < x, 0, 1)),
    refuses="c",
)
minimum = elementwise(
    "minimum",
    "minimum",
    lambda x, y: where(x == y, 0.5, where(x > y, 0, 1)),
    lambda x, y: where(x == y, 0.5, where(y > x, 0, 1)),
    refuses="c",
)
fmax = elementwise(
    "fmax",
    "fmax",
    lambda x, y: (x >= y) | (y != y),
    lambda x, y: (x < y) | ((x != x) & (y == y)),
    refuses="c",
)
fmin = elementwise(
    "fmin",
    "fmin",
    lambda x, y: (x <= y) | (y != y),
    lambda x, y: (x > y) | ((x != x) & (y == y)),
    refuses="c",
)

# By numbers.
clamp_min = elementwise(
    "clamp_min",
    lambda x, min: maximum(x, min),
    lambda x, min: x >= min,
    refuses="bc",
)
clamp_max = elementwise(
    "clamp_max",
    lambda x, max: minimum(x, max),
    lambda x, max: x <= max,
    refuses="bc",
)
clamp = elementwise(
    "clamp",
    lambda x, min, max: minimum(maximum(x, min), max),
    lambda x, min, max: (x >= min) & (x <= max),
    node="ClampBackward1",
    refuses="bc",
)
# By tensors.
clamp_min_tensor = elementwise(
    "clamp", lambda x, y: maximum(x, y), lambda x, y: x >= y, lambda x, y: x < y, refuses="c"
)
clamp_max_tensor = elementwise(
    "clamp", lambda x, y: minimum(x, y), lambda x, y: x <= y, lambda x, y: x > y, refuses="c"
)
clamp_tensor = elementwise(
    "clamp",
    lambda x, y, z: minimum(maximum(x, y), z),
    lambda x, y, z: (x >= y) & (x <= z),
    lambda x, y, z: (x < y) & (y < z),
    lambda x, y, z: (x > z) | (z < y),
    refuses="bc",
)
