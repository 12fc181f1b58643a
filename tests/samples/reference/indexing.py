"""PyTorch's signatures over NumPy: indexing, gathering, scattering and sorting.

Apart from the table of samples, which says what is called, and not what comes of it.
"""

from __future__ import annotations

import numpy as np


def getitem(x, index):
    basic, advanced = _steps(x, index)
    return x[basic][advanced]


def setitem(x, index, value):
    x = x.copy()
    basic, advanced = _steps(x, index)
    value = np.asarray(value)
    room = x[basic][advanced].ndim
    x[basic][advanced] = value.reshape(value.shape[max(value.ndim - room, 0) :])
    return x


def _steps(x, index):
    """PyTorch takes numbers, slices and None first, then arrays; NumPy counts numbers as arrays."""
    basic, advanced = [], []
    for item in index if isinstance(index, tuple) else (index,):
        array = np.asarray(item) if isinstance(item, (bool, list, np.ndarray)) else None
        if array is None:
            basic.append(item)
            advanced.extend([item if item is ... else slice(None)] * (not isinstance(item, int)))
        elif array.ndim == 0 and array.dtype != bool:
            basic.append(int(array))
        else:
            rank = array.ndim if array.dtype == bool else 1
            basic.extend([slice(None)] * rank if rank else [None])
            advanced.append(np.atleast_1d(array if array.size else array.astype(np.int64)))
    rest = [] if any(item is ... for item in basic) else [...]
    return (*basic, *rest), (*advanced, *rest)


def gather(x, dim, index):
    if x.ndim == 0 or index.ndim == 0:
        return x.reshape(-1)[index]
    return x[_grid(index, dim, x.ndim)]


def _grid(index, dim, rank):
    """Indices of every place of `index`, with its own numbers along `dim`."""
    grid = list(np.indices(index.shape))
    grid[dim % rank] = index
    return tuple(grid)


def scatter(x, dim, index, src=None, value=None, reduce=None):
    x, src = x.copy(), value if src is None else src
    grid = _grid(index, dim, x.ndim)
    source = src if np.ndim(src) == 0 else src[tuple(map(slice, index.shape))]
    if reduce is None:
        x[grid] = source
    else:
        {"add": np.add, "multiply": np.multiply}[reduce].at(x, grid, source)
    return x


def scatter_add(x, dim, index, src):
    return scatter(x, dim, index, src, reduce="add")


def scatter_reduce(x, dim, index, src, reduce, include_self=True):
    x, grid = x.copy(), _grid(index, dim, x.ndim)
    src = src[tuple(map(slice, index.shape))]
    neutral = {"prod": 1, "amax": -np.inf, "amin": np.inf}.get(reduce, 0)
    if not include_self:
        x[grid] = neutral
    counts = np.full(x.shape, int(include_self))
    np.add.at(counts, grid, 1)
    {"prod": np.multiply, "amax": np.maximum, "amin": np.minimum}.get(reduce, np.add).at(
        x, grid, src
    )
    return x / np.maximum(counts, 1) if reduce == "mean" else x


def put(x, index, source, accumulate=False):
    flat = x.ravel().copy()
    if accumulate:
        np.add.at(flat, index, source)
    else:
        flat[index] = source
    return flat.reshape(x.shape)


def index_add(x, dim, index, source, alpha=1):
    x = x.copy()
    np.add.at(np.moveaxis(x, dim, 0), index, alpha * np.moveaxis(source, dim, 0))
    return x


def index_put(x, indices, values, accumulate=False):
    x = x.copy()
    if accumulate:
        np.add.at(x, tuple(indices), values)
    else:
        x[tuple(indices)] = values
    return x


def take_along_dim(x, indices, dim=None):
    return (
        np.take_along_axis(x.ravel(), indices.ravel(), 0)
        if dim is None
        else _take_along(x, indices, dim)
    )


def _take_along(x, indices, dim):
    rest = np.broadcast_shapes(*(s[:dim] + (1,) + s[dim + 1 :] for s in (x.shape, indices.shape)))
    x = np.broadcast_to(x, rest[:dim] + x.shape[dim : dim + 1] + rest[dim + 1 :])
    indices = np.broadcast_to(indices, rest[:dim] + indices.shape[dim : dim + 1] + rest[dim + 1 :])
    return np.take_along_axis(x, indices, dim)


def masked_fill(x, mask, value):
    return np.where(mask, value, x)


def masked_select(x, mask):
    x, mask = np.broadcast_arrays(x, mask)
    return x[mask]


def nonzero(x, as_tuple=False):
    where = np.nonzero(np.atleast_1d(x))
    return where if as_tuple else np.stack(where, axis=1)[:, : x.ndim]


def argsort(x, dim=-1, descending=False, stable=False):
    if x.ndim == 0:
        return np.int64(0)
    return np.argsort(-x if descending else x, axis=dim, kind="stable")


def sort(x, dim=-1, descending=False, stable=False):
    order = argsort(x, dim, descending)
    return (x, order) if x.ndim == 0 else (np.take_along_axis(x, order, dim), order)


def topk(x, k, dim=-1, largest=True, sorted=True):
    if x.ndim == 0:
        return x, np.int64(0)
    order = np.take(argsort(x, dim, descending=largest), range(k), axis=dim)
    return np.take_along_axis(x, order, dim), order


def embedding(index, weight, padding_idx=None):
    return weight[index]


def one_hot(index, num_classes=-1):
    count = num_classes if num_classes > 0 else int(index.max()) + 1
    return (index[..., None] == np.arange(count)).astype(np.int64)


def index_copy(x, dim, index, source):
    x = x.copy()
    np.moveaxis(x, dim, 0)[index] = np.moveaxis(source, dim, 0) if np.ndim(source) else source
    return x


def masked_scatter(x, mask, source):
    x = x.copy()
    mask = np.broadcast_to(mask, x.shape)
    x[mask] = source.ravel()[: mask.sum()]
    return x


def kthvalue(x, k, dim=-1, keepdim=False):
    if x.ndim == 0:
        return x, np.int64(0)
    place = np.take(argsort(x, dim), [k - 1], axis=dim)
    value = np.take_along_axis(x, place, dim)
    return (value, place) if keepdim else (value.squeeze(dim), place.squeeze(dim))


def unique(x, return_inverse=False, return_counts=False, dim=None):
    return np.unique(x, False, return_inverse, return_counts, dim)
