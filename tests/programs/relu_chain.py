import torch
# 复合函数示例:y = relu(Wx + b)
x = torch.randn(3)
W = torch.randn(2,3, requires_grad=True)
b = torch.randn(2, requires_grad=True)
h = torch.relu(W @ x + b)
loss = h.sum()
loss.backward() # PyTorch自动计算∂loss/∂W和∂loss/∂b
# ---- beyond the tutorial
active = (h > 0).float()
print(torch.equal(b.grad, active))
print(torch.equal(W.grad, torch.outer(active, x)))
