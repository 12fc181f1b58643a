# Described in the tutorial, not shown: nothing is recorded under no_grad, and a detached tensor begins a
# graph of its own.
import torch

t1 = torch.tensor([1.0, 2.0], requires_grad=True)
t2 = t1.sum()
print(t2)
with torch.no_grad():
    t3 = t1.sum()
print(t3, t3.requires_grad)
print(t1.sum())
t4 = t1.detach()
print(t4, t4.requires_grad, t4.is_leaf)
t5 = (t1 * t4).sum()
t5.backward()
print(t1.grad, t4.grad)
