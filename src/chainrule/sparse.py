"""torch.sparse: what PyTorch keeps there, as far as it is here.

Apart from functions.sparse, whose functions are methods of tensors: what is here few programs use.
See https://docs.pytorch.org/docs/2.13/sparse.html
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

__all__ = ["check_sparse_tensor_invariants"]


class check_sparse_tensor_invariants:
    """A switch, context or decorator that PyTorch has to check places of sparse tensors.

    Here they are always checked: programs may set it and ask for it, but nothing depends on it.

    >>> import chainrule as torch
    >>> with torch.sparse.check_sparse_tensor_invariants():
    ...     torch.sparse_coo_tensor([[3]], [1.0], (2,))
    Traceback (most recent call last):
        ...
    RuntimeError: size is inconsistent with indices: for dim 0, size is 2 but found index 3

    See https://docs.pytorch.org/docs/2.13/generated/torch.sparse.check_sparse_tensor_invariants.html
    """

    _enabled = False

    def __init__(self, enable: bool = True) -> None:
        self._state = enable
        self._before: bool | None = None

    @staticmethod
    def is_enabled() -> bool:
        """Whether it was switched on last."""
        return check_sparse_tensor_invariants._enabled

    @staticmethod
    def enable() -> None:
        """Switch it on."""
        check_sparse_tensor_invariants._enabled = True

    @staticmethod
    def disable() -> None:
        """Switch it off."""
        check_sparse_tensor_invariants._enabled = False

    def __enter__(self) -> None:
        if self._before is not None:
            raise RuntimeError(
                "This context manager instance is already activated. Use a different context "
                "manager instance for context nesting."
            )
        self._before = self.is_enabled()
        check_sparse_tensor_invariants._enabled = self._state

    def __exit__(self, *error: object) -> None:
        check_sparse_tensor_invariants._enabled = bool(self._before)
        self._before = None

    def __call__(self, function: Callable) -> Callable:
        """Decorator: switched while the function runs."""

        @functools.wraps(function)
        def switched(*arguments: object, **keywords: object) -> object:
            with type(self)(self._state):
                return function(*arguments, **keywords)

        return switched


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(
        f"module 'torch.sparse' has no attribute '{name}': sparse tensors are there for "
        "gradients, which need no operations of their own"
    )
