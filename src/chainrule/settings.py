"""Process-wide settings that PyTorch programs make and read back; none changes a result here.

Apart, because chainrule is deterministic and computes float32 in float32 whatever they say.
"""

from __future__ import annotations

import os
import warnings

__all__ = [
    "are_deterministic_algorithms_enabled",
    "get_deterministic_debug_mode",
    "get_float32_matmul_precision",
    "get_num_interop_threads",
    "get_num_threads",
    "is_deterministic_algorithms_warn_only_enabled",
    "set_deterministic_debug_mode",
    "set_float32_matmul_precision",
    "set_num_interop_threads",
    "set_num_threads",
    "use_deterministic_algorithms",
]

_PRECISIONS = ("highest", "high", "medium")
_DEBUG_MODES = ("default", "warn", "error")


class _Settings:
    """What was last asked for."""

    threads = os.cpu_count() or 1
    interop_threads = os.cpu_count() or 1
    interop_threads_chosen = False
    precision = "highest"
    debug_mode = 0


def _require(function: str, value: object, kind: type) -> None:
    if not isinstance(value, kind) or isinstance(value, bool):
        article = "an" if kind is int else "a"
        found = type(value).__name__
        raise RuntimeError(f"{function} expects {article} {kind.__name__}, but got {found}")


def _require_positive(function: str, value: int) -> None:
    _require(function, value, int)
    if value <= 0:
        raise RuntimeError(f"{function} expects a positive integer, but got {value}")


# ---- threads ---------------------------------------------------------------------------------


def get_num_threads() -> int:
    """The number of threads last asked for; at first, the number of cores."""
    return _Settings.threads


def set_num_threads(num: int) -> None:
    """Says how many threads to use; kept, and returned by `get_num_threads`.

    NumPy's matrix products take their number of threads from the environment when NumPy is first
    imported (`OPENBLAS_NUM_THREADS`, `OMP_NUM_THREADS`), and not from here.

    >>> import chainrule as torch
    >>> torch.set_num_threads(1)
    >>> torch.get_num_threads()
    1

    Raises RuntimeError unless `num` is a positive int.
    """
    _require_positive("set_num_threads", num)
    _Settings.threads = num


def get_num_interop_threads() -> int:
    """The number of threads for independent work last asked for; at first, the number of cores."""
    return _Settings.interop_threads


def set_num_interop_threads(num: int) -> None:
    """Says how many threads run independent work; kept only. As in PyTorch, it works once.

    Raises RuntimeError unless `num` is a positive int, and at the second call.
    """
    _require_positive("set_num_interop_threads", num)
    if _Settings.interop_threads_chosen:
        raise RuntimeError(
            "Error: cannot set number of interop threads after parallel work has started or "
            "set_num_interop_threads called"
        )
    _Settings.interop_threads_chosen = True
    _Settings.interop_threads = num


# ---- precision -------------------------------------------------------------------------------


def get_float32_matmul_precision() -> str:
    """The precision last asked for: `"highest"`, `"high"` or `"medium"`."""
    return _Settings.precision


def set_float32_matmul_precision(precision: str) -> None:
    """Allows float32 matrix products to be less exact; kept, and they stay exact.

    >>> import chainrule as torch
    >>> torch.set_float32_matmul_precision("high")
    >>> torch.get_float32_matmul_precision()
    'high'

    Any other word than `"highest"`, `"high"` and `"medium"` warns and changes nothing.
    """
    _require("set_float32_matmul_precision", precision, str)
    if precision not in _PRECISIONS:
        warnings.warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the current "
            f"set_float32_matmul_precision call has no effect.",
            UserWarning,
            stacklevel=2,
        )
        return
    _Settings.precision = precision


# ---- determinism -----------------------------------------------------------------------------


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Asks for the same bits in every run; kept, and always so: no operation here varies.

    >>> import chainrule as torch
    >>> torch.use_deterministic_algorithms(True)
    >>> torch.are_deterministic_algorithms_enabled()
    True

    Raises TypeError unless both are bools.
    """
    for position, (name, value) in enumerate((("mode", mode), ("warn_only", warn_only)), start=1):
        if not isinstance(value, bool):
            found = type(value).__name__
            raise TypeError(
                f"use_deterministic_algorithms(): argument '{name}' (position {position}) "
                f"must be bool, not {found}"
            )
    _Settings.debug_mode = (1 if warn_only else 2) if mode else 0


def are_deterministic_algorithms_enabled() -> bool:
    """Whether `use_deterministic_algorithms` was last called with True."""
    return _Settings.debug_mode != 0


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Whether `use_deterministic_algorithms` was last called with `warn_only`."""
    return _Settings.debug_mode == 1


def get_deterministic_debug_mode() -> int:
    """What was asked about determinism as a number: 0 nothing, 1 a warning, 2 an error."""
    return _Settings.debug_mode


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """Sets the same as `use_deterministic_algorithms`: 0 to 2, or `default`, `warn`, `error`.

    Raises RuntimeError for anything else.
    """
    modes: tuple[int | str, ...] = _DEBUG_MODES if isinstance(debug_mode, str) else (0, 1, 2)
    if debug_mode not in modes:
        expected = ", ".join(f"`{mode}`" if isinstance(mode, str) else str(mode) for mode in modes)
        raise RuntimeError(
            f"invalid value of debug_mode, expected one of {expected}, but got {debug_mode}"
        )
    _Settings.debug_mode = modes.index(debug_mode)
