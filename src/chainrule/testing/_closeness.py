"""assert_close: whether two results agree, and if not, where and by how much.

Apart from the arithmetic of _numbers.py: here are the keywords, the types, and the walk through
sequences and mappings, nested at will.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy

import chainrule
from chainrule.testing._numbers import Tolerances, mismatch, mismatch_of_numbers, tolerances

if TYPE_CHECKING:
    from collections.abc import Iterator

    Path = tuple[object, ...]


class _Question:
    """What `assert_close` was asked: its keywords, passed on through nested containers."""

    __slots__ = ("check_dtype", "check_stride", "equal_nan", "subclasses", "tolerance")

    def __init__(
        self,
        tolerance: Tolerances | None,
        equal_nan: bool,
        subclasses: bool,
        check_dtype: bool,
        check_stride: bool,
    ) -> None:
        self.tolerance = tolerance
        self.equal_nan = equal_nan
        self.subclasses = subclasses
        self.check_dtype = check_dtype
        self.check_stride = check_stride


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Raise unless `actual` and `expected` agree in shape, dtype and, nearly, in their numbers.

    Numbers agree where `|actual - expected| <= atol + rtol * |expected|`. Without `rtol` and `atol`
    the tolerances are those of the dtype: 1.3e-6 and 1e-5 for float32, 1e-7 and 1e-7 for float64,
    1e-3 and 1e-5 for float16, the same for complex numbers of these parts, none for integers.
    Sequences and mappings are compared item by item. Everything is strided and on the CPU, so that
    `check_device` and `check_layout` are always satisfied.

    Raises AssertionError with the number of mismatches and the greatest differences (`msg` replaces
    the text, or is called with it), TypeError for types that cannot be compared, ValueError when
    only one tolerance is given.

    >>> import chainrule as torch
    >>> from chainrule.testing import assert_close
    >>> assert_close(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0 + 1e-7]))

    See https://docs.pytorch.org/docs/2.13/testing.html
    """
    if (rtol is None) != (atol is None):
        missing = "rtol" if rtol is None else "atol"
        raise ValueError(
            f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}."
        )
    tolerance = None if rtol is None or atol is None else Tolerances(rtol, atol)
    question = _Question(tolerance, equal_nan, allow_subclasses, check_dtype, check_stride)
    for path, found in _disagreements(actual, expected, question, ()):
        raise AssertionError(_message(found, path, msg))


def _message(found: str, path: Path, msg: str | Callable[[str], str] | None) -> str:
    if path:
        items = "".join(f"[{key!r}]" for key in path)
        found += f"\n\nThe failure occurred for item {items}"
    if msg is None:
        return found
    return msg if isinstance(msg, str) else msg(found)


def _disagreements(
    actual: Any, expected: Any, question: _Question, path: Path
) -> Iterator[tuple[Path, str]]:
    """Where the two disagree, and how, in the order in which they are gone through."""
    pair = (actual, expected)
    if all(isinstance(one, Sequence) and not isinstance(one, str) for one in pair):
        yield from _of_sequences(actual, expected, question, path)
    elif all(isinstance(one, Mapping) for one in pair):
        yield from _of_mappings(actual, expected, question, path)
    else:
        found = _disagreement(actual, expected, question)
        if found:
            yield path, found


def _of_sequences(
    actual: Sequence[Any], expected: Sequence[Any], question: _Question, path: Path
) -> Iterator[tuple[Path, str]]:
    if len(actual) != len(expected):
        yield path, f"The length of the sequences mismatch: {len(actual)} != {len(expected)}"
        return
    for place, (one, other) in enumerate(zip(actual, expected, strict=True)):
        yield from _disagreements(one, other, question, (*path, place))


def _of_mappings(
    actual: Mapping[Any, Any], expected: Mapping[Any, Any], question: _Question, path: Path
) -> Iterator[tuple[Path, str]]:
    if actual.keys() != expected.keys():
        missing = sorted(expected.keys() - actual.keys(), key=str)
        additional = sorted(actual.keys() - expected.keys(), key=str)
        yield (
            path,
            (
                "The keys of the mappings do not match:\n"
                f"Missing keys in the actual mapping: {missing}\n"
                f"Additional keys in the actual mapping: {additional}"
            ),
        )
        return
    for key in actual:
        yield from _disagreements(actual[key], expected[key], question, (*path, key))


def _disagreement(actual: Any, expected: Any, question: _Question) -> str | None:
    """How two single things disagree; None where they do not."""
    if actual is None or expected is None:
        return None if actual is expected else f"None mismatch: {actual} is not {expected}"
    for kind, compare in (
        ((bool, numpy.bool_), _of_booleans),
        ((int, float, complex, numpy.number), _of_numbers),
        ((chainrule.Tensor, numpy.ndarray), _of_tensors),
    ):
        if isinstance(actual, kind) and isinstance(expected, kind):
            if compare is _of_tensors and not _are_related(actual, expected, question.subclasses):
                break
            return compare(actual, expected, question)
    raise TypeError(
        f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}."
    )


def _are_related(actual: Any, expected: Any, subclasses: bool) -> bool:
    if not subclasses:
        return type(actual) is type(expected)
    return isinstance(actual, type(expected)) or isinstance(expected, type(actual))


def _of_booleans(actual: Any, expected: Any, question: _Question) -> str | None:
    return None if actual == expected else f"Booleans mismatch: {actual} is not {expected}"


def _of_numbers(actual: Any, expected: Any, question: _Question) -> str | None:
    actual, expected = (x.item() if isinstance(x, numpy.number) else x for x in (actual, expected))
    if question.check_dtype and type(actual) is not type(expected):
        return f"The (d)types do not match: {type(actual)} != {type(expected)}."
    kinds = [numpy.result_type(actual), numpy.result_type(expected)]
    allowed = question.tolerance or tolerances(kinds)
    return mismatch_of_numbers(actual, expected, allowed, question.equal_nan)


def _of_tensors(actual: Any, expected: Any, question: _Question) -> str | None:
    pair = [chainrule.as_tensor(one).detach() for one in (actual, expected)]
    different = _different_attribute(*pair, question)  # type: ignore[call-arg]
    if different:
        return different
    arrays = [one.numpy() for one in pair]
    allowed = question.tolerance or tolerances([one.dtype for one in arrays])
    return mismatch(arrays[0], arrays[1], allowed, question.equal_nan)


def _different_attribute(
    actual: chainrule.Tensor, expected: chainrule.Tensor, question: _Question
) -> str | None:
    names = ["shape"] + ["dtype"] * question.check_dtype + ["stride()"] * question.check_stride
    for name in names:
        one, other = (
            x.stride() if name == "stride()" else getattr(x, name) for x in (actual, expected)
        )
        if one != other:
            return f"The values for attribute '{name}' do not match: {one} != {other}."
    return None
