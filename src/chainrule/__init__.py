"""PyTorch's autograd on plain NumPy arrays: `import chainrule as torch`."""

from __future__ import annotations

import os as _os

from chainrule._core import source as _source

_source.set_package(_os.path.dirname(__file__) + _os.sep)

from chainrule._core.core import Tensor  # noqa: E402
from chainrule._core.types import (  # noqa: E402
    DTYPES,
    Size,
    device,
    dtype,
    finfo,
    get_default_dtype,
    iinfo,
    set_default_dtype,
)
from chainrule import functions as _functions  # noqa: E402

globals().update(DTYPES)
globals().update(_functions.PUBLIC)
from chainrule import autograd  # noqa: E402
