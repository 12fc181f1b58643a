"""Complex tensors of real ones, and real views of complex ones.

Apart from creation and shape.py: these are where one kind of number becomes the other.
"""

from __future__ import annotations

from chainrule._core.core import Tensor, bind_method
from chainrule._core.types import dtype_named
from chainrule._core.writes import bump_version, in_place_call
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.likeness import ones_like
from chainrule.functions.matmul import check_tensors
from chainrule.functions.operands import check_tensor
from chainrule.ops import complex_numbers as ops
from chainrule.ops import shape
from chainrule.ops.conversion import conjugate
from chainrule.ops.indexing import select

conj_physical_op = conjugate.named("ConjPhysicalBackward0")
conj_physical_in_place = conjugate.named("ConjPhysicalBackward1")


@public
def complex(real: Tensor, imag: Tensor, *, out: Tensor | None = None) -> Tensor:
    """real + i * imag, of two float32 or two float64 tensors; shapes broadcast.

    RuntimeError for other types or for two different ones.

    >>> import chainrule as torch
    >>> torch.complex(torch.tensor([1., 2.]), torch.tensor([3., 4.]))
    tensor([1.+3.j, 2.+4.j])

    See https://docs.pytorch.org/docs/2.13/generated/torch.complex.html
    """
    check_tensors("complex", real=real, imag=imag)
    _check_types(real, imag)
    return deliver(ops.complex(real, imag), out, "complex")


@public
def polar(abs: Tensor, angle: Tensor, *, out: Tensor | None = None) -> Tensor:
    """abs * exp(i * angle), of two float32 or two float64 tensors; shapes broadcast.

    >>> import chainrule as torch
    >>> torch.polar(torch.tensor([2.]), torch.tensor([0.]))
    tensor([2.+0.j])

    See https://docs.pytorch.org/docs/2.13/generated/torch.polar.html
    """
    check_tensors("polar", abs=abs, angle=angle)
    _check_types(abs, angle)
    return deliver(ops.polar(abs, angle), out, "polar")


def _check_types(x: Tensor, y: Tensor) -> None:
    names = ("float32", "float64")
    if x.dtype.name == y.dtype.name == "float16":
        raise TypeError("the result would be complex32, which NumPy does not have; use float32")
    if x.dtype.name not in names or y.dtype.name not in names:
        raise RuntimeError(
            "Expected both inputs to be Half, Float or Double tensors but got "
            f"{x.dtype.legacy} and {y.dtype.legacy}"
        )
    if x.dtype is not y.dtype:
        raise RuntimeError(
            f"Expected object of scalar type {x.dtype.legacy} but got scalar type "
            f"{y.dtype.legacy} for second argument"
        )


@public
def real(input: Tensor) -> Tensor:
    """The real part, as a view; a real tensor itself.

    >>> import chainrule as torch
    >>> torch.real(torch.tensor([1 + 2j]))
    tensor([1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.real.html
    """
    check_tensors("real", input=input)
    if not input.dtype.is_complex:
        return input
    return select(shape.view_as_real(input), dim=input.ndim, index=0)


@public
def imag(input: Tensor) -> Tensor:
    """The imaginary part, as a view; RuntimeError for real tensors.

    >>> import chainrule as torch
    >>> torch.imag(torch.tensor([1 + 2j]))
    tensor([2.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.imag.html
    """
    check_tensors("imag", input=input)
    if not input.dtype.is_complex:
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return select(shape.view_as_real(input), dim=input.ndim, index=1)


def _write_real(self, value):
    real(self)[...] = value


def _write_imag(self, value):
    imag(self)[...] = value


bind_method("real", property(real, _write_real))
bind_method("imag", property(imag, _write_imag))


@public
@method
def angle(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The phase, in radians from -pi to pi; of real numbers 0, or pi where they are negative.

    The result is real. At 0 the gradient is 0, and so it is for real numbers everywhere.

    >>> import chainrule as torch
    >>> torch.angle(torch.tensor([1 + 1j, -1 + 0j]))
    tensor([0.7854, 3.1416])

    See https://docs.pytorch.org/docs/2.13/generated/torch.angle.html
    """
    check_tensor(input, "angle")
    op = ops.angle if input.dtype.is_complex else ops.angle_of_real
    return deliver(op(input), out, "angle")


@public
@method
def conj_physical(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The complex conjugate, in memory of its own; real tensors themselves.

    >>> import chainrule as torch
    >>> torch.conj_physical(torch.tensor([1 + 2j]))
    tensor([1.-2.j])

    See https://docs.pytorch.org/docs/2.13/generated/torch.conj_physical.html
    """
    check_tensor(input, "conj_physical")
    found = conj_physical_op(input) if input.dtype.is_complex else input
    return deliver(found, out, "conj_physical")


@public
@method
def conj_physical_(self: Tensor) -> Tensor:
    """The complex conjugate, in place."""
    if self.dtype.category == 0:  # NumPy would make integers of booleans
        bump_version(self)
        return self
    return in_place_call(conj_physical_in_place, self, (), None)


@public
@method
def resolve_neg(input: Tensor) -> Tensor:
    """The tensor itself: signs are computed at once."""
    check_tensor(input, "resolve_neg")
    return input


@public
@method
def isreal(input: Tensor) -> Tensor:
    """Where the imaginary part is 0; everywhere in real tensors.

    >>> import chainrule as torch
    >>> torch.isreal(torch.tensor([1 + 1j, 2 + 0j]))
    tensor([False,  True])

    See https://docs.pytorch.org/docs/2.13/generated/torch.isreal.html
    """
    check_tensor(input, "isreal")
    if input.dtype.is_complex:
        return imag(input) == 0
    return ones_like(input, dtype=dtype_named("bool"))


@public
def view_as_real(input: Tensor) -> Tensor:
    """A complex tensor (...) as a real view (..., 2) of its parts; RuntimeError for real ones.

    >>> import chainrule as torch
    >>> torch.view_as_real(torch.tensor([1 + 2j]))
    tensor([[1., 2.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.view_as_real.html
    """
    check_tensors("view_as_real", input=input)
    if not input.dtype.is_complex:
        raise RuntimeError("view_as_real is only supported for complex tensors")
    return shape.view_as_real(input)


@public
def view_as_complex(input: Tensor) -> Tensor:
    """A real tensor (..., 2) as a complex view (...); its pairs must lie side by side.

    >>> import chainrule as torch
    >>> torch.view_as_complex(torch.tensor([[1.0, 2.0]]))
    tensor([1.+2.j])

    See https://docs.pytorch.org/docs/2.13/generated/torch.view_as_complex.html
    """
    check_tensors("view_as_complex", input=input)
    if input.dtype.name not in ("float32", "float64"):
        raise RuntimeError(
            "view_as_complex is only supported for half, float and double tensors, but got a "
            f"tensor of scalar type: {input.dtype.legacy}"
        )
    if input.ndim == 0 or input.shape[-1] != 2:
        raise RuntimeError("Tensor must have a last dimension of size 2")
    *others, last = input.stride()
    if last != 1:
        raise RuntimeError(f"Tensor must have a stride of 1 for its last dimension, not {last}")
    if any(step % 2 for step in others) or input.storage_offset() % 2:
        raise RuntimeError(
            "Tensor must have a stride divisible by 2 for all but last dimension, and a "
            f"storage_offset divisible by 2; found {input.stride()} and {input.storage_offset()}"
        )
    return shape.view_as_complex(input)
