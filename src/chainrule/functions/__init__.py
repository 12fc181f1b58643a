"""PyTorch's functions and methods on tensors: names, signatures, defaults and checks.

Apart from `ops`, which holds kernels and derivatives: nothing here has a derivative rule.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from chainrule.functions.declare import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    def __getattr__(name: str) -> Callable[..., Any]: ...


for _name in (
    "conversion",
    "identity",
    "arithmetic",
    "exponential",
    "trigonometric",
    "comparison",
    "shape",
    "joining",
    "reduction",
    "indexing",
    "gathering",
    "sorting",
    "extremes",
    "matmul",
    "contraction",
    "sums_of_products",
    "creation",
    "ranges",
    "grids",
    "values",
    "complex_numbers",
    "legacy",
    "activation",
    "random",
    "printing",
    "operators",
):
    importlib.import_module(f"chainrule.functions.{_name}")
importlib.import_module("chainrule.ops.cotangents")

globals().update(PUBLIC)

from chainrule.functions.gathering import embedding, one_hot  # noqa: E402, F401  (nn.functional)
