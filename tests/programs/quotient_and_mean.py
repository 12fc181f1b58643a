import torch
a = torch.FloatTensor([2])
b = torch.FloatTensor([4])
c = torch.FloatTensor([6])
d = torch.FloatTensor([8])
print(a.requires_grad, b.requires_grad, c.requires_grad, d.requires_grad)
a.requires_grad = True
b.requires_grad = True
d.requires_grad_(True)
f = (a * b + c) / d
print(a.requires_grad, b.requires_grad, c.requires_grad, d.requires_grad, f.requires_grad)
f.backward()
print(a.grad, b.grad, c.grad, d.grad)
x = torch.ones(2, 2, requires_grad=True)
print(x)
y = x + 2
print(y)
print(y.requires_grad)
print(y.grad_fn)
z = y * y * 3
out = z.mean()
print(z, out)
out.backward()
print(x.grad)
W = torch.Tensor([[1, 1, 1], [2, 2, 2]])
W.requires_grad = True
x = torch.Tensor([[1, 3, 5], [2, 4, 6]])
print(W)
print(x)
z = W * x
print(z)
z.backward(torch.Tensor([[1, 1, 1], [2, 3, 4]]))
print(W.grad)
