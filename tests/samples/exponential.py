"""Samples of exponentials and logarithms, and of what is made of them."""

from __future__ import annotations

import numpy as np
import scipy.special

from tests.samples.arrays import positive, real
from tests.samples.sample import (
    EVERY_FORM,
    FUNCTION,
    FUNCTION_AND_OUT,
    WITHOUT_IN_PLACE,
    operation,
    pairs,
    sample,
    scalars,
    singles,
)


def _softplus(x, beta=1.0, threshold=20.0):
    return np.where(
        x * beta > threshold, x, np.log1p(np.exp(np.minimum(x * beta, threshold))) / beta
    )


EXPONENTIALS = (
    operation("exp", np.exp, singles(), EVERY_FORM),
    operation("exp2", np.exp2, singles(), EVERY_FORM),
    operation("expm1", np.expm1, singles(), EVERY_FORM),
)

LOGARITHMS = (
    operation("log", np.log, singles("positive"), EVERY_FORM),
    operation("log2", np.log2, singles("positive"), EVERY_FORM),
    operation("log10", np.log10, singles("positive"), EVERY_FORM),
    operation("log1p", np.log1p, singles("positive"), EVERY_FORM),
    operation("logaddexp", np.logaddexp, pairs(), WITHOUT_IN_PLACE),
    operation("logaddexp2", np.logaddexp2, pairs(), WITHOUT_IN_PLACE),
    operation(
        "logit",
        lambda x, eps=None: scipy.special.logit(x if eps is None else np.clip(x, eps, 1 - eps)),
        (*singles("probability"), sample(real(3, 4, domain="probability"), eps=0.2)),
        EVERY_FORM,
    ),
    operation(
        "xlogy",
        scipy.special.xlogy,
        pairs("real", "positive")
        + scalars(2, 2.5)
        + (sample(2, positive(3, 4)), sample(0.0, positive(3))),
        EVERY_FORM,
    ),
)

SIGMOIDS = (
    operation(
        "sigmoid", scipy.special.expit, singles(), EVERY_FORM, aliases="nn.functional.sigmoid"
    ),
    operation(
        "nn.functional.logsigmoid",
        scipy.special.log_expit,
        singles() + (sample(real(4, domain="large")),),
        FUNCTION,
    ),
    operation(
        "nn.functional.softplus",
        _softplus,
        singles()
        + (
            sample(real(3, 4), beta=2),
            sample(real(3, 4), beta=0.5, threshold=0.6),
            sample(real(4, domain="large")),
        ),
        FUNCTION,
    ),
)

SPECIAL = (
    operation("erf", scipy.special.erf, singles(), EVERY_FORM),
    operation("erfc", scipy.special.erfc, singles(), EVERY_FORM),
    operation("erfinv", scipy.special.erfinv, singles("unit"), EVERY_FORM),
    operation("lgamma", scipy.special.gammaln, singles("positive"), EVERY_FORM),
    operation("digamma", scipy.special.digamma, singles("positive"), EVERY_FORM),
    operation(
        "polygamma",
        scipy.special.polygamma,
        (sample(1, positive(3, 4)), sample(2, positive()), sample(0, positive(3))),
        FUNCTION_AND_OUT,
    ),
    operation("i0", np.i0, singles(), EVERY_FORM),
)

OPERATIONS = EXPONENTIALS + LOGARITHMS + SIGMOIDS + SPECIAL
