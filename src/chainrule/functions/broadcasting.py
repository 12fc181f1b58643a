"""Dimensions of extent 1 repeated without a copy: expand, broadcast_to, broadcast_tensors, ...

Apart from repeating.py, which copies; and from the core, where operations broadcast by themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule._core.sizes import Size
from chainrule.functions.declare import method, public
from chainrule.functions.sizes import sizes_of
from chainrule.ops import shape as ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


def check_expansion(have, wanted) -> None:
    """Refuse to expand one shape to another that it does not fit."""
    if len(wanted) < len(have):
        raise RuntimeError(
            f"expand: the number of sizes provided ({len(wanted)}) must be greater or equal to "
            f"the number of dimensions in the tensor ({len(have)})"
        )
    lead = len(wanted) - len(have)
    for axis in range(len(wanted) - 1, -1, -1):
        size = wanted[axis]
        own = have[axis - lead] if axis >= lead else 1
        if size == -1 and axis < lead:
            raise RuntimeError(
                f"The expanded size of the tensor ({size}) isn't allowed in a leading, "
                f"non-existing dimension {axis}"
            )
        if (size != own and own != 1) or size < 0:
            raise RuntimeError(
                f"The expanded size of the tensor ({size}) must match the existing size ({own}) "
                f"at non-singleton dimension {axis}.  Target sizes: {list(wanted)}.  Tensor "
                f"sizes: {list(have)}"
            )


@method
def expand(self, *sizes, size: tuple[int, ...] | None = None, implicit: bool = False) -> Tensor:
    """A view in which dimensions of extent 1 repeat; -1 leaves a dimension as it is.

    >>> import chainrule as torch
    >>> torch.ones(2, 1).expand(-1, 3).shape
    torch.Size([2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.expand.html
    """
    wanted, have = sizes_of(sizes, size), self._array.shape
    if -1 in wanted:
        lead = len(wanted) - len(have)
        wanted = tuple(
            have[axis - lead] if extent == -1 and axis >= lead else extent
            for axis, extent in enumerate(wanted)
        )
    check_expansion(have, wanted)
    return ops.expand(self, shape=wanted)


@method
def expand_as(self, other: Tensor) -> Tensor:
    """Expanded to the shape of another tensor."""
    return expand(self, other.shape)


@public
@method
def broadcast_to(input: Tensor, *sizes, size: tuple[int, ...] | None = None) -> Tensor:
    """A view in which the tensor repeats to fill a shape: expand, as a function.

    >>> import chainrule as torch
    >>> torch.broadcast_to(torch.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.broadcast_to.html
    """
    return expand(input, sizes_of(sizes, size))


@public
def broadcast_shapes(*shapes) -> Size:
    """The shape that shapes broadcast to; RuntimeError where they do not go together.

    >>> import chainrule as torch
    >>> torch.broadcast_shapes((2, 1), (3,))
    torch.Size([2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.broadcast_shapes.html
    """
    wanted = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    found = [1] * max((len(shape) for shape in wanted), default=0)
    for number, shape in enumerate(wanted):
        for k in range(1, len(shape) + 1):
            if shape[-k] not in (1, found[-k]):
                if found[-k] != 1:
                    raise RuntimeError(
                        f"Attempting to broadcast a dimension of length {shape[-k]} at {-k}! "
                        f"Mismatching argument at index {number} had {shape}; but expected shape "
                        f"should be broadcastable to {found}"
                    )
                found[-k] = shape[-k]
    return Size(found)


@public
def broadcast_tensors(*tensors) -> tuple[Tensor, ...]:
    """Views of tensors, all expanded to the shape they broadcast to; which have it, themselves.

    RuntimeError where the shapes do not go together.

    >>> import chainrule as torch
    >>> torch.broadcast_tensors(torch.ones(2, 1), torch.ones(3))[1].shape
    torch.Size([2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.broadcast_tensors.html
    """
    found = tensors
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        found = tuple(tensors[0])
    shape: tuple[int, ...] = ()
    for tensor in found:
        shape = common_shape(shape, tensor._array.shape)
    return tuple([t if t._array.shape == shape else ops.expand(t, shape=shape) for t in found])


def common_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that two shapes broadcast to; RuntimeError where they do not go together."""
    if a == b:
        return a
    shape = list(a if len(a) >= len(b) else b)
    for k in range(-1, -1 - min(len(a), len(b)), -1):
        if a[k] != b[k] and a[k] != 1 and b[k] != 1:
            raise RuntimeError(
                f"The size of tensor a ({a[k]}) must match the size of tensor b ({b[k]}) at "
                f"non-singleton dimension {len(shape) + k}"
            )
        shape[k] = a[k] if b[k] == 1 else b[k]
    return tuple(shape)


@method
def sum_to_size(self, *sizes, size: tuple[int, ...] | None = None) -> Tensor:
    """Summed over the dimensions in which `size` has 1, or nothing, where this tensor has more.

    >>> import chainrule as torch
    >>> torch.ones(2, 3).sum_to_size(2, 1)
    tensor([[3.],
            [3.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.sum_to_size.html
    """
    size, shape = sizes_of(sizes, size), self._array.shape
    lead = len(shape) - len(size)
    fits = lead >= 0 and all(s in (1, shape[axis + lead]) for axis, s in enumerate(size))
    if not fits:
        raise RuntimeError(f"size {{{list(size)}}} is not expandable to size {{{list(shape)}}}.")
    dims = [*range(lead)]
    dims += [axis + lead for axis, s in enumerate(size) if s == 1 and shape[axis + lead] != 1]
    if not dims:
        return self
    return self.sum(tuple(dims), keepdim=True).reshape(size)
