"""Normal deviates from uniform ones, by Box and Muller, in PyTorch's own arithmetic.

Apart from the distributions, because every rounding counts here. sqrt(-2 log u) times the cosine
and the sine of 2 pi v are two independent normal deviates; which functions compute them, in what
precision and for which u and v, differs by dtype and size, and decides the last digits.

Note: float32 in blocks. PyTorch computes blocks of 16 with the logarithm, sine and cosine of
Moshier's Cephes library (single precision), with fused multiply-adds. NumPy has no fused
multiply-add, so a * b + c is made in float64, where a * b is exact, and then rounded to float32;
where the product is exact in float32 anyway, float32 will do. The bits are those of PyTorch's
x86-64 kernels (AVX2 or better).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

float32 = numpy.float32
LANES = 16384  # pairs computed at a time: 0.16 MB of scratch, few enough calls (10 ns a pair)
SCIPY_PAYS = 10_000  # elements from which importing scipy.special pays for its faster logarithm


def _single(*numbers: float) -> tuple[float, ...]:
    """Numbers rounded to float32, as Python floats."""
    return tuple(float(float32(number)) for number in numbers)


# Coefficients of Cephes' logf, cosf and sinf, highest power first.
LOG = _single(
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
COS = _single(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
SIN = _single(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
LOG_OF_2 = (float32(0.693359375), float32(-2.12194440e-4))  # the first is exact times any exponent
QUARTER_PI = (float32(0.78515625), float32(2.4187564849853515625e-4), 3.7748949774e-8)
SQRT_HALF_BITS = 0x3F3504F3


# -------------------------------------------------------------------------- float32 in blocks


def blocks_of_singles(uniform: numpy.ndarray) -> numpy.ndarray:
    """Turn uniform float32 into normal ones, in place: 16 at a time, u before v, cos before sin."""
    blocks = uniform.reshape(-1, 2, 8)
    for start in range(0, len(blocks), LANES // 8):
        part = blocks[start : start + LANES // 8]
        radius = _log(1 - part[:, 0].reshape(-1))
        radius *= float32(-2)
        numpy.sqrt(radius, out=radius)
        angle = part[:, 1].reshape(-1) * float32(2 * math.pi)
        for half, wave in enumerate(_cos_and_sin(angle)):
            wave *= radius
            part[:, half] = wave.reshape(-1, 8)
    uniform += float32(0)  # -0 becomes 0, as in PyTorch's 0 + 1 * x
    return uniform


def _horner(coefficients: Iterable[float], x: numpy.ndarray) -> numpy.ndarray:
    """A polynomial of a float64 x, every step rounded to float32."""
    first, second, *rest = coefficients
    step = x * first
    step += second
    rounded = step.astype(float32)
    for coefficient in rest:
        step[...] = rounded
        step *= x
        step += coefficient
        rounded[...] = step
    return rounded


def _log(x: numpy.ndarray) -> numpy.ndarray:
    """The logarithm of positive float32, in place, by the mantissa in [sqrt(1/2), sqrt(2))."""
    bits = x.view(numpy.int32)
    exponent = (bits - SQRT_HALF_BITS) >> 23
    bits -= exponent << 23
    exponent = exponent.astype(float32)
    x -= 1
    square = x * x
    y = _horner(LOG, x.astype(numpy.float64))
    y *= x
    fused = y.astype(numpy.float64)
    fused *= square
    fused += exponent * LOG_OF_2[1]
    y[...] = fused
    square *= float32(0.5)
    y -= square
    x += y
    exponent *= LOG_OF_2[0]
    x += exponent
    return x


def _cos_and_sin(x: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Cosine and sine of float32 in [0, 2 pi), by the distance to an even multiple of pi / 4."""
    octant = (x * float32(4 / math.pi)).astype(numpy.int32)
    octant += 1
    octant &= ~1
    distance = _minus_quarters_of_pi(x, octant.astype(float32))
    square = distance * distance
    exact_square = square.astype(numpy.float64)
    cos = _cos_near_zero(square, exact_square)
    sin = _sin_near_zero(distance, square, exact_square)
    _turn(cos.view(numpy.int32), sin.view(numpy.int32), octant)
    return cos, sin


def _minus_quarters_of_pi(x: numpy.ndarray, octant: numpy.ndarray) -> numpy.ndarray:
    """x - octant * pi / 4 with pi / 4 in three parts; only the third product is not exact."""
    x -= octant * QUARTER_PI[0]
    x -= octant * QUARTER_PI[1]
    fused = octant.astype(numpy.float64)
    fused *= -_single(QUARTER_PI[2])[0]
    fused += x
    x[...] = fused
    return x


def _cos_near_zero(square: numpy.ndarray, exact_square: numpy.ndarray) -> numpy.ndarray:
    cos = _horner(COS, exact_square)
    cos *= square
    fused = cos.astype(numpy.float64)
    fused *= exact_square
    fused -= exact_square * 0.5
    cos[...] = fused
    cos += 1
    return cos


def _sin_near_zero(
    x: numpy.ndarray, square: numpy.ndarray, exact_square: numpy.ndarray
) -> numpy.ndarray:
    sin = _horner(SIN, exact_square)
    sin *= square
    fused = sin.astype(numpy.float64)
    fused *= x
    fused += x
    sin[...] = fused
    return sin


def _turn(cos: numpy.ndarray, sin: numpy.ndarray, octant: numpy.ndarray) -> None:
    """Exchange and negate cosine and sine (seen as int32) where the octant says so, in place."""
    exchange = cos ^ sin
    exchange &= (octant << 30) >> 31  # all ones in octants 2 and 6
    cos ^= exchange
    sin ^= exchange
    sin ^= (octant & 4) << 29  # the sign bit
    cos ^= ((octant + 2) & 4) << 29


# ------------------------------------------------------------------------- float64, and one by one


def blocks_of_doubles(uniform: numpy.ndarray) -> numpy.ndarray:
    """Turn uniform float64 into normal ones, in place, laid out as in `blocks_of_singles`."""
    blocks = uniform.reshape(-1, 2, 8)
    radius = numpy.sqrt(-2 * _precise_log(1 - blocks[:, 0]))
    waves = _unit_circle(blocks[:, 1])
    blocks[:, 0] = radius * waves.real
    blocks[:, 1] = radius * waves.imag
    uniform += 0.0
    return uniform


def pair_of_doubles(turns: float, uniform: float) -> tuple[float, float]:
    """`pairs_of_doubles` of one pair: a few normal deviates are not worth NumPy's calls."""
    radius = math.sqrt(-2 * math.log1p(-uniform))
    angle = 2 * math.pi * turns
    return radius * math.cos(angle), radius * math.sin(angle)


def pairs_of_doubles(uniform: numpy.ndarray) -> numpy.ndarray:
    """Normal deviates two by two from uniform float64 two by two: the angle before the radius."""
    pairs = uniform.reshape(-1, 2)
    radius = numpy.sqrt(-2 * by_element(math.log1p, -pairs[:, 1]))
    waves = _unit_circle(pairs[:, 0])
    waves *= radius
    return waves.view(numpy.float64)


def by_element(function: Callable[[float], float], x: numpy.ndarray) -> numpy.ndarray:
    """A function of the C library: NumPy's own vectorised ones may differ in the last bit."""
    values = map(function, x.reshape(-1).tolist())
    return numpy.fromiter(values, numpy.float64, x.size).reshape(x.shape)


def _precise_log(x: numpy.ndarray) -> numpy.ndarray:
    """The C library's logarithm; SciPy's x * log(y) calls it fifteen times as fast as Python."""
    if x.size < SCIPY_PAYS:
        return by_element(math.log, x)
    from scipy.special import xlogy

    return xlogy(1.0, x)


def _unit_circle(turns: numpy.ndarray) -> numpy.ndarray:
    """cos + i sin of 2 pi turns; NumPy's complex exponential calls the C library's."""
    angle = numpy.zeros(turns.shape, numpy.complex128)
    numpy.multiply(turns, 2 * math.pi, out=angle.imag)
    return numpy.exp(angle, out=angle)
