"""Jacobians, Hessians and products with them, of functions of one or several tensors.

Apart from `func`, whose transforms nest: these take a function and arguments and return numbers.
"""

from __future__ import annotations

from chainrule.autograd.functional._jacobian import hessian, jacobian
from chainrule.autograd.functional._products import hvp, jvp, vhp, vjp

__all__ = ["vjp", "jvp", "jacobian", "hessian", "hvp", "vhp"]
