"""PyTorch's functions and methods on tensors: names, signatures, defaults and checks.

Apart from `ops`, which holds kernels and derivatives: nothing here has a derivative rule. Importing
a module declares its functions and methods; `PUBLIC` holds the functions by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.functions import (
    activation,
    arithmetic,
    assigning,
    comparison,
    complex_numbers,
    contraction,
    conversion,
    copies,
    counting,
    creation,
    cutting,
    diagonals,
    distinct,
    exponential,
    extremes,
    gathering,
    grids,
    identity,
    indexing,
    interchange,
    joining,
    legacy,
    likeness,
    linear_layer,
    masking,
    matmul,
    matrix_functions,
    members,
    memory,
    norms,
    numbers,
    operators,
    ordered,
    printing,
    random,
    random_by_element,
    random_in_place,
    ranges,
    rectified,
    reduction,
    refusals,
    repeating,
    running,
    scattering,
    searching,
    shape,
    softmax,
    sorting,
    sparse,
    sparse_making,
    spread,
    sums_of_products,
    transposing,
    triangles,
    trigonometric,
    truth,
    turning,
    values,
    windows,
)
from chainrule.functions.declare import PUBLIC
from chainrule.ops import cotangents

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    def __getattr__(name: str) -> Callable[..., Any]: ...


globals().update(PUBLIC)
