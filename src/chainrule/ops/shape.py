"""Views of all elements, cutting and joining. All are linear, and closed under transposition.

Apart from indexing.py, which takes elements out, from rearrangement.py, whose results are never
views, and from diagonals.py and windows.py, where elements are left out or come up repeatedly.
"""

from __future__ import annotations

import math

from chainrule._core.kernels import expanded_array
from chainrule._core.wrapped import Wrapped
from chainrule.ops.kinds import linear

# ------------------------------------------------------------------------------------- views


@linear(view=True)
def view(xp, x, *, shape):
    return x.reshape(shape)


@linear(node="ViewBackward0")
def reshape(xp, x, *, shape):
    """The same elements in another shape, copied where no view will do."""
    return x.reshape(shape)


@linear(view=True)
def expand(xp, x, *, shape):
    return expanded_array(x, shape)


@linear(view=True)
def permute(xp, x, *, dims):
    return x.transpose(dims)


@linear(view=True)
def transpose(xp, x, *, dim0, dim1):
    return x.swapaxes(dim0, dim1) if x.ndim else x.reshape(())


@linear(view=True)
def squeeze(xp, x, *, dim):
    return x.squeeze(dim)


@linear(view=True)
def unsqueeze(xp, x, *, dim):
    """A new dimension of 1; as in PyTorch, its stride is 1 where it is the last."""
    if dim == x.ndim and not x.flags.c_contiguous:
        shape, strides = (*x.shape, 1), (*x.strides, x.itemsize)
        strided = xp.lib.stride_tricks.as_strided
        return strided(x, shape, strides, writeable=x.flags.writeable)
    return x.reshape((*x.shape[:dim], 1, *x.shape[dim:]))


# ------------------------------------------------------------- the parts of complex numbers


@linear(view=True, node="ViewAsRealBackward0")
def view_as_real(xp, x):
    return x[..., None].view(x.real.dtype)


@linear(view=True, node="ViewAsComplexBackward0")
def view_as_complex(xp, x):
    return x.view(xp.result_type(x.dtype, xp.complex64))[..., 0]


# ----------------------------------------------------------------------- cutting and joining


@linear(view=True, node="SliceBackward0")
def narrow(xp, x, *, dim, start, length):
    return x[(slice(None),) * dim + (slice(start, start + length),)]


@linear(view=True, results=-1, node="UnbindBackward0")
def unbind(xp, x, *, dim):
    return tuple(x[(slice(None),) * dim + (k, ...)] for k in range(x.shape[dim]))


@linear(view=True, results=-1, node="SplitWithSizesBackward0")
def split_with_sizes(xp, x, *, split_sizes, dim):
    before, start, parts = (slice(None),) * dim, 0, []
    for size in split_sizes:
        parts.append(x[(*before, slice(start, start + size), ...)])
        start += size
    return tuple(parts)


split = split_with_sizes.named("SplitBackward0")


@linear(joint=True, promotes=True)
def cat(xp, *arrays, dim):
    """Arrays one after the other; of other shapes, empty ones of one dimension are left out."""
    ndim = arrays[0].ndim
    for array in arrays:
        if array.ndim != ndim:
            ndim = max(array.ndim for array in arrays)
            return xp.concatenate([array for array in arrays if array.ndim == ndim], dim)
    return xp.concatenate(arrays, dim)


@linear(joint=True, promotes=True)
def stack(xp, *arrays, dim):
    return xp.stack(arrays, dim)


@linear()
def pad_narrow(xp, x, *, shape, dim, start, length):
    """Zeros of a shape with x at a run of one dimension: the transpose of `narrow`."""
    out = xp.zeros(shape, x.dtype)
    out[(slice(None),) * dim + (slice(start, start + length),)] = x
    return out


# --------------------------------------------------------------------------------- transposes


@view.transpose
@reshape.transpose
def reshape_transpose(g, x_shape):
    return reshape(g, shape=x_shape)


@view_as_real.transpose
def view_as_real_transpose(g):
    return view_as_complex(g.contiguous())


@view_as_complex.transpose
def view_as_complex_transpose(g):
    return view_as_real(g.contiguous())


@expand.transpose
def expand_transpose(g, x_shape):
    from chainrule.ops.reduction import sum

    lead = g.ndim - len(x_shape)
    dim = (*range(lead), *(
        axis + lead for axis, size in enumerate(x_shape) if size == 1 and g.shape[axis + lead] != 1
    ))  # fmt: skip
    return reshape(sum(g, dim=dim, keepdim=True) if dim else g, shape=x_shape)


@permute.transpose
def permute_transpose(g, dims):
    return permute(g, dims=tuple(sorted(range(len(dims)), key=lambda axis: dims[axis])))


@transpose.transpose
def transpose_transpose(g, dim0, dim1):
    return transpose(g, dim0=dim0, dim1=dim1)


@squeeze.transpose
def squeeze_transpose(g, x_shape):
    return view(g, shape=x_shape) if g.is_contiguous() else reshape(g, shape=x_shape)


@unsqueeze.transpose
def unsqueeze_transpose(g, x_shape):
    return reshape(g, shape=x_shape)


@narrow.transpose
def narrow_transpose(g, x_shape, dim, start, length):
    return pad_narrow(g, shape=x_shape, dim=dim, start=start, length=length)


@pad_narrow.transpose
def pad_narrow_transpose(g, dim, start, length):
    return narrow(g, dim=dim, start=start, length=length)


@unbind.transpose
def unbind_transpose(g, dim):
    return stack(*g, dim=dim)


@split_with_sizes.transpose
def split_transpose(g, dim):
    return cat(*g, dim=dim)


split.transpose(split_transpose)


@cat.transpose
def cat_transpose(g, shapes, dim):
    """The parts of g; none for what was left out, which has no elements."""
    ndim = g.ndim
    sizes = tuple(shape[dim] if len(shape) == ndim else 0 for shape in shapes)
    parts = split_with_sizes(g, split_sizes=sizes, dim=dim)
    return tuple(
        part if len(shape) == ndim else reshape(part, shape=shape)
        for part, shape in zip(parts, shapes)
    )


@stack.transpose
def stack_transpose(g, dim):
    return unbind(g, dim=dim)


def is_viewable(array, shape) -> bool:
    """Whether an array can have another shape without being copied."""
    if array.flags.c_contiguous:
        return True
    if isinstance(array, Wrapped):
        return False  # a copy is right, whatever lies beneath
    shaped = array.reshape(shape)
    return (
        math.prod(shape) == 0
        or shaped.base is array
        or (array.base is not None and shaped.base is array.base)
    )
