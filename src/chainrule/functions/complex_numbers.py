"""Complex tensors made of real ones: complex, polar.

Apart from creation: these have derivatives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions.declare import deliver, public
from chainrule.functions.matmul import check_tensors
from chainrule.ops import complex_numbers as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


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
