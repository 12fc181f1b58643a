import torch
x = torch.randn(3, requires_grad=True)
y = x * 2
v = torch.tensor([1.0, 0.0, 0.0]) # 选择关心的梯度方向
y.backward(gradient=v) # 只计算第一个分量的梯度
print(x.grad) # 输出:[2, 0, 0]
