"""Samples of reductions: sums, means, extrema, spreads, norms, and running totals."""

from __future__ import annotations

import numpy as np
import scipy.special

from tests.samples.arrays import DType, given, mask, real
from tests.samples.reference import reduction as reference
from tests.samples.sample import (
    EVERY_FORM,
    FUNCTION,
    FUNCTION_AND_OUT,
    PLAIN,
    WITHOUT_IN_PLACE,
    operation,
    sample,
)

_BLOCK = real(2, 3, 4)


def _along_several_dims(*more):
    """What a reduction over any number of dimensions is called with."""
    return (
        sample(_BLOCK, dim=1),
        sample(_BLOCK, dim=-1, keepdim=True),
        sample(_BLOCK, dim=(0, 2)),
        sample(_BLOCK, (0, -1), True),
        sample(_BLOCK, 2),
        sample(real(1, 4), dim=0),
        sample(real(), dim=0),
        *more,
    )


def _along_one_dim(*more):
    """What a reduction over one dimension is called with."""
    return (
        sample(_BLOCK, dim=1),
        sample(_BLOCK, dim=-1, keepdim=True),
        sample(_BLOCK, 0),
        sample(real(5), 0),
        sample(real(), dim=0),
        sample(real(0, 3), dim=1),
        *more,
    )


_WHOLE = (sample(_BLOCK), sample(real()), sample(real(1)))
_EMPTY = (sample(real(0)), sample(real(0, 3), dim=0), sample(real(2, 0), dim=1, keepdim=True))


_LIST_OF_DIMS = sample(_BLOCK, dim=[0, 1])
_NANS = given([[1.0, np.nan, 3.0], [np.nan, np.nan, 2.0]], "float64", constant=True)
_MASK = mask([[1, 0, 1], [1, 1, 1]])
_ALONG_MASKS = (
    sample(_MASK),
    sample(_MASK, dim=1),
    sample(_MASK, dim=0, keepdim=True),
    sample(_MASK, dim=(0, 1)),
    sample(mask([])),
    sample(mask(True)),
)

SUMS = (
    operation(
        "sum",
        reference.reduce(np.sum),
        _WHOLE
        + _along_several_dims(_LIST_OF_DIMS, sample(_BLOCK, dtype=DType("float64")))
        + (sample(_BLOCK, dim=1, dtype=DType("float64")),)
        + _EMPTY,
        PLAIN,
    ),
    operation(
        "mean",
        reference.reduce(np.mean),
        _WHOLE + _along_several_dims(_LIST_OF_DIMS, sample(_BLOCK, dtype=DType("float64"))),
        WITHOUT_IN_PLACE,
    ),
    operation(
        "prod",
        reference.reduce(np.prod),
        _WHOLE + _along_one_dim(sample(_BLOCK, dtype=DType("float64"))) + (sample(real(0)),),
        PLAIN,
    ),
    operation(
        "nansum",
        reference.reduce(np.nansum),
        _WHOLE + _along_several_dims() + (sample(_NANS), sample(_NANS, dim=1)),
        PLAIN,
    ),
    operation(
        "nanmean",
        reference.reduce(np.nanmean),
        (sample(_BLOCK), sample(_BLOCK, dim=1), sample(_NANS), sample(_NANS, dim=1, keepdim=True)),
        WITHOUT_IN_PLACE,
    ),
    operation(
        "logsumexp",
        lambda x, dim, keepdim=False: scipy.special.logsumexp(
            x, axis=reference.axes(dim), keepdims=keepdim
        ),
        (
            sample(_BLOCK, dim=1),
            sample(_BLOCK, dim=-1, keepdim=True),
            sample(_BLOCK, dim=(0, 2)),
            sample(_BLOCK, 0),
            sample(real(4, domain="large"), 0),
        ),
        WITHOUT_IN_PLACE,
    ),
)

EXTREMA = (
    operation(
        "max",
        reference.extremum(np.max, np.argmax, np.maximum),
        _WHOLE + _along_one_dim(sample(_BLOCK, real(3, 1))),
        WITHOUT_IN_PLACE,
    ),
    operation(
        "min",
        reference.extremum(np.min, np.argmin, np.minimum),
        _WHOLE + _along_one_dim(sample(_BLOCK, real(3, 1))),
        WITHOUT_IN_PLACE,
    ),
    operation("amax", reference.reduce(np.max), _WHOLE + _along_several_dims(), WITHOUT_IN_PLACE),
    operation("amin", reference.reduce(np.min), _WHOLE + _along_several_dims(), WITHOUT_IN_PLACE),
    operation(
        "aminmax",
        reference.both(reference.reduce(np.min), reference.reduce(np.max)),
        (
            sample(_BLOCK),
            sample(_BLOCK, dim=1),
            sample(_BLOCK, dim=-1, keepdim=True),
            sample(real()),
            sample(real(), dim=0),
        ),
        WITHOUT_IN_PLACE,
    ),
    operation(
        "median",
        reference.median,
        (
            sample(real(5)),
            sample(real(3, 4)),
            sample(real(3, 5), dim=1),
            sample(_BLOCK, dim=0, keepdim=True),
            sample(_BLOCK, -1),
            sample(real(), dim=0),
        ),
        WITHOUT_IN_PLACE,
    ),
)

POSITIONS = (
    operation(
        "argmax",
        reference.position(np.argmax),
        _WHOLE + _along_one_dim(),
        PLAIN,
        differentiable=False,
    ),
    operation(
        "argmin",
        reference.position(np.argmin),
        _WHOLE + _along_one_dim(),
        PLAIN,
        differentiable=False,
    ),
)

SPREADS_SAMPLES = (
    sample(_BLOCK),
    sample(_BLOCK, dim=1),
    sample(_BLOCK, dim=-1, keepdim=True),
    sample(_BLOCK, dim=(0, 2)),
    sample(_BLOCK, 1, False),
    sample(_BLOCK, False),
    sample(_BLOCK, dim=1, unbiased=False),
    sample(_BLOCK, dim=1, correction=0),
    sample(_BLOCK, dim=(0, 1), correction=2, keepdim=True),
    sample(real(5), unbiased=False),
)

SPREADS = (
    operation("std", reference.spread(np.std), SPREADS_SAMPLES, WITHOUT_IN_PLACE),
    operation("var", reference.spread(np.var), SPREADS_SAMPLES, WITHOUT_IN_PLACE),
    operation("std_mean", None, SPREADS_SAMPLES[:4], FUNCTION),
    operation("var_mean", None, SPREADS_SAMPLES[:4], FUNCTION),
)

NORMS = (
    operation(
        "norm",
        reference.norm,
        (
            sample(_BLOCK),
            sample(real(5)),
            sample(real()),
            *(sample(_BLOCK, p) for p in (1, 2, 3, 0, float("inf"), -float("inf"), 2.5)),
            sample(_BLOCK, p=2, dim=1),
            sample(_BLOCK, p=1, dim=-1, keepdim=True),
            sample(_BLOCK, dim=(0, 1)),
            sample(_BLOCK, 2, 0, True),
            sample(_BLOCK, p=float("inf"), dim=1),
        ),
        PLAIN,
    ),
    operation(
        "dist",
        lambda x, y, p=2: reference.vector_norm(x - y, p),
        (sample(_BLOCK, _BLOCK), sample(_BLOCK, real(4), 1), sample(real(3), real(3), p=3)),
        PLAIN,
    ),
    operation(
        "linalg.vector_norm",
        reference.vector_norm,
        (
            sample(_BLOCK),
            sample(real()),
            *(sample(_BLOCK, p) for p in (1, 3, 0, float("inf"), -float("inf"), 2.5, -1)),
            sample(_BLOCK, 2, 1),
            sample(_BLOCK, ord=1, dim=(0, 2), keepdim=True),
            sample(_BLOCK, ord=float("inf"), dim=1),
            sample(_BLOCK, dtype=DType("float64")),
            sample(real(2, 0), 1, 1),
        ),
        FUNCTION_AND_OUT,
    ),
)

COUNTS = (
    operation(
        "all",
        reference.reduce(np.all),
        _ALONG_MASKS + _WHOLE,
        WITHOUT_IN_PLACE,
        differentiable=False,
    ),
    operation(
        "any",
        reference.reduce(np.any),
        _ALONG_MASKS + _WHOLE,
        WITHOUT_IN_PLACE,
        differentiable=False,
    ),
    operation(
        "count_nonzero",
        lambda x, dim=None: np.count_nonzero(x, axis=reference.axes(dim)),
        (
            sample(_MASK),
            sample(_BLOCK, dim=1),
            sample(given([[1.0, 0.0, 2.0]]), 0),
            sample(given([[1.0, 0.0, 2.0]]), dim=(0, 1)),
            sample(real(0)),
            sample(real()),
        ),
        PLAIN,
        differentiable=False,
    ),
)

_RUNNING = (
    sample(_BLOCK, dim=1),
    sample(_BLOCK, -1),
    sample(real(5), dim=0),
    sample(real(), dim=0),
    sample(real(0, 3), dim=0),
)

RUNNING = (
    operation(
        "cumsum",
        reference.running(np.cumsum),
        _RUNNING + (sample(_BLOCK, dim=0, dtype=DType("float64")),),
        EVERY_FORM,
    ),
    operation(
        "cumprod",
        reference.running(np.cumprod),
        _RUNNING + (sample(_BLOCK, dim=0, dtype=DType("float64")),),
        EVERY_FORM,
    ),
    operation(
        "logcumsumexp", reference.running(np.logaddexp.accumulate), _RUNNING, WITHOUT_IN_PLACE
    ),
    operation(
        "cummax",
        reference.running(np.maximum.accumulate, positions=True),
        _RUNNING,
        WITHOUT_IN_PLACE,
    ),
    operation(
        "cummin",
        reference.running(np.minimum.accumulate, positions=True),
        _RUNNING,
        WITHOUT_IN_PLACE,
    ),
)

_ALONG_DIM = (
    sample(_BLOCK, dim=1),
    sample(_BLOCK, -1),
    sample(real(5), dim=0),
    sample(real(), dim=0),
    sample(real(0, 3), dim=1),
    sample(real(4, domain="large"), dim=0),
    sample(_BLOCK, dim=0, dtype=DType("float64")),
)

SOFTMAX = (
    operation(
        "softmax", reference.softmax, _ALONG_DIM, WITHOUT_IN_PLACE, aliases="nn.functional.softmax"
    ),
    operation(
        "log_softmax", reference.log_softmax, _ALONG_DIM, PLAIN, aliases="nn.functional.log_softmax"
    ),
)

OPERATIONS = SUMS + EXTREMA + POSITIONS + SPREADS + NORMS + COUNTS + RUNNING + SOFTMAX
