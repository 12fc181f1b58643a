import torch
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = torch.dot(x, x) # 等价于xᵀx
y.backward()
print(x.grad) # 输出:tensor([2., 4., 6.]) → 即2x
