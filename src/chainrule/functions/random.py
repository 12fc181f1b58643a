"""New random tensors: rand, randn, randint, randperm, and those like another tensor.

Apart from random_by_element.py, where each element has parameters of its own, from
random_in_place.py, which fills tensors that exist, and from generator.py, which has the seeds.
After the same seed every number is PyTorch's (see ops/distributions.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.types import as_dtype, contiguous_format, dtype_named, get_default_dtype
from chainrule.functions.conversion import check_device
from chainrule.functions.declare import deliver, public
from chainrule.functions.generator import Generator, stream_of
from chainrule.functions.random_arguments import bounds_of, integer, shape_of
from chainrule.functions.random_bounds import (
    check_integers,
    check_normal,
    check_permutation,
    check_uniform,
)
from chainrule.ops import random

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainrule._core.core import Op
    from chainrule._core.types import dtype as dtype_type

# From a dtype to the op that fills and its arguments; refuses dtypes and bounds.
Plan: TypeAlias = "Callable[[dtype_type], tuple[Op, tuple]]"


def new(
    name: str,
    shape: tuple[int, ...],
    plan: Plan,
    generator: Generator | None,
    out: Tensor | None,
    dtype: dtype_type,
    device,
    requires_grad: bool,
) -> Tensor:
    """A tensor of this shape, or `out`, filled by the op and arguments that `plan` names."""
    if out is not None:
        dtype = _out_dtype(out, dtype)
    elif dtype is None:
        dtype = get_default_dtype()
    else:
        dtype = as_dtype(dtype)
    same_shape = out is not None and out.shape == shape
    template = out._array if same_shape else numpy.empty(shape, dtype.numpy)
    return _drawn(name, template, dtype, plan, generator, out, device, requires_grad)


def _drawn(name, template, dtype, plan, generator, out, device, requires_grad) -> Tensor:
    """Numbers laid out like the array `template`, whose values do not matter."""
    if device is not None:
        check_device(device)
    if requires_grad and not (dtype.is_floating_point or dtype.is_complex):
        raise RuntimeError(
            f"Only Tensors of floating point and complex dtype can require gradients, not {dtype}"
        )
    op, arguments = plan(dtype)
    stream = stream_of(name, generator)
    result = deliver(
        wrap_array(op.kernel(numpy, template, stream=stream, arguments=arguments)), out, name
    )
    return result.requires_grad_() if requires_grad else result


def _out_dtype(out: Tensor, dtype: dtype_type | None) -> dtype_type:
    if dtype is not None and as_dtype(dtype) is not out.dtype:
        raise RuntimeError(
            f"dtype {as_dtype(dtype).legacy} does not match dtype of out parameter "
            f"({out.dtype.legacy})"
        )
    return out.dtype


def _uniform(dtype: dtype_type) -> tuple[Op, tuple]:
    check_uniform(dtype, 0.0, 1.0)
    return random.uniform, (0.0, 1.0)


def _integers(low: int, high: int) -> Plan:
    return lambda dtype: (random.integers, check_integers(dtype, low, high))


def _permutation(n: int) -> Plan:
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


_normal = normal_plan(0.0, 1.0)


@public
def rand(
    *sizes: int,
    size: tuple[int, ...] | None = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: dtype_type | None = None,
    layout=None,
    device=None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers drawn uniformly from [0, 1), of a shape given as `rand(2, 3)` or `rand((2, 3))`.

    Floating-point and complex dtypes; NotImplementedError for others.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.rand(2)
    tensor([0.4963, 0.7682])

    See https://docs.pytorch.org/docs/2.13/generated/torch.rand.html
    """
    shape = shape_of("rand", sizes if size is None else (size,))
    return new("rand", shape, _uniform, generator, out, dtype, device, requires_grad)


@public
def randn(
    *sizes: int,
    size: tuple[int, ...] | None = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: dtype_type | None = None,
    layout=None,
    device=None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Normal deviates of mean 0 and variance 1 (of a complex number, both parts together).

    Floating-point and complex dtypes; NotImplementedError for others.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.randn(2)
    tensor([ 1.5410, -0.2934])

    See https://docs.pytorch.org/docs/2.13/generated/torch.randn.html
    """
    shape = shape_of("randn", sizes if size is None else (size,))
    return new("randn", shape, _normal, generator, out, dtype, device, requires_grad)


@public
def randint(
    *bounds_and_size,
    low: int | None = None,
    high: int | None = None,
    size: tuple[int, ...] | None = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: dtype_type | None = None,
    layout=None,
    device=None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Integers drawn uniformly from [low, high): `randint(high, size)`, `randint(low, high, size)`.

    int64 unless told otherwise; any real dtype that has `low` and `high - 1`. RuntimeError where
    low >= high.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.randint(10, (3,)), torch.randint(-5, 5, (2,))
    (tensor([4, 9, 3]), tensor([-5, -2]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.randint.html
    """
    if size is None:
        *bounds_and_size, size = bounds_and_size or (None,)
    plan = _integers(*bounds_of("randint", bounds_and_size, low, high))
    if not isinstance(size, (tuple, list)):
        raise TypeError(
            f"randint(): argument 'size' (position {len(bounds_and_size) + 1}) must be tuple of "
            f"ints, not {type(size).__name__}"
        )
    shape = shape_of("randint", (size,), position=len(bounds_and_size) + 1)
    if dtype is None and out is None:
        dtype = dtype_named("int64")
    return new("randint", shape, plan, generator, out, dtype, device, requires_grad)


@public
def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: dtype_type | None = None,
    layout=None,
    device=None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """The integers 0 ... n - 1 in random order, int64 unless told otherwise.

    RuntimeError for a negative n and where the dtype does not have all of them.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.randperm(5)
    tensor([4, 0, 1, 3, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.randperm.html
    """
    n = integer("randperm", "n", 1, n)
    if dtype is None and out is None:
        dtype = dtype_named("int64")
    plan, shape = _permutation(n), shape_of("randperm", (n,))
    return new("randperm", shape, plan, generator, out, dtype, device, requires_grad)


# -------------------------------------------------------------------------- like other tensors


def _like(name, input, plan, generator, dtype, device, requires_grad, memory_format) -> Tensor:
    """A tensor with the shape, and unless told otherwise the dtype and strides, of another."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    dtype = input.dtype if dtype is None else as_dtype(dtype)
    order = "C" if memory_format is contiguous_format else "K"
    template = numpy.empty_like(input._array, dtype.numpy, order)
    return _drawn(name, template, dtype, plan, generator, None, device, requires_grad)


@public
def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: dtype_type | None = None,
    layout=None,
    device=None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format=None,
) -> Tensor:
    """Numbers drawn uniformly from [0, 1), with the shape and dtype of `input`.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.rand_like(torch.zeros(2))
    tensor([0.4963, 0.7682])

    See https://docs.pytorch.org/docs/2.13/generated/torch.rand_like.html
    """
    return _like(
        "rand_like", input, _uniform, generator, dtype, device, requires_grad, memory_format
    )


@public
def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: dtype_type | None = None,
    layout=None,
    device=None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format=None,
) -> Tensor:
    """Normal deviates of mean 0 and variance 1, with the shape and dtype of `input`.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.randn_like(torch.zeros(2))
    tensor([ 1.5410, -0.2934])

    See https://docs.pytorch.org/docs/2.13/generated/torch.randn_like.html
    """
    return _like(
        "randn_like", input, _normal, generator, dtype, device, requires_grad, memory_format
    )


@public
def randint_like(
    input: Tensor,
    *bounds: int,
    low: int | None = None,
    high: int | None = None,
    generator: Generator | None = None,
    dtype: dtype_type | None = None,
    layout=None,
    device=None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format=None,
) -> Tensor:
    """Integers drawn uniformly from [low, high), with the shape and dtype of `input`.

    Called as `randint_like(input, high)` or `randint_like(input, low, high)`.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.randint_like(torch.zeros(3), 10)
    tensor([4., 9., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.randint_like.html
    """
    plan = _integers(*bounds_of("randint_like", bounds, low, high))
    return _like(
        "randint_like", input, plan, generator, dtype, device, requires_grad, memory_format
    )
