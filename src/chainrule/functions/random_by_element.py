"""Random tensors with parameters for each element or row: normal, bernoulli, multinomial.

Apart from random.py, where all numbers of a tensor come from one distribution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.cuts import mark
from chainrule._core.modes import count_batches
from chainrule.functions.declare import deliver, method, public
from chainrule.functions.factory import check_place, integer, shape_of
from chainrule.functions.generator import Generator, stream_of
from chainrule.functions.random_arguments import real
from chainrule.functions.random_bounds import (
    check_chance,
    check_chances,
    check_normal,
    check_weights,
)
from chainrule.functions.random_drawing import chances, new, normal_plan
from chainrule.ops import distributions, random

if TYPE_CHECKING:
    from chainrule._core.types import dtype as dtype_type


@public
def normal(
    mean: Tensor | float,
    std: Tensor | float = 1.0,
    size: tuple[int, ...] | None = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: dtype_type | None = None,
    layout=None,
    device=None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Normal deviates: each of the mean and standard deviation at its place, broadcast together.

    Called as `normal(mean, std)`, where at least one is a tensor, or `normal(mean, std, size)`
    with numbers. The dtype is that of `mean`, or of `std` where `mean` is a number. RuntimeError
    where a standard deviation is negative.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.normal(torch.tensor([0.0, 100.0]), 1.0)
    tensor([ 1.5410, 99.7066])
    >>> torch.normal(0.0, 10.0, (2,))
    tensor([-21.7879,   5.6843])

    See https://docs.pytorch.org/docs/2.13/generated/torch.normal.html
    """
    check_place(device, layout, pin_memory)
    if isinstance(size, (tuple, list)):
        mean, std = real("normal", "mean", 1, mean), real("normal", "std", 2, std)
        plan, shape = normal_plan(mean, std), shape_of("normal", (size,))
        return new("normal", shape, plan, generator, out, dtype, requires_grad)
    tensor = mean if isinstance(mean, Tensor) else std
    if size is not None or dtype is not None or not isinstance(tensor, Tensor):
        raise TypeError(
            "normal() received an invalid combination of arguments - got "
            f"({type(mean).__name__}, {type(std).__name__}, {type(size).__name__}), but expected "
            "a Tensor mean or a Tensor std or both, or (float mean, float std, tuple of ints size)"
        )
    _check_std(tensor if out is None else out, std)
    mean, std = spread(mean), spread(std)
    stream, kind = stream_of("normal", generator), (tensor if out is None else out).dtype.numpy
    if not isinstance(std, Tensor):
        result = random.normal_around(mean, stream=stream, dtype=kind, std=std)
    elif not isinstance(mean, Tensor):
        result = random.normal_scaled(std, stream=stream, dtype=kind, mean=mean)
    else:
        result = random.normal_each(mean, std, stream=stream, dtype=kind)
    return deliver(result, out, "normal")


def spread(parameter: Any) -> Any:
    """What a distribution is told, once for each member of a batch that draws for itself."""
    if not count_batches() or not isinstance(parameter, Tensor):
        return parameter
    from chainrule.transforms import chance

    chance.check_allowed()
    return chance.spread(parameter)


def _check_std(tensor: Tensor, std: Tensor | float) -> None:
    if not isinstance(std, Tensor):
        check_normal(tensor.dtype, std)
        return
    if std.dtype.is_complex:
        raise RuntimeError("normal expects standard deviation to be non-complex")
    if not (std._array >= 0).all():
        raise RuntimeError("normal expects all elements of std >= 0.0")
    check_normal(tensor.dtype, 0.0)


@public
@method
def bernoulli(
    input: Tensor,
    p: float | None = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """0 or 1: 1 with the probability at the same place of `input`, or with probability `p`.

    Floating-point dtypes, unless `p` is given. RuntimeError for probabilities outside [0, 1].

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.bernoulli(torch.tensor([0.0, 0.5, 1.0]))
    tensor([0., 0., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.bernoulli.html
    """
    if not isinstance(input, Tensor):
        raise TypeError(
            f"bernoulli(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    stream = stream_of("bernoulli", generator)
    if p is None:
        check_chances(input)
        kind = (input if out is None else out).dtype.numpy
        return deliver(
            random.bernoulli_of(spread(input), stream=stream, dtype=kind), out, "bernoulli"
        )
    p = real("bernoulli", "p", 2, p)
    check_chance(p)
    spread(input)
    return deliver(chances(tuple(input.shape), input, p, generator), out, "bernoulli")


@public
@method
def multinomial(
    input: Tensor,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Indices drawn by the weights in each row of `input`: (n,) or (m, n) -> (..., samples), int64.

    Without replacement no index is drawn twice. The weights need not sum to 1. RuntimeError for
    weights that are negative, infinite or NaN, or all zero.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.multinomial(torch.tensor([0.1, 0.2, 0.7]), 2)
    tensor([2, 1])

    See https://docs.pytorch.org/docs/2.13/generated/torch.multinomial.html
    """
    if not isinstance(input, Tensor):
        raise TypeError(
            "multinomial(): argument 'input' (position 1) must be Tensor, not "
            f"{type(input).__name__}"
        )
    samples = integer("multinomial", "num_samples", 2, num_samples)
    given, input = input, input.detach()
    check_weights(input, samples, replacement, out)
    draw = distributions.multinomial
    if replacement and samples > 1:
        draw = distributions.multinomial_with_replacement
    stream = stream_of("multinomial", generator)
    if count_batches():
        from chainrule.transforms.chance import drawn_by_row

        indices = drawn_by_row(spread(input)._array, lambda rows: draw(stream, rows, samples))
    else:
        indices = draw(stream, input._array, samples)
    drawn = mark(wrap_array(indices), given, "multinomial")
    return deliver(drawn, out, "multinomial")
