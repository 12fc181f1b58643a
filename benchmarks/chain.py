"""The tape alone: 200 operations on one number, where arithmetic costs next to nothing."""

from __future__ import annotations

from benchmarks.rows import Speed


def chain(torch):
    start = torch.tensor(2.0, requires_grad=True)

    def run(times):
        for _ in range(times):
            start.grad = None
            x = start
            for _ in range(100):
                x = x * 1.01 + 0.5
            x.backward()
        return start.grad.item()

    return run


ROWS = [Speed("chain", "200 operations on a number, and backward", 8, chain)]
