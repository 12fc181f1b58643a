"""Single operations without a gradient, where a call costs more than its arithmetic; and, on a
million elements, eight with one, where arithmetic and memory do.
"""

from __future__ import annotations

from benchmarks.rows import Speed


def multiply(torch):
    a = torch.tensor([1.0, 2.0, 3.0, 4.0])
    b = torch.tensor([0.5, 0.25, 2.0, 1.0])

    def run(times):
        for _ in range(times):
            c = a * b
        return c.sum().item()

    return run


def add_number(torch):
    a = torch.tensor([1.0, 2.0, 3.0, 4.0])

    def run(times):
        for _ in range(times):
            c = a + 2.0
        return c.sum().item()

    return run


def exponential(torch):
    a = torch.tensor([1.0, 2.0, 3.0, 4.0])
    exp = torch.exp

    def run(times):
        for _ in range(times):
            c = exp(a)
        return c.sum().item()

    return run


def matrix_product(torch):
    m = torch.arange(16.0).reshape(4, 4)

    def run(times):
        for _ in range(times):
            c = m @ m
        return c.sum().item()

    return run


def million(torch):
    x = torch.linspace(-1.0, 1.0, 1_000_000).requires_grad_()
    y = torch.linspace(0.5, 1.5, 1_000_000)

    def run(times):
        for _ in range(times):
            x.grad = None
            z = torch.tanh(x * y)
            z = torch.exp(z * 0.5) + x
            z = torch.sigmoid(z - y) * z
            z.sum().backward()
        return x.grad.sum().item()

    return run


ROWS = [
    Speed("multiply", "a * b, 4 elements", 6, multiply),
    Speed("add", "a + 2.0, 4 elements", 6, add_number),
    Speed("exp", "exp(a), 4 elements", 6, exponential),
    Speed("matmul", "m @ m, 4 by 4", 4, matrix_product),
]
MILLION = Speed("million", "8 elementwise operations on 1,000,000, and backward", 1, million)
