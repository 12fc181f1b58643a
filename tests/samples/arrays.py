"""Descriptions of input arrays: a shape, a domain of numbers, and nothing of any library.

Apart from the tables because a table says what an input is like, and this module how it is drawn:
in any dtype, in any memory layout, and always the same for the same seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Domains of real numbers: lowest and highest magnitude, and whether signs vary. Zero, where abs,
# sign and many others have a kink, is in none of them; samples of kinks are written out.
DOMAINS = {
    "real": (0.2, 2.2, True),
    "positive": (0.3, 2.5, False),
    "unit": (0.05, 0.95, True),
    "above_one": (1.2, 3.0, False),
    "probability": (0.1, 0.9, False),
    "fractional": (0.2, 0.8, True),
    "large": (20.0, 60.0, True),
}

LAYOUTS = ("contiguous", "transposed", "strided")


@dataclass(frozen=True)
class Array:
    """An input that is drawn in a test's own dtype, and differentiated where that dtype allows."""

    shape: tuple[int, ...]
    domain: str = "real"
    constant: bool = False

    def draw(self, seed: int, dtype: str) -> np.ndarray:
        """The array: distinct magnitudes, well apart from each other, so that no two are tied."""
        values = _separated(np.random.default_rng(seed), self.shape, *DOMAINS[self.domain])
        if (
            self.domain == "fractional"
        ):  # away from the integers and the halves, where floor and round jump
            values = np.trunc(values * 5) + np.sign(values) * (
                0.12 + 0.26 * (np.abs(values) % 0.1) * 10
            )
        return cast(values, dtype, seed)

    def __str__(self) -> str:
        return "x".join(map(str, self.shape)) or "scalar"


@dataclass(frozen=True)
class Given:
    """An input that is written out: indices, masks, kinks. `dtype` None follows the test's own."""

    values: object
    dtype: str | None = None
    constant: bool = False

    def draw(self, seed: int, dtype: str) -> np.ndarray:
        """The array as written, in its own dtype or in the test's."""
        return np.array(self.values).astype(self.dtype or dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        return np.shape(self.values)

    def __str__(self) -> str:
        few = np.size(self.values) <= 6
        values = "x".join(map(str, self.shape))
        if few:
            values = " ".join(f"{value:g}" for value in np.ravel(self.values))
        return f"{self.dtype or 'given'}[{values}]"


@dataclass(frozen=True)
class DType:
    """A dtype by name, looked up in the library under test."""

    name: str

    def __str__(self) -> str:
        return self.name


def real(*shape: int, domain: str = "real", constant: bool = False) -> Array:
    """Real numbers of either sign, away from zero, or of another of the domains."""
    return Array(shape, domain, constant)


def positive(*shape: int) -> Array:
    """Numbers between 0.3 and 2.5."""
    return Array(shape, "positive")


def given(values: object, dtype: str | None = None, constant: bool = False) -> Given:
    """These very numbers, in `dtype` or in the dtype a test runs in."""
    return Given(values, dtype, constant)


def index(values: object) -> Given:
    """Indices: int64 whatever dtype a test runs in."""
    return Given(values, "int64")


def mask(values: object) -> Given:
    """A mask: bool whatever dtype a test runs in."""
    return Given(np.array(values, dtype=bool).tolist(), "bool")


def cast(values: np.ndarray, dtype: str, seed: int = 0) -> np.ndarray:
    """Real numbers as `dtype`: whole numbers times three, complex ones turned in the plane."""
    kind = np.dtype(dtype).kind
    if kind == "c":
        angles = np.random.default_rng(seed + 1).uniform(0.3, 1.2, values.shape)
        return np.asarray(values * np.exp(1j * angles), dtype=dtype)
    if kind == "i":
        return np.asarray(np.rint(values * 3), dtype=dtype)
    if kind == "u":
        return np.asarray(np.abs(np.rint(values * 3)), dtype=dtype)
    if kind == "b":
        return np.asarray(values > 0)
    return np.asarray(values, dtype=dtype)


def lay_out(array: np.ndarray, layout: str) -> np.ndarray:
    """The same numbers in other memory: transposed, or every second place of a larger block."""
    if layout == "transposed" and array.ndim > 1:
        return np.ascontiguousarray(array.T).T
    if layout == "strided" and array.ndim:
        block = np.zeros((*array.shape[:-1], 2 * array.shape[-1] + 1), dtype=array.dtype)
        block[..., 1::2] = array
        return block[..., 1::2]
    return array


def _separated(
    generator: np.random.Generator, shape: tuple[int, ...], low: float, high: float, signed: bool
) -> np.ndarray:
    size = int(np.prod(shape))
    steps = (np.arange(size) + generator.uniform(0.25, 0.75, size)) / max(size, 1)
    magnitudes = generator.permutation(low + (high - low) * steps)
    signs = generator.choice([-1.0, 1.0], size) if signed else np.ones(size)
    return (magnitudes * signs).reshape(shape)
