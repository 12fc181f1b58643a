"""Modules whose variables are switches: a bool stays a bool.

Apart, because PyTorch refuses `torch.backends.cudnn.benchmark = 5`, and a plain module would not.
"""

from __future__ import annotations

from types import ModuleType

__all__ = ["Switches"]


class Switches(ModuleType):
    """A module that refuses anything but a bool for a variable that holds one."""

    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(self.__dict__.get(name), bool) and not isinstance(value, bool):
            found = type(value).__name__
            switch = f"{self.__name__}.{name}"
            raise RuntimeError(f"set_{name} expects a bool, but got {found}: {switch} is a switch")
        super().__setattr__(name, value)
