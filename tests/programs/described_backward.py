# Described in the tutorial, not shown: a tensor to be differentiated, the square as a function of it,
# backward, and gradients that add up until they are cleared.
import torch

t1 = torch.tensor([[1.0, -2.0], [0.5, 3.0]], requires_grad=True)
t2 = t1.pow(2).sum()
print(t2)
print(t2.grad_fn.next_functions[0][0].name(), t2.grad_fn.next_functions[0][1])
t2.backward()
print(t1.grad)
t2 = t1.pow(2).sum()
t2.backward()
print(t1.grad)
t1.grad.zero_()
print(t1.grad)
t2 = t1.pow(2).sum()
t2.backward(retain_graph=True)
torch.autograd.backward(t2, torch.tensor(2.0))
print(t1.grad)
try:
    t2.backward()
except RuntimeError as error:
    print(str(error).partition(" (or")[0])
