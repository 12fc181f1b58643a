"""One training step of a network of the size that MNIST needs: matrix products set the pace."""

from __future__ import annotations

import numpy as np

from benchmarks.rows import Speed

SIZES = [784, 512, 512, 10]
BATCH = 128


def step(torch):
    rng = np.random.default_rng(0)
    nn = torch.nn
    network = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)
    )
    with torch.no_grad():
        for parameter in network.parameters():
            values = rng.normal(scale=0.05, size=tuple(parameter.shape)).astype(np.float32)
            parameter.copy_(torch.from_numpy(values))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()
    inputs = torch.from_numpy(rng.random((BATCH, SIZES[0]), dtype=np.float32))
    labels = torch.from_numpy(rng.integers(0, SIZES[-1], BATCH))

    def run(times):
        for _ in range(times):
            optimizer.zero_grad()
            loss = loss_of(network(inputs), labels)
            loss.backward()
            optimizer.step()
        return loss.item()

    return run


ROWS = [Speed("mlp", "MLP 784-512-512-10, batch 128, Adam", 1, step)]
