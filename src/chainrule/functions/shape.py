"""Views and shapes: PyTorch's names for the views of ops.shape.

Apart from joining.py (cat, stack, split, repeat, ...), which changes how many elements there are.
"""

from __future__ import annotations

import math

from chainrule._core.core import Tensor, bind_method
from chainrule._core.sizes import Size
from chainrule._core.types import as_dtype
from chainrule._core.writes import adopt, check_may_write
from chainrule.functions.declare import alias, method, public
from chainrule.functions.identity import checked_dim, storage_offset
from chainrule.ops import shape as ops
from chainrule.ops.conversion import conj as conj_op
from chainrule.ops.conversion import contiguous_clone
from chainrule.ops.memory import as_strided as as_strided_op

unsafe_view = ops.reshape.named("UnsafeViewBackward0")
t_op = ops.transpose.named("TBackward0")
squeeze_all = ops.squeeze.named("SqueezeBackward0")
squeeze_one = ops.squeeze.named("SqueezeBackward1")
squeeze_some = ops.squeeze.named("SqueezeBackward2")


def sizes_of(sizes: tuple) -> tuple[int, ...]:
    """Sizes given one by one, or as one sequence."""
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        return tuple(sizes[0])
    return sizes


def filled_in(shape: tuple[int, ...], array) -> tuple[int, ...]:
    """A shape with its -1, if there is one, worked out; RuntimeError where it does not fit."""
    size = array.size
    if -1 not in shape:
        if math.prod(shape) != size:
            raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {size}")
        return shape
    known = math.prod(extent for extent in shape if extent != -1)
    if shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if known == 0 and size == 0:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(shape)} because the "
            "unspecified dimension size -1 can be any value and is ambiguous"
        )
    if known <= 0 or size % known:
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {size}")
    return tuple(size // known if extent == -1 else extent for extent in shape)


# ------------------------------------------------------------------------------------ reshaping


@method
def view(self, *shape) -> Tensor:
    """The same memory in another shape (or, given a dtype, read as another type).

    RuntimeError where only a copy could have that shape: see reshape.

    >>> import chainrule as torch
    >>> torch.arange(4).view(2, -1)
    tensor([[0, 1],
            [2, 3]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.view.html
    """
    if len(shape) == 1 and not isinstance(shape[0], (int, tuple, list)):
        return _view_in_type(self, as_dtype(shape[0]))
    array = self._array
    shape = filled_in(sizes_of(shape), array)
    if not ops.is_viewable(array, shape):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one "
            "dimension spans across two contiguous subspaces). Use .reshape(...) instead. "
            f"(size {list(array.shape)}, stride {list(self.stride())}, wanted {list(shape)})"
        )
    return ops.view(self, shape=shape)


def _view_in_type(self, dtype):
    """The same bytes read as another type; a constant, unless the type stays."""
    if dtype is self.dtype:
        return ops.view(self, shape=self._array.shape)
    from chainrule._core.apply import wrap_array

    return wrap_array(self._array.view(dtype.numpy))


@public
@method
def reshape(input: Tensor, *shape) -> Tensor:
    """The same elements in another shape: a view where that is possible, else a copy.

    >>> import chainrule as torch
    >>> torch.arange(4).reshape(2, 2)
    tensor([[0, 1],
            [2, 3]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.reshape.html
    """
    array = input._array
    shape = filled_in(sizes_of(shape), array)
    if ops.is_viewable(array, shape):
        return ops.view(input, shape=shape)
    return unsafe_view(contiguous_clone(input), shape=shape)


@method
def view_as(self, other: Tensor) -> Tensor:
    """A view in the shape of another tensor."""
    return view(self, *other.shape)


@method
def reshape_as(self, other: Tensor) -> Tensor:
    """Reshaped to the shape of another tensor."""
    return reshape(self, *other.shape)


@public
@method
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Neighbouring dimensions made one; the tensor itself where it has that shape already.

    >>> import chainrule as torch
    >>> torch.ones(2, 3).flatten().shape
    torch.Size([6])

    See https://docs.pytorch.org/docs/2.13/generated/torch.flatten.html
    """
    start, end = checked_dim(start_dim, input.ndim), checked_dim(end_dim, input.ndim)
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if input.ndim == 0:
        return reshape(input, 1)
    if start == end:
        return input
    shape = tuple(input.shape)
    return reshape(input, *shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])


@public
@method
def ravel(input: Tensor) -> Tensor:
    """Flattened to one dimension."""
    return reshape(input, -1)


@public
@method
def unflatten(input: Tensor, dim: int, sizes) -> Tensor:
    """One dimension made several, whose extents multiply to its own (one may be -1).

    >>> import chainrule as torch
    >>> torch.ones(6).unflatten(0, (2, -1)).shape
    torch.Size([2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.unflatten.html
    """
    dim, shape = checked_dim(dim, input.ndim), tuple(input.shape)
    if -1 not in sizes and math.prod(sizes) != shape[dim]:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} "
            f"({shape[dim]}) in the input tensor"
        )
    return view(input, *shape[:dim], *sizes, *shape[dim + 1 :])


# --------------------------------------------------------------------------- dimensions of one


def _squeezed(input, dim):
    """The op and the dimensions that squeezing takes away."""
    shape = input.shape
    if dim is None:
        return squeeze_all, tuple(axis for axis, size in enumerate(shape) if size == 1)
    if isinstance(dim, int):
        axis = checked_dim(dim, input.ndim)
        return squeeze_one, (axis,) if input.ndim and shape[axis] == 1 else ()
    dims = [checked_dim(axis, input.ndim) for axis in dim]
    return squeeze_some, tuple(axis for axis in dims if input.ndim and shape[axis] == 1)


@public
@method
def squeeze(input: Tensor, dim=None) -> Tensor:
    """A view without the dimensions of extent 1: all of them, or those named.

    >>> import chainrule as torch
    >>> torch.ones(1, 2, 1).squeeze().shape
    torch.Size([2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.squeeze.html
    """
    op, dims = _squeezed(input, dim)
    return op(input, dim=dims)


@public
@method
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """A view with a dimension of extent 1 put in.

    >>> import chainrule as torch
    >>> torch.ones(2).unsqueeze(0).shape
    torch.Size([1, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.unsqueeze.html
    """
    return ops.unsqueeze(input, dim=checked_dim(dim, input.ndim + 1))


# ----------------------------------------------------------------------------------- transposing


@public
@method
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """A view with two dimensions exchanged.

    >>> import chainrule as torch
    >>> torch.ones(2, 3).transpose(0, 1).shape
    torch.Size([3, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.transpose.html
    """
    ndim = input.ndim
    dim0, dim1 = checked_dim(dim0, ndim), checked_dim(dim1, ndim)
    if ndim == 0:
        return ops.view(input, shape=())
    return ops.transpose(input, dim0=dim0, dim1=dim1)


@public
@method
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix, as a view; vectors and scalars as they are.

    >>> import chainrule as torch
    >>> torch.ones(2, 3).t().shape
    torch.Size([3, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.t.html
    """
    ndim = input.ndim
    if ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {ndim}D")
    return t_op(input, dim0=0, dim1=ndim - 1) if ndim else ops.view(input, shape=())


@public
@method
def permute(input: Tensor, *dims) -> Tensor:
    """A view with the dimensions in another order.

    >>> import chainrule as torch
    >>> torch.ones(2, 3, 4).permute(2, 0, 1).shape
    torch.Size([4, 2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.permute.html
    """
    dims = sizes_of(dims)
    if len(dims) != input.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the "
            f"length of the desired ordering of dimensions i.e. input.dim() = {input.ndim} is "
            f"not equal to len(dims) = {len(dims)}"
        )
    dims = tuple(checked_dim(axis, input.ndim) for axis in dims)
    if len(set(dims)) != len(dims):
        raise RuntimeError(f"permute(): duplicate dims are not allowed. Got {dims}")
    return ops.permute(input, dims=dims)


@public
@method
def movedim(input: Tensor, source, destination) -> Tensor:
    """A view with some dimensions moved to other places.

    >>> import chainrule as torch
    >>> torch.ones(2, 3, 4).movedim(0, -1).shape
    torch.Size([3, 4, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.movedim.html
    """
    source = (source,) if isinstance(source, int) else source
    destination = (destination,) if isinstance(destination, int) else destination
    if len(source) != len(destination):
        raise RuntimeError(
            "movedim: Invalid source or destination dims: source "
            f"({list(source)} dims) should contain the same number of dims as destination "
            f"({list(destination)} dims)"
        )
    source = [checked_dim(axis, input.ndim) for axis in source]
    destination = [checked_dim(axis, input.ndim) for axis in destination]
    order = [axis for axis in range(input.ndim) if axis not in source]
    for place, axis in sorted(zip(destination, source)):
        order.insert(place, axis)
    return ops.permute(input, dims=tuple(order))


def _conjugated(input):
    return conj_op(input) if input.dtype.is_complex else input


def _reversed(self):
    return ops.permute(self, dims=tuple(range(self.ndim))[::-1])


def _matrix_transposed(self):
    if self.ndim < 2:
        raise RuntimeError(
            "tensor.mT is only supported on matrices or batches of matrices. Got "
            f"{self.ndim}-D tensor."
        )
    return ops.transpose(self, dim0=self.ndim - 2, dim1=self.ndim - 1)


@public
@method
def adjoint(input: Tensor) -> Tensor:
    """The conjugate of the last two dimensions exchanged."""
    return _conjugated(_matrix_transposed(input))


for _name, _getter in {
    "T": _reversed,
    "mT": _matrix_transposed,
    "H": lambda self: _conjugated(transpose(self, 0, 1) if self.ndim == 2 else self),
    "mH": adjoint,
}.items():
    bind_method(_name, property(_getter))

# ------------------------------------------------------------------------------------ broadcasting


def check_expansion(have, wanted) -> None:
    """Refuse to expand one shape to another that it does not fit."""
    if len(wanted) < len(have):
        raise RuntimeError(
            f"expand: the number of sizes provided ({len(wanted)}) must be greater or equal to "
            f"the number of dimensions in the tensor ({len(have)})"
        )
    lead = len(wanted) - len(have)
    for axis, size in enumerate(wanted):
        own = have[axis - lead] if axis >= lead else 1
        if (size != own and own != 1) or size < 0:
            raise RuntimeError(
                f"The expanded size of the tensor ({size}) must match the existing size ({own}) "
                f"at non-singleton dimension {axis}.  Target sizes: {list(wanted)}.  Tensor "
                f"sizes: {list(have)}"
            )


@method
def expand(self, *sizes, implicit: bool = False) -> Tensor:
    """A view in which dimensions of extent 1 repeat; -1 leaves a dimension as it is.

    >>> import chainrule as torch
    >>> torch.ones(2, 1).expand(-1, 3).shape
    torch.Size([2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.expand.html
    """
    sizes, have = sizes_of(sizes), tuple(self.shape)
    lead = len(sizes) - len(have)
    wanted = tuple(
        have[axis - lead] if size == -1 and axis >= lead else size
        for axis, size in enumerate(sizes)
    )
    check_expansion(have, wanted)
    return ops.expand(self, shape=wanted)


@method
def expand_as(self, other: Tensor) -> Tensor:
    """Expanded to the shape of another tensor."""
    return expand(self, *other.shape)


@public
@method
def broadcast_to(input: Tensor, size) -> Tensor:
    """A view in which the tensor repeats to fill a shape."""
    return expand(input, *size)


@public
def broadcast_shapes(*shapes) -> Size:
    """The shape that shapes broadcast to; RuntimeError where they do not go together.

    >>> import chainrule as torch
    >>> torch.broadcast_shapes((2, 1), (3,))
    torch.Size([2, 3])
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
    """Views of tensors, all expanded to the shape they broadcast to."""
    found: tuple[Tensor, ...] = sizes_of(tensors)  # type: ignore[assignment]
    shape = broadcast_shapes(*(tensor.shape for tensor in found))
    return tuple(expand(tensor, *shape) for tensor in found)


@method
def sum_to_size(self, *size) -> Tensor:
    """Summed over the dimensions in which `size` has 1, or nothing, where this tensor has more."""
    size, shape = sizes_of(size), tuple(self.shape)
    lead = len(shape) - len(size)
    fits = lead >= 0 and all(s in (1, shape[axis + lead]) for axis, s in enumerate(size))
    if not fits:
        raise RuntimeError(f"size {list(size)} is not expandable to size {list(shape)}.")
    dims = [*range(lead)]
    dims += [axis + lead for axis, s in enumerate(size) if s == 1 and shape[axis + lead] != 1]
    if not dims:
        return self
    return self.sum(tuple(dims), keepdim=True).reshape(size)


# ----------------------------------------------------------------------------- windows and places


@public
@method
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A view of a diagonal, as the last dimension.

    >>> import chainrule as torch
    >>> torch.eye(2).diagonal()
    tensor([1., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.diagonal.html
    """
    dim1, dim2 = checked_dim(dim1, input.ndim), checked_dim(dim2, input.ndim)
    if dim1 == dim2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return ops.diagonal(input, offset=offset, dim1=dim1, dim2=dim2)


@method
def unfold(self, dimension: int, size: int, step: int) -> Tensor:
    """A view of windows along a dimension, `step` apart; the windows are the last dimension.

    >>> import chainrule as torch
    >>> torch.arange(4).unfold(0, 2, 1)
    tensor([[0, 1],
            [1, 2],
            [2, 3]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.unfold.html
    """
    dim = checked_dim(dimension, self.ndim)
    if self.ndim == 0:
        return unfold(self.reshape(1), 0, size, step).reshape(size)
    if size > self._array.shape[dim]:
        raise RuntimeError(
            f"maximum size for tensor at dimension {dim} is {self._array.shape[dim]} but size is "
            f"{size}"
        )
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    return ops.unfold(self, dim=dim, size=size, step=step)


@public
@method
def as_strided(input: Tensor, size, stride, storage_offset: int | None = None) -> Tensor:
    """A view of the memory by size and strides, counted in elements from the storage's first.

    RuntimeError where it would reach beyond the memory.

    >>> import chainrule as torch
    >>> torch.arange(6).as_strided((2, 2), (3, 1))
    tensor([[0, 1],
            [3, 4]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.as_strided.html
    """
    offset = 0 if storage_offset is None else storage_offset - _offset(input)
    item = input._array.itemsize
    own = tuple(step // item for step in input._array.strides)
    return as_strided_op(
        input, size=tuple(size), stride=tuple(stride), offset=offset, base_stride=own
    )


_offset = storage_offset

# ------------------------------------------------------------------------------- complex numbers


@public
@method
def conj(input: Tensor) -> Tensor:
    """The complex conjugate; a real tensor itself.

    >>> import chainrule as torch
    >>> torch.conj(torch.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    return _conjugated(input)


@public
@method
def resolve_conj(input: Tensor) -> Tensor:
    """The tensor itself: conjugates are computed at once."""
    return input


@public
def real(input: Tensor) -> Tensor:
    """The real part, as a view; a real tensor itself.

    >>> import chainrule as torch
    >>> torch.real(torch.tensor([1 + 2j]))
    tensor([1.])
    """
    return ops.real(input) if input.dtype.is_complex else input


@public
def imag(input: Tensor) -> Tensor:
    """The imaginary part, as a view; RuntimeError for real tensors.

    >>> import chainrule as torch
    >>> torch.imag(torch.tensor([1 + 2j]))
    tensor([2.])
    """
    if not input.dtype.is_complex:
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return ops.imag(input)


bind_method("real", property(real))
bind_method("imag", property(imag))


@public
def view_as_real(input: Tensor) -> Tensor:
    """A complex tensor as a real one with a last dimension of 2."""
    if not input.dtype.is_complex:
        raise RuntimeError("view_as_real is only supported for complex tensors")
    return ops.view_as_real(input)


@public
def view_as_complex(input: Tensor) -> Tensor:
    """A real tensor whose last dimension is 2 as a complex one."""
    if input.dtype.is_complex or input.ndim == 0 or input.shape[-1] != 2:
        raise RuntimeError("Tensor must have a last dimension of size 2")
    return ops.view_as_complex(input)


# --------------------------------------------------------------------------------------- in place


def _in_place(name, function):
    """An in-place form of a view: the tensor becomes that view of its own memory."""

    def changed(self, *arguments, **keywords):
        check_may_write(self)
        return adopt(self, function(self, *arguments, **keywords))

    changed.__name__ = changed.__qualname__ = name
    changed.__doc__ = f"{name[:-1]}, in place."
    method(changed)


for _name, _function in {
    "t_": t,
    "transpose_": transpose,
    "squeeze_": squeeze,
    "swapaxes_": transpose,
    "swapdims_": transpose,
    "unsqueeze_": unsqueeze,
}.items():
    _in_place(_name, _function)

alias(transpose, "swapdims")


@public
@method
def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """A view with two dimensions exchanged: transpose under NumPy's name."""
    return transpose(input, axis0, axis1)


@method
def as_strided_(self, size, stride, storage_offset: int | None = None) -> Tensor:
    """as_strided, in place: the tensor becomes another view of its memory."""
    check_may_write(self)
    return adopt(self, as_strided(self, size, stride, storage_offset))


alias(movedim, "moveaxis")
