"""Kinks of functions of many numbers: ties, norms, products with zeros, places written to twice.

Apart because what is shared out among equals, and how, is the question there.
"""

from __future__ import annotations

import numpy as np

from tests.samples.kinks.kink import Kink

inf, nan = np.inf, np.nan
LARGEST = np.finfo(np.float64).max


def _assigned_twice(torch, x):
    places = torch.zeros(2, dtype=torch.float64)
    places[[0, 0]] = x
    return places


TIES = (
    Kink(
        "max of everything, tied",
        lambda torch, x: torch.max(x),
        [[2.0, 2.0, 1.0, 2.0]],
        2.0,
        [[1 / 3, 1 / 3, 0.0, 1 / 3]],
    ),
    Kink(
        "amax, tied",
        lambda torch, x: torch.amax(x),
        [[2.0, 2.0, 1.0, 2.0]],
        2.0,
        [[1 / 3, 1 / 3, 0.0, 1 / 3]],
    ),
    Kink(
        "amin along a dim, tied",
        lambda torch, x: torch.amin(x, 1),
        [[[2.0, 2.0], [1.0, 2.0]]],
        [2.0, 1.0],
        [[[0.5, 0.5], [1.0, 0.0]]],
    ),
    Kink(
        "max along a dim, tied",
        lambda torch, x: torch.max(x, 0)[0],
        [[2.0, 2.0, 1.0]],
        2.0,
        [[1.0, 0.0, 0.0]],
    ),
    Kink(
        "min along a dim, tied",
        lambda torch, x: torch.min(x, 0)[0],
        [[2.0, 1.0, 1.0]],
        1.0,
        [[0.0, 1.0, 0.0]],
    ),
    Kink(
        "max with a nan", lambda torch, x: torch.max(x), [[2.0, nan, 1.0]], nan, [[0.0, 1.0, 0.0]]
    ),
    Kink(
        "amax with a nan", lambda torch, x: torch.amax(x), [[2.0, nan, 1.0]], nan, [[nan, nan, nan]]
    ),
    Kink(
        "aminmax with a nan",
        lambda torch, x: torch.aminmax(x)[0],
        [[2.0, nan, 1.0]],
        nan,
        [[nan, nan, nan]],
    ),
    Kink(
        "aminmax, tied",
        lambda torch, x: torch.aminmax(x)[1],
        [[2.0, 2.0, 1.0]],
        2.0,
        [[0.5, 0.5, 0.0]],
    ),
    Kink(
        "max along a dim with nans",
        lambda torch, x: torch.max(x, 0)[0],
        [[2.0, nan, nan]],
        nan,
        [[0.0, 1.0, 0.0]],
    ),
    Kink(
        "median of everything, tied",
        lambda torch, x: torch.median(x),
        [[2.0, 2.0, 1.0]],
        2.0,
        [[0.5, 0.5, 0.0]],
    ),
    Kink(
        "median along a dim, tied",
        lambda torch, x: torch.median(x, 0)[0],
        [[2.0, 2.0, 1.0]],
        2.0,
        [[1.0, 0.0, 0.0]],
    ),
    Kink(
        "median with a nan",
        lambda torch, x: torch.median(x),
        [[2.0, nan, 1.0]],
        nan,
        [[0.0, 1.0, 0.0]],
    ),
    Kink(
        "cummax, tied",
        lambda torch, x: torch.cummax(x, 0)[0],
        [[1.0, 2.0, 2.0, 1.0]],
        [1.0, 2.0, 2.0, 2.0],
        [[1.0, 1.0, 2.0, 0.0]],
    ),
    Kink(
        "sort, tied",
        lambda torch, x: torch.sort(x)[0] * torch.tensor([1.0, 2.0, 3.0]),
        [[2.0, 1.0, 2.0]],
        [1.0, 4.0, 6.0],
        [[2.0, 1.0, 3.0]],
    ),
    Kink("topk, tied", lambda torch, x: torch.topk(x, 1)[0], [[2.0, 2.0]], [2.0], [[1.0, 0.0]]),
)

NORMS = (
    Kink(
        "infinity norm, tied",
        lambda torch, x: torch.linalg.vector_norm(x, inf),
        [[2.0, -2.0, 1.0]],
        2.0,
        [[0.5, -0.5, 0.0]],
    ),
    Kink("norm of zeros", lambda torch, x: torch.norm(x), [[0.0, 0.0]], 0.0, [[0.0, 0.0]]),
    Kink("1-norm with a zero", lambda torch, x: torch.norm(x, 1), [[0.0, 2.0]], 2.0, [[0.0, 1.0]]),
    Kink("3-norm of zeros", lambda torch, x: torch.norm(x, 3), [[0.0, 0.0]], 0.0, [[0.0, 0.0]]),
    Kink(
        "infinity norm of zeros",
        lambda torch, x: torch.norm(x, inf),
        [[0.0, 0.0]],
        0.0,
        [[0.0, 0.0]],
    ),
    Kink(
        "1.5-norm with a zero", lambda torch, x: torch.norm(x, 1.5), [[0.0, 3.0]], 3.0, [[0.0, 1.0]]
    ),
    Kink(
        "0.5-norm with a zero", lambda torch, x: torch.norm(x, 0.5), [[0.0, 3.0]], 3.0, [[0.0, 1.0]]
    ),
    Kink(
        "vector_norm of zeros",
        lambda torch, x: torch.linalg.vector_norm(x),
        [[0.0, 0.0]],
        0.0,
        [[0.0, 0.0]],
    ),
    Kink("std of equal numbers", lambda torch, x: torch.std(x), [[3.0, 3.0]], 0.0, [[0.0, 0.0]]),
    Kink("std of one number", lambda torch, x: torch.std(x), [[3.0]], nan, [[nan]]),
    Kink(
        "var of as many numbers as are taken off",
        lambda torch, x: torch.var(x, correction=2),
        [[3.0, 4.0]],
        inf,
        [[inf, inf]],
    ),
    Kink(
        "var along a dim of as many numbers as are taken off",
        lambda torch, x: torch.var(x, 0, correction=2),
        [[3.0, 4.0]],
        inf,
        [[-inf, inf]],
    ),
    Kink(
        "std_mean of equal numbers",
        lambda torch, x: torch.std_mean(x)[0],
        [[3.0, 3.0]],
        0.0,
        [[0.0, 0.0]],
    ),
    Kink("var of one number", lambda torch, x: torch.var(x), [[3.0]], nan, [[nan]]),
)

EXPONENTIALS = (
    Kink(
        "logcumsumexp of numbers far apart",
        lambda torch, x: torch.logcumsumexp(x, 0),
        [[-1000.0, 0.0, 1000.0]],
        [-1000.0, 0.0, 1000.0],
        [[1.0, 1.0, 1.0]],
    ),
    Kink(
        "logsumexp of minus infinities",
        lambda torch, x: torch.logsumexp(x, 0),
        [[-inf, -inf]],
        -inf,
        [[nan, nan]],
    ),
    Kink("logsumexp of nothing", lambda torch, x: torch.logsumexp(x, 0), [[]], -inf, [[]]),
    Kink("median of nothing", lambda torch, x: torch.median(x), [[]], nan, [[]]),
    Kink("nanmean of nans", lambda torch, x: torch.nanmean(x), [[nan, nan]], nan, [[nan, nan]]),
)

PRODUCTS_AND_PLACES = (
    Kink(
        "prod with a zero",
        lambda torch, x: torch.prod(x),
        [[2.0, 0.0, 3.0]],
        0.0,
        [[0.0, 6.0, 0.0]],
    ),
    Kink(
        "prod with two zeros",
        lambda torch, x: torch.prod(x),
        [[2.0, 0.0, 0.0]],
        0.0,
        [[0.0, 0.0, 0.0]],
    ),
    Kink(
        "prod along a dim with a zero",
        lambda torch, x: torch.prod(x, 1),
        [[[2.0, 0.0, 3.0], [1.0, 2.0, 3.0]]],
        [0.0, 6.0],
        [[[0.0, 6.0, 0.0], [6.0, 3.0, 2.0]]],
    ),
    Kink(
        "cumprod with a zero",
        lambda torch, x: torch.cumprod(x, 0),
        [[2.0, 0.0, 3.0]],
        [2.0, 0.0, 0.0],
        [[1.0, 8.0, 0.0]],
    ),
    Kink("nansum", lambda torch, x: torch.nansum(x), [[nan, 2.0]], 2.0, [[0.0, 1.0]]),
    Kink("one place assigned twice", _assigned_twice, [[5.0, 6.0]], [6.0, 0.0], [[1.0, 1.0]]),
    Kink(
        "one place scattered to twice",
        lambda torch, x: torch.zeros(2, dtype=torch.float64).scatter(0, torch.tensor([0, 0]), x),
        [[5.0, 5.0]],
        [5.0, 0.0],
        [[1.0, 1.0]],
    ),
    Kink(
        "embedding with a padding index",
        lambda torch, w: torch.nn.functional.embedding(torch.tensor([0, 1, 1]), w, padding_idx=1),
        [[[1.0], [2.0]]],
        [[1.0], [2.0], [2.0]],
        [[[1.0], [0.0]]],
    ),
)

KINKS = TIES + NORMS + EXPONENTIALS + PRODUCTS_AND_PLACES
