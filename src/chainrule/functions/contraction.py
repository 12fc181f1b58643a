"""Products over named or numbered dimensions: einsum, tensordot.

Apart from matmul, whose dimensions are always the last two.
"""

from __future__ import annotations

from chainrule._core.core import Tensor
from chainrule.functions.declare import deliver, public
from chainrule.functions.einsum_equation import equation_of, labels_of
from chainrule.functions.identity import checked_dim
from chainrule.functions.matmul import promoted
from chainrule.functions.reduction import sum as sum_over
from chainrule.ops import contraction as ops
from chainrule.ops import product_sizes as sizes
from chainrule.ops import shape as shapes
from chainrule.ops.diagonals import diagonal

# -------------------------------------------------------------------------------------- einsum


@public
def einsum(*arguments) -> Tensor:
    """Sums of products in Einstein's notation; "ij,jk->ik" is the product of two matrices.

    Every letter names a dimension; letters that are not behind the arrow are summed over.
    Without an arrow the result has the letters that occur once, in alphabetical order. "..."
    stands for further dimensions, which broadcast. Also einsum(x, [0, 1], y, [1, 2], [0, 2]).
    Operands are multiplied from left to right. RuntimeError for equations that do not fit.

    >>> import chainrule as torch
    >>> x = torch.tensor([[1, 2], [3, 4]])
    >>> torch.einsum("ij->j", x), torch.einsum("ii", x)
    (tensor([4, 6]), tensor(5))

    See https://docs.pytorch.org/docs/2.13/generated/torch.einsum.html
    """
    equation, operands = equation_of(arguments)
    for number, operand in enumerate(operands):
        if not isinstance(operand, Tensor):
            raise TypeError(
                f"expected Tensor as element {number} in argument 1, but got "
                f"{type(operand).__name__}"
            )
    inputs, result = labels_of(equation, tuple(operand.ndim for operand in operands))
    extents = _extents(operands, inputs)
    terms = [_plain(x, labels, extents) for x, labels in zip(operands, inputs)]
    x, left = terms[0]
    for place, (y, right) in enumerate(terms[1:], 2):
        later = {label for _, labels in terms[place:] for label in labels}
        x, left = _multiplied(x, left, y, right, result, later)
    return x if len(terms) > 1 and left == result else _arranged(x, left, result)


def _extents(operands, inputs) -> dict[str, int]:
    """The size of every label; RuntimeError where operands disagree."""
    found: dict[str, int] = {}
    for number, (operand, labels) in enumerate(zip(operands, inputs)):
        own: dict[str, int] = {}
        for label, extent in zip(labels, operand.shape):
            if own.setdefault(label, extent) != extent:
                raise RuntimeError(
                    f"einsum(): subscript {label} is repeated for operand {number} but the sizes "
                    f"don't match, {extent} != {own[label]}"
                )
        for label, extent in own.items():
            if found.get(label, 1) == 1:
                found[label] = extent
            elif extent not in (1, found[label]):
                raise RuntimeError(
                    f"einsum(): subscript {label} has size {extent} for operand {number} which "
                    f"does not broadcast with previously seen size {found[label]}"
                )
    return found


def _plain(x, labels, extents):
    """An operand in which every label occurs once, and with its full size."""
    while len(set(labels)) < len(labels):
        label = next(label for label in labels if labels.count(label) > 1)
        first = labels.index(label)
        second = labels.index(label, first + 1)
        x = diagonal(x, offset=0, dim1=first, dim2=second)
        labels = (*(name for k, name in enumerate(labels) if k not in (first, second)), label)
    spare = tuple(axis for axis, label in enumerate(labels) if x.shape[axis] == 1 != extents[label])
    if spare:
        x = shapes.squeeze(x, dim=spare)
        labels = tuple(label for axis, label in enumerate(labels) if axis not in spare)
    return x, labels


def _multiplied(x, left, y, right, result, later):
    """The product of two operands, over the labels that nothing after them has."""
    x, left = _summed(x, left, {*right, *result, *later})
    y, right = _summed(y, right, {*left, *result, *later})
    have = {*left, *right}
    kept = tuple(label for label in result if label in have)
    kept += tuple(
        label for label in dict.fromkeys((*left, *right)) if label in later and label not in kept
    )
    if any(label in right and label not in kept for label in left):
        sizes.check_types(x._array, y._array, "bmm")
    else:
        x, y = promoted(x, y)
    return ops.product_of(x, y, left, right, kept), kept


def _summed(x, labels, needed):
    """x summed over the labels that nobody needs."""
    dims = tuple(axis for axis, label in enumerate(labels) if label not in needed)
    if dims:
        x = sum_over(x, dims)
        labels = tuple(label for label in labels if label in needed)
    return x, labels


def _arranged(x, labels, result):
    """x with the dimensions of the result, in its order; summed over its others."""
    order = (*result, *(label for label in labels if label not in result))
    x = shapes.permute(x, dims=tuple(labels.index(label) for label in order))
    return _summed(x, order, set(result))[0]


# ----------------------------------------------------------------------------------- tensordot


@public
def tensordot(a: Tensor, b: Tensor, dims=2, out: Tensor | None = None) -> Tensor:
    """The products of two tensors, summed over pairs of dimensions.

    `dims`: how many of the last dimensions of `a` pair with the first of `b`, or two lists of
    dimensions. The result has the others of `a`, then the others of `b`.

    >>> import chainrule as torch
    >>> torch.tensordot(torch.ones(2, 3), torch.ones(3, 4), dims=1).shape
    torch.Size([2, 4])

    See https://docs.pytorch.org/docs/2.13/generated/torch.tensordot.html
    """
    first, second = _pairs(a, b, dims)
    if a.dtype is not b.dtype:
        raise RuntimeError(f"both inputs should have same dtype, but got {a.dtype} and {b.dtype}")
    sizes.refuse_bool(a.dtype, "addmm_impl_cpu_")
    left = [f"a{axis}" for axis in range(a.ndim)]
    right = [f"b{axis}" for axis in range(b.ndim)]
    for m, n in zip(first, second):
        left[m] = right[n] = f"sum{m}"
    extents = {
        label: max(a.shape[m], b.shape[n])
        for label, m, n in ((left[m], m, n) for m, n in zip(first, second))
    }
    extents = dict(zip(left, a.shape)) | dict(zip(right, b.shape)) | extents
    result = tuple(label for label in (*left, *right) if label[0] != "s")
    a, left = _plain(a, tuple(left), extents)
    b, right = _plain(b, tuple(right), extents)
    a, left = _summed(a, left, {*right, *result})
    b, right = _summed(b, right, {*left, *result})
    product = ops.contract(a, b, left=left, right=right, result=result)
    return deliver(product, out, "tensordot")


def _pairs(a, b, dims) -> tuple[list[int], list[int]]:
    """The dimensions to sum over, of `a` and of `b`, checked."""
    if isinstance(dims, Tensor):
        dims = dims.tolist() if dims._array.size > 1 else dims.item()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.ndim, b.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims = (range(-dims, 0), range(dims))
    elif not isinstance(dims, (tuple, list)) or len(dims) != 2:
        raise RuntimeError(
            "tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] "
            f"containing two lists, but got dims={dims}"
        )
    first, second = (_listed(part, place) for place, part in enumerate(dims))
    if len(first) != len(second):
        raise RuntimeError(
            f"both dimension lists should have same length, got {first} and {second}"
        )
    for m, n in zip(first, second):
        checked_dim(m, a.ndim)
        checked_dim(n, b.ndim)
        if a.shape[m] != b.shape[n] and a.shape[m] != 1 and b.shape[n] != 1:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {a.shape[m]} in dim {m} "
                f"and second has size {b.shape[n]} in dim {n}"
            )
    return _once(first, a.ndim), _once(second, b.ndim)


def _listed(dims, place: int) -> list[int]:
    try:
        return list(dims)
    except TypeError:
        raise TypeError(
            f"tensordot(): argument '{('dims_self', 'dims_other')[place]}' (position {place + 3}) "
            f"must be tuple of ints, not {type(dims).__name__}"
        ) from None


def _once(dims, ndim: int) -> list[int]:
    dims = [dim % ndim for dim in dims]
    for dim in dims:
        if dims.count(dim) > 1:
            raise RuntimeError(f"dim {dim} appears multiple times in the list of dims")
    return dims
