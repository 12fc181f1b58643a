"""Views by their place in memory, and writing over a place: what in-place operations record.

Apart from shape.py, because the core makes the nodes of written-to views from these. A place is
(size, stride, offset), counted in elements from the first element of an array whose shape is
`x_shape` and whose own strides are `base_stride`; a cotangent is laid out like that array first,
so that the place means the same elements in it.
"""

from __future__ import annotations

import math

from chainrule.ops.kinds import linear


def _memory(xp, x):
    """The array that owns the memory of x, in an order in which it is one run of memory."""
    root = x
    while isinstance(root.base, xp.ndarray):
        root = root.base
    if not root.flags.c_contiguous:
        root = root.transpose(sorted(range(root.ndim), key=lambda k: -root.strides[k]))
    if not root.flags.c_contiguous:
        raise RuntimeError(
            "as_strided: the memory of this tensor belongs to a NumPy array that is not one run "
            f"of memory (shape {root.shape}, strides {root.strides}); clone() it first"
        )
    return root


def _view(xp, x, size, stride, offset):
    """The elements at a place, sharing memory; out of bounds is refused."""
    root = _memory(xp, x)
    start = x.__array_interface__["data"][0] - root.__array_interface__["data"][0]
    strides = [step * x.itemsize for step in stride]
    reach = sum((extent - 1) * step for extent, step in zip(size, strides))
    first = start + offset * x.itemsize
    if math.prod(size) and (first < 0 or first + reach + x.itemsize > root.nbytes):
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, "
            f"and itemsize {x.itemsize} are out of bounds for storage of size {root.nbytes}"
        )
    if not math.prod(size):
        return xp.empty(size, x.dtype)
    return xp.ndarray(size, x.dtype, root, first, strides)


def _blank(xp, shape, dtype, base_stride):
    """Zeros laid out with given strides, with whatever memory lies between them."""
    reach = sum((extent - 1) * step for extent, step in zip(shape, base_stride))
    flat = xp.zeros(reach + 1 if math.prod(shape) else 0, dtype)
    strides = [step * flat.itemsize for step in base_stride]
    return flat, xp.ndarray(shape, dtype, flat, 0, strides)


def _laid_out(xp, x, base_stride):
    """x as an array with the given strides; a copy unless it has them already."""
    if x.strides == tuple(step * x.itemsize for step in base_stride):
        return x
    _, laid = _blank(xp, x.shape, x.dtype, base_stride)
    laid[...] = x
    return laid


@linear(view=True)
def as_strided(xp, x, *, size, stride, offset, base_stride):
    return _view(xp, x, size, stride, offset)


@linear()
def take_place(xp, x, *, size, stride, offset, base_stride):
    """A copy of the elements at a place."""
    return _view(xp, _laid_out(xp, x, base_stride), size, stride, offset).copy()


@linear()
def put_place(xp, x, *, shape, size, stride, offset, base_stride):
    """Zeros of `shape` with x added in at a place (where a place overlaps itself, all of it)."""
    flat, whole = _blank(xp, shape, x.dtype, base_stride)
    places = xp.ndarray(size, xp.intp, xp.arange(flat.size), offset * 8, [8 * s for s in stride])
    xp.add.at(flat, places, x)
    return whole.copy()


@linear()
def clear_place(xp, x, *, size, stride, offset, base_stride):
    """x with zeros at a place."""
    laid = _laid_out(xp, x, base_stride)
    laid = laid.copy(order="K") if laid is x else laid
    _view(xp, laid, size, stride, offset)[...] = 0
    return laid


@linear(node="CopySlices")
def overlay(xp, x, y, *, size, stride, offset, base_stride):
    """x with y written over a place."""
    laid = _laid_out(xp, x, base_stride)
    laid = laid.copy(order="K") if laid is x else laid
    _view(xp, laid, size, stride, offset)[...] = y
    return laid


def _put(g, x_shape, size, stride, offset, base_stride):
    return put_place(
        g, shape=x_shape, size=size, stride=stride, offset=offset, base_stride=base_stride
    )


def _take(g, size, stride, offset, base_stride):
    return take_place(g, size=size, stride=stride, offset=offset, base_stride=base_stride)


def _clear(g, size, stride, offset, base_stride):
    return clear_place(g, size=size, stride=stride, offset=offset, base_stride=base_stride)


as_strided.transpose(_put)
take_place.transpose(_put)
put_place.transpose(_take)
clear_place.transpose(_clear)
overlay.transposes(_clear, _take)
