import torch
x = torch.arange(4.0, requires_grad=True) # 这样就可以访问梯度了,注意要分配初始值
x.grad # 查看梯度,默认是 None
y = 2 * torch.dot(x, x)
y.backward()
x.grad # 查看梯度
# ---- beyond the tutorial
print(x.grad)
# ----
x.grad.zero_() # 清空梯度
u = y.detach()
# ---- beyond the tutorial
print(x.grad)
print(y)
print(u, u.requires_grad, u.grad_fn)
