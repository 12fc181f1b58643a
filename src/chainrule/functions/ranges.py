"""Tensors whose elements follow from bounds: arange, linspace, logspace.

Apart from creation, where every element is the same or none is said.
"""

from __future__ import annotations

import math
import warnings

import numpy

from chainrule._core.core import Tensor
from chainrule._core.kernels import call_quietly
from chainrule._core.types import DTYPES, get_default_dtype
from chainrule.functions.declare import public
from chainrule.functions.factory import (
    check_place,
    finished,
    fitting,
    integer,
    number,
    type_for,
)

INT64 = DTYPES["int64"]


@public
def arange(
    *bounds, start=None, end=None, step=None, out=None, dtype=None, layout=None, device=None,
    pin_memory=False, requires_grad=False,
) -> Tensor:  # fmt: skip
    """From `start` (or 0) by `step` (or 1) up to but without `end`, given as 1, 2 or 3 numbers.

    The type is int64 where all numbers are integers, else the default float. RuntimeError for a
    step of zero or one that leads away from `end`.

    >>> import chainrule as torch
    >>> torch.arange(3), torch.arange(1, 2.5, 0.5)
    (tensor([0, 1, 2]), tensor([1.0000, 1.5000, 2.0000]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.arange.html
    """
    numbers = _bounds(bounds, start, end, step)
    check_place(device, layout, pin_memory)
    wanted = _type_of_range(numbers, dtype, out, "arange")
    first, last, by = (_in_type(value, wanted) for value in numbers)
    _check_range(first, last, by)
    array = _steps(first, by, math.ceil((last - first) / by), wanted)
    return finished("arange", array, requires_grad, out)


def _bounds(bounds, start, end, step):
    """(start, end, step) as numbers, given in any of PyTorch's ways."""
    plain = start is None and end is None and step is None and 1 <= len(bounds) <= 3
    if plain and all(type(value) is int for value in bounds):
        return (0, *bounds, 1) if len(bounds) == 1 else (*bounds, 1)[:3]
    names = ("end",) if len(bounds) == 1 and end is None else ("start", "end", "step")
    given = {"start": start, "end": end, "step": step}
    given = {name: value for name, value in given.items() if value is not None}
    named = dict(zip(names, bounds))
    if len(bounds) > 3 or named.keys() & given.keys() or (step is not None and len(names) == 1):
        raise _wrong_arguments("arange", bounds, given, "Number end", "Number start, Number end")
    given |= named
    if "end" not in given:
        if given:
            raise TypeError('arange() missing 1 required positional arguments: "end"')
        raise _wrong_arguments("arange", bounds, given, "Number end", "Number start, Number end")
    places = {name: place for place, name in enumerate(names, 1)}
    first, last, by = given.get("start", 0), given["end"], given.get("step", 1)
    return tuple(
        number("arange", name, places.get(name, 1), value)
        for name, value in (("start", first), ("end", last), ("step", by))
    )


def _wrong_arguments(name, bounds, keywords, *expected):
    found = [type(value).__name__ for value in bounds]
    found += [f"{word}={type(value).__name__}" for word, value in keywords.items()]
    lines = "".join(f"\n * ({arguments}, ...)" for arguments in expected)
    return TypeError(
        f"{name}() received an invalid combination of arguments - got ({', '.join(found)}), but "
        f"expected one of:{lines}\n"
    )


def _type_of_range(numbers, dtype, out, name):
    whole = name == "arange" and all(isinstance(value, int) for value in numbers)
    wanted = type_for(name, dtype, out, INT64 if whole else None)
    if wanted.category in (0, 3):
        raise NotImplementedError(f"\"{name}_cpu\" not implemented for '{wanted.legacy}'")
    return wanted


def _in_type(value, wanted):
    """A bound as a range of this type sees it: an integer range truncates its bounds."""
    if wanted is INT64 and type(value) is int and -(2**62) < value < 2**62:
        return value
    if isinstance(value, complex):
        raise RuntimeError("value cannot be converted to type double without overflow")
    if wanted.category > 1:
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return value
    return fitting(value, INT64)


def _check_range(first, last, by) -> None:
    if not by > 0 and not by < 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(first) and math.isfinite(last)):
        raise RuntimeError(f"unsupported range: {first:g} -> {last:g}")
    if (last - first) * by < 0:
        raise RuntimeError(
            "upper bound and lower bound inconsistent with step sign: from "
            f"{first} to {last} by {by}"
        )


def _steps(first, by, count, wanted):
    """first + k * by, in whole numbers or in double precision."""
    if wanted is INT64:
        return numpy.arange(first, first + count * by, by, wanted.numpy)
    places = numpy.arange(count)
    return call_quietly((first + places * (by if count > 1 else 0)).astype, wanted.numpy)


@public
def range(
    start=0, end=None, step=1, *, out=None, dtype=None, layout=None, device=None,
    pin_memory=False, requires_grad=False,
) -> Tensor:  # fmt: skip
    """start, start + step, ... up to and with `end`. Deprecated, as in PyTorch: use arange.

    See https://docs.pytorch.org/docs/2.13/generated/torch.range.html
    """
    if end is None:
        raise TypeError('range() missing 1 required positional arguments: "end"')
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior "
        "is inconsistent with Python's range builtin. Instead, use torch.arange, which produces "
        "values in [start, end).",
        stacklevel=2,
    )
    given = (("start", start), ("end", end), ("step", step))
    numbers = [number("range", name, place, value) for place, (name, value) in enumerate(given, 1)]
    check_place(device, layout, pin_memory)
    wanted = _type_of_range(numbers, dtype, out, "range")
    first, last, by = (_in_type(value, wanted) for value in numbers)
    _check_range(first, last, by)
    array = _steps(first, by, math.floor((last - first) / by) + 1, wanted)
    return finished("range", array, requires_grad, out)


# ------------------------------------------------------------------------------ evenly spaced


@public
def linspace(
    start, end, steps=None, *, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """`steps` numbers from `start` to `end`, both included, at equal distances.

    RuntimeError for a negative number of steps.

    >>> import chainrule as torch
    >>> torch.linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])

    See https://docs.pytorch.org/docs/2.13/generated/torch.linspace.html
    """
    first, last, count = _ends("linspace", start, end, steps)
    check_place(device, layout, pin_memory)
    wanted = _type_of_spaced("linspace", first, last, dtype, out)
    array = call_quietly(_spaced, first, last, count, wanted)
    return finished("linspace", array, requires_grad, out)


@public
def logspace(
    start, end, steps=None, base=10.0, *, out=None, dtype=None, layout=None, device=None,
    pin_memory=False, requires_grad=False,
) -> Tensor:  # fmt: skip
    """`steps` numbers from base ** start to base ** end, at equal ratios.

    >>> import chainrule as torch
    >>> torch.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.logspace.html
    """
    if not isinstance(base, (int, float)):
        raise _wrong_arguments(
            "logspace", (start, end, steps, base), {},
            "Number start, Number end, int steps, float base = 10.0",
        )  # fmt: skip
    first, last, count = _ends("logspace", start, end, steps)
    check_place(device, layout, pin_memory)
    wanted = _type_of_spaced("logspace", first, last, dtype, out)
    wide = DTYPES["complex128" if wanted.category == 3 else "float64"]
    if wanted.category == 1:
        first, last = fitting(first, wanted), fitting(last, wanted)

    def powers():
        exponents = _spaced(first, last, count, wide)
        return numpy.power(float(base), exponents).astype(wanted.numpy)

    return finished("logspace", call_quietly(powers), requires_grad, out)


def _ends(name, start, end, steps):
    """The ends as numbers (tensors of one are taken), and how many steps there are."""
    numeric = (int, float, complex, numpy.generic, Tensor)
    if (
        isinstance(steps, bool)
        or not isinstance(steps, (int, numpy.integer, Tensor))
        or not (isinstance(start, numeric) and isinstance(end, numeric))
    ):
        found = (start, end) if steps is None else (start, end, steps)
        raise _wrong_arguments(name, found, {}, "Number start, Number end, int steps")
    for value in (start, end):
        if isinstance(value, Tensor) and value.ndim:
            raise RuntimeError(
                f"{name} only supports 0-dimensional start and end tensors, but got "
                f"{'start' if value is start else 'end'} with {value.ndim} dimension(s)."
            )
    count = integer(name, "steps", 3, steps)
    if count < 0:
        raise RuntimeError(f"number of steps must be non-negative, but got {count}")
    plain = (int, float, complex)
    first, last = (value if isinstance(value, plain) else value.item() for value in (start, end))
    return first, last, count


def _type_of_spaced(name, first, last, dtype, out):
    has_complex = isinstance(first, complex) or isinstance(last, complex)
    default = get_default_dtype()
    wanted = type_for(name, dtype, out, default.to_complex() if has_complex else default)
    if has_complex and wanted.category < 3:
        raise RuntimeError(
            f"torch.{name}(): inferred dtype c10::complex<float> can't be safely cast to passed "
            f"dtype {wanted.legacy}"
        )
    if wanted.category == 0:
        raise NotImplementedError(f"\"{name}_cpu\" not implemented for 'Bool'")
    return wanted


def _spaced(first, last, count, wanted):
    """Evenly spaced numbers, counted from the nearer end so that both ends are exact.

    The step is rounded to the type, its multiples are not: as where the processor multiplies and
    adds in one instruction. Integers are worked out in double precision and truncated.
    """
    narrow, exact = wanted.numpy, numpy.clongdouble if wanted.category == 3 else numpy.longdouble
    if wanted.category == 1:
        first, last = fitting(first, wanted), fitting(last, wanted)
        narrow, exact = numpy.dtype(numpy.float64), numpy.float64
    start, end = narrow.type(first), narrow.type(last)
    step = (end - start) / narrow.type(count - 1) if count > 1 else narrow.type(0)
    places = numpy.arange(count, dtype=exact)
    near, far = exact(start) + exact(step) * places, exact(end) - exact(step) * places[::-1]
    found = numpy.where(numpy.arange(count) < count // 2, near, far) if count > 1 else near
    return found.astype(wanted.numpy)
