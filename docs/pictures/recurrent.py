import chainrule as torch
from chainrule import explain

torch.manual_seed(0)
w = torch.randn(8, 8, requires_grad=True)
u = torch.randn(4, 8, requires_grad=True)
bias = torch.zeros(8, requires_grad=True)
inputs, target = torch.randn(50, 3, 4), torch.randn(3, 8)

h = torch.zeros(3, 8)
for t in range(50):
    h = torch.tanh(inputs[t] @ u + h @ w + bias)
loss = ((h - target) ** 2).mean()

picture = explain.graph(loss)
