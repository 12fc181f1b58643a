"""Kinks of functions of single numbers: powers, bounds, logarithms, rounding.

Apart because most of them stand where a function ends or turns.
"""

from __future__ import annotations

import numpy as np

from tests.samples.kinks.kink import Kink

inf, nan = np.inf, np.nan
LARGEST = np.finfo(np.float64).max

KINKS_OF_MAGNITUDE = (
    Kink("abs at 0", lambda torch, x: torch.abs(x), [[0.0, 0.0]], [0.0, 0.0], [[0.0, 0.0]]),
    Kink(
        "abs of complex 0",
        lambda torch, x: torch.abs(x),
        [[0j, 3 + 4j]],
        [0.0, 5.0],
        [[0j, 0.6000000000000001 + 0.8j]],
    ),
    Kink(
        "sign at 0 and of nan",
        lambda torch, x: torch.sign(x),
        [[0.0, nan]],
        [0.0, 0.0],
        [[0.0, 0.0]],
    ),
    Kink(
        "relu at 0",
        lambda torch, x: torch.relu(x),
        [[0.0, 1.0, -1.0]],
        [0.0, 1.0, 0.0],
        [[0.0, 1.0, 0.0]],
    ),
    Kink(
        "clamp at its bounds",
        lambda torch, x: torch.clamp(x, -1, 1),
        [[-1.0, 1.0, 2.0, 0.0]],
        [-1.0, 1.0, 1.0, 0.0],
        [[1.0, 1.0, 0.0, 1.0]],
    ),
    Kink("clamp of nan", lambda torch, x: torch.clamp(x, -1, 1), [[nan]], [nan], [[0.0]]),
    Kink(
        "clamp at bounds that are tensors",
        lambda torch, x, a, b: torch.clamp(x, a, b),
        [[1.0, 1.0, 3.0], [1.0, 0.0, 0.0], [2.0, 1.0, 3.0]],
        [1.0, 1.0, 3.0],
        [[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
    ),
    Kink(
        "clamp where the lower bound is the higher",
        lambda torch, x, a, b: torch.clamp(x, a, b),
        [[1.0], [3.0], [2.0]],
        [2.0],
        [[0.0], [0.0], [1.0]],
    ),
    Kink(
        "maximum of equals and of nan",
        lambda torch, x, y: torch.maximum(x, y),
        [[1.0, nan, 1.0], [1.0, 1.0, nan]],
        [1.0, nan, nan],
        [[0.5, 1.0, 1.0], [0.5, 1.0, 1.0]],
    ),
    Kink(
        "minimum of equals and of nan",
        lambda torch, x, y: torch.minimum(x, y),
        [[1.0, nan, 1.0], [1.0, 1.0, nan]],
        [1.0, nan, nan],
        [[0.5, 1.0, 1.0], [0.5, 1.0, 1.0]],
    ),
    Kink(
        "fmax of equals and of nan",
        lambda torch, x, y: torch.fmax(x, y),
        [[1.0, nan, 1.0, nan], [1.0, 1.0, nan, nan]],
        [1.0, 1.0, 1.0, nan],
        [[1.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 0.0]],
    ),
    Kink(
        "fmin of equals and of nan",
        lambda torch, x, y: torch.fmin(x, y),
        [[1.0, nan, 1.0, nan], [1.0, 1.0, nan, nan]],
        [1.0, 1.0, 1.0, nan],
        [[1.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 0.0]],
    ),
    Kink(
        "floor at a whole number",
        lambda torch, x: torch.floor(x),
        [[1.0, 1.5]],
        [1.0, 1.0],
        [[0.0, 0.0]],
    ),
    Kink(
        "round at halves",
        lambda torch, x: torch.round(x),
        [[0.5, 1.5, 2.5]],
        [0.0, 2.0, 2.0],
        [[0.0, 0.0, 0.0]],
    ),
    Kink(
        "frac at a whole number",
        lambda torch, x: torch.frac(x),
        [[1.0, 1.5]],
        [0.0, 0.5],
        [[1.0, 1.0]],
    ),
    Kink(
        "remainder at a multiple",
        lambda torch, x, y: torch.remainder(x, y),
        [[4.0, -4.0], [2.0, 3.0]],
        [0.0, 2.0],
        [[1.0, 1.0], [-2.0, 2.0]],
    ),
    Kink(
        "fmod at a multiple",
        lambda torch, x, y: torch.fmod(x, y),
        [[4.0, -5.0], [2.0, 3.0]],
        [0.0, -2.0],
        [[1.0, 1.0], [-2.0, 1.0]],
    ),
    Kink(
        "where with nan in the branch taken",
        lambda torch, x: torch.where(x > 0, x, torch.sqrt(x)),
        [[1.0, -1.0]],
        [1.0, nan],
        [[1.0, nan]],
    ),
    Kink(
        "where with nan in the gradient of the branch not taken",
        lambda torch, x: torch.where(x >= 0, torch.ones_like(x), torch.log(x)),
        [[0.0, 1.0]],
        [1.0, 1.0],
        [[nan, 0.0]],
    ),
    Kink(
        "nan_to_num",
        lambda torch, x: torch.nan_to_num(x),
        [[nan, inf, -inf, 2.0]],
        [0.0, LARGEST, -LARGEST, 2.0],
        [[0.0, 0.0, 0.0, 1.0]],
    ),
)

POWERS = (
    Kink("sqrt at 0", lambda torch, x: torch.sqrt(x), [[0.0]], [0.0], [[inf]]),
    Kink("sqrt of a negative number", lambda torch, x: torch.sqrt(x), [[-1.0]], [nan], [[nan]]),
    Kink("power of a half at 0", lambda torch, x: x**0.5, [[0.0]], [0.0], [[inf]]),
    Kink("power of 0 at 0", lambda torch, x: x**0, [[0.0]], [1.0], [[0.0]]),
    Kink("0 to the power of 0", lambda torch, x, y: x**y, [[0.0], [0.0]], [1.0], [[0.0], [0.0]]),
    Kink(
        "a negative number to a complex power",
        lambda torch, x, y: (x**y).real,
        [[-2.0, -0.5], [1 + 1j, -0.5j]],
        [-0.06648365401771332, 4.52445652042429],
        [
            [0.005629806640523646, -1.6340091271377257],
            [0.1274084833441526 + 0.24714294718160132j, -8.269505350412704 - 13.081390546566656j],
        ],
    ),
    Kink("0 to the power of 2", lambda torch, x, y: x**y, [[0.0], [2.0]], [0.0], [[0.0], [0.0]]),
    Kink(
        "0 to the power of -1", lambda torch, x, y: x**y, [[0.0], [-1.0]], [inf], [[-inf], [-inf]]
    ),
    Kink("a negative base", lambda torch, x, y: x**y, [[-2.0], [2.0]], [4.0], [[-4.0], [nan]]),
    Kink(
        "the number 0 to a power", lambda torch, y: 0.0**y, [[0.0, 1.0]], [1.0, 0.0], [[0.0, 0.0]]
    ),
    Kink("rsqrt at 0", lambda torch, x: torch.rsqrt(x), [[0.0]], [inf], [[-inf]]),
    Kink("reciprocal at 0", lambda torch, x: torch.reciprocal(x), [[0.0]], [inf], [[-inf]]),
    Kink(
        "division by 0",
        lambda torch, x, y: x / y,
        [[0.0, 1.0], [0.0, 0.0]],
        [nan, inf],
        [[inf, inf], [nan, -inf]],
    ),
    Kink(
        "addcdiv by 0",
        lambda torch, x, y, z: torch.addcdiv(x, y, z),
        [[1.0], [0.0], [0.0]],
        [nan],
        [[1.0], [inf], [nan]],
    ),
    Kink(
        "hypot at 0", lambda torch, x, y: torch.hypot(x, y), [[0.0], [0.0]], [0.0], [[nan], [nan]]
    ),
    Kink(
        "atan2 at 0", lambda torch, x, y: torch.atan2(x, y), [[0.0], [0.0]], [0.0], [[0.0], [0.0]]
    ),
    Kink("sinc at 0", lambda torch, x: torch.sinc(x), [[0.0]], [1.0], [[0.0]]),
    Kink(
        "the real part of a square",
        lambda torch, z: torch.real(z * z),
        [[3 + 4j]],
        [-7.0],
        [[6 - 8j]],
    ),
)

LOGARITHMS = (
    Kink("log at 0", lambda torch, x: torch.log(x), [[0.0]], [-inf], [[inf]]),
    Kink("log1p at -1", lambda torch, x: torch.log1p(x), [[-1.0]], [-inf], [[inf]]),
    Kink(
        "xlogy with x at 0",
        lambda torch, x, y: torch.xlogy(x, y),
        [[0.0, 0.0], [0.0, 2.0]],
        [0.0, 0.0],
        [[0.0, np.log(2)], [nan, 0.0]],
    ),
    Kink(
        "logsumexp of -inf",
        lambda torch, x: torch.logsumexp(x, 0),
        [[-inf, -inf]],
        -inf,
        [[nan, nan]],
    ),
    Kink(
        "logsumexp with inf",
        lambda torch, x: torch.logsumexp(x, 0),
        [[inf, 1.0]],
        inf,
        [[nan, 0.0]],
    ),
    Kink(
        "logaddexp of -inf",
        lambda torch, x, y: torch.logaddexp(x, y),
        [[-inf], [-inf]],
        [-inf],
        [[nan], [nan]],
    ),
    Kink(
        "softmax of -inf",
        lambda torch, x: torch.softmax(x, 0),
        [[-inf, -inf]],
        [nan, nan],
        [[nan, nan]],
    ),
    Kink(
        "softmax with one -inf",
        lambda torch, x: torch.softmax(x, 0) * torch.tensor([1.0, 2.0]),
        [[-inf, 1.0]],
        [0.0, 2.0],
        [[0.0, 0.0]],
    ),
    Kink(
        "log_softmax of -inf",
        lambda torch, x: torch.log_softmax(x, 0),
        [[-inf, -inf]],
        [nan, nan],
        [[nan, nan]],
    ),
    Kink(
        "softplus far out",
        lambda torch, x: torch.nn.functional.softplus(x),
        [[30.0, -800.0]],
        [30.0, 0.0],
        [[1.0, 0.0]],
    ),
    Kink(
        "logsigmoid far out",
        lambda torch, x: torch.nn.functional.logsigmoid(x),
        [[800.0, -800.0]],
        [0.0, -800.0],
        [[0.0, 1.0]],
    ),
    Kink(
        "sigmoid far out",
        lambda torch, x: torch.sigmoid(x),
        [[800.0, -800.0]],
        [1.0, 0.0],
        [[0.0, 0.0]],
    ),
    Kink("tanh far out", lambda torch, x: torch.tanh(x), [[800.0]], [1.0], [[0.0]]),
    Kink("erfinv at 1", lambda torch, x: torch.erfinv(x), [[1.0]], [inf], [[inf]]),
    Kink("asin at 1", lambda torch, x: torch.asin(x), [[1.0]], [np.pi / 2], [[inf]]),
    Kink("acosh at 1", lambda torch, x: torch.acosh(x), [[1.0]], [0.0], [[inf]]),
    Kink(
        "lgamma at its poles",
        lambda torch, x: torch.lgamma(x),
        [[0.0, -1.0]],
        [inf, inf],
        [[-inf, nan]],
    ),
    Kink(
        "logit outside of its domain",
        lambda torch, x: torch.logit(x),
        [[-0.5, 0.0, 1.0, 1.5]],
        [nan, -inf, inf, nan],
        [[nan, inf, inf, nan]],
    ),
    Kink(
        "logit within bounds",
        lambda torch, x: torch.logit(x, 0.25),
        [[0.0, 0.25, 1.0, nan]],
        [-np.log(3), -np.log(3), np.log(3), nan],
        [[0.0, 16 / 3, 0.0, nan]],
    ),
    Kink("digamma at its pole", lambda torch, x: torch.digamma(x), [[0.0]], [-inf], [[inf]]),
)

KINKS = KINKS_OF_MAGNITUDE + POWERS + LOGARITHMS
