"""Circular and hyperbolic functions: PyTorch's names for ops.trigonometric.

Apart from the records, which hold the formulas: here are signatures, forms and examples.
"""

from __future__ import annotations

from chainrule.functions.declare import alias, pairwise, pointwise
from chainrule.ops import trigonometric as ops

sin = pointwise(
    ops.sin,
    "The sine.",
    "torch.tensor([0.0, 0.5])",
    "tensor([0.0000, 0.4794])",
)
cos = pointwise(
    ops.cos,
    "The cosine.",
    "torch.tensor([0.0, 0.5])",
    "tensor([1.0000, 0.8776])",
)
tan = pointwise(
    ops.tan,
    "The tangent.",
    "torch.tensor([0.0, 0.5])",
    "tensor([0.0000, 0.5463])",
)
asin = pointwise(
    ops.asin,
    "The inverse of sin, in [-pi/2, pi/2].",
    "torch.tensor([0.0, 0.5])",
    "tensor([0.0000, 0.5236])",
)
acos = pointwise(
    ops.acos,
    "The inverse of cos, in [0, pi].",
    "torch.tensor([0.0, 0.5])",
    "tensor([1.5708, 1.0472])",
)
atan = pointwise(
    ops.atan,
    "The inverse of tan, in (-pi/2, pi/2).",
    "torch.tensor([0.0, 0.5])",
    "tensor([0.0000, 0.4636])",
)
sinh = pointwise(
    ops.sinh,
    "(exp(input) - exp(-input)) / 2.",
    "torch.tensor([0.0, 0.5])",
    "tensor([0.0000, 0.5211])",
)
cosh = pointwise(
    ops.cosh,
    "(exp(input) + exp(-input)) / 2.",
    "torch.tensor([0.0, 0.5])",
    "tensor([1.0000, 1.1276])",
)
tanh = pointwise(
    ops.tanh,
    "sinh(input) / cosh(input).",
    "torch.tensor([0.0, 0.5])",
    "tensor([0.0000, 0.4621])",
)
asinh = pointwise(
    ops.asinh,
    "The inverse of sinh.",
    "torch.tensor([0.0, 0.5])",
    "tensor([0.0000, 0.4812])",
)
acosh = pointwise(
    ops.acosh,
    "The inverse of cosh, at 1 and above.",
    "torch.tensor([1.0, 2.0])",
    "tensor([0.0000, 1.3170])",
)
atanh = pointwise(
    ops.atanh,
    "The inverse of tanh, on (-1, 1).",
    "torch.tensor([0.0, 0.5])",
    "tensor([0.0000, 0.5493])",
)
sinc = pointwise(
    ops.sinc,
    "sin(pi * input) / (pi * input), and 1 at 0.",
    "torch.tensor([0.0, 0.5])",
    "tensor([1.0000, 0.6366])",
)
deg2rad = pointwise(
    ops.deg2rad,
    "Degrees to radians.",
    "torch.tensor([0.0, 0.5])",
    "tensor([0.0000, 0.0087])",
)
rad2deg = pointwise(
    ops.rad2deg,
    "Radians to degrees.",
    "torch.tensor([0.0, 0.5])",
    "tensor([ 0.0000, 28.6479])",
)
atan2 = pairwise(
    ops.atan2,
    "The angle of the point (other, input), in (-pi, pi].",
    "torch.tensor([5.0, -5.0]), torch.tensor([2.0, 3.0])",
    "tensor([ 1.1903, -1.0304])",
    numbers=False,
)
hypot = pairwise(
    ops.hypot,
    "sqrt(input ** 2 + other ** 2).",
    "torch.tensor([3.0]), torch.tensor([4.0])",
    "tensor([5.])",
    numbers=False,
)

for _function, *_names in (
    (asin, "arcsin"),
    (acos, "arccos"),
    (atan, "arctan"),
    (asinh, "arcsinh"),
    (acosh, "arccosh"),
    (atanh, "arctanh"),
    (atan2, "arctan2"),
):
    alias(_function, *_names)
