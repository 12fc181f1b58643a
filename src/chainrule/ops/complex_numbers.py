"""Complex numbers from two real ones.

Apart from conversion, whose ops take complex numbers apart.
"""

from __future__ import annotations

from chainrule.ops.choice import where
from chainrule.ops.exponential import exp
from chainrule.ops.kinds import elementwise, linear


def _from_parts(xp, x, y):
    """x + iy; by parts, since with infinite parts i * y would be nan."""
    shape = xp.broadcast_shapes(x.shape, y.shape)
    out = xp.empty(shape, xp.complex64 if x.dtype == xp.float32 else xp.complex128)
    out.real, out.imag = x, y
    return out


def _from_polar(xp, x, y):
    return _from_parts(xp, x * xp.cos(y), x * xp.sin(y))


@linear(broadcasts=True, promotes=True)
def complex(xp, x, y):
    return _from_parts(xp, x, y)


# Linear in both parts together; the engine takes the real part for a real operand.
complex.transposes(lambda g: g, lambda g: -1j * g)


def _angle(xp, x):
    return xp.arctan2(x.imag, x.real)


def _half_turn(xp, x):
    return xp.where(x != x, x, xp.where(x < 0, x.dtype.type(xp.pi), x.dtype.type(0)))


# The phase of complex numbers; of real ones 0 or pi, which no small change alters.
angle = elementwise("angle", _angle, lambda x: where(x == 0, 0, -1j / x), refuses="biuf")
angle_of_real = elementwise("angle", _half_turn, 0, floats=True)

polar = elementwise("polar", _from_polar, lambda y: exp(1j * y), lambda out: 1j * out)
