"""The sample tables, one a module of `chainrule.ops`: what every test of the operations runs over.

Apart from the tests because chainrule, PyTorch and NumPy are driven by the same lines, and because
a new operation is one record in `chainrule.ops` and one line here.
"""

from __future__ import annotations

from tests.samples import (
    activation,
    arithmetic,
    comparison,
    complex,
    creation,
    exponential,
    indexing,
    loss,
    matmul,
    random,
    rearrangement,
    reduction,
    shape,
    sorting,
    trigonometric,
)
from tests.samples.arrays import LAYOUTS
from tests.samples.drive import arrays, variable
from tests.samples.recorded import recorded_dtypes
from tests.samples.sample import Case, Operation, cases

TABLES = (
    arithmetic,
    exponential,
    trigonometric,
    complex,
    comparison,
    reduction,
    shape,
    rearrangement,
    indexing,
    sorting,
    matmul,
    activation,
    loss,
    creation,
    random,
)
OPERATIONS: tuple[Operation, ...] = tuple(one for table in TABLES for one in table.OPERATIONS)
CASES: tuple[Case, ...] = tuple(cases(OPERATIONS))
# What has a derivative in one of its inputs at least.
DIFFERENTIABLE: tuple[Case, ...] = tuple(
    case for case in CASES if case.operation.differentiable and variable(case)
)

# ... and in complex ones as well. Left out are conversions to a real dtype, and what PyTorch runs
# on complex numbers but cannot differentiate there.
WITHOUT_COMPLEX_DERIVATIVE = (
    "nan_to_num",
    "softmax",
    "log_softmax",
    "nn.functional.embedding",
    "nn.functional.silu",
    "nn.functional.soft_margin_loss",
)
COMPLEX: tuple[Case, ...] = tuple(
    case
    for case in DIFFERENTIABLE
    if recorded_dtypes(case).get("complex128") in ("D", "d")
    and "dtype" not in case.sample.kwargs
    and case.operation.name not in WITHOUT_COMPLEX_DERIVATIVE
)

# Each case in every layout that leaves it the same.
LAID_OUT: tuple[tuple[Case, str], ...] = tuple(
    (case, layout)
    for case in CASES
    for layout in LAYOUTS
    if layout == "contiguous" or (case.operation.any_layout and arrays(case))
)

__all__ = ["CASES", "COMPLEX", "DIFFERENTIABLE", "LAID_OUT", "OPERATIONS", "TABLES"]
