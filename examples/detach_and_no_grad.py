"""Three ways to keep work off the tape: `detach`, `no_grad` and `requires_grad_(False)`."""

import chainrule as torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)

square = x * x
constant = square.detach()
(constant * x).sum().backward()
print("x*x held constant:", x.grad)
print("a detached tensor:", constant.requires_grad, constant.is_leaf, constant.grad_fn)
print("shares its memory:", constant.data_ptr() == square.data_ptr())

with torch.no_grad():
    quiet = x * x
print("under no_grad:", quiet.requires_grad)


@torch.no_grad()
def predict(inputs):
    return (inputs * x).sum()


print("a whole function:", predict(torch.ones(3)))

frozen = torch.ones(3, requires_grad=True)
x.grad = None
frozen.requires_grad_(False)
(frozen * x).sum().backward()
print("frozen and not:", frozen.grad, x.grad)

try:
    quiet.sum().backward()
except RuntimeError as error:
    print("no graph:", str(error)[:42])
