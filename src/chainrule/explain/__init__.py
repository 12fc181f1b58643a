"""Gradients that explain themselves: why one is missing or NaN, and what flows where.

Apart from autograd, which computes gradients and is to stay small: nothing here has to be switched
on beforehand, and nothing here runs before it is asked. Each name is in a module of its own,
imported when first used.
"""

from __future__ import annotations

import importlib as _importlib

_MODULES = {
    "why_none": "_absent",
    "nan": "_nan",
    "flow": "_flow",
    "steps": "_steps",
    "graph": "_graph",
}

__all__ = ["flow", "graph", "nan", "steps", "why_none"]


def __getattr__(name):
    if name not in _MODULES:
        raise AttributeError(f"module 'chainrule.explain' has no attribute '{name}'")
    found = getattr(_importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = found
    return found


def __dir__():
    return sorted({*globals(), *_MODULES})
