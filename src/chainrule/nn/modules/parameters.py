"""ParameterList and ParameterDict: parameters by position or by name.

Apart from the containers of modules, because these hold anything: a tensor becomes a
parameter, whatever else stays what it is.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule.nn.modules.container import check_iterable, checked_pairs
from chainrule.nn.modules.module import Module
from chainrule.nn.parameter import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def _as_parameter(value: object) -> object:
    """A tensor as a parameter; anything else as it is."""
    if isinstance(value, Tensor) and not isinstance(value, Parameter):
        return Parameter(value)
    return value


def _size_text(tensor: Tensor) -> str:
    return "x".join(str(size) for size in tensor.shape)


def _describe(value: object, kind: str) -> str:
    if not isinstance(value, Tensor):
        return f"Object of type: {type(value).__name__}"
    word = "Parameter" if isinstance(value, Parameter) else "Tensor"
    return f"{word} containing: [{kind} of size {_size_text(value)}]"


class ParameterList(Module):
    """A list of parameters, which the module that holds it knows of.

    >>> import chainrule as torch
    >>> torch.nn.ParameterList([torch.zeros(2)])
    ParameterList(  (0): Parameter containing: [torch.float32 of size 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.ParameterList.html
    """

    def __init__(self, values: Iterable[object] | None = None) -> None:
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def _name_at(self, index: int) -> str:
        position = operator.index(index)
        if not -len(self) <= position < len(self):
            raise IndexError(f"index {position} is out of range")
        return str(position % len(self))

    def __getitem__(self, index: int | slice) -> object:
        if isinstance(index, slice):
            return type(self)([self[i] for i in range(*index.indices(len(self)))])
        return getattr(self, self._name_at(index))

    def __setitem__(self, index: int, value: object) -> None:
        setattr(self, self._name_at(index), _as_parameter(value))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[object]:
        return iter([self[i] for i in range(len(self))])

    def append(self, value: object) -> ParameterList:
        """Add a value at the end; gives back this list."""
        position = len(self)
        self._size += 1
        self[position] = value
        return self

    def extend(self, values: Iterable[object]) -> ParameterList:
        """Add values at the end; gives back this list."""
        check_iterable(self, "extend", values, "an iterable")
        for value in list(values):
            self.append(value)
        return self

    def __iadd__(self, values: Iterable[object]) -> ParameterList:
        return self.extend(values)

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name.isdigit()]

    def __call__(self, *args: object, **kwargs: object) -> object:
        raise RuntimeError("ParameterList should not be called.")

    def extra_repr(self) -> str:
        return "\n".join(
            f"  ({position}): {_describe(value, str(getattr(value, 'dtype', '')))}"
            for position, value in enumerate(self)
        )


class ParameterDict(Module):
    """A dictionary of parameters, which the module that holds it knows of.

    >>> import chainrule as torch
    >>> list(torch.nn.ParameterDict({"scale": torch.ones(1)}).state_dict())
    ['scale']

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.ParameterDict.html
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        if parameters is not None:
            self.update(parameters)

    def _checked_key(self, key: object) -> str:
        if not isinstance(key, str):
            raise TypeError(
                "Index given to ParameterDict cannot be used as a key as it is not a string "
                f"(type is '{type(key).__name__}')."
            )
        return key

    def __getitem__(self, key: str) -> object:
        return getattr(self, self._checked_key(key))

    def __setitem__(self, key: str, value: object) -> None:
        # The attribute first: a name that Module refuses must not stay among the keys.
        setattr(self, self._checked_key(key), _as_parameter(value))
        self._keys[key] = None

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, self._checked_key(key))

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed(list(self._keys))

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._keys.keys()

    def items(self) -> Iterable[tuple[str, object]]:
        """The names and values."""
        return ((key, self[key]) for key in self._keys)

    def values(self) -> Iterable[object]:
        """The values."""
        return (self[key] for key in self._keys)

    def get(self, key: str, default: object = None) -> object:
        """The value of a name, `default` where there is none."""
        if key not in self:
            return default
        return self[key]

    def setdefault(self, key: str, default: object = None) -> object:
        """The value of a name, set to `default` where there is none."""
        if key not in self:
            self[key] = default
        return self[key]

    def copy(self) -> ParameterDict:
        """Another dictionary of the same values."""
        return ParameterDict({key: self[key] for key in self})

    def clear(self) -> None:
        """Take everything out."""
        for key in list(self):
            del self[key]

    def pop(self, key: str) -> object:
        """Take a value out, and give it back."""
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[str, object]:
        """Take the last pair out, and give it back."""
        key = next(reversed(self))
        return key, self.pop(key)

    def fromkeys(self, keys: Iterable[str], default: object = None) -> ParameterDict:
        """Another dictionary, of these names with one value."""
        return ParameterDict(dict.fromkeys(keys, default))

    def update(self, parameters: Any) -> None:
        """Take values from a mapping or from pairs; a name that is there is replaced."""
        check_iterable(self, "update", parameters, "an iterable of key/value pairs")
        if isinstance(parameters, (Mapping, ParameterDict)):
            parameters = parameters.items()
        for key, value in checked_pairs(self, parameters):
            self[key] = value

    def __or__(self, other: Mapping[str, object]) -> ParameterDict:
        joined = self.copy()
        joined.update(other)
        return joined

    def __ror__(self, other: Mapping[str, object]) -> ParameterDict:
        joined = ParameterDict(other)
        joined.update(self)
        return joined

    def __ior__(self, other: Mapping[str, object]) -> ParameterDict:
        self.update(other)
        return self

    def __call__(self, input: object) -> object:
        raise RuntimeError("ParameterDict should not be called.")

    def extra_repr(self) -> str:
        return "\n".join(
            f"  ({key}): {_describe(value, value.type() if isinstance(value, Tensor) else '')}"
            for key, value in self.items()
        )
