import torch
W = torch.randn(2,3, requires_grad=True)
x = torch.tensor([1.0, 2.0, 3.0])
b = torch.randn(2, requires_grad=True)
y = W @ x + b # 形状(2,) @ 是矩阵乘法运算符
loss = y.sum() # 必须转为标量才能backward()
loss.backward()
print(W.grad.shape) # (2,3) → 与 W 形状一致
print(b.grad.shape) # (2,) → 与 b 形状一致
# ---- beyond the tutorial
print(W.grad)
print(b.grad)
