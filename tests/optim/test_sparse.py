"""Optimizers and sparse gradients: which take them, what they then do, how the others refuse."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import chainrule as torch

STEPS = ([1, 1, 2], [2, 0], [], [1, 2, 2])

SGD_SETTINGS = (
    {},
    {"maximize": True},
    {"momentum": 0.9},
    {"momentum": 0.9, "dampening": 0.3},
    {"momentum": 0.9, "nesterov": True},
    {"momentum": 0.9, "nesterov": True, "maximize": True},
)
ADAM_SETTINGS = ({}, {"maximize": True}, {"betas": (0.5, 0.6)}, {"eps": 0.1}, {"lr": 0.3})


def table(rows=4, width=2, dtype="float64"):
    values = np.random.default_rng(0).normal(size=(rows, width))
    return torch.nn.Parameter(torch.tensor(values, dtype=getattr(torch, dtype)))


def differentiate(weight, rows, sparse=True):
    weight.grad = None
    numbers = torch.tensor(rows, dtype=torch.int64)
    found = torch.nn.functional.embedding(numbers, weight, sparse=sparse)
    (found**2).sum().backward()


@pytest.mark.parametrize("settings", SGD_SETTINGS, ids=str)
def test_sgd_does_as_with_dense_gradients(settings):
    one, two = table(), table()
    sparse = torch.optim.SGD([one], lr=0.1, **settings)
    dense = torch.optim.SGD([two], lr=0.1, **settings)
    for rows in STEPS:
        differentiate(one, rows)
        differentiate(two, rows, sparse=False)
        sparse.step()
        dense.step()

        np.testing.assert_allclose(one.detach().numpy(), two.detach().numpy())


def test_sgd_keeps_a_sparse_buffer_that_can_be_saved(tmp_path):
    weight = table()
    optimizer = torch.optim.SGD([weight], lr=0.1, momentum=0.9)
    differentiate(weight, [1, 1])
    optimizer.step()
    torch.save(optimizer.state_dict(), tmp_path / "state")
    other = torch.optim.SGD([weight], lr=0.1, momentum=0.9)
    other.load_state_dict(torch.load(tmp_path / "state"))

    buffer = other.state[weight]["momentum_buffer"]
    assert buffer.is_sparse
    assert buffer.to_dense().tolist() == weight.grad.to_dense().tolist()


def test_sgd_with_weight_decay_refuses_sparse_gradients():
    weight = table()
    differentiate(weight, [1])

    with pytest.raises(RuntimeError, match=r"add\(sparse, dense\) is not supported"):
        torch.optim.SGD([weight], lr=0.1, weight_decay=0.1).step()


@pytest.mark.parametrize("settings", ADAM_SETTINGS, ids=str)
def test_sparse_adam_follows_the_formula_at_the_rows_met(settings):
    weight = table()
    optimizer = torch.optim.SparseAdam([weight], **settings)
    expected = weight.detach().numpy().copy()
    m, v = np.zeros_like(expected), np.zeros_like(expected)
    lr, eps = settings.get("lr", 1e-3), settings.get("eps", 1e-8)
    beta1, beta2 = settings.get("betas", (0.9, 0.999))
    for t, rows in enumerate(STEPS, 1):
        differentiate(weight, rows)
        optimizer.step()
        g = weight.grad.to_dense().numpy() * (-1 if settings.get("maximize") else 1)
        met = np.unique(np.array(rows, dtype=int))
        m[met] = beta1 * m[met] + (1 - beta1) * g[met]
        v[met] = beta2 * v[met] + (1 - beta2) * g[met] ** 2
        rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
        expected[met] -= rate * m[met] / (np.sqrt(v[met]) + eps)

        np.testing.assert_allclose(weight.detach().numpy(), expected)


def test_sparse_adam_counts_its_write_to_the_parameter():
    weight = table()
    optimizer = torch.optim.SparseAdam([weight])
    differentiate(weight, [1])
    result = (weight * weight).sum()
    optimizer.step()

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        result.backward()


def test_sparse_adam_goes_on_from_a_saved_state():
    one, two = table(), table()
    first, second = torch.optim.SparseAdam([one]), torch.optim.SparseAdam([two])
    differentiate(one, [1, 3])
    first.step()
    two.data.copy_(one.data)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    for weight, optimizer in ((one, first), (two, second)):
        differentiate(weight, [1, 0])
        optimizer.step()

    assert one.tolist() == two.tolist()


def test_sparse_adam_refuses_dense_gradients():
    weight = table()
    weight.sum().backward()

    with pytest.raises(
        RuntimeError, match="does not support dense gradients, please consider Adam"
    ):
        torch.optim.SparseAdam([weight]).step()


@pytest.mark.parametrize("number", [0, 1])
def test_sparse_adam_refuses_sparse_parameters(number):
    parameters = [table(), table()]
    parameters[number] = torch.sparse_coo_tensor((4, 2), requires_grad=True)

    with pytest.raises(ValueError, match=rf"Sparse params at indices \[\[0, {number}\]\]"):
        torch.optim.SparseAdam(parameters)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"lr": 0.0}, "Invalid learning rate: 0.0"),
        ({"lr": -1}, "Invalid learning rate: -1"),
        ({"lr": torch.ones(2)}, "Tensor lr must be 1-element"),
        ({"eps": 0.0}, "Invalid epsilon value: 0.0"),
        ({"betas": (1.0, 0.9)}, "Invalid beta parameter at index 0: 1.0"),
        ({"betas": (0.9, -0.1)}, "Invalid beta parameter at index 1: -0.1"),
    ],
)
def test_sparse_adam_refuses_settings_out_of_range(settings, words):
    with pytest.raises(ValueError, match=words):
        torch.optim.SparseAdam([table()], **settings)


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_adam_refuses_sparse_gradients_and_leaves_the_parameter_alone(name):
    weight = table()
    before = weight.tolist()
    differentiate(weight, [1])

    with pytest.raises(RuntimeError, match="Adam does not support sparse gradients, please consi"):
        getattr(torch.optim, name)([weight]).step()
    assert weight.tolist() == before
