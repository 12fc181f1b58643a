"""What reductions ask of their arguments: dimensions, types, and which types PyTorch refuses.

Apart from the reductions, sorting and running totals, which all read `dim` in one way.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from chainrule._core.types import as_dtype, dtype_named
from chainrule.functions.activation_arguments import check_tensor
from chainrule.functions.identity import checked_dim
from chainrule.ops.conversion import cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chainrule._core.core import Tensor
    from chainrule._core.types import dtype

INT64 = dtype_named("int64")
BOOL, INTEGER, FLOAT, COMPLEX = range(4)  # dtype.category

# ---------------------------------------------------------------------------------- dimensions


def one_dim(dim: int, ndim: int, name: str) -> int:
    """One dimension, counted from the front."""
    return checked_dim(dim if type(dim) is int else _index(dim, name, "int"), ndim)


def dims_of(dim: int | Sequence[int] | None, ndim: int, name: str = "") -> tuple[int, ...] | None:
    """Dimensions to reduce, counted from the front; None where all are."""
    if dim is None:
        return None
    if type(dim) is int:
        dims: tuple[int, ...] = (checked_dim(dim, ndim),)
    elif isinstance(dim, (tuple, list)):
        dims = tuple(one_dim(axis, ndim, name) for axis in dim)
        _refuse_twice(dims)
    else:
        dims = (checked_dim(_index(dim, name, "tuple of ints"), ndim),)
    return (dims or None) if ndim else None


def _index(dim, name, wanted) -> int:
    """A dimension from whatever stands for an integer."""
    try:
        if isinstance(dim, bool):
            raise TypeError
        return operator.index(dim)
    except TypeError:
        raise TypeError(
            f"{name}(): argument 'dim' must be {wanted}, not {type(dim).__name__}"
        ) from None


def _refuse_twice(dims) -> None:
    if len(set(dims)) != len(dims):
        twice = next(axis for axis in dims if dims.count(axis) > 1)
        raise RuntimeError(f"dim {twice} appears multiple times in the list of dims")


def keeps(keepdim: bool, keywords: dict[str, bool], name: str) -> bool:
    """`keepdim`, which may also be spelt `keepdims`."""
    if not isinstance(keepdim, bool):
        raise TypeError(
            f"{name}(): argument 'keepdim' (position 2) must be bool, not {type(keepdim).__name__}"
        )
    for key, value in keywords.items():
        if key != "keepdims":
            raise TypeError(f"{name}() got an unexpected keyword argument '{key}'")
        keepdim = value
    return keepdim


# --------------------------------------------------------------------------------------- types


def in_type(input: Tensor, wanted: dtype | None) -> Tensor:
    """The input in the type that is asked for; complex numbers lose their imaginary parts."""
    if wanted is None or wanted is input.dtype:
        return input
    wanted = as_dtype(wanted)
    if input.dtype.is_complex and wanted.category in (INTEGER, FLOAT):
        input = input.real
    return input if wanted is input.dtype else cast(input, dtype=wanted)


def summed_type(input: Tensor, wanted: dtype | None) -> Tensor:
    """The same; without a type that is asked for, integers and booleans are added as int64."""
    if wanted is None and input.dtype.category < FLOAT:
        wanted = INT64
    return in_type(input, wanted)


def _no_kernel(kernel: str) -> tuple[type[Exception], str]:
    return NotImplementedError, f"\"{kernel}\" not implemented for '{{}}'"


def _error(words: str) -> tuple[type[Exception], str]:
    return RuntimeError, words


_WHOLE, _UNORDERED = (BOOL, INTEGER), (COMPLEX,)
_SPREAD = "{} only support floating point and complex dtypes"

# Function -> the categories of types that PyTorch's does not take, and how it says so.
REFUSALS: dict[str, dict[int, tuple[type[Exception], str]]] = {
    "nansum": dict.fromkeys(_UNORDERED, _error("nansum on CPU does not support complex inputs")),
    "nanmean": dict.fromkeys(
        _WHOLE,
        _error("nanmean(): expected input to have floating point or complex dtype but got {}"),
    ),
    "std": dict.fromkeys(_WHOLE, _error(_SPREAD.format("std and var"))),
    "var": dict.fromkeys(_WHOLE, _error(_SPREAD.format("std and var"))),
    "std_mean": dict.fromkeys(_WHOLE, _error(_SPREAD.format("std_mean"))),
    "var_mean": dict.fromkeys(_WHOLE, _error(_SPREAD.format("var_mean"))),
    "vector_norm": dict.fromkeys(
        _WHOLE,
        _error("linalg.vector_norm: Expected a floating point or complex tensor as input. Got {}"),
    ),
    "softmax": dict.fromkeys((*_WHOLE, COMPLEX), _no_kernel("softmax_lastdim_kernel_impl")),
    "log_softmax": dict.fromkeys((*_WHOLE, COMPLEX), _no_kernel("log_softmax_lastdim_kernel_impl")),
    "logcumsumexp": dict.fromkeys(_WHOLE, _no_kernel("logcumsumexp_out_cpu")),
    "cumsum_": {BOOL: _no_kernel("cumsum_out_cpu")},
    "cumprod_": {BOOL: _no_kernel("cumprod_out_cpu")},
    "cummax": dict.fromkeys(_UNORDERED, _no_kernel("cummax_cpu")),
    "cummin": dict.fromkeys(_UNORDERED, _no_kernel("cummin_cpu")),
    "max": dict.fromkeys(_UNORDERED, _no_kernel("max_all")),
    "min": dict.fromkeys(_UNORDERED, _no_kernel("min_all")),
    "amax": dict.fromkeys(_UNORDERED, _no_kernel("max_values_cpu")),
    "amin": dict.fromkeys(_UNORDERED, _no_kernel("min_values_cpu")),
    "aminmax": dict.fromkeys(_UNORDERED, _no_kernel("aminmax_cpu")),
    "max of a dimension": dict.fromkeys(
        _UNORDERED, _error("max(): does not support complex input")
    ),
    "min of a dimension": dict.fromkeys(
        _UNORDERED, _error("min(): does not support complex input")
    ),
    "argmax": {
        BOOL: _error("argmax(): does not support bool input"),
        COMPLEX: _error("argmax(): does not support complex input"),
    },
    "argmin": {
        BOOL: _error("argmin(): does not support bool input"),
        COMPLEX: _error("argmin(): does not support complex input"),
    },
    "median": dict.fromkeys((BOOL, COMPLEX), _no_kernel("median_cpu")),
    "kthvalue": dict.fromkeys((BOOL, COMPLEX), _no_kernel("kthvalue_cpu")),
    "sort": dict.fromkeys(_UNORDERED, _error("Sort does not support complex dtypes on CPU")),
    "topk": {
        BOOL: _error("topk does not support bool dtypes on CPU"),
        COMPLEX: _error("topk does not support complex dtypes on CPU"),
    },
    "unique": dict.fromkeys(_UNORDERED, _no_kernel("unique")),
}


def check_type(input: Tensor, name: str) -> None:
    """Refuse what is no tensor, and the types that PyTorch refuses, in its words."""
    check_tensor(input, name.partition(" ")[0])
    refusal = REFUSALS[name].get(input.dtype.category)
    if refusal is not None:
        exception, words = refusal
        raise exception(words.format(input.dtype.legacy))


def check_computed_type(input: Tensor, name: str) -> None:
    """The same, where PyTorch leaves it to a kernel that a number or nothing does not reach."""
    check_tensor(input, name)
    if input.ndim and input._array.size:
        check_type(input, name)
