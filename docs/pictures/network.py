import chainrule as torch
from chainrule import explain, nn
from chainrule.nn import functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 3))
labels = torch.tensor([0, 1, 2, 0, 1])
loss = F.cross_entropy(model(torch.randn(5, 4)), labels)

picture = explain.graph(loss)
