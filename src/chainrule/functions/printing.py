"""The text of tensors: PyTorch's, to the character.

Apart from everything else about tensors, because the rules are many and need only an array and
a few words about it.
"""

from __future__ import annotations

import math

import numpy

from chainrule._core.core import Tensor, bind_late
from chainrule._core.types import get_default_dtype
from chainrule.functions.declare import method, public

class _Options:
    """What set_printoptions sets."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PROFILES = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
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
    """Set how tensors print; what is not given stays, except `sci_mode`.

    `precision`: digits after the point. `threshold`: a tensor of more elements shows only the
    first and last `edgeitems` along each dimension. `linewidth`: letters to a line. `profile`:
    "default", "short" or "full", under what else is given. `sci_mode`: True or False asks for
    powers of ten or forbids them; None, also when not given, lets the values decide.

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


# ---- numbers


class _RealFormat:
    """How the numbers of an array print, and how wide they are.

    Zeros, infinities and NaN have no say in it: they are as long as they are, and can stick out.
    """

    def __init__(self, values: numpy.ndarray) -> None:
        self.spec, self.tail, self.width = "", "", 1
        if values.dtype.kind != "f":
            if values.size:  # the longest integer is an end; of booleans, either can be
                ends = (values.min().item(), values.max().item())
                self.width = max(len(str(end)) for end in ends)
            return
        shown = values[numpy.isfinite(values) & (values != 0)]
        whole = bool((shown == numpy.trunc(shown)).all())
        if _is_scientific(shown, whole):
            self.spec = f".{_Options.precision}e"
        elif whole:
            self.spec, self.tail = ".0f", "."
        else:
            self.spec = f".{_Options.precision}f"
        self.width = max((len(self.text(value)) for value in shown.tolist()), default=1)

    def text(self, value: float) -> str:
        """A number, without padding."""
        digits = format(value, self.spec)
        return digits + self.tail if self.tail and math.isfinite(value) else digits

    def padded(self, value: float) -> str:
        return self.text(value).rjust(self.width)


def _is_scientific(values: numpy.ndarray, whole: bool) -> bool:
    """Whether these numbers, finite and none of them zero, print as powers of ten."""
    if values.size == 0:
        return False
    if _Options.sci_mode is not None:
        return _Options.sci_mode
    sizes = numpy.abs(values.astype(numpy.float64))  # compared in double, whatever the dtype
    smallest, largest = float(sizes.min()), float(sizes.max())
    if largest / smallest > 1000.0 or largest > 1.0e8:
        return True
    return not whole and smallest < 1.0e-4


class _ComplexFormat:
    """Two real formats, one for either part."""

    def __init__(self, values: numpy.ndarray) -> None:
        self.real, self.imaginary = _RealFormat(values.real), _RealFormat(values.imag)
        self.width = self.real.width + self.imaginary.width + 1

    def padded(self, value: complex) -> str:
        imaginary = self.imaginary.text(value.imag) + "j"
        sign = "" if imaginary[0] == "-" else "+"
        return self.real.padded(value.real) + sign + imaginary


# ---- brackets


def _edges(array: numpy.ndarray, axis: int) -> numpy.ndarray:
    """The first and last elements along an axis, in a copy."""
    edge, before = _Options.edgeitems, (slice(None),) * axis
    ends = (slice(edge), slice(array.shape[axis] - edge, None))
    return numpy.concatenate([array[(*before, end)] for end in ends], axis)


def array_text(array: numpy.ndarray, indent: int) -> str:
    """The values of an array as PyTorch prints them, lines after the first indented.

    Only what is shown is copied, converted and formatted, however large the array.
    """
    if array.size == 0:
        return "[]"
    full, shown = array.size <= _Options.threshold, array
    cut = [not full and size > 2 * _Options.edgeitems for size in array.shape]
    for axis in (axis for axis, is_cut in enumerate(cut) if is_cut):
        shown = _edges(shown, axis)
    if shown.dtype.itemsize == 2 and shown.dtype.kind in "fV":  # float16, bfloat16
        shown = shown.astype(numpy.float32)
    style = (_ComplexFormat if shown.dtype.kind == "c" else _RealFormat)(shown)
    return _nested(shown.tolist(), indent, cut, style)


def _nested(values, indent: int, cut: list[bool], style: _RealFormat | _ComplexFormat) -> str:
    """Nested lists in brackets; `cut` says at which depths the middle was left out."""
    if not cut:
        return style.padded(values)
    if len(cut) == 1:
        return _row(values, indent, cut[0], style)
    parts = [_nested(value, indent + 1, cut[1:], style) for value in values]
    if cut[0]:
        parts.insert(len(parts) // 2, "...")
    return "[" + ("," + "\n" * (len(cut) - 1) + " " * (indent + 1)).join(parts) + "]"


def _row(values, indent: int, cut: bool, style: _RealFormat | _ComplexFormat) -> str:
    parts = [style.padded(value) for value in values]
    if cut:
        parts.insert(len(parts) // 2, " ..." if parts else "...")
    count = max(1, (_Options.linewidth - indent) // (style.width + 2))
    lines = [", ".join(parts[k : k + count]) for k in range(0, len(parts), count)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


# ---- what stands around the values


def framed(prefix: str, contents: str, suffixes: list[str]) -> str:
    """`prefix` and the contents, then the suffixes, each on a new line where the line is full."""
    parts = [prefix + contents]
    length = len(parts[0]) - parts[0].rfind("\n") + 1
    for suffix in suffixes:
        if length + len(suffix) + 2 > _Options.linewidth:
            parts.append(",\n" + " " * len(prefix) + suffix)
            length = len(prefix) + len(suffix)
        else:
            parts.append(", " + suffix)
            length += len(suffix) + 2
    return "".join(parts) + ")"


def size_and_dtype(array: numpy.ndarray, dtype: str) -> list[str]:
    """The suffixes for what the values do not tell."""
    found, default = [], get_default_dtype().name
    empty = array.size == 0
    if array.ndim != 1 if empty else _Options.edgeitems == 0:
        found.append(f"size={array.shape}")
    pair = "complex128" if default == "float64" else "complex64"
    told = (default,) if empty else (default, pair, "int64", "bool")
    return found if dtype in told else [*found, f"dtype=torch.{dtype}"]


def _gradient(tensor: Tensor) -> list[str]:
    if tensor.grad_fn is not None:
        return [f"grad_fn=<{type(tensor.grad_fn).__name__}>"]
    return ["requires_grad=True"] if tensor.requires_grad else []


def _prefix(kind: type[Tensor]) -> str:
    """A subclass prints under its own name; Parameter and Buffer, of ours, as tensors."""
    return "tensor(" if kind is Tensor or "_plain_results" in vars(kind) else f"{kind.__name__}("


def tensor_text(self: Tensor, *, tensor_contents: str | None = None) -> str:
    """What print and repr show; `tensor_contents` stands in for the values.

    >>> import chainrule as torch
    >>> torch.tensor([1.0, 2.5], requires_grad=True)
    tensor([1.0000, 2.5000], requires_grad=True)
    >>> print(torch.zeros(0, 3, dtype=torch.float64))
    tensor([], size=(0, 3), dtype=torch.float64)
    """
    array, prefix = self._array, _prefix(type(self))
    if tensor_contents is None:
        tensor_contents = array_text(array, len(prefix))
    suffixes = size_and_dtype(array, self.dtype.name) + _gradient(self)
    return framed(prefix, tensor_contents, suffixes)


def _formatted(self: Tensor, spec: str) -> str:
    """format(): of a 0-dim tensor, the number; of others (and of subclasses), the text."""
    if type(self) is Tensor and self.ndim == 0:
        return format(self.item(), spec)
    if spec:
        name = type(self).__name__
        raise TypeError(
            f"unsupported format string passed to {name}.__format__: found {spec!r} for a tensor "
            f"of shape {list(self.shape)}; only a 0-dim Tensor formats as a number"
        )
    return str(self)


bind_late({"repr": tensor_text})
method(tensor_text, name="__repr__")  # to be called with tensor_contents, which repr() cannot
method(_formatted, name="__format__")
