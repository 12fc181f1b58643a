"""Small programs for `--explain`: what is wrong with each, and the same program without it.

Apart from the test, because a table of programs is long: each is run in a process of its own.
"""

from __future__ import annotations

from typing import NamedTuple


class Pair(NamedTuple):
    """A program that has something to be found, the words of it, and one that has not."""

    wrong: str
    expected: tuple[str, ...]
    right: str


START = """
import torch
torch.manual_seed(0)
x, y = torch.randn(16, 3), torch.randn(16, 1)
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
"""

LOOP = (
    START
    + """
for step in range(12):
    optimizer.zero_grad()
    loss = ((model(x) - y) ** 2).mean()
    loss.backward()
    optimizer.step()
"""
)

PAIRS = {
    "zero_grad is forgotten": Pair(
        LOOP.replace("    optimizer.zero_grad()\n", ""),
        ("not cleared", "line 10: loss.backward()", "optimizer.zero_grad() once a step"),
        LOOP,
    ),
    "a gradient is not cleared, without an optimizer": Pair(
        """
import torch
w = torch.ones(3, requires_grad=True)
for step in range(6):
    loss = (w * w).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
""",
        ("not cleared", "line 6: loss.backward()"),
        """
import torch
w = torch.ones(3, requires_grad=True)
for step in range(6):
    loss = (w * w).sum()
    loss.backward()
    w.data -= 0.1 * w.grad
    w.grad.data.zero_()
""",
    ),
    "gradients are added up on purpose": Pair(
        LOOP.replace("    optimizer.zero_grad()\n", ""),
        ("not cleared",),
        LOOP.replace(
            "    optimizer.step()", "    if step % 4 == 3:\n        optimizer.step()"
        ).replace("    optimizer.zero_grad()", "    if step % 4 == 0: optimizer.zero_grad(False)"),
    ),
    "zero_grad comes too late": Pair(
        LOOP.replace("    optimizer.zero_grad()\n", "").replace(
            "    optimizer.step()", "    optimizer.zero_grad()\n    optimizer.step()"
        ),
        ("cleared before step() can use them", "line 11: optimizer.zero_grad()"),
        LOOP.replace("    optimizer.zero_grad()\n", "") + "    optimizer.zero_grad()\n",
    ),
    "backward is never called": Pair(
        LOOP.replace("    loss.backward()\n", ""),
        ("step() changes nothing", "No backward() was ever called", "line 11: optimizer.step()"),
        LOOP,
    ),
    "the optimizer has another model's parameters": Pair(
        LOOP.replace("model.parameters()", "torch.nn.Linear(3, 1).parameters()"),
        ("step() changes nothing", "None of its parameters ever got a gradient"),
        LOOP,
    ),
    "step is never called": Pair(
        LOOP.replace("    optimizer.step()\n", ""),
        ("SGD never makes a step", "line 6: torch.optim.SGD("),
        LOOP,
    ),
    "a parameter is not used": Pair(
        LOOP.replace(
            "optimizer = ", "extra = torch.nn.Linear(2, 2)\nmodel.extra = extra\noptimizer = "
        ).replace("model(x)", "model[2](model[1](model[0](x)))"),
        ("2 of the 6 parameters of SGD never get a gradient", "extra.weight", "was not used"),
        LOOP,
    ),
    "a layer is cut off": Pair(
        LOOP.replace("model(x)", "model[2](model[1](model[0](x)).detach())"),
        ("2 of the 4 parameters", "model.0.weight", "cut at", "leave out the detach()"),
        LOOP.replace("SGD(model.parameters()", "SGD(model[2].parameters()").replace(
            "model(x)", "model[2](model[1](model[0](x)).detach())"
        ),
    ),
    "the graph grows": Pair(
        LOOP.replace("for step", "state = torch.zeros(16, 1)\nfor step")
        .replace("model(x)", "state")
        .replace("    loss =", "    state = torch.tanh(model(x) + state)\n    loss =")
        .replace("loss.backward()", "loss.backward(retain_graph=True)")
        .replace("optimizer.step()", "pass"),
        ("the graph grows from step to step", "line 11: torch.tanh(model(x) + state) made it"),
        LOOP.replace("for step", "state = torch.zeros(16, 1)\nfor step")
        .replace("model(x)", "state")
        .replace("    loss =", "    state = torch.tanh(model(x) + state.detach())\n    loss ="),
    ),
    "losses are added up with their graphs": Pair(
        LOOP.replace("for step", "total = 0\nfor step").replace("12", "40")
        + "    total = total + loss\n",
        ("earlier steps are still in memory", "line 14: total + loss", "loss.item()"),
        LOOP.replace("for step", "total = 0\nfor step").replace("12", "40")
        + "    total += loss.item()\n",
    ),
    "losses are kept in a list": Pair(
        LOOP.replace("for step", "losses = []\nfor step").replace("12", "40")
        + "    losses.append(loss)\n",
        ("earlier steps are still in memory", "They are in `losses`"),
        LOOP.replace("for step", "losses = []\nfor step").replace("12", "40")
        + "    losses.append(loss.detach())\n",
    ),
    "retain_graph is not needed": Pair(
        LOOP.replace("loss.backward()", "loss.backward(retain_graph=True)"),
        ("retain_graph=True keeps a graph", "line 11: loss.backward(retain_graph=True)"),
        LOOP.replace("loss.backward()", "loss.backward(retain_graph=True); (2 * loss).backward()"),
    ),
    "a gradient is NaN although the loss is not": Pair(
        """
import torch
x = torch.tensor([0.0, 4.0], requires_grad=True)
loss = torch.where(x > 0, x.sqrt(), 0.0).sum()
loss.backward()
""",
        ("NaN or infinity in a gradient, at call 1", "line 5: loss.backward()", "sqrt made nan"),
        """
import torch
x = torch.tensor([0.0, 4.0], requires_grad=True)
loss = torch.where(x > 0, torch.where(x > 0, x, 1.0).sqrt(), 0.0).sum()
loss.backward()
""",
    ),
    "an optimizer of its own does not clear": Pair(
        LOOP.replace("    optimizer.zero_grad()\n", "").replace(
            "optimizer = torch.optim.SGD(",
            "class Own(torch.optim.SGD):\n"
            "    def step(self, closure=None):\n"
            "        return super().step(closure)\n"
            "optimizer = Own(",
        ),
        ("not cleared",),
        LOOP,
    ),
    "the loss becomes NaN": Pair(
        LOOP.replace("lr=0.01", "lr=1e20"),
        ("the loss is ", "line 11: loss.backward()", "at first"),
        LOOP,
    ),
    "a layer is dead": Pair(
        LOOP.replace("Tanh", "ReLU").replace(
            "optimizer =", "model[0].bias.data -= 100\noptimizer ="
        ),
        ("the gradient of model.0.weight, model.0.bias", "is exactly zero", "relu"),
        LOOP.replace("Tanh", "ReLU"),
    ),
    "the gradient vanishes": Pair(
        LOOP.replace(
            "torch.nn.Tanh()",
            "*[m for _ in range(20) for m in (torch.nn.Linear(4, 4), torch.nn.Sigmoid())]",
        ),
        ("the gradient is vanishing", "sigmoid"),
        LOOP.replace(
            "torch.nn.Tanh()",
            "*[m for _ in range(3) for m in (torch.nn.Linear(4, 4), torch.nn.ReLU())]",
        ),
    ),
    "the gradient explodes": Pair(
        LOOP.replace("torch.nn.Tanh()", "*[torch.nn.Linear(4, 4) for _ in range(10)]").replace(
            "optimizer =", "for p in model.parameters(): p.data *= 20\noptimizer ="
        ),
        ("the gradient is exploding", "clip_grad_norm_ before the step"),
        LOOP,
    ),
    "grad of a result that is no leaf": Pair(
        """
import torch
w = torch.ones(3, requires_grad=True)
for step in range(3):
    loss = (w * w).sum()
    loss.backward()
    w = w - 0.1 * w.grad
""",
        ("w.grad is None", "w is no leaf", "line 7: w - 0.1 * w.grad", "with torch.no_grad()"),
        """
import torch
w = torch.ones(3, requires_grad=True)
for step in range(3):
    loss = (w * w).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
""",
    ),
    "grad before any backward": Pair(
        "import torch\nw = torch.ones(3, requires_grad=True)\nprint(w.grad.sum())\n",
        ("w.grad is None", "No backward was called"),
        "import torch\nw = torch.ones(3, requires_grad=True)\nprint(w.grad)\n",
    ),
    "grad of what the loss does not depend on": Pair(
        """
import torch
a, b = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)
loss = (a * b.detach()).sum()
loss.backward()
print(a.grad.sum(), b.grad.sum())
""",
        ("b.grad is None", "b.detach()", "(x is b)"),
        """
import torch
a, b = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)
loss = (a * b.detach()).sum()
loss.backward()
print(a.grad.sum(), b.grad)
""",
    ),
}

# Programs that look as if something were wrong with them, and are right.
RIGHT = {
    "two networks learn against each other": """
import torch
torch.manual_seed(0)
make, judge = torch.nn.Linear(2, 2), torch.nn.Linear(2, 1)
makes = torch.optim.Adam(make.parameters(), lr=0.01)
judges = torch.optim.Adam(judge.parameters(), lr=0.01)
for step in range(20):
    noise, real = torch.randn(8, 2), torch.randn(8, 2)
    fake = make(noise)
    judges.zero_grad()
    loss = judge(real).sigmoid().log().mean() + (1 - judge(fake.detach()).sigmoid()).log().mean()
    (-loss).backward()
    judges.step()
    makes.zero_grad()
    (-judge(fake).sigmoid().log().mean()).backward()
    makes.step()
""",
    "a closure": LOOP.replace(
        "    optimizer.zero_grad()",
        "    def closure():\n        optimizer.zero_grad()\n"
        "        loss = ((model(x) - y) ** 2).mean()\n        loss.backward()\n"
        "        return loss\n    optimizer.step(closure)\n    continue",
    ),
    "gradients are clipped": LOOP.replace(
        "    optimizer.step()",
        "    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n    optimizer.step()",
    ),
    "a second derivative": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
for step in range(6):
    (slope,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
    (curve,) = torch.autograd.grad(slope.sum(), x)
print(curve)
""",
    "sequences of many lengths": LOOP.replace(
        "    loss =", "    h = x\n    for _ in range(step): h = torch.tanh(h)\n    loss ="
    ).replace("model(x)", "model(h)"),
    "a loss that reaches zero": """
import torch
w = torch.nn.Parameter(torch.ones(2))
optimizer = torch.optim.SGD([w], lr=0.5)
for step in range(30):
    optimizer.zero_grad()
    loss = (w * w).sum()
    loss.backward()
    optimizer.step()
""",
    "frozen parameters": LOOP.replace(
        "optimizer =", "for p in model[0].parameters(): p.requires_grad_(False)\noptimizer ="
    ),
    "biases before a normalization": LOOP.replace(
        "model =",
        "class Norm(torch.nn.Module):\n    def forward(self, h):\n"
        "        return (h - h.mean(0)) / h.std(0)\nmodel =",
    ).replace("torch.nn.Tanh()", "Norm()"),
    "a Function that prints": """
import torch
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2 * x
    @staticmethod
    def backward(ctx, g):
        print("backward")
        return 2 * g
x = torch.ones(2, requires_grad=True)
x.register_hook(lambda g: print("hook"))
Double.apply(x).sum().backward()
""",
    "two losses of one graph": """
import torch
x = torch.ones(2, requires_grad=True)
for step in range(6):
    shared = x.exp()
    shared.sum().backward(retain_graph=True)
    shared.prod().backward()
    x.grad = None
""",
    "sparse gradients": """
import torch
table = torch.nn.Embedding(10, 3, sparse=True)
optimizer = torch.optim.SparseAdam(table.parameters())
for step in range(6):
    optimizer.zero_grad()
    table(torch.tensor([1, 2])).sum().backward()
    optimizer.step()
""",
    "every way to call": """
import torch
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.checkpoint import checkpoint
torch.manual_seed(0)
x = torch.ones(3, requires_grad=True)
print(torch.autograd.grad(outputs=(x * x).sum(), inputs=x, retain_graph=False))
print(torch.autograd.grad((x * x).sum(), {"x": x}))
print(torch.func.grad(lambda t: (t * t).sum())(x))
print(torch.autograd.functional.jacobian(lambda t: t * t, x))
torch.autograd.backward(tensors=[x * x, x.sum()], grad_tensors=[torch.ones(3), None])
with saved_tensors_hooks(lambda t: t, lambda t: (print("unpacked"), t)[1]):
    y = (x * x).sum()
y.backward()
for reentrant in (True, False):
    checkpoint(lambda t: (print("ran"), t.exp())[1], x, use_reentrant=reentrant).sum().backward()
torch.ones(2, dtype=torch.complex64, requires_grad=True).abs().sum().backward()
for wrong in ((), (3,), (x.sum(), 1, 2, 3, 4, 5, 6)):
    try:
        torch.autograd.backward(*wrong)
    except Exception as error:
        print(type(error), error)
print(torch.rand(2), x.grad)
""",
    "threads": """
import torch, threading
def learn():
    for step in range(50):
        w = torch.ones(3, requires_grad=True)
        (w * w).sum().backward()
threads = [threading.Thread(target=learn) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
""",
    "an optimizer of its own": """
import torch
class Plain(torch.optim.Optimizer):
    def __init__(self, parameters):
        super().__init__(parameters, {})
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                p.data -= 0.1 * p.grad
class Noisy(Plain):
    def step(self, closure=None):
        super().step(closure)
w = torch.nn.Parameter(torch.ones(3))
optimizer = Noisy([w])
for step in range(6):
    loss = (w * w).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
}
