"""Three judges of one derivative: the formula on paper, differences, and `gradcheck`.

In float32 the difference of two close numbers keeps few digits, so checks are made in float64.
"""

import chainrule as torch


def f(x):
    return torch.sin(x) * torch.exp(-x / 2)


def by_differences(x, step):
    return ((f(x + step) - f(x - step)) / (2 * step)).item()


x = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
f(x).backward()
with torch.no_grad():
    on_paper = (torch.cos(x) - torch.sin(x) / 2) * torch.exp(-x / 2)
    print(f"on paper        {on_paper.item():.10f}")
    print(f"backward        {x.grad.item():.10f}")
    print(f"float64 steps   {by_differences(x, 1e-5):.10f}")
    rough = by_differences(x.float(), 1e-5)
    print(f"float32 steps   off by more than 1e-4: {abs(rough - on_paper.item()) > 1e-4}")

inputs = torch.linspace(-2, 2, 5, dtype=torch.float64, requires_grad=True)
print("gradcheck      ", torch.autograd.gradcheck(f, inputs))
print("gradgradcheck  ", torch.autograd.gradgradcheck(f, inputs))
