"""Shapes: views and rearrangements. All are linear, and closed under transposition.

Apart from indexing, which takes elements out: here every element stays.
"""

from __future__ import annotations

import math

from chainrule._core.kernels import expanded_array
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
    return x.swapaxes(dim0, dim1)


@linear(view=True)
def squeeze(xp, x, *, dim):
    return x.squeeze(dim)


@linear(view=True)
def unsqueeze(xp, x, *, dim):
    return xp.expand_dims(x, dim)


@linear(view=True)
def diagonal(xp, x, *, offset, dim1, dim2):
    return _writeable(xp.diagonal(x, offset, dim1, dim2), x)


def _writeable(view, x):
    """NumPy hands some views out read-only; ours may be written to."""
    if x.flags.writeable:
        view.flags.writeable = True
    return view


@linear(view=True)
def unfold(xp, x, *, dim, size, step):
    windows = xp.lib.stride_tricks.sliding_window_view(x, size, dim, writeable=x.flags.writeable)
    return windows[(slice(None),) * dim + (slice(None, None, step),)]


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


@linear(view=True)
def real(xp, x):
    return x.real


@linear(view=True)
def imag(xp, x):
    return x.imag


@linear()
def from_real(xp, x):
    """x + 0i: the transpose of `real`."""
    return x.astype(xp.result_type(x.dtype, xp.complex64))


@linear()
def from_imag(xp, x):
    """0 + xi: the transpose of `imag`."""
    return x * xp.asarray(1j, xp.result_type(x.dtype, xp.complex64))


@linear(view=True, node="ViewAsRealBackward0")
def view_as_real(xp, x):
    return x[..., None].view(x.real.dtype)


@linear(view=True, node="ViewAsComplexBackward0")
def view_as_complex(xp, x):
    return x.view(xp.result_type(x.dtype, xp.complex64))[..., 0]


# ------------------------------------------------------------------------------------- copies


@linear()
def flip(xp, x, *, dims):
    return xp.flip(x, dims).copy()


@linear()
def roll(xp, x, *, shifts, dims):
    return xp.roll(x, shifts, dims)


@linear(joint=True, promotes=True)
def cat(xp, *arrays, dim):
    return xp.concatenate(arrays, dim)


@linear(joint=True, promotes=True)
def stack(xp, *arrays, dim):
    return xp.stack(arrays, dim)


@linear()
def repeat(xp, x, *, repeats):
    return xp.tile(x, repeats)


@linear()
def repeat_interleave(xp, x, *, repeats, dim):
    return xp.repeat(x, repeats, dim)


@linear()
def tril(xp, x, *, diagonal):
    return xp.tril(x, diagonal)


@linear()
def triu(xp, x, *, diagonal):
    return xp.triu(x, diagonal)


@linear()
def diag_embed(xp, x, *, offset, dim1, dim2):
    """Zeros with x on a diagonal: the transpose of `diagonal`."""
    size = x.shape[-1] + abs(offset)
    out = xp.zeros((*x.shape[:-1], size, size), x.dtype)
    rows = xp.arange(x.shape[-1]) + max(-offset, 0)
    out[..., rows, rows + offset] = x
    return xp.moveaxis(out, (-2, -1), (dim1, dim2))


@linear()
def pad_diagonal(xp, x, *, shape, offset, dim1, dim2):
    """Zeros of a shape with x on a diagonal, whatever the shape."""
    out = xp.zeros(shape, x.dtype)
    _writeable(xp.diagonal(out, offset, dim1, dim2), out)[...] = x
    return out


@linear()
def pad_narrow(xp, x, *, shape, dim, start, length):
    """Zeros of a shape with x at a run of one dimension: the transpose of `narrow`."""
    out = xp.zeros(shape, x.dtype)
    out[(slice(None),) * dim + (slice(start, start + length),)] = x
    return out


@linear()
def fold(xp, x, *, shape, dim, size, step):
    """Windows added back where they came from: the transpose of `unfold`."""
    out = xp.zeros(shape, x.dtype)
    for k in range(x.shape[dim]):
        place = (slice(None),) * dim + (slice(k * step, k * step + size),)
        out[place] += xp.moveaxis(x[(slice(None),) * dim + (k,)], -1, dim)
    return out


# --------------------------------------------------------------------------------- transposes


@view.transpose
@reshape.transpose
def reshape_transpose(g, x_shape):
    return reshape(g, shape=x_shape)


@real.transpose
def real_transpose(g):
    return from_real(g)


@imag.transpose
def imag_transpose(g):
    return from_imag(g)


@from_real.transpose
def from_real_transpose(g):
    return real(g)


@from_imag.transpose
def from_imag_transpose(g):
    return imag(g)


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


@diagonal.transpose
def diagonal_transpose(g, x_shape, offset, dim1, dim2):
    return pad_diagonal(g, shape=x_shape, offset=offset, dim1=dim1, dim2=dim2)


@pad_diagonal.transpose
@diag_embed.transpose
def diag_embed_transpose(g, offset, dim1, dim2):
    return diagonal(g, offset=offset, dim1=dim1, dim2=dim2)


@unfold.transpose
def unfold_transpose(g, x_shape, dim, size, step):
    return fold(g, shape=x_shape, dim=dim, size=size, step=step)


@fold.transpose
def fold_transpose(g, dim, size, step):
    return unfold(g, dim=dim, size=size, step=step)


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


@flip.transpose
def flip_transpose(g, dims):
    return flip(g, dims=dims)


@roll.transpose
def roll_transpose(g, shifts, dims):
    return roll(g, shifts=tuple(-shift for shift in shifts), dims=dims)


@cat.transpose
def cat_transpose(g, shapes, dim):
    return split_with_sizes(g, split_sizes=tuple(shape[dim] for shape in shapes), dim=dim)


@stack.transpose
def stack_transpose(g, dim):
    return unbind(g, dim=dim)


@repeat.transpose
def repeat_transpose(g, x_shape, repeats):
    """Every other dimension of the folded g counts repetitions: sum those."""
    from chainrule.ops.reduction import sum

    shape = (1,) * (len(repeats) - len(x_shape)) + x_shape
    pairs = tuple(extent for pair in zip(repeats, shape) for extent in pair)
    total = sum(reshape(g, shape=pairs), dim=tuple(range(0, len(pairs), 2)), keepdim=False)
    return reshape(total, shape=x_shape)


@repeat_interleave.transpose
def repeat_interleave_transpose(g, x_shape, repeats, dim):
    from chainrule.ops.reduction import sum

    if isinstance(repeats, int):
        split_shape = (*x_shape[: dim + 1], repeats, *x_shape[dim + 1 :])
        return sum(reshape(g, shape=split_shape), dim=(dim + 1,), keepdim=False)
    parts = split_with_sizes(g, split_sizes=tuple(int(n) for n in repeats), dim=dim)
    return cat(*(sum(part, dim=(dim,), keepdim=True) for part in parts), dim=dim)


@tril.transpose
def tril_transpose(g, diagonal):
    return tril(g, diagonal=diagonal)


@triu.transpose
def triu_transpose(g, diagonal):
    return triu(g, diagonal=diagonal)


def is_viewable(array, shape) -> bool:
    """Whether an array can have another shape without being copied."""
    if array.flags.c_contiguous:
        return True
    shaped = array.reshape(shape)
    return (
        math.prod(shape) == 0
        or shaped.base is array
        or (array.base is not None and shaped.base is array.base)
    )
