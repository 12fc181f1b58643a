import chainrule as torch
from chainrule import explain

a = torch.tensor([2.0, 3.0], requires_grad=True)
b = torch.tensor([1.0, -1.0], requires_grad=True)
c = torch.tensor([4.0, 5.0], requires_grad=True)
d = torch.tensor([2.0, 4.0], requires_grad=True)

f = (a * b + c) / d
loss = (f.tanh() + a**2).sum()

picture = explain.graph(loss)
