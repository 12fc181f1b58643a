"""PyTorch's signatures over NumPy: moving numbers about: reshaping, joining, splitting, repeating.

Apart from the table of samples, which says what is called, and not what comes of it.
"""

from __future__ import annotations

import numpy as np


def _sizes(arguments, named=None):
    """The sizes, passed one by one, as one sequence, or by name."""
    if named is not None:
        return tuple(named)
    return tuple(arguments[0]) if isinstance(arguments[0], (tuple, list)) else arguments


def reshape(x, *sizes, shape=None):
    return x.reshape(_sizes(sizes, shape))


def flatten(x, start_dim=0, end_dim=-1):
    if x.ndim == 0:
        return x.reshape(1)
    start, end = start_dim % x.ndim, end_dim % x.ndim
    return (
        x.reshape(*x.shape[:start], -1, *x.shape[end + 1 :])
        if x.size
        else _flatten_empty(x, start, end)
    )


def _flatten_empty(x, start, end):
    return x.reshape(*x.shape[:start], int(np.prod(x.shape[start : end + 1])), *x.shape[end + 1 :])


def unflatten(x, dim, sizes):
    return x.reshape(*x.shape[:dim], *sizes, *(x.shape[dim + 1 :] if dim != -1 else ()))


def squeeze(x, dim=None):
    dims = range(x.ndim) if dim is None else np.atleast_1d(dim)
    return np.squeeze(x, axis=tuple(d for d in dims if x.ndim and x.shape[d] == 1))


def transpose(x, *dims, **named):
    return np.swapaxes(x, *dims, *named.values()) if x.ndim else x


def permute(x, *order, dims=None):
    return np.transpose(x, _sizes(order, dims))


def expand(x, *sizes, size=None):
    shape = _sizes(sizes, size)
    old = (1,) * (len(shape) - x.ndim) + x.shape
    return np.broadcast_to(x, [o if n == -1 else n for n, o in zip(shape, old)])


def cat(tensors, dim=0):
    """As NumPy, but that empty vectors are left out of what is no vector."""
    rank = max(np.ndim(tensor) for tensor in tensors)
    return np.concatenate([tensor for tensor in tensors if tensor.ndim == rank], axis=dim)


def tile(x, *counts, dims=None):
    return np.tile(x, _sizes(counts, dims))


def repeat(x, *repeats):
    return np.tile(x, _sizes(repeats))


def repeat_interleave(x, repeats, dim=None, output_size=None):
    return np.repeat(x, repeats, axis=dim)


def _sections(x, size, dim):
    sizes = size if not isinstance(size, int) else None
    starts = np.cumsum(sizes)[:-1] if sizes else np.arange(size, x.shape[dim], size)
    return tuple(np.split(x, starts, axis=dim))


def split(x, split_size_or_sections, dim=0):
    return _sections(x, split_size_or_sections, dim)


def chunk(x, chunks, dim=0):
    return _sections(x, -(-x.shape[dim] // chunks), dim)


def unbind(x, dim=0):
    return tuple(np.moveaxis(x, dim, 0))


def flip(x, *axes, dims=None):
    found = _sizes(axes, dims)
    return np.flip(x, found) if found else x


def roll(x, shifts, dims=None):
    return np.roll(x, shifts, axis=dims)


def narrow(x, dim, start, length):
    return np.take(x, range(int(start), int(start) + length), axis=dim)


def diagonal(x, offset=0, dim1=0, dim2=1):
    return np.diagonal(x, offset, dim1, dim2)


def as_strided(x, size, stride, storage_offset=0):
    strides = [x.itemsize * step for step in stride]
    return np.lib.stride_tricks.as_strided(x.ravel()[storage_offset:], size, strides)


def unfold(x, dimension, size, step):
    if x.ndim == 0:
        return x.reshape(1)[:size]
    windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=dimension)
    return windows[(slice(None),) * (dimension % x.ndim) + (slice(None, None, step),)]


def diag_embed(x, offset=0):
    size = x.shape[-1] + abs(offset)
    result = np.zeros((*x.shape[:-1], size, size), dtype=x.dtype)
    rows = np.arange(x.shape[-1]) + max(-offset, 0)
    result[..., rows, rows + offset] = x
    return result
