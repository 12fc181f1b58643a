"""Complex tensors of real ones, and real views of complex ones.

Apart from creation and shape.py: these are where one kind of number becomes the other.
"""

from __future__ import annotations

from chainrule._core.core import Tensor, bind_method
from chainrule.functions.declare import deliver, public
from chainrule.functions.matmul import check_tensors
from chainrule.ops import complex_numbers as ops
from chainrule.ops import shape
from chainrule.ops.indexing import select


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


bind_method("real", property(real))
bind_method("imag", property(imag))


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
