import torch
from torch.autograd import Variable
x=Variable(torch.Tensor([1,5,6,10,16]),requires_grad=True) #需要求导数
y=x*x

weights1=torch.Tensor([1,0.1,0.1,0.5,0.1])
y.backward(weights1,retain_graph=True)
print(x.grad)
