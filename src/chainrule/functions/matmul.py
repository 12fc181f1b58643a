"""Products of matrices and vectors: @, mm, mv, dot, bmm, outer, and the linear layer's product.

Apart from contraction, where a string or a list says which dimensions are multiplied over.
"""

from __future__ import annotations

from chainrule._core.apply import matrix_product
from chainrule._core.core import Tensor
from chainrule.functions.declare import alias, deliver, method, public
from chainrule.ops import matmul as ops
from chainrule.ops.shape import expand, reshape, unsqueeze

unsafe_view = reshape.named("UnsafeViewBackward0")

# The products that are one op, by the numbers of dimensions of their factors.
DIRECT = {(2, 2): ops.mm, (2, 1): ops.mv, (1, 1): ops.dot, (1, 2): ops.vm}


@public
@method
def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix product, of vectors, matrices or batches of matrices; batch dimensions broadcast.

    (n, k) @ (k, m) gives (n, m); a vector on the left counts as a row, on the right as a column,
    and that dimension is left out of the result. RuntimeError where sizes or dtypes differ.

    >>> import chainrule as torch
    >>> torch.matmul(torch.ones(2, 3), torch.ones(3))
    tensor([3., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.matmul.html
    """
    if isinstance(input, Tensor) and isinstance(other, Tensor):
        op = DIRECT.get((input.ndim, other.ndim))
        if op is None:
            result = _of_many(input, other)
        else:
            result = matrix_product(op, input, other)
        return result if out is None else deliver(result, out, "matmul")
    return _refuse("matmul", input, other)


def _refuse(name, *values, names=("input", "other")):
    for position, value in enumerate(values):
        if not isinstance(value, Tensor):
            raise TypeError(
                f"{name}(): argument '{names[position]}' (position {position + 1}) must be "
                f"Tensor, not {type(value).__name__}"
            )


def _of_many(x, y):
    """The product where one factor is a batch of matrices."""
    if x.ndim == 0 or y.ndim == 0:
        raise RuntimeError(
            "both arguments to matmul need to be at least 1D, but they are "
            f"{x.ndim}D and {y.ndim}D"
        )
    if y.ndim <= 2:
        return _rows(x, y)
    if x.ndim == 1:
        product = _batches(unsqueeze(x, dim=0), y, ops.batched)
        return unsafe_view(product, shape=(*product.shape[:-2], product.shape[-1]))
    return _batches(x, y, ops.swapped_batched if x.ndim == 2 else ops.batched)


def _rows(x, y):
    """Every row of a batch of matrices times one matrix or vector: one large product."""
    shape = x.shape
    rows = reshape(x, shape=(-1 if x._array.size else _count(shape[:-1]), shape[-1]))
    product = matrix_product(ops.mm if y.ndim == 2 else ops.mv, rows, y)
    return unsafe_view(product, shape=(*shape[:-1], *y.shape[1:]))


def _count(shape):
    count = 1
    for extent in shape:
        count *= extent
    return count


def _batches(x, y, op):
    """Batches of matrices, their leading dimensions expanded to the same."""
    a, b = x.shape[:-2], y.shape[:-2]
    if a != b:
        batch = _common(x.shape, y.shape)
        x, y = expand(x, shape=(*batch, *x.shape[-2:])), expand(y, shape=(*batch, *y.shape[-2:]))
    return op(x, y)


def _common(a, b):
    """The batch shape that two shapes broadcast to, their last two dimensions aside."""
    a, b = a[:-2], b[:-2]
    length = max(len(a), len(b))
    a, b = (1,) * (length - len(a)) + tuple(a), (1,) * (length - len(b)) + tuple(b)
    for axis, (m, n) in enumerate(zip(a, b)):
        if m != n and m != 1 and n != 1:
            raise RuntimeError(
                f"The size of tensor a ({m}) must match the size of tensor b ({n}) at "
                f"non-singleton dimension {axis}"
            )
    return tuple(n if m == 1 else m for m, n in zip(a, b))
