"""assert_close passes, fails and speaks as PyTorch's."""

import numpy as np
import pytest
import torch as pytorch
import torch.testing

import chainrule
import chainrule.testing

NAN, INF = float("nan"), float("inf")

# What is compared: numbers as they are, lists as tensors of the dtype that follows them.
PAIRS = (
    ([1.0, 2.0, 3.0], [1.0, 2.0, 4.0], {}),
    ([1.0, 2.0, 3.0], [2.0, 3.0, 4.0], {}),
    ([[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 9.0]], {"rtol": 0.1, "atol": 0}),
    ([[1.0, 2.0], [3.0, 4.0]], [[1.1, 2.0], [3.0, 4.0]], {"rtol": 0.2, "atol": 0.1}),
    (1.5, 2.0, {}),
    ([1, 2], [1, 3], {}),
    ([1, 0], [3, 0], {"rtol": 1.0, "atol": 0}),
    ([True, False], [False, False], {}),
    ([NAN, 1.0], [NAN, 1.0], {}),
    ([NAN, 1.0], [NAN, 1.0], {"equal_nan": True}),
    ([INF, 1.0], [1.0, 1.0], {}),
    ([INF, -INF], [INF, INF], {}),
    ([1.0, 5.0], [1.0, 0.0], {}),
    ([0.0], [1e-6], {}),
    ([1.0, 2.0], [1.0, 2.0, 3.0], {}),
    ([], [], {}),
)


def said(library, actual, expected, kwargs):
    """The type and the text of the complaint, None where there is none."""
    try:
        library.testing.assert_close(actual, expected, **kwargs)
    except Exception as error:
        return type(error).__name__, str(error)
    return None


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64", "complex64", None])
@pytest.mark.parametrize(("actual", "expected", "kwargs"), PAIRS)
def test_tensors(actual, expected, kwargs, dtype):
    if dtype in ("int64",) and any(
        np.isnan(v) or np.isinf(v) for v in np.ravel([*np.ravel(actual)])
    ):
        pytest.skip("integers have neither nan nor infinity")

    def run(library):
        kind = {} if dtype is None else {"dtype": getattr(library, dtype)}
        pair = [library.tensor(values, **kind) for values in (actual, expected)]
        return said(library, *pair, kwargs)

    assert run(chainrule) == run(pytorch)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.0, 2.0),
        (1, 2),
        (1.0, 1),
        (1j, 2j),
        (1.0, 0.0),
        (True, False),
        (None, None),
        (None, 1.0),
        ("a", "a"),
        ([1, 2], [1]),
        ([1, [2]], [1, [3]]),
        ({"a": 1.0}, {"b": 1.0}),
        ({"a": 1.0, "b": (2.0,)}, {"a": 1.0, "b": (2.5,)}),
        (np.array([1.0, 2.0]), np.array([1.0, 3.0])),
        (np.float64(2.0), 3.0),
    ],
)
def test_everything_else(actual, expected):
    assert said(chainrule, actual, expected, {}) == said(pytorch, actual, expected, {})


def test_dtypes_shapes_and_strides():
    def run(library, **kwargs):
        x = library.ones(2, 3)
        others = (library.ones(3, 2), library.ones(3, 2).t(), x.double(), x + 1e-7)
        return [said(library, x, other, kwargs) for other in others]

    assert run(chainrule) == run(pytorch)
    assert run(chainrule, check_stride=True) == run(pytorch, check_stride=True)
    assert run(chainrule, check_dtype=False) == run(pytorch, check_dtype=False)
