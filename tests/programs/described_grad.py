# Described in the tutorial, not shown: autograd.grad leaves .grad alone, frees the graph unless told to
# keep it, builds one for higher orders, and gives None for an input that was not used.
import torch

t1 = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
unused = torch.ones(2, requires_grad=True)
t2 = t1.pow(3).sum()
print(torch.autograd.grad(t2, t1, retain_graph=True))
print(t1.grad)
(first,) = torch.autograd.grad(t2, t1, create_graph=True)
print(first.detach(), first.requires_grad)
print(torch.autograd.grad(first.sum(), t1))
t2 = t1.pow(2).sum()
try:
    torch.autograd.grad(t2, [t1, unused], retain_graph=True)
except RuntimeError as error:
    print(str(error).partition(" Set")[0])
print(torch.autograd.grad(t2, [t1, unused], allow_unused=True, retain_graph=True))
print(torch.autograd.grad(t2, [t1, unused], materialize_grads=True))
