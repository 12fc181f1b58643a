"""assert_close says whether results agree, and where they do not, in PyTorch's words."""

import re

import numpy as np
import pytest

import chainrule as torch
from chainrule.testing import assert_close, make_tensor

T = torch.tensor

AGREEING = (
    (T([1.0, 2.0]), T([1.0, 2.0 + 1e-7])),
    (T([0.0]), T([1e-6])),
    (T([float("inf")]), T([float("inf")])),
    (T([]), T([])),
    (T([1, 2]), T([1, 2])),
    (1.0, 1.0 + 1e-9),
    (None, None),
    ([T(1.0), {"a": 2}], [T(1.0), {"a": 2}]),
    (np.array([1.0]), np.array([1.0])),
)
DISAGREEING = (
    (
        T([1.0, 2.0, 3.0]),
        T([1.0, 2.0, 4.0]),
        """Tensor-likes are not close!

Mismatched elements: 1 / 3 (33.3%)
Greatest absolute difference: 1.0 at index (2,) (up to 1e-05 allowed)
Greatest relative difference: 0.25 at index (2,) (up to 1.3e-06 allowed)""",
    ),
    (
        T(1.0),
        T(2.0),
        """Scalars are not close!

Expected 2.0 but got 1.0.
Absolute difference: 1.0 (up to 1e-05 allowed)
Relative difference: 0.5 (up to 1.3e-06 allowed)""",
    ),
    (1, 2, "Scalars are not equal!\n\nExpected 2 but got 1.\nAbsolute difference: 1"),
    (True, False, "Booleans mismatch: True is not False"),
    (1.0, 1, "The (d)types do not match: <class 'float'> != <class 'int'>."),
    (T([1, 2]), T([1, 3]), "Greatest absolute difference: 1 at index (1,)\n"),
    (T([1.0]), T([1.0, 2.0]), "The values for attribute 'shape' do not match"),
    (T([1.0]), T([1.0], dtype=torch.float64), "The values for attribute 'dtype' do not match"),
    (T([float("nan")]), T([float("nan")]), "Greatest absolute difference: nan at index (0,)"),
    ([T(1.0), T(2.0)], [T(1.0), T(3.0)], "The failure occurred for item [1]"),
    ([1], [1, 2], "The length of the sequences mismatch: 1 != 2"),
    ({"a": 1}, {"b": 1}, "Missing keys in the actual mapping: ['b']"),
    ({"a": [1]}, {"a": [2]}, "The failure occurred for item ['a'][0]"),
    (None, 1.0, "None mismatch: None is not 1.0"),
)


@pytest.mark.parametrize(("actual", "expected"), AGREEING)
def test_what_agrees_passes(actual, expected):
    assert_close(actual, expected)


@pytest.mark.parametrize(("actual", "expected", "message"), DISAGREEING)
def test_what_disagrees_is_reported(actual, expected, message):
    with pytest.raises(AssertionError, match=re.escape(message)):
        assert_close(actual, expected)


def test_nan_agrees_with_nan_when_asked():
    assert_close(T([float("nan")]), T([float("nan")]), equal_nan=True)


def test_dtypes_may_differ_when_asked():
    assert_close(T([1.0]), T([1.0], dtype=torch.float64), check_dtype=False)


def test_strides_are_compared_when_asked():
    x = torch.ones(2, 2)

    with pytest.raises(AssertionError, match=re.escape("attribute 'stride()' do not match")):
        assert_close(x, x.t().clone().t().contiguous().t(), check_stride=True)


def test_one_tolerance_needs_the_other():
    with pytest.raises(ValueError, match="must be either specified or omitted, but got no atol"):
        assert_close(T([1.0]), T([1.0]), rtol=0.1)


def test_the_text_can_be_replaced_or_extended():
    with pytest.raises(AssertionError, match=r"^mine$"):
        assert_close(1, 2, msg="mine")
    with pytest.raises(AssertionError, match=r"^mine: Scalars are not equal!"):
        assert_close(1, 2, msg=lambda text: f"mine: {text}")


@pytest.mark.parametrize(("actual", "expected"), [(T([1.0]), [1.0]), ("a", "a")])
def test_what_cannot_be_compared_is_refused(actual, expected):
    with pytest.raises(TypeError, match="No comparison pair was able to handle inputs of type"):
        assert_close(actual, expected)


@pytest.mark.parametrize(
    "name",
    ["bool", "uint8", "int8", "int64", "float16", "float32", "float64", "complex64", "complex128"],
)
def test_tensors_are_made_in_every_dtype_between_bounds(name):
    dtype = getattr(torch, name)

    x = make_tensor(3, 40, dtype=dtype, noncontiguous=True, exclude_zero=True)

    assert x.dtype == dtype
    assert x.shape == (3, 40)
    assert not x.is_contiguous()
    assert (x != 0).all()
    assert abs(x.numpy()).max() <= 9 * 2**0.5


def test_a_tensor_with_bounds_keeps_within_them():
    x = make_tensor((50,), dtype=torch.float32, low=2, high=3, requires_grad=True)

    assert x.requires_grad
    assert x.min() >= 2
    assert x.max() < 3
