"""A square root by Newton's method: gradients follow the steps that were taken, however many.

The loop decides by the values, so each input has a graph of its own.
"""

import chainrule as torch


def square_root(x, tolerance=1e-4):
    estimate, steps = x * 0 + 1, 0
    while (estimate * estimate - x).abs() > tolerance * x:
        estimate = (estimate + x / estimate) / 2
        steps += 1
    return estimate, steps


for start in (0.25, 2.0, 10000.0):
    x = torch.tensor(start, requires_grad=True)
    root, steps = square_root(x)
    root.backward()
    slope = 1 / (2 * start**0.5)
    print(
        f"root of {start:g}: {root.item():.4f} in {steps} steps, "
        f"slope {x.grad.item():.4f}, on paper {slope:.4f}"
    )
