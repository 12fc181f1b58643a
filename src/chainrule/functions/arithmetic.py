"""Sums, differences, products and signs: PyTorch's names for ops.arithmetic.

Apart from the records, which hold the formulas: here are signatures, forms and examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule._core.kernels import result_dtype
from chainrule._core.writes import in_place_call
from chainrule.functions import blending, bounds, powers, quotients, rounding  # noqa: F401
from chainrule.functions.declare import alias, deliver, method, pairwise, pointwise, public
from chainrule.functions.factory import fitting
from chainrule.functions.operands import checked
from chainrule.ops import arithmetic as ops

if TYPE_CHECKING:
    from chainrule._core.types import dtype

neg = pointwise(
    ops.neg,
    "-input.",
    "torch.tensor([0.5, 2.0])",
    "tensor([-0.5000, -2.0000])",
)
abs = pointwise(
    ops.abs,
    "The absolute value; for complex numbers their modulus.",
    "torch.tensor([-1.5, 2.5])",
    "tensor([1.5000, 2.5000])",
    in_place=False,
)
sign = pointwise(
    ops.sign,
    "-1, 0 or 1, with the sign of input; 0 for NaN.",
    "torch.tensor([-1.5, 2.5])",
    "tensor([-1.,  1.])",
)
mul = pairwise(
    ops.mul,
    "input * other.",
    "torch.tensor([1.0, 5.0]), torch.tensor([3.0, 3.0])",
    "tensor([ 3., 15.])",
)


@public
@method
def abs_(input: Tensor) -> Tensor:
    """The absolute value, in place; RuntimeError for complex numbers, whose modulus is real."""
    if input.dtype.is_complex:
        raise RuntimeError("In-place abs is not supported for complex tensors.")
    return in_place_call(ops.abs, input, (), None)


alias(abs, "absolute")
alias(neg, "negative")
alias(mul, "multiply")


@public
@method
def positive(input: Tensor) -> Tensor:
    """The tensor itself; RuntimeError for booleans.

    >>> import chainrule as torch
    >>> torch.positive(torch.tensor([-1.0]))
    tensor([-1.])
    """
    if input.dtype.category == 0:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


@public
@method
def sgn(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sign of real numbers, input / abs(input) of complex ones, 0 at 0.

    >>> import chainrule as torch
    >>> torch.sgn(torch.tensor([3 + 4j]))
    tensor([0.6000+0.8000j])

    See https://docs.pytorch.org/docs/2.13/generated/torch.sgn.html
    """
    return deliver(ops.sign_or_phase(input), out, "sgn")


@method
def sgn_(self) -> Tensor:
    """The sign, in place."""
    return ops.sign_or_phase.in_place(self)


# ------------------------------------------------------------------- sums and differences


def _scaled(other, alpha, input):
    """alpha * other, with PyTorch's checks of alpha."""
    common = result_dtype(input, other)
    if isinstance(alpha, bool) and common.category:
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, (float, complex)) and common.category < 2:
        raise RuntimeError(
            "For integral input tensors, argument alpha must not be a floating point number."
        )
    if isinstance(alpha, complex) and common.category < 3:
        raise RuntimeError(
            "For non-complex input tensors, argument alpha must not be a complex number."
        )
    alpha = fitting(alpha, common)
    if not isinstance(other, Tensor):
        return other * alpha
    return ops.mul(other if other.dtype.category > 1 else other.to(common), alpha)


@public
@method
def add(input: Tensor, other, *, alpha=1, out: Tensor | None = None) -> Tensor:
    """input + alpha * other. Shapes broadcast and types promote.

    >>> import chainrule as torch
    >>> torch.add(torch.tensor([1.0, 2.0]), torch.tensor([10.0, 20.0]), alpha=2)
    tensor([21., 42.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.add.html
    """
    input = checked("add", input, other)
    if alpha != 1 or alpha is True:
        other = _scaled(other, alpha, input)
    return deliver(ops.add(input, other), out, "add")


@public
@method
def sub(input: Tensor, other, *, alpha=1, out: Tensor | None = None) -> Tensor:
    """input - alpha * other. Shapes broadcast and types promote; not for booleans.

    >>> import chainrule as torch
    >>> torch.sub(torch.tensor([1.0, 2.0]), 1)
    tensor([0., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.sub.html
    """
    input = checked("sub", input, other)
    if alpha != 1 or alpha is True:
        other = _scaled(other, alpha, input)
    return deliver(ops.sub(input, other), out, "sub")


RSUB = ops.sub.named("RsubBackward0")


@public
def rsub(input: Tensor, other, *, alpha=1) -> Tensor:
    """other - alpha * input.

    >>> import chainrule as torch
    >>> torch.rsub(torch.tensor([1.0]), 3)
    tensor([2.])
    """
    if alpha != 1 or alpha is True:
        input = _scaled(input, alpha, input)
    if isinstance(other, Tensor):
        return RSUB(other, input)
    return ops.sub(other, input)


@method(name="add_")
def _add_in_place(self, other, *, alpha=1):
    """Add alpha * other in place."""
    return ops.add.in_place(
        self, _scaled(other, alpha, self) if alpha != 1 or alpha is True else other
    )


@method(name="sub_")
def _sub_in_place(self, other, *, alpha=1):
    """Subtract alpha * other in place."""
    return ops.sub.in_place(
        self, _scaled(other, alpha, self) if alpha != 1 or alpha is True else other
    )


alias(sub, "subtract")


@public
def result_type(tensor1, tensor2) -> dtype:
    """The type that an operation on two operands (tensors or numbers) would give.

    >>> import chainrule as torch
    >>> torch.result_type(torch.tensor([1, 2]), 1.0)
    torch.float32

    See https://docs.pytorch.org/docs/2.13/generated/torch.result_type.html
    """
    return result_dtype(tensor1, tensor2)
