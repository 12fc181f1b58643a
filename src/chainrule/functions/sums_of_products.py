"""Something added to a product of matrices or vectors: addmm, addmv, addr, addbmm, baddbmm.

Apart from the products: each of these has a number for either summand and an in-place form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions.declare import deliver, method, public
from chainrule.functions.factory import fitting, number
from chainrule.functions.matmul import check_tensors, check_vector_arguments, promoted
from chainrule.ops import sums_of_products as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


@public
@method
def addmm(
    input: Tensor, mat1: Tensor, mat2: Tensor, *, beta=1, alpha=1, out: Tensor | None = None
) -> Tensor:
    """beta * input + alpha * (mat1 @ mat2); the input is expanded to the product's shape.

    With beta = 0 the input does not count, whatever it holds.

    >>> import chainrule as torch
    >>> torch.addmm(torch.ones(2), torch.eye(2), torch.eye(2), beta=3)
    tensor([[4., 3.],
            [3., 4.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.addmm.html
    """
    check_tensors("addmm", input=input, mat1=mat1, mat2=mat2)
    factors = _factors("addmm", input, beta, alpha)
    return deliver(ops.addmm(input, mat1, mat2, **factors), out, "addmm")


@public
@method
def addmv(
    input: Tensor, mat: Tensor, vec: Tensor, *, beta=1, alpha=1, out: Tensor | None = None
) -> Tensor:
    """beta * input + alpha * (mat @ vec).

    >>> import chainrule as torch
    >>> torch.addmv(torch.ones(2), torch.eye(2), torch.ones(2))
    tensor([2., 2.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.addmv.html
    """
    check_tensors("addmv", input=input, mat=mat, vec=vec)
    factors = _factors("addmv", input, beta, alpha)
    return deliver(ops.addmv(input, mat, vec, **factors), out, "addmv")


@public
@method
def addr(
    input: Tensor, vec1: Tensor, vec2: Tensor, *, beta=1, alpha=1, out: Tensor | None = None
) -> Tensor:
    """beta * input + alpha * outer(vec1, vec2); types promote.

    >>> import chainrule as torch
    >>> torch.addr(torch.zeros(2, 2), torch.tensor([1., 2.]), torch.tensor([3., 4.]))
    tensor([[3., 4.],
            [6., 8.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.addr.html
    """
    check_tensors("addr", input=input, vec1=vec1, vec2=vec2)
    check_vector_arguments("addr", vec1=vec1, vec2=vec2)
    input, vec1, vec2 = promoted(input, vec1, vec2)
    factors = _factors("addr", input, beta, alpha)
    return deliver(ops.addr(input, vec1, vec2, **factors), out, "addr")


@public
@method
def addbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta=1, alpha=1, out: Tensor | None = None
) -> Tensor:
    """beta * input + alpha * the sum of the products of two batches of matrices.

    >>> import chainrule as torch
    >>> torch.addbmm(torch.ones(1, 1), torch.ones(5, 1, 2), torch.ones(5, 2, 1))
    tensor([[11.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.addbmm.html
    """
    check_tensors("addbmm", input=input, batch1=batch1, batch2=batch2)
    factors = _factors("addbmm", input, beta, alpha)
    return deliver(ops.addbmm(input, batch1, batch2, **factors), out, "addbmm")


@public
@method
def baddbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta=1, alpha=1, out: Tensor | None = None
) -> Tensor:
    """beta * input + alpha * bmm(batch1, batch2).

    >>> import chainrule as torch
    >>> torch.baddbmm(torch.ones(1), torch.ones(2, 1, 3), torch.ones(2, 3, 1)).flatten()
    tensor([4., 4.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.baddbmm.html
    """
    check_tensors("baddbmm", input=input, batch1=batch1, batch2=batch2)
    factors = _factors("baddbmm", input, beta, alpha)
    return deliver(ops.baddbmm(input, batch1, batch2, **factors), out, "baddbmm")


def _factors(name: str, input: Tensor, beta, alpha) -> dict:
    """The two numbers, as ones of the input's type."""
    if beta == 1 and alpha == 1:
        return {"beta": 1, "alpha": 1}
    for argument, value in (("beta", beta), ("alpha", alpha)):
        # The others truncate it, as PyTorch does.
        if name.startswith("addr") and isinstance(value, float) and input.dtype.category < 2:
            raise RuntimeError(
                f"For integral input tensors, argument {argument} must not be a floating point "
                "number."
            )
    return {
        argument: fitting(number(name, argument, 0, value), input.dtype)
        for argument, value in (("beta", beta), ("alpha", alpha))
    }


# ------------------------------------------------------------------------------------ in place


def _in_place(function, op, shape_of):
    """The form of a function that writes into its first operand."""
    name = function.__name__ + "_"

    def written(self, first, second, *, beta=1, alpha=1):
        check_tensors(name, first=first, second=second)
        expected = shape_of(first.shape, second.shape)
        if tuple(self.shape) != expected:
            raise RuntimeError(
                f"Bad in-place call: input tensor size {list(self.shape)} and output tensor size "
                f"{list(expected)} should match"
            )
        return op.in_place(self, first, second, **_factors(name, self, beta, alpha))

    written.__name__ = written.__qualname__ = name
    written.__doc__ = f"{function.__name__}, written into the tensor itself."
    return method(written)


def _ends(x, y):
    return (*x[:-1], *y[1:]) if len(x) > 1 else (*x, *y)


_in_place(addmm, ops.addmm, _ends)
_in_place(addmv, ops.addmv, _ends)
_in_place(addr, ops.addr, _ends)
_in_place(addbmm, ops.addbmm, lambda x, y: (*x[1:-1], *y[2:]))
_in_place(baddbmm, ops.baddbmm, lambda x, y: (*x[:-1], *y[2:]))
