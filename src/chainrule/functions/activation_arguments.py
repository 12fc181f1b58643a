"""What every activation asks of its arguments, and the two ways it is applied.

Apart from the activations, whose files hold one function after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule._core.core import Tensor
from chainrule._core.writes import in_place_call
from chainrule.functions.factory import kind_of
from chainrule.functions.operands import check_tensor

if TYPE_CHECKING:
    from chainrule._core.operation import Op


def applied(op: Op, input: Tensor, in_place: bool = False, **parameters: object) -> Tensor:
    """An activation of a tensor, into the tensor itself where that is asked for."""
    return in_place_call(op, input, (), parameters) if in_place else op(input, **parameters)


def check_floating(input: Tensor, name: str, kernel: str | None = None) -> None:
    """Refuse integers (and complex numbers), by the name PyTorch gives the kernel."""
    check_tensor(input, name)
    if not input.dtype.is_floating_point:
        raise NotImplementedError(
            f"\"{kernel or name + '_cpu'}\" not implemented for '{input.dtype.legacy}'"
        )


def check_ordered(input: Tensor, name: str) -> None:
    """Refuse complex numbers, which are neither large nor small."""
    check_tensor(input, name)
    if input.dtype.is_complex:
        raise NotImplementedError(f"{name}: clamp is not supported for complex types")


def plain_number(value: Any, name: str, argument: str, position: int) -> Any:
    """A number, or that of a tensor of no dimensions; TypeError for any other tensor."""
    if not isinstance(value, Tensor):
        return value
    if value.ndim or value.requires_grad:
        raise TypeError(
            f"{name}(): argument '{argument}' (position {position}) must be Number, not Tensor"
        )
    return value.item()


def check_number(value: object, name: str, argument: str, position: int) -> None:
    """Refuse what is no number."""
    if isinstance(value, Tensor) or not isinstance(value, (int, float)):
        raise TypeError(
            f"{name}(): argument '{argument}' (position {position}) must be Number, not "
            f"{kind_of(value)}"
        )
