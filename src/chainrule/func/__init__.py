"""Functions of functions: derivatives, Jacobians, batches, and modules called with other weights.

Apart from `autograd`, which differentiates what was recorded; here a function is given, and its
derivative is a function again, so that transforms nest.
"""

from __future__ import annotations

from chainrule.func._functionalize import debug_unwrap, functionalize
from chainrule.func._gradient import grad, grad_and_value
from chainrule.func._jacobian import hessian, jacfwd, jacrev
from chainrule.func._jvp import jvp
from chainrule.func._linearize import linearize
from chainrule.func._modules import (
    functional_call,
    replace_all_batch_norm_modules_,
    stack_module_state,
)
from chainrule.func._rearrange import rearrange
from chainrule.func._vjp import vjp
from chainrule.func._vmap import vmap

__all__ = [
    "grad",
    "grad_and_value",
    "vmap",
    "replace_all_batch_norm_modules_",
    "functionalize",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "rearrange",
    "vjp",
    "functional_call",
    "stack_module_state",
    "debug_unwrap",
]
