"""How far cars of the 1920s needed to stop: a straight line through fifty measured stops.

Speeds in miles per hour, distances in feet (M. Ezekiel, Methods of Correlation Analysis, 1930).
The line is found by gradient descent, by hand, and compared with that of the normal equations.
"""

import chainrule as torch

SPEEDS = """
4 4 7 7 8 9 10 10 10 11 11 12 12 12 12 13 13 13 13 14 14 14 14 15 15
15 16 16 17 17 17 18 18 18 18 19 19 19 20 20 20 20 20 22 23 24 24 24 24 25
"""
DISTANCES = """
2 10 4 22 16 10 18 26 34 17 28 14 20 24 28 26 34 34 46 26 36 60 80 20 26
54 32 40 32 40 50 42 56 76 84 36 46 68 32 48 52 56 64 66 54 70 92 93 120 85
"""


def column(text):
    return torch.tensor([float(word) for word in text.split()])


speed, distance = column(SPEEDS), column(DISTANCES)
centre, scale = speed.mean(), speed.std()
x = (speed - centre) / scale

slope = torch.zeros((), requires_grad=True)
intercept = torch.zeros((), requires_grad=True)
rate = 0.1

for epoch in range(101):
    loss = (slope * x + intercept - distance).square().mean()
    loss.backward()
    if epoch % 20 == 0:
        print(f"epoch {epoch:3}: mean squared error {loss.item():.2f}")
    with torch.no_grad():
        slope -= rate * slope.grad
        intercept -= rate * intercept.grad
    slope.grad = intercept.grad = None

x_part = x - x.mean()
exact_slope = (x_part * (distance - distance.mean())).sum() / x_part.square().sum()
print(f"each mile per hour more: {(slope / scale).item():.3f} feet more")
print(f"by the normal equations: {(exact_slope / scale).item():.3f}")
