"""rearrange: dimensions split, merged and put in another order, by a pattern that names them.

Apart from the pattern's grammar (see _pattern): here names get sizes, and the tensor its new shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule.func._pattern import DOTS, ELLIPSIS, Group, parsed
from chainrule.functions import stack

if TYPE_CHECKING:
    from collections.abc import Sequence


class DimensionBindError(ValueError):
    """Sizes that do not fit the dimensions they are given to."""


def rearrange(tensor: Tensor | Sequence[Tensor], pattern: str, **axes_lengths: int) -> Tensor:
    """The tensor with the dimensions that the pattern has on its right.

    The left side names the tensor's dimensions in order; `(a b)` is one dimension of several, `...`
    stands for any number of them, and `1` or `()` for one of size 1. The right side has the same
    names. Sizes that do not follow from the tensor's are given by name. A list of tensors counts
    as their stack. ValueError for a pattern that is none or does not fit.

    >>> import chainrule as torch
    >>> torch.func.rearrange(torch.arange(6), "(a b) -> b a", a=2)
    tensor([[0, 3],
            [1, 4],
            [2, 5]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.rearrange.html
    """
    x = tensor if isinstance(tensor, Tensor) else stack(tensor)
    left, right = parsed(pattern, axes_lengths)
    left, right = _without_ellipsis(left, right, x.ndim)
    sizes: dict[str, int] = dict(axes_lengths)
    for group, extent in zip(left, x.shape):
        _bind(group, extent, sizes)
    names = [name for group in left for name in group]
    order = [names.index(name) for group in right for name in group]
    apart = x.reshape([sizes[name] for name in names]).permute(order)
    return apart.reshape([_product(sizes[name] for name in group) for group in right])


def _without_ellipsis(
    left: list[Group], right: list[Group], ndim: int
) -> tuple[list[Group], list[Group]]:
    """Both sides, with a name for each dimension that the dots stand for."""
    has_dots = any(group is DOTS for group in left)
    if len(left) - has_dots > ndim or (len(left) != ndim and not has_dots):
        raise ValueError(
            f"Number of dimensions in pattern ({len(left) - has_dots}) must be equal to the number "
            f"of dimensions in the tensor ({ndim})"
        )
    hidden = [f"{ELLIPSIS}{k}" for k in range(ndim - len(left) + has_dots)]
    return _expanded(left, hidden), _expanded(right, hidden)


def _expanded(groups: list[Group], hidden: list[str]) -> list[Group]:
    found: list[Group] = []
    for group in groups:
        if group is DOTS:
            found += [[name] for name in hidden]
        else:
            place = group.index(ELLIPSIS) if ELLIPSIS in group else None
            found.append(group if place is None else group[:place] + hidden + group[place + 1 :])
    return found


def _bind(group: Group, extent: int, sizes: dict[str, int]) -> None:
    """Find the sizes of the names that one dimension of the tensor is made of."""
    unknown = [name for name in group if name not in sizes]
    known = _product(sizes[name] for name in group if name in sizes)
    if len(unknown) > 1:
        raise DimensionBindError(
            f"cannot infer the sizes of two dimensions at once {unknown[0]} and {unknown[1]}"
        )
    if unknown and (known == 0 or extent % known):
        raise DimensionBindError(
            f"inferred dimension does not evenly fit into larger dimension: {extent} vs {known} "
            f"times {unknown[0]}"
        )
    if not unknown and known != extent:
        raise DimensionBindError(
            f"Dimension sizes to do not match ({extent} != {known}) when matching dimension pack "
            f"({' '.join(group)})"
        )
    sizes.update(dict.fromkeys(unknown, extent // (known or 1)))


def _product(numbers) -> int:
    product = 1
    for number in numbers:
        product *= number
    return product
