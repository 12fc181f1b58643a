import torch
from torch.autograd import Variable
x=Variable(torch.Tensor([16]),requires_grad=True) #需要求导数
y=x*x
y.backward()
print(x.grad)
