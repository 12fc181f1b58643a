"""Gradients add up until they are cleared: a batch in parts has the gradient of the whole batch."""

import chainrule as torch

weight = torch.tensor([1.0, -1.0], requires_grad=True)
data = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])


def loss(rows):
    return (rows @ weight).square().sum()


loss(data).backward()
print("whole batch:", weight.grad)

weight.grad = None
for part in data.split(2):
    loss(part).backward()
    print("after one part more:", weight.grad)

weight.grad.zero_()
print("cleared:", weight.grad)

total = loss(data)
total.backward(retain_graph=True)
total.backward()
print("the same graph twice:", weight.grad)

try:
    total.backward()
except RuntimeError as error:
    print("a third time:", str(error)[:50])
