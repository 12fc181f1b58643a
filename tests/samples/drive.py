"""How a sample is run on a library: NumPy, chainrule or PyTorch, in any of an operation's forms.

Apart from the samples, which know no library, and from the tests, each of which says only what it
compares. A library is passed as its module; `torch` stands for chainrule and for PyTorch alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from types import ModuleType
from typing import Any

import numpy as np

from tests.samples.arrays import Array, DType, Given, lay_out
from tests.samples.sample import Case, Operation


def arrays(case: Case, dtype: str = "float64", layout: str = "contiguous") -> list[np.ndarray]:
    """The case's arrays, drawn, in the order in which they are passed."""
    drawn: list[np.ndarray] = []

    def draw(described: Array | Given) -> None:
        drawn.append(lay_out(described.draw(case.seed + len(drawn), dtype), layout))

    _walk((case.sample.inputs, case.sample.kwargs), draw, lambda name: None)
    return drawn


def variable(case: Case) -> list[int]:
    """Which of the case's arrays a derivative is taken in."""
    described: list[Array | Given] = []
    _walk((case.sample.inputs, case.sample.kwargs), described.append, lambda name: None)
    return [
        place
        for place, one in enumerate(described)
        if not one.constant
        and (isinstance(one, Array) or one.dtype is None or np.dtype(one.dtype).kind in "fc")
    ]


def differentiated(case: Case, values: list[np.ndarray]) -> list[int]:
    """Which of these arrays a derivative is taken in: the variable ones of a dtype that has any."""
    return [place for place in variable(case) if values[place].dtype.kind in "fc"]


def tensors(
    torch: ModuleType, values: list[np.ndarray], requires_grad: Sequence[int] = ()
) -> list[Any]:
    """These arrays as tensors over copies of their own, strides kept; leaves where asked for."""
    made = [torch.from_numpy(_copy(value)) for value in values]
    for place in requires_grad:
        if values[place].dtype.kind in "fc":
            made[place].requires_grad_()
    return made


def call(torch: ModuleType, case: Case, inputs: list[Any], form: str | None = None) -> Any:
    """The operation on these tensors, in the form asked for or in its plainest one."""
    args, kwargs = arguments(torch, case, inputs)
    return caller(torch, case.operation, form)(*args, **kwargs)


def arguments(
    torch: ModuleType | None, case: Case, inputs: list[Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The positional arguments and the keywords, `inputs` standing where arrays are described."""
    remaining = iter(inputs)
    look_up = (lambda name: name) if torch is None else (lambda name: getattr(torch, name))
    return _walk((case.sample.inputs, case.sample.kwargs), lambda _: next(remaining), look_up)


def caller(torch: ModuleType, operation: Operation, form: str | None = None) -> Callable[..., Any]:
    """What to call: the function of the library, the method, or the method in place."""
    form = form or ("function" if "function" in operation.forms else "method")
    if operation.call is not None:
        return lambda *args, **kwargs: operation.call(torch, *args, **kwargs)
    if form in ("function", "out"):
        return attrgetter(operation.name)(torch)
    name = operation.name.rpartition(".")[2] + ("_" if form == "in_place" else "")
    return lambda x, *args, **kwargs: getattr(x, name)(*args, **kwargs)


def reference(case: Case, values: list[np.ndarray]) -> list[np.ndarray]:
    """What NumPy makes of the same arrays."""
    args, kwargs = arguments(None, case, values)
    with np.errstate(all="ignore"):
        result = case.operation.reference(*args, **kwargs)
    return (
        [np.asarray(part) for part in result]
        if isinstance(result, (tuple, list))
        else [np.asarray(result)]
    )


def parts(result: Any) -> list[Any]:
    """The result's tensors, one or several."""
    return list(result) if isinstance(result, (tuple, list)) else [result]


def array_of(tensor: Any) -> np.ndarray:
    """A tensor's numbers, whatever graph it is part of; a Python number's as well."""
    return tensor.numpy(force=True) if hasattr(tensor, "detach") else np.asarray(tensor)


def dtype_name(thing: Any) -> str:
    """'float32' for a tensor or a dtype of either library; a Python number's type by its name."""
    dtype = getattr(thing, "dtype", None)
    return type(thing).__name__ if dtype is None else str(dtype).rpartition(".")[2]


def _copy(value: np.ndarray) -> np.ndarray:
    """A copy in memory laid out as the original's, gaps included."""
    base = value if value.base is None or not value.size else value.base
    if base is value or not isinstance(base, np.ndarray):
        return value.copy(order="K")
    offset = (value.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // max(
        value.itemsize, 1
    )
    flat = base.copy(order="K").ravel(order="K")
    return np.lib.stride_tricks.as_strided(flat[offset:], value.shape, value.strides)


def _walk(value: Any, on_array: Callable[..., Any], on_dtype: Callable[[str], Any]) -> Any:
    """The nested value with described arrays and named dtypes replaced, from left to right."""
    if isinstance(value, (Array, Given)):
        return on_array(value)
    if isinstance(value, DType):
        return on_dtype(value.name)
    if isinstance(value, (tuple, list)):
        return type(value)([_walk(one, on_array, on_dtype) for one in value])
    if isinstance(value, dict):
        return {name: _walk(one, on_array, on_dtype) for name, one in value.items()}
    return value
