"""Dimensions in another order: transpose, t, permute, movedim, and the attributes T, mT, H, mH.

Apart from shape.py, which keeps the order of the elements.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from chainrule._core.core import bind_method
from chainrule.functions.declare import alias, method, public
from chainrule.functions.identity import checked_dim
from chainrule.functions.shape import become
from chainrule.functions.sizes import sizes_of
from chainrule.ops import shape as ops
from chainrule.ops.conversion import conj
from chainrule.ops.shape import view

if TYPE_CHECKING:
    from chainrule._core.core import Tensor

transpose_in_place = ops.transpose.named("TransposeBackward1")
t_op = ops.transpose.named("TBackward0")
t_in_place = ops.transpose.named("TBackward1")
alias_op = view.named("AliasBackward0")


# --------------------------------------------------------------------------- two dimensions


def _exchanged(op, input, dim0, dim1) -> Tensor:
    ndim = input.ndim
    return op(input, dim0=checked_dim(dim0, ndim), dim1=checked_dim(dim1, ndim))


@public
@method
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """A view with two dimensions exchanged.

    >>> import chainrule as torch
    >>> torch.ones(2, 3).transpose(0, 1).shape
    torch.Size([3, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.transpose.html
    """
    return _exchanged(ops.transpose, input, dim0, dim1)


@method
def transpose_(self, dim0: int, dim1: int) -> Tensor:
    """transpose, in place."""
    return become(self, _exchanged(transpose_in_place, self, dim0, dim1))


alias(transpose, "swapdims")


@public
@method
def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """A view with two dimensions exchanged: transpose under NumPy's name.

    >>> import chainrule as torch
    >>> torch.swapaxes(torch.ones(2, 3), 0, 1).shape
    torch.Size([3, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.swapaxes.html
    """
    return _exchanged(ops.transpose, input, axis0, axis1)


@method
def swapaxes_(self, axis0: int, axis1: int) -> Tensor:
    """swapaxes, in place."""
    return become(self, _exchanged(transpose_in_place, self, axis0, axis1))


@public
@method
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix, as a view; vectors and scalars as they are.

    RuntimeError for more than two dimensions.

    >>> import chainrule as torch
    >>> torch.ones(2, 3).t().shape
    torch.Size([3, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.t.html
    """
    return t_op(input, dim0=0, dim1=_last_of_two(input))


@method
def t_(self) -> Tensor:
    """t, in place."""
    return become(self, t_in_place(self, dim0=0, dim1=_last_of_two(self)))


def _last_of_two(input) -> int:
    """The last of at most two dimensions."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return int(input.ndim == 2)


# ----------------------------------------------------------------------------- all dimensions


@public
@method
def permute(input: Tensor, *order, dims: tuple[int, ...] | None = None) -> Tensor:
    """A view with the dimensions in another order.

    >>> import chainrule as torch
    >>> torch.ones(2, 3, 4).permute(2, 0, 1).shape
    torch.Size([4, 2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.permute.html
    """
    given, ndim = sizes_of(order, dims, "dims"), input.ndim
    if len(given) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the "
            f"length of the desired ordering of dimensions i.e. input.dim() = {ndim} is "
            f"not equal to len(dims) = {len(given)}"
        )
    found = tuple([checked_dim(axis, ndim) for axis in given])
    if len({*found}) != ndim:
        raise RuntimeError(f"permute(): duplicate dims are not allowed. Got {list(given)}")
    return ops.permute(input, dims=found)


@public
@method
def movedim(
    input: Tensor, source: int | tuple[int, ...], destination: int | tuple[int, ...]
) -> Tensor:
    """A view with some dimensions moved to other places.

    >>> import chainrule as torch
    >>> torch.ones(2, 3, 4).movedim(0, -1).shape
    torch.Size([3, 4, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.movedim.html
    """
    source = (source,) if isinstance(source, int) else source
    destination = (destination,) if isinstance(destination, int) else destination
    if len(source) != len(destination):
        raise RuntimeError(
            "movedim: Invalid source or destination dims: source "
            f"({list(source)} dims) should contain the same number of dims as destination "
            f"({list(destination)} dims)"
        )
    start = _places("source", source, input.ndim)
    end = _places("destination", destination, input.ndim)
    if not input.ndim:
        return alias_op(input, shape=())
    order = [axis for axis in range(input.ndim) if axis not in start]
    for place, axis in sorted(zip(end, start)):
        order.insert(place, axis)
    return ops.permute(input, dims=tuple(order))


def _places(name, dims, ndim) -> list[int]:
    """Dimensions counted from the front, none of them twice."""
    found = [checked_dim(axis, ndim) for axis in dims]
    if len({*found}) != len(found):
        raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(dims)})")
    return found


alias(movedim, "moveaxis")

# --------------------------------------------------------------------------------- attributes


DEPRECATED = "deprecated on 0-D tensors."


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=3)


def _reversed(self) -> Tensor:
    """The attribute T: all dimensions in the opposite order."""
    ndim = self.ndim
    if not ndim:
        _warn(f"Tensor.T is {DEPRECATED} This function is the identity in these cases.")
    elif ndim != 2:
        _warn(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is "
            "deprecated and it will throw an error in a future release. Consider `x.mT` to "
            "transpose batches of matrices or `x.permute(*torch.arange(x.ndim - 1, -1, -1))` to "
            "reverse the dimensions of a tensor."
        )
    return ops.permute(self, dims=tuple(range(ndim - 1, -1, -1)))


def _matrices_transposed(input, name) -> Tensor:
    """The last two dimensions exchanged; a tensor without dimensions itself."""
    if input.ndim > 1:
        return ops.transpose(input, dim0=input.ndim - 2, dim1=input.ndim - 1)
    if input.ndim:
        raise RuntimeError(
            f"tensor.{name} is only supported on matrices or batches of matrices. Got 1-D tensor."
        )
    if name == "mT":
        _warn(f"Tensor.mT is {DEPRECATED} This function is the identity in these cases.")
    elif not input.dtype.is_complex:
        _warn(
            f"{name if name == 'adjoint()' else 'Tensor.' + name} is {DEPRECATED} Consider using "
            "x.conj()."
        )
    return input


def _matrix_adjoint(self) -> Tensor:
    """The attribute H: the conjugate transpose of one matrix."""
    if self.ndim not in (0, 2):
        advice = " For batches of matrices, consider using tensor.mH" if self.ndim > 2 else ""
        raise RuntimeError(
            "tensor.H is only supported on matrices (2-D tensors). Got "
            f"{self.ndim}-D tensor.{advice}"
        )
    return conj(_matrices_transposed(self, "H"))


@public
@method
def adjoint(input: Tensor) -> Tensor:
    """The conjugate transpose of each matrix: a view, but for complex numbers.

    >>> import chainrule as torch
    >>> torch.adjoint(torch.ones(2, 3, 4)).shape
    torch.Size([2, 4, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.adjoint.html
    """
    return conj(_matrices_transposed(input, "adjoint()"))


for _name, _getter in {
    "T": _reversed,
    "mT": lambda self: _matrices_transposed(self, "mT"),
    "H": _matrix_adjoint,
    "mH": lambda self: conj(_matrices_transposed(self, "mH")),
}.items():
    bind_method(_name, property(_getter))
