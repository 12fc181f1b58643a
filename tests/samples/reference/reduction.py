"""PyTorch's signatures over NumPy: reductions, running totals and softmax.

Apart from the table of samples, which says what is called, and not what comes of it.
"""

from __future__ import annotations

import numpy as np
import scipy.special


def axes(dim):
    return tuple(dim) if isinstance(dim, list) else dim


def reduce(function):
    """NumPy's reduction under PyTorch's keywords."""

    def reduce(x, dim=None, keepdim=False, dtype=None):
        x = x if dtype is None else x.astype(dtype)
        if x.ndim == 0 and not dim:
            dim = None
        return function(x, axis=axes(dim), keepdims=keepdim)

    return reduce


def spread(function):
    def spread(x, dim=None, unbiased=None, keepdim=False, correction=1):
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        correction = correction if unbiased is None else int(unbiased)
        return function(x, axis=axes(dim), ddof=correction, keepdims=keepdim)

    return spread


def both(first, second):
    return lambda *args, **kwargs: (first(*args, **kwargs), second(*args, **kwargs))


def extremum(function, where, pairwise):
    """max and min: of everything, along one dimension with positions, or of two arrays."""

    def extremum(x, dim=None, keepdim=False):
        if isinstance(dim, np.ndarray):
            return pairwise(x, dim)
        if dim is None:
            return function(x)
        if x.ndim == 0:
            return x, np.int64(0)
        return function(x, axis=dim, keepdims=keepdim), where(x, axis=dim, keepdims=keepdim)

    return extremum


def position(function):
    def position(x, dim=None, keepdim=False):
        return np.int64(0) if x.ndim == 0 else function(x, axis=dim, keepdims=keepdim)

    return position


def vector_norm(x, ord=2, dim=None, keepdim=False, dtype=None):
    x = np.abs(x if dtype is None else x.astype(dtype))
    axis = None if x.ndim == 0 else axes(dim)
    if ord == 0:
        return np.sum(x != 0, axis=axis, keepdims=keepdim).astype(x.dtype)
    if np.isinf(ord):
        return (np.max if ord > 0 else np.min)(x, axis=axis, keepdims=keepdim)
    return np.sum(x**ord, axis=axis, keepdims=keepdim) ** (1 / ord)


def norm(x, p="fro", dim=None, keepdim=False, dtype=None):
    return vector_norm(x, 2 if p == "fro" else p, dim, keepdim, dtype)


def median(x, dim=None, keepdim=False):
    """The lower of the two middle values, and where it stands."""
    if dim is None:
        return np.sort(x, axis=None)[(x.size - 1) // 2]
    if x.ndim == 0:
        return x, np.int64(0)
    order = np.argsort(x, axis=dim)
    middle = np.take(order, [(x.shape[dim] - 1) // 2], axis=dim)
    value = np.take_along_axis(x, middle, axis=dim)
    return (value, middle) if keepdim else (value.squeeze(dim), middle.squeeze(dim))


def running(function, positions=None):
    """cumsum and its kin, and cummax with the positions at which each maximum stood."""

    def running(x, dim, dtype=None):
        x = x if dtype is None else x.astype(dtype)
        if x.ndim == 0:
            return (x, np.int64(0)) if positions else x
        values = function(x, axis=dim)
        if not positions:
            return values
        here = np.arange(x.shape[dim]).reshape(
            [-1 if i == dim % x.ndim else 1 for i in range(x.ndim)]
        )
        return values, np.maximum.accumulate(np.where(x == values, here, 0), axis=dim)

    return running


def softmax(x, dim, dtype=None):
    return scipy.special.softmax(
        x if dtype is None else x.astype(dtype), axis=dim if x.ndim else None
    )


def log_softmax(x, dim, dtype=None):
    x = x if dtype is None else x.astype(dtype)
    return scipy.special.log_softmax(x, axis=dim if x.ndim else None)
