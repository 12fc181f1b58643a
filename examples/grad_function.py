"""`torch.autograd.grad`: gradients as values, of inputs that were not used too, and of gradients.

Unlike `backward` it leaves `.grad` alone.
"""

import chainrule as torch

x = torch.tensor([0.5, 1.0, 1.5], requires_grad=True)
unused = torch.ones(2, requires_grad=True)
y = (x**3).sum()

print("first:", torch.autograd.grad(y, x, retain_graph=True))
print(".grad:", x.grad)

print("unused:", torch.autograd.grad(y, [x, unused], allow_unused=True, retain_graph=True))
print("as zeros:", torch.autograd.grad(y, [x, unused], materialize_grads=True, retain_graph=True))
try:
    torch.autograd.grad(y, [x, unused], retain_graph=True)
except RuntimeError as error:
    print("not allowed:", str(error)[:73])

order = y
for name in ("3x^2", "6x", "6"):
    (order,) = torch.autograd.grad(order.sum(), x, create_graph=True)
    print(f"{name}:", order.detach())
