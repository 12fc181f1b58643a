"""The version of PyTorch that is reproduced, and chainrule's own.

Apart, because programs compare `torch.__version__` and no other module needs to know how.
"""

from __future__ import annotations

__all__ = ["TorchVersion", "__version__", "cuda", "debug", "git_version", "hip", "release", "xpu"]

_STAGES = {"dev": -4, "a": -3, "b": -2, "rc": -1, "": 0, "+": 1, "post": 2}


def _split(text: str) -> tuple[tuple[int, ...], str]:
    """`"2.13.0rc1"` as `((2, 13, 0), "rc1")`: the release and what follows it."""
    numbers: list[int] = []
    rest = text
    while rest[:1].isdigit():
        digits = len(rest) - len(rest.lstrip("0123456789"))
        numbers.append(int(rest[:digits]))
        rest = rest[digits:]
        if rest[:1] == "." and rest[1:2].isdigit():
            rest = rest[1:]
    return tuple(numbers), rest


def _stage(suffix: str) -> tuple[int, str]:
    """Where a suffix stands around its release: before it (`rc1`) or after it (`+cpu`)."""
    name = suffix.lstrip(".")
    for mark in ("dev", "rc", "post", "a", "b", "+"):
        if name.startswith(mark):
            return _STAGES[mark], name
    if name:
        raise ValueError(f"not a version: {suffix!r}")
    return 0, ""


def _key(version: object) -> tuple[tuple[int, ...], tuple[int, str]]:
    """What versions are ordered by: `2.13` and `2.13.0` are one, `2.9` comes before `2.13`."""
    text = ".".join(map(str, version)) if isinstance(version, tuple) else str(version)
    numbers, suffix = _split(text)
    if not numbers:
        raise ValueError(f"not a version: {text!r}")
    while numbers[-1:] == (0,):
        numbers = numbers[:-1]
    return numbers, _stage(suffix)


class TorchVersion(str):
    """A version that is text and yet compares by its numbers, with text or with a tuple.

    >>> import chainrule as torch
    >>> torch.__version__ >= "2.9", torch.__version__ >= (2, 13), torch.__version__ < (2, 9)
    (True, True, False)

    Text that is no version is compared as text. Source: PyTorch, `torch.torch_version`.
    """

    __slots__ = ()
    __hash__ = str.__hash__

    def _order(self, other: object) -> int | None:
        """Minus one, zero or one as `self` comes before, with or after `other`."""
        if not isinstance(other, (str, tuple)):
            return None
        try:
            mine, theirs = _key(self), _key(other)
        except ValueError:
            if isinstance(other, tuple):
                return None
            return (str(self) > str(other)) - (str(self) < str(other))
        return (mine > theirs) - (mine < theirs)

    def __eq__(self, other: object) -> bool:
        return self._order(other) == 0

    def __ne__(self, other: object) -> bool:
        return self._order(other) != 0

    def __lt__(self, other: object) -> bool:
        order = self._order(other)
        return NotImplemented if order is None else order < 0

    def __le__(self, other: object) -> bool:
        order = self._order(other)
        return NotImplemented if order is None else order <= 0

    def __gt__(self, other: object) -> bool:
        order = self._order(other)
        return NotImplemented if order is None else order > 0

    def __ge__(self, other: object) -> bool:
        order = self._order(other)
        return NotImplemented if order is None else order >= 0


release = "0.1.0"
"""chainrule's own version, as in the name of its wheel."""

__version__ = TorchVersion("2.13.0+chainrule")
"""The PyTorch version whose behaviour is reproduced; `+chainrule` says by whom."""

debug = False
git_version = "unknown"
cuda: str | None = None
hip: str | None = None
xpu: str | None = None
