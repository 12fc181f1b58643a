"""Filling tensors that exist with random numbers: uniform_, normal_, random_, bernoulli_, ...

Apart from random.py, which makes new ones: a filled tensor has a place in a graph, shares memory
with its views, and is filled in the order of its memory, as PyTorch does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.modes import count_batches
from chainrule._core.writes import in_place_call
from chainrule.functions.declare import method
from chainrule.functions.factory import integer
from chainrule.functions.generator import Generator, stream_of
from chainrule.functions.random_arguments import real
from chainrule.functions.random_bounds import (
    check_chance,
    check_chances,
    check_continuous,
    check_integers,
    check_integers_from,
    check_normal,
    check_positive,
    check_uniform,
    largest_integer,
    name_in_c,
    refuse_dtype,
)
from chainrule.ops import random

if TYPE_CHECKING:
    from chainrule._core.operation import Op


def _fill(self: Tensor, op: Op, generator: Generator | None, *arguments) -> Tensor:
    stream = stream_of(op.name + "_", generator)
    if count_batches():
        return _fill_members(self, op, {"stream": stream, "arguments": arguments})
    return in_place_call(op, self, (), {"stream": stream, "arguments": arguments})


def _fill_members(self: Tensor, op: Op, parameters: dict) -> Tensor:
    """Fill the members of a batch: alike, or each by itself."""
    from chainrule.transforms.chance import check_filled, drawn

    check_filled(self._array)
    template = numpy.empty(self.shape, self.dtype.numpy)
    values = drawn(template, lambda x: op.kernel(numpy, x, **parameters), as_one=False)
    return self.copy_(wrap_array(values))


# --------------------------------------------------------------------------------- continuous


# `from` is a keyword of Python's, so that the first parameter can only be caught by its place.
@method
def uniform_(self: Tensor, *bounds: float, generator: Generator | None = None, **named) -> Tensor:
    """Fill with numbers drawn uniformly from [from, to): `uniform_(from=0, to=1)`.

    Floating-point and complex dtypes. RuntimeError where from > to or a bound is not finite.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.empty(2).uniform_(-1, 1)
    tensor([-0.0075,  0.5364])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.uniform_.html
    """
    low, high = _from_and_to("uniform_", bounds, named, 0.0, 1.0)
    low, high = real("uniform_", "from", 1, low), real("uniform_", "to", 2, high)
    check_uniform(self.dtype, low, high)
    return _fill(self, random.uniform, generator, low, high)


def _from_and_to(name: str, values: tuple, named: dict, low, high) -> tuple:
    """What was given as `from` and `to`, by position and by name; or else low and high."""
    if len(values) == 2 and not named:
        return values
    if len(values) > 2:
        raise TypeError(f"{name}() takes from 0 to 2 positional arguments but {len(values)} given")
    given = dict(zip(("from", "to"), values))
    for key in named:
        if key in given:
            raise TypeError(f"{name}() got multiple values for argument '{key}'")
        if key not in ("from", "to"):
            raise TypeError(f"{name}() got an unexpected keyword argument '{key}'")
    given |= named
    return given.get("from", low), given.get("to", high)


@method
def normal_(
    self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None
) -> Tensor:
    """Fill with normal deviates of a mean and a standard deviation.

    Floating-point and complex dtypes; RuntimeError for a negative `std`.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.empty(2).normal_(100, 10)
    tensor([115.4100,  97.0657])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.normal_.html
    """
    mean, std = real("normal_", "mean", 1, mean), real("normal_", "std", 2, std)
    check_normal(self.dtype, std)
    return _fill(self, random.normal, generator, mean, std)


@method
def log_normal_(
    self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None
) -> Tensor:
    """Fill with exp of normal deviates, whose mean and standard deviation are given.

    Floating-point dtypes; RuntimeError unless std > 0.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.empty(2).log_normal_(0, 1)
    tensor([4.6692, 0.7457])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.log_normal_.html
    """
    mean, std = real("log_normal_", "mean", 1, mean), real("log_normal_", "std", 2, std)
    check_positive("log_normal_", "std", std)
    if not self.dtype.is_floating_point:
        refuse_dtype("log_normal_cpu", self.dtype)
    return _fill(self, random.log_normal, generator, mean, std)


@method
def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with draws of density lambd * exp(-lambd * x).

    Floating-point dtypes; RuntimeError unless lambd > 0.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.empty(2).exponential_()
    tensor([3.5083, 1.2304])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.exponential_.html
    """
    lambd = real("exponential_", "lambd", 1, lambd)
    check_continuous("Exponential", self.dtype, self.dtype.legacy)
    check_positive("exponential_", "lambda", lambd)
    return _fill(self, random.exponential, generator, lambd)


@method
def cauchy_(
    self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None
) -> Tensor:
    """Fill with draws of the Cauchy distribution of a median and a half width at half height.

    Floating-point dtypes; RuntimeError unless sigma > 0.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.empty(2).cauchy_()
    tensor([10.5977,  0.7648])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.cauchy_.html
    """
    median, sigma = real("cauchy_", "median", 1, median), real("cauchy_", "sigma", 2, sigma)
    check_positive("cauchy_", "sigma", sigma)
    check_continuous("Cauchy", self.dtype, name_in_c(self.dtype))
    return _fill(self, random.cauchy, generator, median, sigma)


# ----------------------------------------------------------------------------------- discrete


@method
def geometric_(self: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    """Fill with the numbers of trials up to the first success, whose probability is p.

    All real dtypes but bool; RuntimeError unless 0 < p < 1.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.empty(3).geometric_(0.5)
    tensor([1., 1., 2.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.geometric_.html
    """
    p = real("geometric_", "p", 1, p)
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    if self.dtype.is_complex or self.dtype.name == "bool":
        refuse_dtype("geometric_cpu", self.dtype)
    return _fill(self, random.geometric, generator, p)


@method
def random_(self: Tensor, *bounds: int, generator: Generator | None = None, **named) -> Tensor:
    """Fill with integers: `random_()`, `random_(to)` from [0, to), `random_(from, to)`.

    Without `to`, up to the largest value of the dtype; of a floating-point dtype, up to where it
    ceases to have every integer. RuntimeError where from >= to or the dtype lacks a bound.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.empty(3).random_(10)
    tensor([4., 9., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.random_.html
    """
    if len(bounds) == 1 and not named:
        bounds, named = (), {"to": integer("random_", "to", 1, bounds[0])}  # type: ignore[misc]
    low, high = _from_and_to("random_", bounds, named, None, None)
    if low is None and high is None:
        if self.dtype.is_complex:
            refuse_dtype("random_kernel_cpu", self.dtype)
        return _fill(self, random.any_integers, generator, largest_integer(self.dtype) + 1)
    op = random.integers_from_zero if low is None else random.integers
    low = 0 if low is None else integer("random_", "from", 1, low)
    if high is None:
        return _fill(self, op, generator, *check_integers_from(self.dtype, low))
    high = integer("random_", "to", 2, high)
    return _fill(self, op, generator, *check_integers(self.dtype, low, high))


@method
def bernoulli_(
    self: Tensor, p: Tensor | float = 0.5, *, generator: Generator | None = None
) -> Tensor:
    """Fill with 0 and 1: 1 with probability p, or with the one at each place of a tensor p.

    All dtypes but complex ones; RuntimeError for probabilities outside [0, 1].

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.empty(4).bernoulli_(0.7)
    tensor([0., 0., 1., 0.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.bernoulli_.html
    """
    if self.dtype.is_complex:
        refuse_dtype("bernoulli_scalar_cpu_", self.dtype)
    if isinstance(p, Tensor):
        check_chances(p)
        stream = stream_of("bernoulli_", generator)
        if count_batches():
            from chainrule.transforms.chance import check_filled, check_parameters, spread

            check_parameters(self._array, p._array)
            check_filled(self._array)
            chances = spread(p.expand(self.shape))
            draws = random.bernoulli_of(chances, stream=stream, dtype=self.dtype.numpy)
            return self.copy_(draws)
        return in_place_call(
            random.bernoulli_each, self, (p.expand(self.shape),), {"stream": stream}
        )
    p = real("bernoulli_", "p", 1, p)
    check_chance(p)
    return _fill(self, random.bernoulli, generator, p)
