"""What a tensor shows of itself: its values, its dtype and size, and whether it is on the tape."""

import chainrule as torch

print(torch.tensor([[1.0, 2.5], [-3.0, 4.25]]))
print(torch.arange(6).reshape(2, 3))
print(torch.tensor([True, False]), torch.tensor(2, dtype=torch.uint8))
print(torch.tensor([1.0, 0.5], dtype=torch.float64))
print(torch.tensor([1e-6, 2.0, 3e5]))
print(torch.tensor([1.0, float("nan"), float("-inf")]))
print(torch.zeros(0, 3))
print(torch.arange(2000.0))

x = torch.ones(2, 2, requires_grad=True)
y = x * 3 + 1
print(x)
print(y)
print(y.mean(), y.exp().sum())
print(y.detach())

torch.set_printoptions(precision=2, sci_mode=False)
print(torch.tensor([1e-6, 2.0, 3e5]))
torch.set_printoptions(profile="default")
