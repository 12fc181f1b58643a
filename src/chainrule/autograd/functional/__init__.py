"""Jacobians, Hessians and products with them, of functions of one or several tensors.

Apart from `func`, whose transforms nest: these take a function and arguments and return numbers.
"""

from __future__ import annotations

import importlib

importlib.import_module("chainrule.func")  # the package before its modules: see transforms

from chainrule.autograd.functional._jacobian import hessian, jacobian  # noqa: E402
from chainrule.autograd.functional._products import hvp, jvp, vhp, vjp  # noqa: E402

__all__ = ["vjp", "jvp", "jacobian", "hessian", "hvp", "vhp"]
