# ---- beyond the tutorial
import torch
x = torch.ones(3, requires_grad=True)
optimizer = torch.optim.SGD([x], lr=0.1)
# ----
# 错误示范:梯度累积
for _ in range(10):
    y = x.sum()
    y.backward() # 梯度会累加!
# ---- beyond the tutorial
print(x.grad)
y = x.sum()
# ----
# 正确做法:
optimizer.zero_grad() # 或x.grad.zero_()
y.backward()
# ---- beyond the tutorial
print(x.grad)
