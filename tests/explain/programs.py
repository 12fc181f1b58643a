"""Small programs whose graphs the tests look at."""

import chainrule as torch


def few():
    """`loss = sum(tanh(a * b + c) / (1 + a ** 2))`, of two elements."""
    a = torch.tensor([2.0, 3.0], requires_grad=True)
    b = torch.tensor([1.0, -1.0], requires_grad=True)
    c = torch.tensor(0.5, requires_grad=True)
    h = a * b + c
    loss = (h.tanh() / (1 + a**2)).sum()
    return torch.explain.graph(loss)


def loop(steps=50):
    """A recurrent network: three leaves, and a loop of five operations."""
    w = torch.ones(8, 8, requires_grad=True)
    u = torch.ones(4, 8, requires_grad=True)
    bias = torch.zeros(8, requires_grad=True)
    inputs, h = torch.ones(steps, 3, 4), torch.zeros(3, 8)
    for t in range(steps):
        h = torch.tanh(inputs[t] @ u + h @ w + bias)
    loss = (h**2).mean()
    return torch.explain.graph(loss)


def irregular(count):
    """Operations in an order that never repeats, some of results from long before."""
    x = torch.ones(2, requires_grad=True)
    results = [x]
    digits = 1
    for _ in range(count):
        digits = digits * 1103515245 % 2147483647
        kind = digits % 3
        if kind == 0:
            results.append(results[-1].sin())
        elif kind == 1:
            results.append(results[-1] * results[max(len(results) - 9, 0)])
        else:
            results.append(results[-1] + x)
    return torch.explain.graph(results[-1].sum())
