"""From polar to Cartesian coordinates: products of vectors with a Jacobian, then the Jacobian.

`backward` on a tensor of several elements needs a vector `v` and gives `v @ J`; one unit vector
after another gives the rows of `J`.
"""

import chainrule as torch


def cartesian(polar):
    radius, angle = polar
    return torch.stack([radius * torch.cos(angle), radius * torch.sin(angle)])


polar = torch.tensor([2.0, 0.5], requires_grad=True)

v = torch.tensor([1.0, 10.0])
cartesian(polar).backward(v)
print("v @ J:", polar.grad)

point = cartesian(polar)
rows = [torch.autograd.grad(point, polar, unit, retain_graph=True)[0] for unit in torch.eye(2)]
jacobian = torch.stack(rows)
print("J:", jacobian, sep="\n")
print("v @ J again:", v @ jacobian)

determinant = jacobian[0, 0] * jacobian[1, 1] - jacobian[0, 1] * jacobian[1, 0]
print(f"its determinant is the radius: {determinant.item():.4f}")

try:
    cartesian(polar).backward()
except RuntimeError as error:
    print("without v:", str(error)[:54])
