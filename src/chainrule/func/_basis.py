"""Jacobians from maps of vectors: what a pull or a push makes of all vectors of a basis.

Apart from the transforms, and `autograd.functional`, which have such maps and give the results a
form. Here tensors come in lists, and the vectors are batches: one run for all, or for a chunk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy

from chainrule._core.apply import wrap_array
from chainrule.func._vmap import mapped
from chainrule.functions import cat
from chainrule.utils._pytree import TreeSpec, tree_flatten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chainrule._core.core import Tensor


def reverse_blocks(
    pull: Callable[..., list[Tensor]],
    outputs: Sequence[Tensor],
    inputs: Sequence[Tensor],
    chunk_size: int | None = None,
) -> list[list[Tensor]]:
    """For each output its derivatives by each input, from a pull of cotangents."""
    sizes = [output.numel() for output in outputs]
    rows = _pulled_back(pull, outputs, sizes, chunk_size)
    ends = numpy.cumsum(sizes)
    return [
        [row[end - size : end].reshape(output.shape + x.shape) for row, x in zip(rows, inputs)]
        for output, size, end in zip(outputs, sizes, ends.tolist())
    ]


def _pulled_back(
    pull: Callable[..., list[Tensor]],
    outputs: Sequence[Tensor],
    sizes: list[int],
    chunk_size: int | None,
) -> list[Tensor]:
    """For each input, the gradients by each element of all outputs."""
    total = sum(sizes)
    if not total:
        zeros = [output.new_zeros(output.shape) for output in outputs]
        return [x.new_zeros((0, *x.shape)) for x in pull(*zeros)]
    step = chunk_size or total
    chunks = [
        mapped(pull)(*basis(outputs, sizes, range(start, min(start + step, total))))
        for start in range(0, total, step)
    ]
    joined = [parts[0] if len(parts) == 1 else cat(parts) for parts in zip(*chunks)]
    return [part.contiguous() for part in joined]  # zeros that are the same for all are expanded


def forward_blocks(
    push: Callable[..., tuple[Any, ...]], inputs: Sequence[Tensor], randomness: str
) -> tuple[TreeSpec, list[list[Tensor]], list[Any]]:
    """(form of the outputs, for each its derivatives by each input, what else the push returns)."""
    sizes = [x.numel() for x in inputs]
    total = sum(sizes)
    vectors = basis(inputs, sizes, range(max(total, 1)))
    found, *others = mapped(push, randomness=randomness)(*vectors)
    columns, form = tree_flatten(found)
    ends = numpy.cumsum(sizes).tolist()
    rows = [
        [
            _last(column[end - size : end]).reshape(column.shape[1:] + x.shape)
            for x, size, end in zip(inputs, sizes, ends)
        ]
        for column in columns
    ]
    return form, rows, [_first(other) for other in others]


def _last(column: Tensor) -> Tensor:
    """The first dimension moved to the end."""
    return column.contiguous().movedim(0, -1)


def _first(tree: Any) -> Any:
    """The first member of batches that are the same for all."""
    leaves, spec = tree_flatten(tree)
    return spec.unflatten(leaf[0] for leaf in leaves)


def basis(tensors: Sequence[Tensor], sizes: list[int], rows: range) -> list[Tensor]:
    """Some vectors of the standard basis of all tensors together: for each tensor its part."""
    found, offset = [], 0
    for tensor, size in zip(tensors, sizes):
        part = numpy.eye(len(rows), size, rows.start - offset, tensor.dtype.numpy)
        found.append(wrap_array(part.reshape(len(rows), *tensor.shape)))
        offset += size
    return found
