"""Loops called directly give what NumPy's ufuncs give, to the bit, whatever the arrays look like.

Apart from the tests of operations, because here only the bits count, not what they mean.
"""

import operator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import chainrule as torch
from chainrule._core.apply import wrap_array

seeded = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)

FLOATS = ["float32", "float64"]
NUMBERS = ["int8", "uint8", "int16", "int32", "int64", *FLOATS, "complex64", "complex128"]

BINARY = [
    (operator.add, np.add, NUMBERS),
    (operator.sub, np.subtract, NUMBERS),
    (operator.mul, np.multiply, NUMBERS),
    (operator.truediv, np.true_divide, [*FLOATS, "complex64", "complex128"]),
    (torch.maximum, np.maximum, ["int32", "uint8", *FLOATS]),
    (torch.minimum, np.minimum, ["int32", "uint8", *FLOATS]),
    (operator.eq, np.equal, NUMBERS),
    (operator.ne, np.not_equal, NUMBERS),
    (operator.lt, np.less, ["int16", *FLOATS]),
    (operator.le, np.less_equal, ["uint8", *FLOATS]),
    (operator.gt, np.greater, ["int64", *FLOATS]),
    (operator.ge, np.greater_equal, ["int8", *FLOATS]),
]
UNARY = [
    (torch.exp, np.exp), (torch.tanh, np.tanh), (torch.sqrt, np.sqrt), (operator.neg, np.negative),
    (torch.log, np.log), (torch.sin, np.sin), (torch.floor, np.floor), (torch.reciprocal, lambda a: 1 / a),
]  # fmt: skip
SPECIAL = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-40, 3.4e38]


def same_bits(found, expected):
    """Equal dtype, shape and values, -0.0 apart from 0.0, every NaN equal to every other."""
    found, expected = np.asarray(found), np.asarray(expected)
    if found.dtype != expected.dtype or found.shape != expected.shape:
        return False
    parts = [(found, expected)]
    if expected.dtype.kind == "c":
        parts = [(found.real, expected.real), (found.imag, expected.imag)]
    for mine, theirs in parts:
        if theirs.dtype.kind == "f":
            nan = np.isnan(theirs)
            if not np.array_equal(np.isnan(mine), nan):
                return False
            mine, theirs = np.where(nan, 0, mine), np.where(nan, 0, theirs)
            if not np.array_equal(np.signbit(mine), np.signbit(theirs)):
                return False
        if not np.array_equal(mine, theirs):
            return False
    return True


@np.errstate(all="ignore")
def filled(rng, shape, dtype):
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return rng.integers(limits.min, limits.max, shape, dtype, endpoint=True)
    values = rng.standard_normal(shape)
    special = np.less(rng.random(shape), 0.15)
    values = np.where(special, rng.choice(SPECIAL, shape), values)
    if dtype.kind == "c":
        values = values + 1j * np.where(special, rng.choice(SPECIAL, shape), np.square(values))
    return np.asarray(values, dtype)


def laid_out(rng, values):
    """The same values in other strides: turned, stepped over, reversed, offset or misaligned."""
    kind = rng.integers(6)
    if kind == 1:
        return values.T.copy().T
    if kind == 2:
        wide = np.zeros((*values.shape, 2), values.dtype)
        wide[..., 0] = values
        return wide[..., 0]
    if kind == 3 and values.ndim:
        return values[::-1].copy()[::-1]
    if kind == 4:
        place = np.zeros(values.size + 3, values.dtype)[3:].reshape(values.shape)
        place[...] = values
        return place
    if kind == 5:
        raw = np.zeros(values.nbytes + 1, np.uint8)[1:]
        place = raw.view(values.dtype).reshape(values.shape)
        place[...] = values
        return place
    return values


@st.composite
def shapes(draw, count):
    """Shapes that broadcast with one another, empty and 0-dim ones among them."""
    whole = draw(st.lists(st.sampled_from([0, 1, 2, 3, 4, 7, 16, 17]), max_size=4))
    found = []
    for _ in range(count):
        start = draw(st.integers(0, len(whole)))
        kept = [draw(st.booleans()) or draw(st.booleans()) for _ in whole]
        found.append(tuple(n if keep else 1 for n, keep in zip(whole, kept))[start:])
    return found


def quiet(ufunc, *arrays):
    with np.errstate(all="ignore"):
        return ufunc(*arrays)


@pytest.mark.parametrize(
    ("function", "ufunc", "dtypes"), BINARY, ids=lambda v: getattr(v, "__name__", "")
)
@seeded
@given(shapes(2), st.integers(0, 2**32), st.data())
def test_two_tensors_give_the_bits_of_numpys_ufunc(function, ufunc, dtypes, sizes, seed, data):
    rng = np.random.default_rng(seed)
    dtype = data.draw(st.sampled_from(dtypes))
    a, b = (laid_out(rng, filled(rng, size, dtype)) for size in sizes)

    found = function(wrap_array(a), wrap_array(b))

    assert same_bits(found.numpy(), quiet(ufunc, a, b))


@pytest.mark.parametrize(("function", "ufunc"), UNARY, ids=lambda v: getattr(v, "__name__", ""))
@seeded
@given(shapes(1), st.integers(0, 2**32), st.sampled_from(FLOATS))
def test_one_tensor_gives_the_bits_of_numpys_ufunc(function, ufunc, sizes, seed, dtype):
    rng = np.random.default_rng(seed)
    a = laid_out(rng, filled(rng, sizes[0], dtype))

    assert same_bits(function(wrap_array(a)).numpy(), quiet(ufunc, a))


@seeded
@given(
    shapes(1),
    st.integers(0, 2**32),
    st.sampled_from(FLOATS),
    st.sampled_from([2, -3, 0.1, -0.0, 1e300, float("nan"), float("inf"), 2**40]),
    st.sampled_from(
        [(operator.add, np.add), (operator.sub, np.subtract), (operator.mul, np.multiply)]
    ),
    st.booleans(),
)
def test_a_number_takes_the_tensors_type_on_either_side(
    sizes, seed, dtype, number, pair, reflected
):
    function, ufunc = pair
    rng = np.random.default_rng(seed)
    a = laid_out(rng, filled(rng, sizes[0], dtype))
    with np.errstate(all="ignore"):
        other = np.array(number).astype(dtype)
    order = (other, a) if reflected else (a, other)

    x = wrap_array(a)
    found = function(number, x) if reflected else function(x, number)

    assert same_bits(found.numpy(), quiet(ufunc, *order))


@seeded
@given(shapes(2), st.integers(0, 2**32), st.sampled_from(NUMBERS))
def test_writing_in_place_gives_the_same_bits_as_a_new_result(sizes, seed, dtype):
    rng = np.random.default_rng(seed)
    size = np.broadcast_shapes(*sizes)
    a, b = laid_out(rng, filled(rng, size, dtype)), laid_out(rng, filled(rng, sizes[0], dtype))
    expected = quiet(np.multiply, a, b)

    x = wrap_array(a)
    x *= wrap_array(b)

    assert same_bits(a, expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@seeded
@given(
    st.tuples(*[st.integers(0, 9)] * 3), st.integers(0, 2**32), st.integers(1, 2), st.integers(1, 2)
)
def test_a_product_has_the_bits_of_numpys_matmul(dtype, sizes, seed, x_ndim, y_ndim):
    rng = np.random.default_rng(seed)
    m, n, k = sizes
    a = laid_out(rng, rng.standard_normal((m, n) if x_ndim == 2 else (n,)).astype(dtype))
    b = laid_out(rng, rng.standard_normal((n, k) if y_ndim == 2 else (n,)).astype(dtype))

    found = (wrap_array(a) @ wrap_array(b)).numpy()

    assert found.dtype == a.dtype
    assert found.shape == np.matmul(a, b).shape
    np.testing.assert_allclose(
        found,
        np.matmul(a, b),
        rtol=1e-6 if dtype == "float32" else 1e-14,
        atol=1e-6 if dtype == "float32" else 1e-14,
    )


def test_contiguous_products_are_equal_to_the_bit(rng):
    for m, n, k in [(1, 1, 1), (4, 4, 4), (3, 5, 2), (17, 16, 33), (64, 64, 64)]:
        a, b = rng.standard_normal((m, n)), rng.standard_normal((n, k))

        assert np.array_equal((wrap_array(a) @ wrap_array(b)).numpy(), a @ b)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((4, 3), (2, 4, 1)),
        ((2, 4, 1), (4, 3)),
        ((3,), (2, 4, 1)),
        ((4, 1), (2, 1, 3)),
        ((2, 1, 1), (4, 3)),
    ],
)
def test_rows_and_columns_of_different_length_repeat_together(first, second):
    """Guards: (4, 3) repeats by rows of 12, (2, 4, 1) by columns of 3; one length was used for both."""
    a = np.arange(np.prod(first), dtype=np.float32).reshape(first)
    b = np.arange(np.prod(second), dtype=np.float32).reshape(second)

    assert np.array_equal((wrap_array(a) + wrap_array(b)).numpy(), a + b)


@pytest.mark.parametrize("function", [torch.reciprocal, torch.sigmoid, lambda x: 1 / x])
def test_a_formula_is_worked_out_for_strided_arrays_too(function, rng):
    """Guards: 1 / x, whose formula is 1 / x, called itself without end where no program ran."""
    wide = torch.from_numpy(rng.standard_normal((4, 6)))
    for x in (wide.t(), wide[:, ::2], wide[1:, 1:3]):
        assert same_bits(function(x).numpy(), function(x.clone().contiguous()).numpy())


@pytest.mark.parametrize("size", [32767, 32768, 100_003])
def test_large_arrays_give_the_same_bits_as_small_ones(rng, size):
    a, b = (
        rng.standard_normal(size).astype(np.float32),
        rng.standard_normal(size).astype(np.float32),
    )
    x, y = wrap_array(a), wrap_array(b)

    assert same_bits((x * y).numpy(), a * b)
    assert same_bits(x.exp().numpy(), np.exp(a))
    assert same_bits((x.reshape(1, -1) + y[:1]).numpy(), a.reshape(1, -1) + b[:1])


def test_floating_point_errors_are_silent_and_leave_numpys_settings_alone():
    settings_before = np.geterr()
    with np.errstate(all="raise"):
        x = torch.tensor([1.0, -1.0, 0.0])

        assert str(x / 0) == "tensor([inf, -inf, nan])"
        assert torch.log(x).isnan().tolist() == [False, True, False]
        assert torch.exp(x * 1e10).tolist() == [float("inf"), 0.0, 1.0]
    assert np.geterr() == settings_before
