"""Whatever the shapes, strides, offsets and overlaps: the bits are those of NumPy's own loops."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.samples.places import (
    addresses,
    array_index,
    basic_index,
    broadcast_pair,
    lay,
    strided,
)
from tests.samples.recorded import LETTERS
from tests.samples.reference import indexing as reference

import chainrule as torch

steady = settings(deadline=None, derandomize=True, max_examples=60)

FLOATS = ("float16", "float32", "float64", "complex64", "complex128")
REALS = ("uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")
NUMBERS = REALS + FLOATS[3:]

UNARY = {
    "neg": (np.negative, NUMBERS),
    "abs": (np.absolute, REALS),
    "square": (np.square, NUMBERS),
    "exp": (np.exp, FLOATS[:3]),
    "log": (np.log, FLOATS[:3]),
    "sqrt": (np.sqrt, FLOATS),
    "sin": (np.sin, FLOATS[:3]),
    "tanh": (np.tanh, FLOATS[:3]),
    "floor": (np.floor, FLOATS[:3]),
    "isnan": (np.isnan, FLOATS),
    "logical_not": (np.logical_not, NUMBERS),
}
BINARY = {
    "add": (np.add, NUMBERS),
    "sub": (np.subtract, NUMBERS),
    "mul": (np.multiply, NUMBERS),
    "div": (np.true_divide, FLOATS),
    "maximum": (np.maximum, REALS),
    "minimum": (np.minimum, REALS),
    "atan2": (np.arctan2, FLOATS[:3]),
    "eq": (np.equal, NUMBERS),
    "ne": (np.not_equal, NUMBERS),
    "lt": (np.less, REALS),
    "ge": (np.greater_equal, REALS),
    "logical_and": (np.logical_and, NUMBERS),
}


def assert_same_bits(found, expected):
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    assert np.ascontiguousarray(found).tobytes() == np.ascontiguousarray(expected).tobytes()


@pytest.mark.parametrize("name", UNARY)
@steady
@given(place=strided(), seed=st.integers(0, 99), data=st.data())
def test_functions_of_one_array(name, place, seed, data):
    ufunc, dtypes = UNARY[name]
    x = lay(place, data.draw(st.sampled_from(dtypes)), seed)
    with np.errstate(all="ignore"):
        expected = ufunc(x)

    found = getattr(torch, name)(torch.from_numpy(x))

    assert_same_bits(found.numpy(), expected)


@pytest.mark.parametrize("name", BINARY)
@steady
@given(places=broadcast_pair(), seed=st.integers(0, 99), data=st.data())
def test_functions_of_two_arrays(name, places, seed, data):
    ufunc, dtypes = BINARY[name]
    dtype = data.draw(st.sampled_from(dtypes))
    x, y = lay(places[0], dtype, seed), lay(places[1], dtype, seed + 1)
    with np.errstate(all="ignore"):
        expected = ufunc(x, y)

    found = getattr(torch, name)(torch.from_numpy(x), torch.from_numpy(y))

    assert_same_bits(found.numpy(), np.asarray(expected))


@pytest.mark.parametrize("name", ["add", "mul"])
@steady
@given(place=strided(), seed=st.integers(0, 99))
def test_two_views_of_the_same_memory(name, place, seed):
    x = lay(place, "float32", seed)
    tensor = torch.from_numpy(x)

    found = getattr(torch, name)(tensor, tensor)

    assert_same_bits(found.numpy(), BINARY[name][0](x, x))


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div"])
@steady
@given(place=strided(), number=st.sampled_from([0.0, -1.5, 2.0, 1e30]), seed=st.integers(0, 99))
def test_an_array_and_a_python_number(name, place, number, seed):
    x = lay(place, "float32", seed)
    with np.errstate(all="ignore"):
        expected = BINARY[name][0](x, np.float32(number))

    found = getattr(torch, name)(torch.from_numpy(x), number)

    assert_same_bits(found.numpy(), np.asarray(expected))


@pytest.mark.parametrize("name", ["add", "mul"])
@steady
@given(places=broadcast_pair(), seed=st.integers(0, 99))
def test_in_place_writes_the_same_bits_and_nothing_else(name, places, seed):
    shape, strides, *_ = places[0]
    assume(np.broadcast_shapes(shape, places[1][0]) == shape)
    assume(all(stride for stride, size in zip(strides, shape, strict=True) if size > 1))
    x, y = lay(places[0], "float64", seed), lay(places[1], "float64", seed + 1)
    assume(not x.size or len(set(addresses(x))) == x.size)
    expected = BINARY[name][0](x, y)
    tensor = torch.from_numpy(x)

    getattr(tensor, f"{name}_")(torch.from_numpy(y))

    assert_same_bits(x, np.asarray(expected))


@steady
@given(
    left=st.tuples(st.integers(0, 5), st.integers(0, 5)),
    columns=st.integers(0, 5),
    batch=st.lists(st.integers(0, 3), max_size=2),
    dtype=st.sampled_from(("float32", "float64", "complex64", "complex128")),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_products_of_matrices(left, columns, batch, dtype, seed, data):
    rows, inner = left
    x = lay(data.draw(strided([*batch, rows, inner])), dtype, seed)
    y = lay(data.draw(strided([inner, columns])), dtype, seed + 1)

    found = torch.matmul(torch.from_numpy(x), torch.from_numpy(y)).numpy()

    np.testing.assert_allclose(found, np.matmul(x, y), rtol=1e-5, atol=1e-5)
    assert found.dtype == x.dtype


@steady
@given(place=strided(), seed=st.integers(0, 99), data=st.data())
def test_basic_indexing_gives_numpys_view(place, seed, data):
    x = lay(place, "float32", seed)
    index = data.draw(basic_index(x.shape))
    expected = np.asarray(x[(*index, ...)] if ... not in index else x[index])

    found = torch.from_numpy(x)[index]

    assert_same_bits(found.numpy(), expected)
    if expected.size:
        assert np.shares_memory(found.numpy(), x)


@steady
@given(
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_indexing_by_arrays_reads_and_writes_the_same_places(shape, seed, data):
    x = np.random.default_rng(seed).normal(size=shape)
    index = data.draw(array_index(x.shape))
    tensors = tuple(torch.from_numpy(one) if isinstance(one, np.ndarray) else one for one in index)
    written = torch.from_numpy(x.copy())

    found = torch.from_numpy(x)[tensors]
    written[tensors] = 7.0

    assert_same_bits(found.numpy(), np.asarray(reference.getitem(x, index)))
    assert_same_bits(written.numpy(), reference.setitem(x, index, 7.0))


@steady
@given(place=strided(), seed=st.integers(0, 99), data=st.data())
def test_chains_of_views_have_numpys_strides(place, seed, data):
    x = lay(place, "float32", seed)
    tensor = torch.from_numpy(x)
    for _ in range(data.draw(st.integers(1, 4))):
        step = data.draw(st.sampled_from(("permute", "unsqueeze", "index", "expand")))
        if step == "permute":
            order = data.draw(st.permutations(range(x.ndim)))
            x, tensor = x.transpose(order), tensor.permute(order)
        elif step == "unsqueeze" and x.ndim < 6:
            dim = data.draw(st.integers(0, x.ndim))
            x, tensor = np.expand_dims(x, dim), tensor.unsqueeze(dim)
        elif step == "expand":
            shape = [3 if size == 1 else size for size in x.shape]
            x, tensor = np.broadcast_to(x, shape), tensor.expand(shape)
        else:
            index = data.draw(basic_index(x.shape))
            x, tensor = (
                np.asarray(x[(*index, ...)] if ... not in index else x[index]),
                tensor[index],
            )

    assert_same_bits(tensor.numpy(), x)
    if x.size:
        sizes = [size for size in x.shape if size > 1]
        found = [s for s, size in zip(tensor.stride(), x.shape, strict=True) if size > 1]
        expected = [s // 4 for s, size in zip(x.strides, x.shape, strict=True) if size > 1]
        assert (found, len(sizes)) == (expected, len(found))


@steady
@given(place=strided(), seed=st.integers(0, 99), data=st.data())
def test_reshaping_reads_in_order_and_copies_only_where_it_must(place, seed, data):
    x = lay(place, "int64", seed)
    shape = data.draw(st.sampled_from([(-1,), (x.size,), (1, *x.shape), x.shape[::-1]]))
    assume(x.size or -1 not in shape)

    found = torch.from_numpy(x).reshape(shape)

    assert_same_bits(found.numpy(), x.reshape(shape))


@pytest.mark.parametrize("name", ["sum", "prod", "amax", "cumsum"])
@steady
@given(place=strided(), seed=st.integers(0, 99), data=st.data())
def test_reductions_of_any_layout(name, place, seed, data):
    x = lay(place, "int64", seed)
    assume(x.ndim and (x.size or name != "amax"))
    dim = data.draw(st.integers(-x.ndim, x.ndim - 1))
    numpys = {"sum": np.sum, "prod": np.prod, "amax": np.max, "cumsum": np.cumsum}[name]

    found = getattr(torch, name)(torch.from_numpy(x), dim)

    assert_same_bits(found.numpy(), np.asarray(numpys(x, axis=dim)))


@steady
@given(
    left=st.sampled_from(list(LETTERS)),
    right=st.sampled_from(list(LETTERS)),
    ranks=st.tuples(st.integers(0, 2), st.integers(0, 2)),
)
def test_promotion_does_not_depend_on_the_order_of_operands(left, right, ranks):
    x = torch.ones((1,) * ranks[0], dtype=getattr(torch, left))
    y = torch.ones((1,) * ranks[1], dtype=getattr(torch, right))
    assume({left, right} != {"float16", "complex64"} and {left, right} != {"float16", "complex128"})

    assert (x + y).dtype == (y + x).dtype == torch.result_type(x, y)
