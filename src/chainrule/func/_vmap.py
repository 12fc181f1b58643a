"""vmap: a function of one member becomes a function of a batch.

Apart from `transforms`, which know how operations work on a batch: here arguments are taken apart,
their batches are entered, and what the function returns is put together again.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from chainrule._core.core import Tensor
from chainrule.func._inside import noted
from chainrule.transforms.batch import BatchLevel
from chainrule.transforms.crossing import enter_batch, in_memory_of, leave_batch
from chainrule.utils._pytree import (
    _broadcast_to_and_flatten,
    tree_flatten,
    tree_unflatten,
)

if TYPE_CHECKING:
    from collections.abc import Callable

RANDOMNESS = ("error", "different", "same")


def vmap(
    func: Callable,
    in_dims: int | tuple = 0,
    out_dims: int | tuple = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable:
    """A function that does for every member of a batch, at once, what `func` does for one.

    Of shapes (B, ...) of the arguments and (...) -> (...) of `func`, the result is (B, ...).
    `in_dims` says which dimension of each tensor counts the members (None: it is the same for
    all), `out_dims` where they stand in the results; both may be nested like the arguments and
    results. Random operations raise, or are drawn once for all members ("same"), or for each
    ("different"). At most `chunk_size` members are computed at once.

    ValueError where `in_dims` does not fit the arguments, or the sizes differ.

    >>> import chainrule as torch
    >>> dot = lambda x, y: (x * y).sum()
    >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> torch.func.vmap(dot, in_dims=(0, None))(x, torch.tensor([1.0, 10.0]))
    tensor([21., 43.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.vmap.html
    """
    return mapped(noted(func), in_dims, out_dims, randomness, chunk_size)


def mapped(
    func: Callable,
    in_dims: int | tuple = 0,
    out_dims: int | tuple = 0,
    randomness: str = "error",
    chunk_size: int | None = None,
) -> Callable:
    """`vmap`, for functions that may do all that is allowed outside a transform."""
    if randomness not in RANDOMNESS:
        raise RuntimeError(
            "Only allowed values for randomness are 'error', 'different', or 'same'. Got "
            f"{randomness}"
        )
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def batched(*arguments: Any, **keywords: Any) -> Any:
        size, dims, leaves, spec = entered_dims(in_dims, arguments, func)
        run: Callable = functools.partial(_run, func, out_dims, randomness, spec, keywords)
        if chunk_size is None or chunk_size >= size:
            return run(size, dims, leaves)
        if randomness == "same":
            run = _drawing_alike(run)
        return _in_chunks(run, out_dims, size, dims, leaves, chunk_size, func)

    return batched


# --------------------------------------------------------------------------- what goes in


def entered_dims(in_dims: Any, arguments: tuple, func: Callable) -> tuple:
    """The batch's size, each argument's dimension, the arguments flattened, and their nesting."""
    name = _name_of(func)
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): expected `in_dims` to be int or a "
            "(potentially nested) tuple matching the structure of inputs, got: "
            f"{type(in_dims)}."
        )
    if not arguments:
        raise ValueError(
            f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are "
            "trying to vmap over a function with no inputs. The latter is unsupported."
        )
    leaves, spec = tree_flatten(arguments)
    dims = _broadcast_to_and_flatten(in_dims, spec)
    if dims is None:
        raise ValueError(
            f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): in_dims is not compatible with the "
            f"structure of `inputs`. in_dims has structure {tree_flatten(in_dims)[1]} but inputs "
            f"has structure {spec}."
        )
    start = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): Got in_dim="
    dims = [_checked_dim(start, leaf, dim) for leaf, dim in zip(leaves, dims)]
    return _size_of(leaves, dims), dims, leaves, spec


def _name_of(func: Callable) -> str:
    return getattr(func, "__name__", repr(func))


def _checked_dim(start: str, leaf: Any, dim: Any) -> int | None:
    """The dimension that counts an argument's members, from the front; None where none does."""
    if dim is None:
        return None
    if not isinstance(dim, int):
        raise ValueError(
            f"{start}{dim} for an input but in_dim must be either an integer dimension or None."
        )
    if not isinstance(leaf, Tensor):
        raise ValueError(
            f"{start}{dim} for an input but the input is of type {type(leaf)}. We cannot vmap over "
            "non-Tensor arguments, please use None as the respective in_dim"
        )
    if not -leaf.ndim <= dim < leaf.ndim:
        raise ValueError(
            f"{start}{dim} for some input, but that input is a Tensor of dimensionality "
            f"{leaf.ndim} so expected in_dim to satisfy -{leaf.ndim} <= in_dim < {leaf.ndim}."
        )
    return dim % leaf.ndim


def _size_of(leaves: list, dims: list) -> int:
    sizes = [leaf.shape[dim] for leaf, dim in zip(leaves, dims) if dim is not None]
    if not sizes:
        raise ValueError(
            "vmap: Expected at least one Tensor to vmap over: in_dims is None for all inputs"
        )
    if any(size != sizes[0] for size in sizes):
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    return sizes[0]


# --------------------------------------------------------------------------- at once, or in parts


def _run(
    func: Callable, out_dims: Any, randomness: str, spec: Any, keywords: dict,
    size: int, dims: list, leaves: list,
) -> Any:  # fmt: skip
    """The function on all members, or on a part of them."""
    with BatchLevel(size, randomness) as level:
        inside = [
            leaf if dim is None else in_memory_of(leaf, enter_batch(leaf, level=level, dim=dim))
            for leaf, dim in zip(leaves, dims)
        ]
        results = func(*tree_unflatten(inside, spec), **keywords)
        return _left(results, out_dims, level, func)


def _drawing_alike(run: Callable) -> Callable:
    """A function that finds the generator, at every call, where it stands now."""
    from chainrule.functions.generator import get_rng_state, set_rng_state

    state = get_rng_state()

    def alike(*arguments: Any) -> Any:
        set_rng_state(state)
        return run(*arguments)

    return alike


def _in_chunks(
    run: Callable, out_dims: Any, size: int, dims: list, leaves: list, most: int, func: Callable
) -> Any:
    """Some members after the others, and the results of all put together."""
    from chainrule.functions import cat

    found: list[list] = []
    spec: Any = None
    for start in range(0, size, most):
        count = min(most, size - start)
        part = [
            leaf if dim is None else leaf.narrow(dim, start, count)
            for leaf, dim in zip(leaves, dims)
        ]
        flat, spec = tree_flatten(run(count, dims, part))
        found.append(flat)
    where = _flat_out_dims(out_dims, spec, tree_unflatten(found[0], spec), func)
    joined = [
        parts[0] if dim is None else cat(parts, dim) for parts, dim in zip(zip(*found), where)
    ]
    return tree_unflatten(joined, spec)


# --------------------------------------------------------------------------- what comes out


def _left(results: Any, out_dims: Any, level: BatchLevel, func: Callable) -> Any:
    """What the function returned, each tensor with its members along a dimension."""
    flat, spec = tree_flatten(results)
    where = _flat_out_dims(out_dims, spec, results, func)
    return tree_unflatten(
        [_outside(value, dim, level, func) for value, dim in zip(flat, where)], spec
    )


def _flat_out_dims(out_dims: Any, spec: Any, results: Any, func: Callable) -> list:
    if isinstance(results, Tensor):
        if isinstance(out_dims, int):
            return [out_dims]
        if isinstance(out_dims, tuple) and len(out_dims) == 1:
            return list(out_dims)
        if out_dims is None:
            return [None]
        found = None
    else:
        found = _broadcast_to_and_flatten(out_dims, spec)
    if found is None:
        raise ValueError(
            f"vmap({_name_of(func)}, ..., out_dims={out_dims})(<inputs>): out_dims is not "
            "compatible with the structure of `outputs`. out_dims has structure "
            f"{tree_flatten(out_dims)[1]} but outputs has structure {spec}."
        )
    return found


def _outside(value: Any, dim: int | None, level: BatchLevel, func: Callable) -> Any:
    name = _name_of(func)
    if dim is None:
        if isinstance(value, Tensor) and level.holds(value._array):
            raise ValueError(
                f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None"
            )
        return value
    if not isinstance(value, Tensor):
        raise ValueError(
            f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(value)}. Did "
            "you mean to set out_dims= to None for output?"
        )
    if not -value.ndim - 1 <= dim <= value.ndim:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-value.ndim - 1}, "
            f"{value.ndim}], but got {dim})"
        )
    return leave_batch(value, level=level, dim=dim % (value.ndim + 1))
