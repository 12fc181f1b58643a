"""Small trainings, the same on either library: parameters, gradients, and steps of an optimizer.

Apart from the tests, because two of them run these: one beside PyTorch, one without it.
"""

from __future__ import annotations

import numpy as np

SHAPES = ((), (3,), (4, 5), (0,), (130, 140))

# name, settings: each option of each algorithm, alone and in company.
SETTINGS = (
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "maximize": True}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.03}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "maximize": True, "weight_decay": 0.1}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-3}),
    ("Adam", {"lr": 0.1, "betas": (0.3, 0.9)}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.1, "amsgrad": True}),
    ("Adam", {"lr": 0.1, "maximize": True, "weight_decay": 0.1, "amsgrad": True}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.1, "maximize": True}),
    ("AdamW", {"lr": 0.1, "amsgrad": True}),
)
IDS = [f"{name}-{'-'.join(settings) or 'defaults'}" for name, settings in SETTINGS]


def parameters(torch, dtype="float32", shapes=SHAPES):
    """Parameters of several shapes, drawn with a fixed seed."""
    rng = np.random.default_rng(1)
    return [
        torch.nn.Parameter(torch.tensor(drawn(rng, shape, dtype), dtype=getattr(torch, dtype)))
        for shape in shapes
    ]


def drawn(rng, shape, dtype):
    values = rng.normal(size=shape)
    if dtype.startswith("complex"):
        values = values + 1j * rng.normal(size=shape)
    return np.asarray(values).tolist() if values.size < 2 else values


def train(torch, optimizer, params, steps=5, dtype="float32", seed=2):
    """Take steps with gradients drawn with a fixed seed; every third parameter lacks one once."""
    rng = np.random.default_rng(seed)
    for step in range(steps):
        for number, parameter in enumerate(params):
            gradient = torch.tensor(drawn(rng, parameter.shape, dtype), dtype=parameter.dtype)
            parameter.grad = None if (step, number) == (1, 2) else gradient
        optimizer.step()


def trained(torch, name, settings, dtype="float32", shapes=SHAPES):
    """The parameters and the optimizer after five steps."""
    params = parameters(torch, dtype, shapes)
    optimizer = getattr(torch.optim, name)(params, **settings)
    train(torch, optimizer, params, dtype=dtype)
    return params, optimizer


def as_array(value):
    return value.detach().numpy() if hasattr(value, "detach") else np.asarray(value)
