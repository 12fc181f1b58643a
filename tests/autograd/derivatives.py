"""Functions with derivatives of the test's own making, and numbers to check them at.

Apart from the tests of gradcheck, which say what it finds in them.
"""

import chainrule as torch
from chainrule.autograd import Function


def double(*values):
    return torch.tensor(list(values), dtype=torch.float64, requires_grad=True)


def points(*values):
    return torch.tensor(list(values), dtype=torch.complex128, requires_grad=True)


def custom(value, backward, jvp=None, *, materialize=True):
    """A Function of one tensor with this backward(g, x) and, perhaps, this jvp(t, x).

    With materialize=False, cotangents that did not arrive are None.
    """

    class Custom(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(materialize)
            ctx.save_for_backward(x)
            if jvp is not None:
                ctx.save_for_forward(x)
            return value(x)

    Custom.backward = staticmethod(lambda ctx, *g: backward(*g, *ctx.saved_tensors))
    if jvp is not None:
        Custom.jvp = staticmethod(lambda ctx, t: jvp(t, *ctx.saved_tensors))
    return Custom
