"""Functions to transform, and what judges the results: differences, and modes of calling.

Apart from the tests, one property a file, which all run on these.
"""

from __future__ import annotations

import numpy as np

import chainrule as torch
from tests.samples.differences import gradient

WEIGHTS = np.array([[0.5, -1.2, 0.3], [0.8, 0.4, -0.6]])
POINT = np.array([0.3, -0.7, 1.1])


def layer(x):
    return torch.tanh(torch.tensor(WEIGHTS) @ x) * x.sum()


def sorted_and_cut(x):
    return x.sort().values[:2] * x.prod()


def written(x):
    y = x.clone()
    y[0] = x[1] * x[2]
    return (y * x.view(3).exp())[:2]


def chosen(x):
    return torch.where(x > 0, x.abs().sqrt(), x**2)[1:]


FUNCTIONS = {f.__name__: f for f in (layer, sorted_and_cut, written, chosen)}


def jacobian_by_differences(f, point=POINT):
    """The derivatives of f's elements by x's, by finite differences."""
    out = f(torch.tensor(point)).numpy()
    rows = []
    for place in np.ndindex(out.shape):
        seed = np.zeros(out.shape)
        seed[place] = 1.0
        rows.append(
            gradient(lambda values: [f(torch.tensor(values[0])).numpy()], [point], 0, [seed])
        )
    return np.array(rows).reshape(out.shape + point.shape)
