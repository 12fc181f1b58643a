"""Samples of trigonometric and hyperbolic functions and their inverses."""

from __future__ import annotations

import numpy as np

from tests.samples.sample import (
    EVERY_FORM,
    operation,
    pairs,
    singles,
)

TRIGONOMETRIC = (
    operation("sin", np.sin, singles(), EVERY_FORM),
    operation("cos", np.cos, singles(), EVERY_FORM),
    operation("tan", np.tan, singles("unit"), EVERY_FORM),
    operation("asin", np.arcsin, singles("unit"), EVERY_FORM, aliases="arcsin"),
    operation("acos", np.arccos, singles("unit"), EVERY_FORM, aliases="arccos"),
    operation("atan", np.arctan, singles(), EVERY_FORM, aliases="arctan"),
    operation("atan2", np.arctan2, pairs(), EVERY_FORM, aliases="arctan2"),
    operation("hypot", np.hypot, pairs(), EVERY_FORM),
    operation("sinc", np.sinc, singles(), EVERY_FORM),
    operation("deg2rad", np.deg2rad, singles(), EVERY_FORM),
    operation("rad2deg", np.rad2deg, singles(), EVERY_FORM),
)

HYPERBOLIC = (
    operation("sinh", np.sinh, singles(), EVERY_FORM),
    operation("cosh", np.cosh, singles(), EVERY_FORM),
    operation("tanh", np.tanh, singles(), EVERY_FORM, aliases="nn.functional.tanh"),
    operation("asinh", np.arcsinh, singles(), EVERY_FORM, aliases="arcsinh"),
    operation("acosh", np.arccosh, singles("above_one"), EVERY_FORM, aliases="arccosh"),
    operation("atanh", np.arctanh, singles("unit"), EVERY_FORM, aliases="arctanh"),
)

OPERATIONS = TRIGONOMETRIC + HYPERBOLIC
