"""What a transform's user says about arguments: which of them, and how results come in two parts.

Apart from the transforms, which all ask for it, and refuse it, in the same words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule._core.core import Tensor
from chainrule.utils._pytree import tree_map

if TYPE_CHECKING:
    from collections.abc import Callable

Argnums = int | tuple[int, ...]


def checked_argnums(argnums: Any, count: int) -> tuple[int, ...]:
    """The positions counted from the front, out of `count`; RuntimeError for what are none."""
    if isinstance(argnums, int):
        return (_checked_one(argnums, count),)
    if not isinstance(argnums, tuple):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    if not argnums:
        raise RuntimeError("argnums must be non-empty")
    found = tuple(_checked_one(argnum, count) for argnum in argnums)
    if len(set(found)) != len(found):
        raise RuntimeError(f"argnums elements must be unique, got {found}")
    return found


def _checked_one(argnum: Any, count: int) -> int:
    if not isinstance(argnum, int):
        raise RuntimeError(f"argnum must be int, got: {type(argnum)}")
    if not -count <= argnum < count:
        raise RuntimeError(f"Got argnum={argnum}, but only {count} positional inputs")
    return argnum + count if argnum < 0 else int(argnum)


def check_tensors(values: list[Any], name: str) -> None:
    """Refuse to differentiate by something that is no tensor."""
    for value in values:
        if not isinstance(value, Tensor):
            raise RuntimeError(f"{name}: Expected all inputs to be Tensors, got {type(value)}")


def chosen(args: tuple, argnums: Argnums) -> tuple:
    """The arguments that are differentiated."""
    return tuple(args[k] for k in checked_argnums(argnums, len(args)))


def replaced(args: tuple, argnums: Argnums, new: tuple) -> tuple:
    """The arguments, with new ones in the places that are differentiated."""
    found = list(args)
    for k, value in zip(checked_argnums(argnums, len(args)), new):
        found[k] = value
    return tuple(found)


def partial_in(func: Callable[..., Any], argnums: Argnums, args: tuple) -> Callable[..., Any]:
    """A function of the chosen arguments alone, the others as they are."""
    return lambda *values: func(*replaced(args, argnums, values))


def one_or_all(argnums: Argnums, values: tuple) -> Any:
    """What is returned for `argnums`: a tuple for a tuple, else the one."""
    return values if isinstance(argnums, tuple) else values[0]


def with_aux(found: Any, has_aux: bool, name: str) -> tuple[Any, Any]:
    """(output, aux) of what a function returned; aux is None where there is none."""
    if not has_aux:
        return found, None
    if not (isinstance(found, tuple) and len(found) == 2):
        raise RuntimeError(
            f"{name}: output of function f should be a tuple: (output, aux) if has_aux is True"
        )
    return found


def check_outputs(outputs: list[Any], name: str) -> None:
    """Refuse a function that returned no tensors, or something else among them."""
    if not outputs or outputs == [None]:
        raise RuntimeError(
            f"{name}: Expected f to be a function that has non-empty output (got output = "
            f"{outputs})"
        )
    for output in outputs:
        if not isinstance(output, Tensor):
            raise RuntimeError(
                f"{name}: expected f(*primals) to return only tensors, got unsupported type "
                f"{type(output)}"
            )


def seen_aux(aux: Any, seen: Callable[[Tensor], Tensor]) -> Any:
    """What aux is outside the transform; RuntimeError for a leaf that is no tensor."""

    def one(leaf):
        if not isinstance(leaf, Tensor):
            raise RuntimeError(f"Expected tensors, got unsupported type {type(leaf)}")
        return seen(leaf)

    return tree_map(one, aux)
