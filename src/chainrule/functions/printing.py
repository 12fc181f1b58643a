"""The text of tensors: PyTorch's, to the character.

Apart from everything else about tensors, because the rules are many and need only an array and
a few words about it.
"""

from __future__ import annotations

import math

import numpy

from chainrule._core.core import Tensor
from chainrule._core.operation import bind_late
from chainrule._core.types import get_default_dtype
from chainrule._core.wrapped import Wrapped
from chainrule.functions.declare import method, public
from chainrule.ops.coo import CooArray


class _Options:
    precision: int = 4
    threshold: float = 1000.0
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PROFILES = {
    "default": {"precision": 4, "threshold": 1000.0, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000.0, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}


@public
def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors print: digits, when to leave elements out, how many to keep, line width.

    `profile` is "default", "short" or "full"; sci_mode True or False forces or forbids powers
    of ten, None lets the values decide.

    >>> import chainrule as torch
    >>> torch.set_printoptions(precision=2)
    >>> torch.tensor([1.2345])
    tensor([1.23])
    >>> torch.set_printoptions(profile="default")

    See https://docs.pytorch.org/docs/2.13/generated/torch.set_printoptions.html
    """
    for name, value in PROFILES.get(profile or "", {}).items():
        setattr(_Options, name, value)
    given: dict[str, float | None] = {"precision": precision, "threshold": threshold}
    given |= {"edgeitems": edgeitems, "linewidth": linewidth}
    for name, chosen in given.items():
        if chosen is not None:
            setattr(_Options, name, chosen)
    _Options.sci_mode = sci_mode


class _RealFormat:
    """How wide the numbers of an array print, and in which of the three ways."""

    def __init__(self, values: numpy.ndarray) -> None:
        self.is_float = values.dtype.kind == "f"
        self.whole, self.scientific, self.width = True, False, 1
        if not self.is_float:
            self.width = max((len(str(value)) for value in values.reshape(-1).tolist()), default=1)
            return
        shown = values[numpy.isfinite(values) & (values != 0)]
        if not shown.size:
            return
        self.whole = bool((shown == numpy.ceil(shown)).all())
        self.scientific = _is_scientific(numpy.abs(shown.astype(numpy.float64)), self.whole)
        self.width = max(len(self.plain(value)) for value in shown.tolist())

    def plain(self, value) -> str:
        """A number, without padding."""
        if not self.is_float:
            return str(value)
        if self.scientific:
            return f"{value:.{_Options.precision}e}"
        if self.whole:
            text = f"{value:.0f}"
            return text if math.isinf(value) or math.isnan(value) else text + "."
        return f"{value:.{_Options.precision}f}"

    def padded(self, value) -> str:
        return self.plain(value).rjust(self.width)


def _is_scientific(sizes: numpy.ndarray, whole: bool) -> bool:
    if _Options.sci_mode is not None:
        return _Options.sci_mode
    smallest, largest = sizes.min(), sizes.max()
    if largest / smallest > 1000.0 or largest > 1.0e8:
        return True
    return not whole and smallest < 1.0e-4


class _ComplexFormat:
    """Two real formats, one for either part."""

    def __init__(self, values: numpy.ndarray) -> None:
        self.real, self.imaginary = _RealFormat(values.real), _RealFormat(values.imag)
        self.width = self.real.width + self.imaginary.width + 1

    def padded(self, value: complex) -> str:
        imaginary = (self.imaginary.padded(value.imag) + "j").lstrip()
        sign = "" if imaginary[0] in "+-" else "+"
        return self.real.padded(value.real) + sign + imaginary


def _kept(array: numpy.ndarray) -> numpy.ndarray:
    """The elements that are shown of an array too large to show."""
    edge = _Options.edgeitems
    for axis, size in enumerate(array.shape):
        if size > 2 * edge:
            places = [*range(edge), *range(size - edge, size)]
            array = numpy.take(array, places, axis)
    return array


def _vector(array, indent, shorten, style) -> str:
    per_line = max(1, (_Options.linewidth - indent) // (style.width + 2))
    edge = _Options.edgeitems
    if shorten and array.shape[0] > 2 * edge:
        head, tail = array[:edge].tolist(), array[array.shape[0] - edge :].tolist()
        parts = [*map(style.padded, head), " ...", *map(style.padded, tail)]
    else:
        parts = [style.padded(value) for value in array.tolist()]
    lines = [", ".join(parts[k : k + per_line]) for k in range(0, len(parts), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _body(array, indent, shorten, style) -> str:
    """The nested brackets of an array, without what comes before and after."""
    if array.ndim == 0:
        return style.padded(array.item())
    if array.ndim == 1:
        return _vector(array, indent, shorten, style)
    edge, count = _Options.edgeitems, array.shape[0]
    cut = shorten and count > 2 * edge
    places = [*range(edge), *range(count - edge, count)] if cut else range(count)
    parts = [_body(array[k], indent + 1, shorten, style) for k in places]
    if cut:
        parts.insert(edge, "...")
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def array_text(array: numpy.ndarray, indent: int) -> str:
    """The values of an array as PyTorch prints them, lines after the first indented."""
    if array.size == 0:
        return "[]"
    if array.dtype.kind == "V" or (array.dtype.itemsize == 2 and array.dtype.kind == "f"):
        array = array.astype(numpy.float32)
    shorten = array.size > _Options.threshold
    shown = _kept(array) if shorten else array
    style = (_ComplexFormat if array.dtype.kind == "c" else _RealFormat)(shown)
    return _body(array, indent, shorten, style)


def _suffixes(tensor) -> list[str]:
    found, array, dtype, default = [], tensor._array, tensor.dtype, get_default_dtype()
    usual = (default.name, "int64", "bool", default.to_complex().name)
    sparse = isinstance(array, CooArray)
    if sparse or (array.size == 0 and tensor.ndim != 1):
        found.append(f"size={tuple(tensor.shape)}")
    if sparse:
        found.append(f"nnz={array.nnz}")
    empty_usual = array.size == 0 and dtype is not default and not sparse
    if dtype.name not in usual or empty_usual:
        found.append(f"dtype={dtype}")
    if sparse:
        found.append("layout=torch.sparse_coo")
    if tensor.grad_fn is not None:
        found.append(f"grad_fn=<{type(tensor.grad_fn).__name__}>")
    elif tensor.requires_grad:
        found.append("requires_grad=True")
    return found


def _sparse_text(array: CooArray, prefix: str) -> str:
    """The places and the values of a sparse tensor, as the tensors that they are."""
    parts = []
    for name, part in (("indices", array.indices), ("values", array.values)):
        size = f", size={part.shape}" if not part.size else ""
        indent = len(prefix) + len(name) + len("=tensor(")
        parts.append(f"{name}=tensor({array_text(part, indent)}{size})")
    return prefix + (",\n" + " " * len(prefix)).join(parts)


def tensor_text(self: Tensor) -> str:
    """What print and repr show."""
    array = self._array
    if isinstance(array, Wrapped):
        return array.described(self, _text)
    return _text(self, array)


def _text(self: Tensor, array: numpy.ndarray | CooArray, *more: str) -> str:
    """A tensor of these values."""
    kind = type(self)
    plain = kind is Tensor or getattr(kind, "_plain_results", False)
    prefix = "tensor(" if plain else f"{kind.__name__}("
    if isinstance(array, CooArray):
        text = _sparse_text(array, prefix)
        length = _Options.linewidth  # what follows has lines of its own
    else:
        text = prefix + array_text(array, len(prefix))
        length = len(text) - text.rfind("\n") + 1
    parts = [text]
    for suffix in (*_suffixes(self), *more):
        if length + len(suffix) + 2 > _Options.linewidth:
            parts.append(",\n" + " " * len(prefix) + suffix)
            length = len(prefix) + len(suffix)
        else:
            parts.append(", " + suffix)
            length += len(suffix) + 2
    return "".join(parts) + ")"


def _formatted(self, spec):
    """format(): of a 0-dim tensor, the number; of others (and of subclasses), the text."""
    if self.ndim == 0 and type(self) is Tensor:
        return format(self.item(), spec)
    return object.__format__(self, spec)


bind_late({"repr": tensor_text})
method(_formatted, name="__format__")
