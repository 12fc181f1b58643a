"""The modes of a thread under the name that PyTorch has for them, and two of the engine.

Apart from `modes`, whose modes say what is recorded: those here say how a backward is run.
"""

from __future__ import annotations

import threading
from typing import Any

from chainrule._core.modes import switch_any_layout
from chainrule.autograd.modes import (
    Mode,
    enable_grad,
    inference_mode,
    no_grad,
    set_grad_enabled,
)

__all__ = [
    "no_grad", "enable_grad", "set_grad_enabled", "inference_mode", "set_multithreading_enabled",
    "enforce_grad_layout_policy",
]  # fmt: skip


class _Thread(threading.local):
    multithreading = True


_thread = _Thread()


def is_multithreading_enabled() -> bool:
    """What set_multithreading_enabled was told last in this thread; True at first."""
    return _thread.multithreading


def _switch_multithreading(on: bool) -> bool:
    before, _thread.multithreading = _thread.multithreading, on
    return before


class _Switch(Mode):
    """A flag of this thread: set when called, and put back at the end of a `with`."""

    _setter = ""

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, bool):
            raise TypeError(
                f"{self._setter}(): argument 'enabled' (position 1) must be bool, not "
                f"{type(mode).__name__}"
            )
        self.mode = mode
        self.prev = self._switch(mode)

    def _switch(self, on: bool) -> bool:
        raise NotImplementedError

    def _again(self):
        return type(self)(self.mode)

    def clone(self) -> Any:
        """The same once more."""
        return self._again()

    def __call__(self, function):
        """Decorate: the flag is for the function alone, so it ends here."""
        self._switch(self.prev)
        return super().__call__(function)

    def __enter__(self):
        self._switch(self.mode)

    def __exit__(self, *exception):
        self._switch(self.prev)


class set_multithreading_enabled(_Switch):
    """Whether a backward may use threads of its own: a flag, by call or in a `with`.

    PyTorch uses threads for its devices only; a backward of the CPU runs in the thread that asks
    for it, there and here, whatever the flag. Raises TypeError for what is no bool.

    >>> import chainrule as torch
    >>> with torch.autograd.set_multithreading_enabled(False):
    ...     torch.autograd.is_multithreading_enabled()
    False

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.grad_mode.set_multithreading_enabled.html
    """

    _setter = "set_multithreading_enabled"

    def _switch(self, on: bool) -> bool:
        return _switch_multithreading(on)


class enforce_grad_layout_policy(_Switch):
    """Whether a .grad is laid out in memory as its leaf is: a flag, by call or in a `with`.

    With False, a gradient that nobody else holds becomes .grad as it is, which spares a copy.
    Raises TypeError for what is no bool.

    >>> import chainrule as torch
    >>> x = torch.ones(2, 3).t().requires_grad_()
    >>> with torch.autograd.enforce_grad_layout_policy(False):
    ...     (x * 2).sum().backward()
    >>> x.stride(), x.grad.stride()
    ((1, 3), (2, 1))

    See https://docs.pytorch.org/docs/2.13/autograd.html#locally-disabling-gradient-computation
    """

    _setter = "set_grad_layout_enforcement_enabled"

    def __init__(self, enable: bool = True) -> None:
        super().__init__(enable)

    def _switch(self, on: bool) -> bool:
        return not switch_any_layout(not on)
