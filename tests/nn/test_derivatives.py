"""The derivatives of nn.functional agree with finite differences, in first and second order."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import chainrule as torch
from tests.nn.samples import IN_PLACE, SAMPLES, Sample

STEP = 1e-6
SMOOTH = [sample for sample in SAMPLES if sample.smooth]


def weighted_value(sample: Sample, arrays):
    """A number made of all results of a sample, and the tensors it was made from."""
    tensors = [
        torch.tensor(array, requires_grad=True) if array.dtype.kind == "f" else torch.tensor(array)
        for array in arrays
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = sample.run(torch.nn.functional, *tensors)
    weights = np.linspace(0.5, 1.5, value.numel()).reshape(value.shape)
    return (value * torch.tensor(weights)).sum(), [t for t in tensors if t.requires_grad]


def slope(sample, arrays, gradient_of):
    """The change of a number as all floating arrays move along random directions."""
    rng = np.random.default_rng(0)
    directions = [
        rng.normal(size=array.shape) if array.dtype.kind == "f" else 0 for array in arrays
    ]

    def at(step):
        moved = [
            array + step * direction if array.dtype.kind == "f" else array
            for array, direction in zip(arrays, directions, strict=True)
        ]
        return gradient_of(moved)

    return (at(STEP) - at(-STEP)) / (2 * STEP), [
        direction
        for array, direction in zip(arrays, directions, strict=True)
        if array.dtype.kind == "f"
    ]


def along(gradients, directions):
    return sum(
        float((gradient.detach().numpy() * direction).sum())
        for gradient, direction in zip(gradients, directions, strict=True)
        if gradient is not None
    )


@pytest.mark.parametrize("sample", SMOOTH, ids=str)
def test_gradients_are_the_slopes(sample):
    value, tensors = weighted_value(sample, sample.arrays)
    gradients = torch.autograd.grad(value, tensors, allow_unused=True)
    expected, directions = slope(
        sample, sample.arrays, lambda arrays: weighted_value(sample, arrays)[0].item()
    )

    np.testing.assert_allclose(along(gradients, directions), expected, 1e-5, 1e-7)


def squared_gradients(sample, arrays):
    value, tensors = weighted_value(sample, arrays)
    gradients = torch.autograd.grad(value, tensors, create_graph=True, allow_unused=True)
    squares = [(g * g).sum() for g in gradients if g is not None]
    return sum(squares), tensors


@pytest.mark.parametrize("sample", SMOOTH, ids=str)
def test_gradients_of_gradients_are_their_slopes(sample):
    value, tensors = squared_gradients(sample, sample.arrays)
    if not value.requires_grad:
        pytest.skip("the gradient is a constant")
    gradients = torch.autograd.grad(value, tensors, allow_unused=True)
    expected, directions = slope(
        sample, sample.arrays, lambda arrays: squared_gradients(sample, arrays)[0].item()
    )

    np.testing.assert_allclose(along(gradients, directions), expected, 1e-4, 1e-6)


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place_is_the_same_function(name):
    settings = {"threshold": 0.1, "value": 9.0} if name == "threshold" else {}
    function = getattr(torch.nn.functional, name)
    x = torch.linspace(-4, 4, 40, dtype=torch.float64, requires_grad=True)

    y = x * 1
    written = function(y, inplace=True, **settings)
    (written * written).sum().backward()
    expected = function(x, **settings)

    assert written is y
    assert y._version == 1
    np.testing.assert_array_equal(y.detach().numpy(), expected.detach().numpy())
    (gradient,) = torch.autograd.grad((expected * expected).sum(), x)
    np.testing.assert_allclose(x.grad.numpy(), gradient.numpy(), 1e-12)


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place_on_a_leaf_is_refused(name):
    settings = {"threshold": 0.1, "value": 9.0} if name == "threshold" else {}
    x = torch.ones(3, requires_grad=True)

    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        getattr(torch.nn.functional, name)(x, inplace=True, **settings)
    assert x.tolist() == [1, 1, 1]


def test_weights_that_are_written_to_later_do_not_change_a_gradient():
    """Guards losses whose backward read their weights when it ran."""
    functional = torch.nn.functional
    weight = torch.ones(2)
    x = torch.tensor([[1.0, 2.0]], requires_grad=True)
    losses = [
        functional.cross_entropy(x, torch.tensor([1]), weight=weight),
        functional.binary_cross_entropy_with_logits(x, torch.ones(1, 2), pos_weight=weight),
    ]
    expected = [torch.autograd.grad(loss, x, retain_graph=True)[0].tolist() for loss in losses]
    weight.fill_(5)
    assert [torch.autograd.grad(loss, x)[0].tolist() for loss in losses] == expected
