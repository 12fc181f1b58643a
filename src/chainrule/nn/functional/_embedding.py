"""Embedding: rows of a table, looked up by number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule._core.modes import switch_grad
from chainrule.functions.activation_arguments import check_tensor
from chainrule.ops import embedding as ops
from chainrule.ops import sparse as sparse_ops

if TYPE_CHECKING:
    from chainrule._core.core import Tensor


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Row `i` of the weight for each number `i`; the row `padding_idx` gets no gradient.

    With `max_norm`, rows that are looked up and longer are first brought to that norm, in
    place. With `sparse`, the gradient of the weight is a sparse tensor of those rows alone.

    >>> import chainrule as torch
    >>> torch.nn.functional.embedding(torch.tensor([1]), torch.eye(2))
    tensor([[0., 1.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.embedding.html
    """
    check_table(input, weight)
    if padding_idx is not None:
        rows = weight.shape[0]
        if not -rows <= padding_idx < rows:
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx %= rows
    if max_norm is not None:
        shorten(weight, input, max_norm, norm_type)
    padding = -1 if padding_idx is None else padding_idx
    embedded = sparse_ops.embedding if sparse else ops.embedding
    return embedded(weight, input, padding=padding, by_frequency=scale_grad_by_freq)


def check_table(input: Tensor, weight: Tensor) -> None:
    """Refuse what is no table, and numbers that it has no row for."""
    check_tensor(input, "embedding", "indices", 2)
    if weight.ndim != 2:
        raise RuntimeError(f"'weight' must be 2-D, found {weight.ndim}-D")
    if input.dtype.legacy not in ("Long", "Int"):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar "
            f"types: Long, Int; but got {input.type()} instead (while checking arguments for "
            "embedding)"
        )
    array, rows = input._array, weight.shape[0]
    if array.size and not 0 <= array.min() <= array.max() < rows:
        wrong = array[(array < 0) | (array >= rows)].flat[0]
        raise IndexError(f"index out of range in self: {wrong}, of a table of {rows} rows")


def shorten(weight: Tensor, rows: Tensor, max_norm: float, norm_type: float) -> None:
    """Bring the rows that are named to a norm of at most `max_norm`, in place."""
    before = switch_grad(False)
    try:
        rows = rows.flatten()
        found = weight[rows]
        norms = found.norm(norm_type, dim=1, keepdim=True)
        weight[rows] = found * (max_norm / (norms + 1e-7)).clamp(max=1)
    finally:
        switch_grad(before)
