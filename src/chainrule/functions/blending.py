"""Functions of three operands: addcmul, addcdiv, lerp.

Apart from arithmetic.py, whose functions have two.
"""

from __future__ import annotations

from chainrule._core.core import Tensor
from chainrule._core.kernels import result_dtype
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.factory import C_NAMES, fitting
from chainrule.functions.operands import check_tensor, refuse_combination
from chainrule.ops import arithmetic as ops


def _factor(value, *operands: Tensor):
    """The number that products are multiplied by, cut to an integer where all is integers."""
    dtype = result_dtype(*operands)
    return fitting(value, dtype) if dtype.category == 1 else value


@public
@method
def addcmul(
    input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value=1, out: Tensor | None = None
) -> Tensor:
    """input + value * tensor1 * tensor2. Shapes broadcast and types promote; not for booleans.

    >>> import chainrule as torch
    >>> torch.addcmul(torch.tensor([1.0]), torch.tensor([2.0]), torch.tensor([3.0]), value=0.5)
    tensor([4.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.addcmul.html
    """
    value = _factor(value, input, tensor1, tensor2)
    return deliver(ops.addcmul(input, tensor1, tensor2, value=value), out, "addcmul")


@method(name="addcmul_")
def _addcmul_in_place(self, tensor1, tensor2, *, value=1):
    """Add value * tensor1 * tensor2 in place."""
    value = _factor(value, self, tensor1, tensor2)
    return ops.addcmul.in_place(self, tensor1, tensor2, value=value)


@public
@method
def addcdiv(
    input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value=1, out: Tensor | None = None
) -> Tensor:
    """input + value * tensor1 / tensor2; not for integers. Shapes broadcast and types promote.

    >>> import chainrule as torch
    >>> torch.addcdiv(torch.tensor([1.0]), torch.tensor([3.0]), torch.tensor([2.0]))
    tensor([2.5000])

    See https://docs.pytorch.org/docs/2.13/generated/torch.addcdiv.html
    """
    if tensor1.dtype.category < 2 and tensor2.dtype.category < 2:
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported; convert the operands to a "
            "floating type first"
        )
    return deliver(ops.addcdiv(input, tensor1, tensor2, value=value), out, "addcdiv")


@method(name="addcdiv_")
def _addcdiv_in_place(self, tensor1, tensor2, *, value=1):
    """Add value * tensor1 / tensor2 in place."""
    return ops.addcdiv.in_place(self, tensor1, tensor2, value=value)


def _weighing(input: Tensor, end: Tensor, weight):
    """The op for this weight, its operands and its parameters."""
    check_tensor(input, "lerp")
    if not isinstance(end, Tensor):
        refuse_combination("lerp", input, end, weight)
    _check_type("end", input, end)
    if isinstance(weight, Tensor):
        _check_type("weight", input, weight)
        return ops.lerp, (input, end, weight), {}
    return ops.lerp_number, (input, end), {"weight": fitting(weight, input.dtype)}


def _check_type(argument: str, input: Tensor, other: Tensor) -> None:
    if other.dtype is not input.dtype:
        raise RuntimeError(
            f"expected dtype {C_NAMES[input.dtype.name]} for `{argument}` but got dtype "
            f"{C_NAMES[other.dtype.name]}"
        )


@public
@method
def lerp(input: Tensor, end: Tensor, weight, *, out: Tensor | None = None) -> Tensor:
    """input + weight * (end - input); weight is a number or a tensor. Shapes broadcast.

    RuntimeError where the dtypes differ, NotImplementedError for integers.

    >>> import chainrule as torch
    >>> torch.lerp(torch.tensor([0.0, 10.0]), torch.tensor([1.0, 20.0]), 0.5)
    tensor([ 0.5000, 15.0000])

    See https://docs.pytorch.org/docs/2.13/generated/torch.lerp.html
    """
    op, operands, parameters = _weighing(input, end, weight)
    return deliver(op(*operands, **parameters), out, "lerp")


@method(name="lerp_")
def _lerp_in_place(self, end, weight):
    """Go part of the way to `end`, in place."""
    op, operands, parameters = _weighing(self, end, weight)
    return op.in_place(*operands, **parameters)
