"""100 epochs of a linear regression on three points, as tutorials write it."""

from __future__ import annotations

from benchmarks.rows import Speed


def regression(torch):
    x = torch.tensor([[1.0], [2.0], [3.0]])
    y = torch.tensor([[2.0], [3.0], [4.0]])
    rate = 0.01

    def fit():
        w = torch.tensor([[0.0]], requires_grad=True)
        b = torch.tensor([[0.0]], requires_grad=True)
        for _ in range(100):
            loss = ((x.mm(w) + b - y) ** 2).mean()
            loss.backward()
            with torch.no_grad():
                w -= rate * w.grad
                b -= rate * b.grad
            w.grad.zero_()
            b.grad.zero_()
        return loss.item()

    def run(times):
        for _ in range(times):
            loss = fit()
        return loss

    return run


ROWS = [Speed("regression", "linear regression, 100 epochs", 5, regression)]
