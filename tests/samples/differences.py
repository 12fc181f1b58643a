"""Derivatives by finite differences: what judges a derivative where PyTorch is not there.

Apart from the tests because first and second derivatives, forward and reverse, in place and through
views, are all judged by it. Central differences of fourth order in double precision: what is left
of the error is about 1e-10 for functions of moderate size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

STEP = 1e-3
NODES = ((1, 8.0), (-1, -8.0), (2, -1.0), (-2, 1.0))

Function = Callable[[list[np.ndarray]], list[np.ndarray]]


def weights(results: Sequence[np.ndarray], seed: int) -> list[np.ndarray]:
    """Random cotangents, one for each result; zeros for results that are not differentiated."""
    generator = np.random.default_rng(seed)
    return [_noise(generator, result) for result in results]


def directions(values: Sequence[np.ndarray], places: Sequence[int], seed: int) -> list[np.ndarray]:
    """Random tangents, one for each array at `places`."""
    generator = np.random.default_rng(seed)
    return [_noise(generator, values[place]) for place in places]


def gradient(
    function: Function, values: list[np.ndarray], place: int, cotangents: list[np.ndarray]
) -> np.ndarray:
    """The gradient of the results weighed by `cotangents`, in the array at `place`.

    In a complex array, derivatives in real and imaginary parts become the real and imaginary parts
    of the gradient, as in PyTorch.
    """

    def loss(changed: np.ndarray) -> float:
        results = function([*values[:place], changed, *values[place + 1 :]])
        return sum(np.vdot(w, result).real for w, result in zip(cotangents, results, strict=True))

    found = np.zeros_like(values[place])
    for where in np.ndindex(found.shape):
        for unit in _units(found):
            found[where] += unit * _slope(loss, values[place], _only(found, where, unit))
    return found


def pushforward(
    function: Function, values: list[np.ndarray], places: Sequence[int], tangents: list[np.ndarray]
) -> list[np.ndarray]:
    """The change of every result when the arrays at `places` move along `tangents`."""
    moved = dict(zip(places, tangents, strict=True))

    def at(distance: float) -> list[np.ndarray]:
        return function(
            [
                np.asarray(value + distance * moved[i]) if i in moved else value
                for i, value in enumerate(values)
            ]
        )

    terms = [(weight, at(steps * STEP)) for steps, weight in NODES]
    return [
        sum(weight * results[i] for weight, results in terms) / (12 * STEP)
        for i in range(len(terms[0][1]))
    ]


def _slope(loss: Callable[[np.ndarray], float], x: np.ndarray, direction: np.ndarray) -> float:
    terms = (weight * loss(np.asarray(x + steps * STEP * direction)) for steps, weight in NODES)
    return sum(terms) / (12 * STEP)


def _units(array: np.ndarray) -> Iterator[complex]:
    return iter((1.0, 1.0j) if array.dtype.kind == "c" else (1.0,))


def _only(like: np.ndarray, where: tuple[int, ...], unit: complex) -> np.ndarray:
    direction = np.zeros_like(like)
    direction[where] = unit
    return direction


def _noise(generator: np.random.Generator, like: np.ndarray) -> np.ndarray:
    if like.dtype.kind not in "fc":
        return np.zeros(like.shape)
    noise = generator.uniform(-1, 1, like.shape)
    if like.dtype.kind == "c":
        noise = noise + 1j * generator.uniform(-1, 1, like.shape)
    return np.asarray(noise, dtype=like.dtype)
