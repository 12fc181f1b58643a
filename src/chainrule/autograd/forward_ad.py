"""Forward mode: tensors that carry a tangent through a program.

Apart from `transforms`, which compute with tangents: here levels are entered and left, and tensors
get their tangents and give them back.
"""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

from chainrule._core.apply import view_of
from chainrule._core.core import Tensor, blank
from chainrule._core.recording import record_call
from chainrule._core.wrapped import Wrapped
from chainrule._core.writes import put_array, share
from chainrule.autograd.modes import Mode
from chainrule.transforms.crossing import make_dual as make_dual_op
from chainrule.transforms.crossing import primal_part, tangent_part
from chainrule.transforms.dual import DualArray, DualLevel, is_off, laid_out, switch_off
from chainrule.transforms.levels import levels_of

__all__ = [
    "UnpackedDualTensor",
    "dual_level",
    "enter_dual_level",
    "exit_dual_level",
    "make_dual",
    "unpack_dual",
]


class _Entered(threading.local):
    """The levels entered in this thread, the innermost last."""

    def __init__(self) -> None:
        self.levels: list[DualLevel] = []


_entered = _Entered()


class UnpackedDualTensor(NamedTuple):
    """What `unpack_dual` gives: the primal, and the tangent or None."""

    primal: Tensor
    tangent: Tensor | None


def entered() -> list[DualLevel]:
    """The levels that may be named by number in this thread, outermost first."""
    return list(_entered.levels)


def name_again(levels: list[DualLevel]) -> None:
    """Let this thread, a new one, name the levels of the thread that it works for."""
    _entered.levels.extend(levels)


def enter_dual_level() -> int:
    """Begin a level of forward mode, and return its number; levels may be nested.

    >>> import chainrule as torch
    >>> import chainrule.autograd.forward_ad as forward_ad
    >>> level = forward_ad.enter_dual_level()
    >>> forward_ad.exit_dual_level(level=level)

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.forward_ad.enter_dual_level.html
    """
    level = DualLevel()
    level.__enter__()
    _entered.levels.append(level)
    return len(_entered.levels) - 1


def exit_dual_level(*, level: int | None = None) -> None:
    """End the innermost level; tensors made in it have no tangent any more.

    RuntimeError where none was entered, or `level` is not the innermost.

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.forward_ad.exit_dual_level.html
    """
    if not _entered.levels:
        raise RuntimeError("Dual level must be a positive number. No level was entered")
    if level is not None and level != len(_entered.levels) - 1:
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created: level "
            f"{level}, while the last is {len(_entered.levels) - 1}"
        )
    _entered.levels.pop().__exit__()


def _level(number: int | None, name: str) -> DualLevel | None:
    """The level of a number; None: the innermost, if there is one."""
    if number is None or number < 0:
        return _entered.levels[-1] if _entered.levels else None
    if number >= len(_entered.levels):
        raise RuntimeError(
            f"Invalid level given to _{name}: {number}, while {len(_entered.levels)} were entered"
        )
    return _entered.levels[number]


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """A tensor with the values of `tensor`, whose memory it shares, and a tangent.

    Whatever is computed with it has as its tangent the Jacobian times `tangent`. Both have one
    shape and a floating-point or complex dtype; RuntimeError or ValueError otherwise, and outside
    of any level.

    >>> import chainrule as torch
    >>> import chainrule.autograd.forward_ad as forward_ad
    >>> with forward_ad.dual_level():
    ...     x = forward_ad.make_dual(torch.tensor(3.0), torch.tensor(1.0))
    ...     forward_ad.unpack_dual(x * x).tangent
    tensor(6.)

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.forward_ad.make_dual.html
    """
    chosen = _level(level, "make_dual")
    if chosen is None:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to "
            "enter_dual_level() first."
        )
    for name, part in (("primal", tensor), ("tangent", tangent)):
        if not (part.is_floating_point() or part.is_complex()):
            raise ValueError(
                f"Expected {name} to be floating point or complex, but got: {part.dtype}"
            )
    if tensor.shape != tangent.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original "
            f"Tensor, this is not supported. Tensor is of size {list(tensor.shape)} while the "
            f"given forward gradient is of size {list(tangent.shape)}."
        )
    if chosen in levels_of(tensor._array):
        raise RuntimeError(
            "Making a dual Tensor based on a Tensor that already has a forward gradient at the "
            f"same level {_entered.levels.index(chosen)} is not supported."
        )
    return _dual(tensor, tangent.to(tensor.dtype), chosen)


def _dual(tensor: Tensor, tangent: Tensor, level: DualLevel) -> Tensor:
    """A dual that is a view of its primal; or, as views have but one history, shares its memory."""
    array: Any = DualArray(level, tensor._array, laid_out(tangent._array, tensor._array))
    if tangent.requires_grad:
        made = share(blank(Tensor), tensor)
        put_array(made, array)
    else:
        made = view_of(tensor, array)
    if tensor.requires_grad or tangent.requires_grad:
        record_call(make_dual_op, (tensor, tangent), {"within": level}, made)
    return made


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """The primal and the tangent of a tensor; the tangent is None where it has none.

    >>> import chainrule as torch
    >>> import chainrule.autograd.forward_ad as forward_ad
    >>> forward_ad.unpack_dual(torch.tensor(3.0))
    UnpackedDualTensor(primal=tensor(3.), tangent=None)

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.forward_ad.unpack_dual.html
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(
            "_unpack_dual(): argument 'dual' (position 1) must be Tensor, not "
            f"{type(tensor).__name__}"
        )
    chosen = _level(level, "unpack_dual")
    if chosen is None or is_off() or not _has_tangent(tensor._array, chosen):
        return UnpackedDualTensor(tensor, None)
    return UnpackedDualTensor(
        primal_part(tensor, within=chosen), tangent_part(tensor, level=chosen)
    )


def _has_tangent(array: object, level: DualLevel) -> bool:
    """Whether an array, or what it wraps, is a dual of a level whose tangent is not zero."""
    while isinstance(array, Wrapped):
        if isinstance(array, DualArray) and array.level is level:
            return array.tangent is not None
        array = array.inner  # type: ignore[attr-defined]
    return False


def _is_fwd_grad_enabled() -> bool:
    """Whether results have tangents in this thread, where operands have any."""
    return not is_off()


class _set_fwd_grad_enabled(Mode):
    """Results have tangents, or have none, in the body of a `with` or of a decorated function."""

    def __init__(self, mode: bool) -> None:
        self.prev = not switch_off(not mode)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        switch_off(not self.prev)


class dual_level(Mode):
    """A level of forward mode, for the body of a `with` or of a decorated function.

    >>> import chainrule as torch
    >>> import chainrule.autograd.forward_ad as forward_ad
    >>> with forward_ad.dual_level():
    ...     x = forward_ad.make_dual(torch.ones(2), torch.tensor([1.0, 2.0]))
    ...     forward_ad.unpack_dual(x.sum())
    UnpackedDualTensor(primal=tensor(2.), tangent=tensor(3.))

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.forward_ad.dual_level.html
    """

    def __enter__(self) -> int:
        self._number = enter_dual_level()
        return self._number

    def __exit__(self, *exception: object) -> None:
        exit_dual_level(level=self._number)
