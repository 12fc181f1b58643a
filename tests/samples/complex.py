"""Samples of complex numbers' parts, conjugates, and views of them as pairs of real numbers."""

from __future__ import annotations

import numpy as np

from tests.samples.arrays import given, positive, real
from tests.samples.sample import FUNCTION, FUNCTION_AND_OUT, PLAIN, operation, sample, singles

_POINTS = given([[1 + 2j, -3 - 0.5j], [0.5j, 2 + 0j]], "complex128")

OPERATIONS = (
    operation("real", np.real, (*singles(), sample(_POINTS)), FUNCTION),
    operation("imag", np.imag, (sample(_POINTS),), FUNCTION, view=True),
    operation(
        "complex",
        lambda x, y: x + 1j * y,
        (sample(real(2, 3), real(2, 3)), sample(real(2, 1), real(3)), sample(real(), real())),
        FUNCTION_AND_OUT,
    ),
    operation(
        "polar",
        lambda x, angle: x * np.exp(1j * angle),
        (
            sample(positive(2, 3), real(2, 3)),
            sample(positive(2, 1), real(3)),
            sample(positive(), real()),
        ),
        FUNCTION_AND_OUT,
    ),
    operation("angle", np.angle, (*singles(), sample(_POINTS)), f"{PLAIN} out"),
    operation(
        "conj_physical", np.conj, (*singles(), sample(_POINTS)), "function method in_place out"
    ),
    operation("resolve_neg", np.copy, (sample(real(3)), sample(_POINTS)), PLAIN),
    operation("isreal", np.isreal, (*singles(), sample(_POINTS)), PLAIN, differentiable=False),
    operation("conj", np.conj, (*singles(), sample(_POINTS)), PLAIN),
    operation("resolve_conj", np.copy, (sample(real(3)), sample(_POINTS)), PLAIN),
    operation(
        "view_as_real",
        lambda x: np.stack([x.real, x.imag], -1),
        (sample(_POINTS),),
        FUNCTION,
        view=True,
    ),
    operation(
        "view_as_complex",
        lambda x: x[..., 0] + 1j * x[..., 1],
        (sample(real(3, 2)),),
        FUNCTION,
        view=True,
        any_layout=False,
    ),
)
