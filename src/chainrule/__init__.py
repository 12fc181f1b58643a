"""PyTorch's autograd on plain NumPy arrays: `import chainrule as torch`."""

from __future__ import annotations

import importlib as _importlib
import os as _os

from chainrule._core import source as _source

# Lines of the user's program are told from ours by where their files are.
_source.set_package(_os.path.dirname(__file__) + _os.sep)

from chainrule import functions as _functions  # noqa: E402
from chainrule._core.core import Tensor  # noqa: E402
from chainrule._core.types import (  # noqa: E402
    DTYPES,
    Size,
    can_cast,
    channels_last,
    contiguous_format,
    device,
    dtype,
    finfo,
    get_default_dtype,
    iinfo,
    layout,
    memory_format,
    preserve_format,
    promote_types,
    set_default_dtype,
    strided,
)
from chainrule.autograd import (  # noqa: E402
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)

globals().update(DTYPES)
globals().update(_functions.PUBLIC)

from math import e, inf, nan, pi  # noqa: E402

from chainrule.settings import (  # noqa: E402
    are_deterministic_algorithms_enabled,
    get_deterministic_debug_mode,
    get_float32_matmul_precision,
    get_num_interop_threads,
    get_num_threads,
    is_deterministic_algorithms_warn_only_enabled,
    set_deterministic_debug_mode,
    set_float32_matmul_precision,
    set_num_interop_threads,
    set_num_threads,
    use_deterministic_algorithms,
)
from chainrule.version import __version__  # noqa: E402

newaxis = None

# Modules that many programs do not use: imported when first asked for.
_LAZY = (
    "accelerator", "autograd", "backends", "compiler", "cuda", "func", "linalg", "mps", "nn",
    "optim", "random", "serialization", "special", "testing", "utils", "version", "xpu",
)  # fmt: skip
_LAZY_NAMES = {"save": "serialization", "load": "serialization"}


def __getattr__(name):
    if name in _LAZY:
        return _importlib.import_module(f"chainrule.{name}")
    if name in _LAZY_NAMES:
        return getattr(_importlib.import_module(f"chainrule.{_LAZY_NAMES[name]}"), name)
    raise AttributeError(f"module 'chainrule' has no attribute '{name}'")


def __dir__():
    return sorted({*globals(), *_LAZY, *_LAZY_NAMES})
