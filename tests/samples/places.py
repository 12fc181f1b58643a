"""Strategies: where an array may lie in memory, and with what it may be indexed.

Apart from the properties that are checked over them.
"""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from tests.samples.arrays import cast


@st.composite
def strided(draw, shape=None, rank=3):
    """Where an array of this shape lies in a block of memory: strides of any kind but negative."""
    shape = draw(st.lists(st.integers(0, 4), max_size=rank)) if shape is None else shape
    strides, reach = [], 0
    for size in shape:
        stride = draw(st.sampled_from((0, 1, 2, 3, 4, 5, 8, 12, 16)))
        strides.append(stride)
        reach += stride * max(size - 1, 0)
    if draw(st.booleans()):  # as often as not the plain layout, or its transpose
        order = range(len(shape)) if draw(st.booleans()) else range(len(shape))[::-1]
        step = 1
        for place in order:
            strides[place], step = step, step * max(shape[place], 1)
        reach = step - 1
    return tuple(shape), tuple(strides), draw(st.integers(0, 3)), reach


def lay(place, dtype, seed):
    """The array at a place drawn by `strided`."""
    shape, strides, offset, reach = place
    generator = np.random.default_rng(seed)
    block = cast(
        generator.uniform(0.3, 3, offset + reach + 1) * generator.choice([-1, 1]), dtype, seed
    )
    itemsize = block.itemsize
    return np.lib.stride_tricks.as_strided(
        block[offset:], shape, [stride * itemsize for stride in strides]
    )


@st.composite
def broadcast_pair(draw):
    """Two places whose shapes broadcast against each other."""
    shape = draw(st.lists(st.integers(0, 4), max_size=3))
    shapes = []
    for _ in range(2):
        kept = shape[draw(st.integers(0, len(shape))) :]
        shapes.append([1 if draw(st.integers(0, 3)) == 0 else size for size in kept])
    return tuple(draw(strided(one)) for one in shapes)


@st.composite
def basic_index(draw, shape):
    """Numbers, slices, None and an Ellipsis, as many as the shape has room for."""
    items = []
    for size in shape[: draw(st.integers(0, len(shape)))]:
        kind = draw(st.sampled_from(("number", "slice", "slice")))
        if kind == "number" and size:
            items.append(draw(st.integers(-size, size - 1)))
        else:
            ends = st.none() | st.integers(-size - 1, size + 1)
            items.append(slice(draw(ends), draw(ends), draw(st.none() | st.integers(1, 3))))
    for _ in range(draw(st.integers(0, 2))):
        items.insert(draw(st.integers(0, len(items))), None)
    if draw(st.booleans()):
        items.append(...)
    return tuple(items)


@st.composite
def array_index(draw, shape):
    """Basic items mixed with arrays of indices that broadcast, and with masks."""
    common = draw(st.sampled_from([(2,), (1,), (3, 2), ()]))
    items = []
    for size in shape:
        kind = draw(st.sampled_from(("array", "list", "slice", "number", "mask")))
        if kind == "slice" or not size:
            items.append(slice(None, None, draw(st.none() | st.integers(1, 2))))
        elif kind == "number":
            items.append(draw(st.integers(-size, size - 1)))
        elif kind == "mask" and common == (1,):
            chosen = np.zeros(size, dtype=bool)
            chosen[draw(st.integers(0, size - 1))] = True
            items.append(chosen)
        else:
            numbers = st.integers(-size, size - 1)
            array = np.array(draw(st.lists(numbers, min_size=6, max_size=6)))
            items.append(array[: int(np.prod(common))].reshape(common))
    return tuple(items)


def addresses(x):
    """The address of every element, in order."""
    start = x.__array_interface__["data"][0]
    steps = np.zeros(x.shape, dtype=np.int64)
    for axis, (size, stride) in enumerate(zip(x.shape, x.strides, strict=True)):
        steps += (np.arange(size) * stride).reshape([-1 if i == axis else 1 for i in range(x.ndim)])
    return (steps + start).ravel().tolist()
