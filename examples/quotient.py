"""Two resistors side by side: how the resistance of the pair follows each of them.

The gradient of a quotient, computed by `backward` and beside it by the formula on paper.
"""

import chainrule as torch

first = torch.tensor(100.0, requires_grad=True)
second = torch.tensor(300.0, requires_grad=True)

pair = first * second / (first + second)
pair.backward()

print(f"{first.item():.0f} and {second.item():.0f} ohm side by side: {pair.item():.0f} ohm")
for name, resistor, other in (("first", first, second), ("second", second, first)):
    on_paper = (other / (first + second)) ** 2
    print(f"one ohm more in the {name}: {resistor.grad.item():.4f}, on paper {on_paper.item():.4f}")
