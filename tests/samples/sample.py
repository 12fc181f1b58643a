"""Operation and Sample: what is called, on what, and what NumPy says of it.

Apart from the tables, which are made of these two records alone, and from the libraries the
samples are run on: the same sample drives chainrule, PyTorch and NumPy.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.samples.arrays import Array, DType, Given, real

# In which forms PyTorch offers an operation.
EVERY_FORM = "function method in_place out"
WITHOUT_OUT = "function method in_place"
WITHOUT_IN_PLACE = "function method out"
PLAIN = "function method"
FUNCTION = "function"
FUNCTION_AND_OUT = "function out"
METHOD = "method"


@dataclass(frozen=True)
class Sample:
    """One call: arrays, described, where tensors are passed; anything else as it is passed."""

    inputs: tuple[Any, ...]
    kwargs: dict[str, Any]

    @property
    def label(self) -> str:
        """The call in short, as it appears in a test's name."""
        inputs = [_short(value) for value in self.inputs]
        return ",".join(inputs + [f"{name}={_short(value)}" for name, value in self.kwargs.items()])


@dataclass(frozen=True)
class Operation:
    """A public name, its forms and its samples.

    `reference` is the same operation in NumPy, `None` where a test of its own judges the values.
    `call` says how it is called where it is neither a function of the library nor a method.
    `differentiable` is False where PyTorch gives no gradient, `view` True where the result shares
    the first input's memory, `random` True where the numbers themselves are nobody's business,
    `any_layout` False where what memory looks like decides what the operation does.
    """

    name: str
    reference: Callable[..., Any] | None
    samples: tuple[Sample, ...]
    forms: frozenset[str] = frozenset(PLAIN.split())
    aliases: tuple[str, ...] = ()
    call: Callable[..., Any] | None = None
    differentiable: bool = True
    view: bool = False
    random: bool = False
    any_layout: bool = True


@dataclass(frozen=True)
class Case:
    """One sample of one operation: what a test is parametrised over."""

    operation: Operation
    sample: Sample
    number: int

    @property
    def seed(self) -> int:
        """Fixed by the operation's name and the sample's place in its table."""
        return zlib.crc32(f"{self.operation.name}/{self.number}".encode())

    def __str__(self) -> str:
        return f"{self.operation.name}({self.sample.label})"


def sample(*inputs: Any, **kwargs: Any) -> Sample:
    """A call with these inputs and keywords."""
    return Sample(inputs, kwargs)


def operation(
    name: str,
    reference: Callable[..., Any] | None,
    samples: Iterable[Sample],
    forms: str = PLAIN,
    aliases: str = "",
    **facts: Any,
) -> Operation:
    """A line of a table: name, NumPy's counterpart, samples, forms and what else is particular."""
    return Operation(
        name,
        reference,
        tuple(samples),
        forms=frozenset(forms.split()),
        aliases=tuple(aliases.split()),
        **facts,
    )


def cases(operations: Iterable[Operation]) -> Iterator[Case]:
    """Every sample of every operation."""
    for record in operations:
        for number, one in enumerate(record.samples):
            yield Case(record, one, number)


def singles(domain: str = "real", **kwargs: Any) -> tuple[Sample, ...]:
    """The calls of a function of one array: of some, no and one element, of none to three dims."""
    shapes = ((3, 4), (), (0, 3), (2, 1, 3))
    return tuple(sample(Array(shape, domain), **kwargs) for shape in shapes)


def pairs(left: str = "real", right: str | None = None, **kwargs: Any) -> tuple[Sample, ...]:
    """The calls of a function of two arrays: equal shapes, and each way of broadcasting."""
    shapes = (
        ((3, 4), (3, 4)),
        ((3, 4), (4,)),
        ((3, 1), (1, 4)),
        ((), ()),
        ((2, 3), ()),
        ((), (2, 3)),
        ((0, 3), (1, 3)),
    )
    return tuple(sample(Array(x, left), Array(y, right or left), **kwargs) for x, y in shapes)


def scalars(*numbers: float, domain: str = "real", **kwargs: Any) -> tuple[Sample, ...]:
    """The calls of a function of an array and a Python number."""
    return tuple(sample(real(2, 3, domain=domain), number, **kwargs) for number in numbers)


def each(inputs: tuple[Any, ...], *keywords: dict[str, Any]) -> tuple[Sample, ...]:
    """The same inputs with one set of keywords after the other."""
    return tuple(sample(*inputs, **kwargs) for kwargs in keywords)


def without_derivative(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The same operations, marked as having no gradient."""
    return tuple(replace(record, differentiable=False) for record in operations)


def _short(value: Any) -> str:
    if isinstance(value, (Array, Given, DType)):
        return str(value)
    if isinstance(value, np.generic):
        return f"{value.dtype}({value})"
    if isinstance(value, (tuple, list)):
        return "(" + ",".join(map(_short, value)) + ")"
    if isinstance(value, slice):
        return ":".join(
            "" if part is None else str(part) for part in (value.start, value.stop, value.step)
        )
    return str(value)
