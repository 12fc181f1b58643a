"""One training step of a small network written by hand: matrix products, tanh, squared error."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from benchmarks.rows import Speed

SIZES = [8, 16, 16, 1]
RATE = 0.01


def step(torch):
    rng = np.random.default_rng(0)

    def array(*shape):
        return torch.from_numpy(rng.normal(size=shape).astype(np.float32) / shape[0] ** 0.5)

    weights = [array(*shape).requires_grad_() for shape in pairwise(SIZES)]
    biases = [array(1, size).requires_grad_() for size in SIZES[1:]]
    parameters = weights + biases
    inputs, target = array(1, 8), array(1, 1)

    def run(times):
        w1, w2, w3 = weights
        b1, b2, b3 = biases
        for _ in range(times):
            hidden = torch.tanh(inputs @ w1 + b1)
            hidden = torch.tanh(hidden @ w2 + b2)
            loss = ((hidden @ w3 + b3 - target) ** 2).sum()
            loss.backward()
            with torch.no_grad():
                for parameter in parameters:
                    parameter -= RATE * parameter.grad
                    parameter.grad = None
        return loss.item()

    return run


ROWS = [Speed("network", "training step, 8-16-16-1, batch 1, by hand", 4, step)]
