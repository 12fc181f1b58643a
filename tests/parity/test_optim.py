"""Optimizers do as PyTorch's: the same parameters step by step, the same text and refusals."""

from __future__ import annotations

import numpy as np
import pytest
import torch as pytorch
from tests.optim.training import IDS, SETTINGS, as_array, trained

import chainrule

# A step has a dozen roundings; PyTorch joins some multiplications and additions in one.
RTOL = {"float32": 2e-6, "float64": 2e-14, "complex64": 2e-6}


@pytest.mark.parametrize("dtype", RTOL)
@pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=IDS)
def test_five_steps_give_the_same_parameters(name, settings, dtype):
    found, optimizer = trained(chainrule, name, settings, dtype)
    expected, other = trained(pytorch, name, settings, dtype)

    rtol = RTOL[dtype]
    for one, two in zip(found, expected, strict=True):
        np.testing.assert_allclose(as_array(one), as_array(two), rtol, rtol)
    assert_same_state(optimizer.state_dict(), other.state_dict(), rtol)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
        ("Adam", {"lr": 0.1, "eps": 1e-2}),
        ("AdamW", {"lr": 0.1, "eps": 1e-2, "amsgrad": True}),
    ],
)
def test_five_steps_of_16_bits_give_nearly_the_same_parameters(name, settings, dtype):
    if dtype == "bfloat16":
        pytest.importorskip("ml_dtypes", reason="bfloat16 needs ml_dtypes")
    found, _ = trained(chainrule, name, settings, dtype)
    expected, _ = trained(pytorch, name, settings, dtype)

    tolerance = 8e-2  # a few of their last places
    for one, two in zip(found, expected, strict=True):
        assert str(one.dtype) == str(two.dtype)
        np.testing.assert_allclose(
            as_array(one.float()), as_array(two.float()), tolerance, tolerance
        )


def assert_same_state(found, expected, rtol):
    assert repr(found["param_groups"]) == repr(expected["param_groups"])
    assert list(found["state"]) == list(expected["state"])
    for number, values in expected["state"].items():
        assert list(found["state"][number]) == list(values)
        for key, value in values.items():
            one = as_array(found["state"][number][key])
            assert one.dtype == as_array(value).dtype
            np.testing.assert_allclose(one, as_array(value), rtol, rtol, err_msg=key)
