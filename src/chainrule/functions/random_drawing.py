"""How new tensors are drawn: what is asked of the dtype, where the numbers go, out=.

Apart from the public functions, each of which names a plan: given the dtype, the op that fills an
array and its arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.layouts import contiguous_format
from chainrule._core.modes import count_batches
from chainrule._core.types import as_dtype, get_default_dtype
from chainrule._core.wrapped import Wrapped
from chainrule.functions.factory import check_out, finished
from chainrule.functions.generator import stream_of
from chainrule.functions.random_bounds import (
    check_integers,
    check_normal,
    check_permutation,
    check_uniform,
)
from chainrule.ops import random

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.operation import Op
    from chainrule._core.types import dtype as dtype_type
    from chainrule.functions.generator import Generator

# From a dtype to the op that fills and its arguments; refuses dtypes and bounds.
Plan: TypeAlias = "Callable[[dtype_type], tuple[Op, tuple]]"


def new(
    name: str,
    shape: tuple[int, ...],
    plan: Plan,
    generator: Generator | None,
    out: Tensor | None,
    dtype: dtype_type | None,
    requires_grad: bool,
) -> Tensor:
    """A tensor of this shape, or `out`, filled by the op and arguments that `plan` names."""
    if out is not None:
        dtype = check_out(dtype, out)
    elif dtype is None:
        dtype = get_default_dtype()
    else:
        dtype = as_dtype(dtype)
    same_shape = out is not None and out.shape == shape
    template = out._array if same_shape else numpy.empty(shape, dtype.numpy)  # type: ignore[union-attr]
    return finished(name, _drawn(name, template, dtype, plan, generator), requires_grad, out)


def new_like(name, input, plan, generator, dtype, requires_grad, memory_format) -> Tensor:
    """A tensor with the shape, and unless told otherwise the dtype and strides, of another."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    dtype = input.dtype if dtype is None else as_dtype(dtype)
    order = "C" if memory_format is contiguous_format else "K"
    array = input._array
    if isinstance(array, Wrapped):
        template = numpy.empty(array.shape, dtype.numpy)
    else:
        template = numpy.empty_like(array, dtype.numpy, order)  # type: ignore[call-overload]
    return finished(name, _drawn(name, template, dtype, plan, generator), requires_grad)


def _drawn(name, template, dtype, plan, generator) -> numpy.ndarray:
    """Numbers laid out like the array `template`, whose values do not matter."""
    op, arguments = plan(dtype)
    stream = stream_of(name, generator)

    def fill(array):
        return op.kernel(numpy, array, stream=stream, arguments=arguments)

    if count_batches():
        from chainrule.transforms.chance import drawn

        return drawn(template, fill, as_one=op is random.permutation)
    return fill(template)


def chances(
    shape: tuple[int, ...], like: Tensor, p: float, generator: Generator | None = None
) -> Tensor:
    """0 or 1, of a shape and in a tensor's dtype: 1 with probability p."""
    template = numpy.empty(shape, like.dtype.numpy)
    return wrap_array(
        _drawn("bernoulli", template, like.dtype, lambda dtype: (random.bernoulli, (p,)), generator)
    )


# ------------------------------------------------------------------------------------- plans


def uniform_plan(dtype: dtype_type) -> tuple[Op, tuple]:
    """Numbers in [0, 1)."""
    if dtype.category < 2:
        check_uniform(dtype, 0.0, 1.0)
    return random.uniform, ()


def integers_plan(low: int, high: int) -> Plan:
    """Integers in [low, high)."""
    return lambda dtype: (random.integers, check_integers(dtype, low, high))


def permutation_plan(n: int) -> Plan:
    """The integers below n, each once."""

    def plan(dtype):
        check_permutation(dtype, n)
        return random.permutation, ()

    return plan


def normal_plan(mean: float, std: float) -> Plan:
    """Normal deviates of one mean and standard deviation."""

    def plan(dtype):
        check_normal(dtype, std)
        return random.normal, (mean, std)

    return plan


standard_normal = normal_plan(0.0, 1.0)
