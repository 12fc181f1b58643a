"""New random tensors: rand, randn, randint, randperm, and those like another tensor.

Apart from random_by_element.py, where each element has parameters of its own, from
random_in_place.py, which fills tensors that exist, and from generator.py, which has the seeds.
After the same seed every number is PyTorch's (see ops/distributions.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule._core.types import dtype_named
from chainrule.functions.declare import public
from chainrule.functions.factory import check_place, integer, shape_of
from chainrule.functions.generator import Generator
from chainrule.functions.random_arguments import bounds_of
from chainrule.functions.random_drawing import (
    integers_plan,
    new,
    new_like,
    permutation_plan,
    standard_normal,
    uniform_plan,
)

if TYPE_CHECKING:
    from chainrule._core.core import Tensor
    from chainrule._core.types import dtype as dtype_type

__all__ = [
    "Generator",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
]


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
    check_place(device, layout, pin_memory)
    shape = shape_of("rand", sizes, size)
    return new("rand", shape, uniform_plan, generator, out, dtype, requires_grad)


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
    check_place(device, layout, pin_memory)
    shape = shape_of("randn", sizes, size)
    return new("randn", shape, standard_normal, generator, out, dtype, requires_grad)


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
    check_place(device, layout, pin_memory)
    if size is None:
        *bounds_and_size, size = bounds_and_size or (None,)  # type: ignore[assignment]
    plan = integers_plan(*bounds_of("randint", bounds_and_size, low, high))
    if not isinstance(size, (tuple, list)):
        raise TypeError(
            f"randint(): argument 'size' (position {len(bounds_and_size) + 1}) must be tuple of "
            f"ints, not {type(size).__name__}"
        )
    shape = shape_of("randint", (size,))
    if dtype is None and out is None:
        dtype = dtype_named("int64")
    return new("randint", shape, plan, generator, out, dtype, requires_grad)


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
    check_place(device, layout, pin_memory)
    n = integer("randperm", "n", 1, n)
    if dtype is None and out is None:
        dtype = dtype_named("int64")
    plan, shape = permutation_plan(n), shape_of("randperm", (n,))
    return new("randperm", shape, plan, generator, out, dtype, requires_grad)


# -------------------------------------------------------------------------- like other tensors


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
    check_place(device, layout, pin_memory)
    return new_like(
        "rand_like", input, uniform_plan, generator, dtype, requires_grad, memory_format
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
    check_place(device, layout, pin_memory)
    return new_like(
        "randn_like",
        input,
        standard_normal,
        generator,
        dtype,
        requires_grad,
        memory_format,
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
    check_place(device, layout, pin_memory)
    plan = integers_plan(*bounds_of("randint_like", bounds, low, high))
    return new_like("randint_like", input, plan, generator, dtype, requires_grad, memory_format)
