"""Reverse-mode differentiation: backward, grad, modes, hooks, Function and checks.

Apart from the engine in `_core`, which runs what is asked for here.
"""

from __future__ import annotations

import importlib
from typing import Any

from chainrule._core.engine import bind_engine
from chainrule.autograd import grad_mode, hooks
from chainrule.autograd.backward import GradientEdge, backward, grad
from chainrule.autograd.function import Function, NestedIOFunction
from chainrule.autograd.grad_mode import (
    enforce_grad_layout_policy,
    is_multithreading_enabled,
    set_multithreading_enabled,
)
from chainrule.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from chainrule.autograd.modes import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    is_strong_zero_enabled,
    no_grad,
    set_grad_enabled,
    strong_zero,
)
from chainrule.autograd.variable import Variable


def variable(*arguments: Any, **keywords: Any) -> None:
    """Refused, as PyTorch refuses it. (The module of that name holds Variable.)"""
    raise RuntimeError("torch.autograd.variable(...) is deprecated, use torch.tensor(...) instead")


def _on_fresh_stack(*work: Any) -> Any:
    from chainrule.autograd.reentrant import on_fresh_stack

    return on_fresh_stack(*work)


bind_engine(
    {
        name: getattr(hooks, name)
        for name in ("run_tensor_hooks", "run_prehooks", "run_posthooks", "retain")
    }
)
bind_engine({"on_fresh_stack": _on_fresh_stack})

_LAZY = (
    "anomaly_mode", "forward_ad", "functional", "graph", "profiler", "profiler_util",
)  # fmt: skip
_LAZY_NAMES = {"detect_anomaly": "anomaly_mode", "set_detect_anomaly": "anomaly_mode"}


def __getattr__(name: str) -> Any:
    """The parts that few programs need, imported when first asked for."""
    if name in _LAZY:
        return importlib.import_module(f"chainrule.autograd.{name}")
    if name in _LAZY_NAMES:
        module = importlib.import_module(f"chainrule.autograd.{_LAZY_NAMES[name]}")
        return getattr(module, name)
    raise AttributeError(f"module 'chainrule.autograd' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, *_LAZY_NAMES})


__all__ = [
    "Function",
    "GradcheckError",
    "GradientEdge",
    "NestedIOFunction",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "enforce_grad_layout_policy",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "is_multithreading_enabled",
    "is_strong_zero_enabled",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
    "set_multithreading_enabled",
    "strong_zero",
    "variable",
]
