"""Tensors of a size: zeros, ones, full, empty, eye, and their kin in another's likeness.

Apart from values, where what is given are the elements, and from ranges, where they follow
from bounds.
"""

from __future__ import annotations

import numpy

from chainrule._core.apply import call_quietly
from chainrule._core.core import Tensor
from chainrule._core.types import (
    DTYPES,
    as_dtype,
    channels_last,
    channels_last_3d,
    contiguous_format,
    get_default_dtype,
)
from chainrule.functions.declare import method, public
from chainrule.functions.factory import (
    check_out,
    check_place,
    finished,
    fitting,
    integer,
    number,
    shape_in_one,
    shape_of,
)

# ---------------------------------------------------------------------------------- of a size


def _filled(name, make, sizes, size, out, dtype, place, requires_grad):
    """The tensor of zeros(), ones() and empty()."""
    shape = shape_of(name, sizes, size)
    if place != (None, None, False):
        check_place(*place)
    if out is not None:
        wanted = check_out(dtype, out)
    else:
        wanted = get_default_dtype() if dtype is None else as_dtype(dtype, name)
    return finished(name, make(shape, wanted.numpy), requires_grad, out)


@public
def zeros(
    *sizes, size=None, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A tensor of zeros; the sizes one by one or as one sequence.

    TypeError for sizes that are no integers, RuntimeError for negative ones.

    >>> import chainrule as torch
    >>> torch.zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.zeros.html
    """
    place = (device, layout, pin_memory)
    return _filled("zeros", numpy.zeros, sizes, size, out, dtype, place, requires_grad)


@public
def ones(
    *sizes, size=None, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A tensor of ones; the sizes one by one or as one sequence.

    TypeError for sizes that are no integers, RuntimeError for negative ones.

    >>> import chainrule as torch
    >>> torch.ones(3, dtype=torch.int64)
    tensor([1, 1, 1])

    See https://docs.pytorch.org/docs/2.13/generated/torch.ones.html
    """
    place = (device, layout, pin_memory)
    return _filled("ones", numpy.ones, sizes, size, out, dtype, place, requires_grad)


@public
def empty(
    *sizes, size=None, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False, memory_format=contiguous_format,
) -> Tensor:  # fmt: skip
    """A tensor of whatever its memory held before; the sizes one by one or as one sequence.

    >>> import chainrule as torch
    >>> torch.empty(2, 3).shape
    torch.Size([2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.empty.html
    """
    place = (device, layout, pin_memory)
    made = _filled("empty", numpy.empty, sizes, size, out, dtype, place, requires_grad)
    if memory_format is contiguous_format:
        return made
    order = _order(memory_format, made.ndim)
    return finished("empty", _laid_out(made.shape, made.dtype, order), requires_grad)


def _order(memory_format, ndim: int) -> tuple[int, ...]:
    """The dimensions from the widest stride to the narrowest, of a memory format."""
    ranks = {channels_last: 4, channels_last_3d: 5}
    if memory_format not in ranks:
        raise RuntimeError(f"unsupported memory format option {memory_format}")
    if ndim != ranks[memory_format]:
        raise RuntimeError(
            f"required rank {ranks[memory_format]} tensor to use "
            f"{str(memory_format).rpartition('.')[2]} format"
        )
    return (0, *range(2, ndim), 1)


def _laid_out(shape, dtype, order):
    """An array whose dimensions follow each other in memory in some order."""
    array = numpy.empty([shape[axis] for axis in order], dtype.numpy)
    return array.transpose(numpy.argsort(order))


@public
def full(
    size, fill_value, *, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A tensor of one number; its type is the number's: bool, int64 or the default float.

    RuntimeError where the number does not fit a given dtype.

    >>> import chainrule as torch
    >>> torch.full((2,), 1), torch.full((2,), 1.5)
    (tensor([1, 1]), tensor([1.5000, 1.5000]))

    See https://docs.pytorch.org/docs/2.13/generated/torch.full.html
    """
    shape = shape_in_one("full", size)
    check_place(device, layout, pin_memory)
    value = number("full", "fill_value", 2, fill_value)
    if out is not None:
        wanted = check_out(dtype, out)
    else:
        wanted = type_of(value) if dtype is None else as_dtype(dtype, "full")
    return finished("full", _full(shape, value, wanted), requires_grad, out)


def _full(shape, value, wanted):
    return call_quietly(numpy.full, shape, fitting(value, wanted), wanted.numpy)


def type_of(value):
    """The dtype that a Python number has on its own."""
    if isinstance(value, bool):
        return DTYPES["bool"]
    if isinstance(value, int):
        return DTYPES["int64"]
    default = get_default_dtype()
    return default.to_complex() if isinstance(value, complex) else default


@public
def scalar_tensor(
    s, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
) -> Tensor:
    """A 0-dim tensor of a number, in the default dtype unless another is given.

    >>> import chainrule as torch
    >>> torch.scalar_tensor(2)
    tensor(2.)
    """
    check_place(device, layout, pin_memory)
    wanted = get_default_dtype() if dtype is None else as_dtype(dtype, "scalar_tensor")
    array = _full((), number("scalar_tensor", "s", 1, s), wanted)
    return finished("scalar_tensor", array, requires_grad)


@public
def eye(
    n, m=None, *, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A matrix of n rows and m (or n) columns with ones on its diagonal and zeros elsewhere.

    >>> import chainrule as torch
    >>> torch.eye(2)
    tensor([[1., 0.],
            [0., 1.]])

    See https://docs.pytorch.org/docs/2.13/generated/torch.eye.html
    """
    sizes = [integer("eye", "n", 1, n)]
    sizes.append(sizes[0] if m is None else integer("eye", "m", 2, m))
    for name, extent in zip("nm", sizes):
        if extent < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {extent}")
    check_place(device, layout, pin_memory)
    if out is not None:
        wanted = check_out(dtype, out)
    else:
        wanted = get_default_dtype() if dtype is None else as_dtype(dtype, "eye")
    return finished("eye", numpy.eye(*sizes, dtype=wanted.numpy), requires_grad, out)


@public
def empty_strided(
    size, stride, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
) -> Tensor:
    """A tensor of whatever its memory held before, with given strides, counted in elements.

    >>> import chainrule as torch
    >>> torch.empty_strided((2, 3), (1, 2)).stride()
    (1, 2)

    See https://docs.pytorch.org/docs/2.13/generated/torch.empty_strided.html
    """
    shape, stride = shape_in_one("empty_strided", size), tuple(stride)
    if len(shape) != len(stride):
        raise RuntimeError(
            f"dimensionality of sizes ({len(shape)}) must match dimensionality of strides "
            f"({len(stride)})"
        )
    if any(step < 0 for step in stride):
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={list(shape)} and "
            f"strides={list(stride)}: strides may not be negative"
        )
    check_place(device, layout, pin_memory)
    wanted = get_default_dtype() if dtype is None else as_dtype(dtype, "empty_strided")
    return finished("empty_strided", _strided(shape, stride, wanted), requires_grad)


def _strided(shape, stride, wanted):
    reach = 1 + sum((extent - 1) * step for extent, step in zip(shape, stride))
    memory = numpy.empty(0 if 0 in shape else reach, wanted.numpy)
    return numpy.ndarray(
        shape, wanted.numpy, memory, 0, [step * memory.itemsize for step in stride]
    )


@public
def empty_permuted(
    size, physical_layout, *, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A tensor of whatever its memory held before, its dimensions laid out in a given order.

    >>> import chainrule as torch
    >>> torch.empty_permuted((2, 3, 4), (2, 0, 1)).stride()
    (3, 1, 6)

    See https://docs.pytorch.org/docs/2.13/generated/torch.empty_permuted.html
    """
    shape, order = shape_in_one("empty_permuted", size), tuple(physical_layout)
    if sorted(order) != list(range(len(shape))):
        raise RuntimeError(
            f"Number of dimensions in size does not match the physical_layout {list(order)}: "
            f"it must name each of the {len(shape)} dimensions once"
        )
    check_place(device, layout, pin_memory)
    wanted = get_default_dtype() if dtype is None else as_dtype(dtype, "empty_permuted")
    return finished("empty_permuted", _laid_out(shape, wanted, order), requires_grad)


# ------------------------------------------------------------------------- in another's likeness


def _like(name, make, input, dtype, place, requires_grad, memory_format):
    """An array of the same shape, and the same order in memory, as a tensor's."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    if place != (None, None, False):
        check_place(*place)
    wanted = None if dtype is None else as_dtype(dtype, name).numpy
    order = "C" if memory_format is contiguous_format else "K"
    array = input._array
    # NumPy's K sorts an expanded dimension by its stride of 0; PyTorch makes such a copy plain.
    if order == "K" and not (array.flags.c_contiguous or _is_dense(array)):
        order = "C" if 0 in array.strides else "K"
    return finished(name, make(array, wanted, order), requires_grad)


def _is_dense(array) -> bool:
    return array.flags.f_contiguous


@public
def zeros_like(
    input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False,
    memory_format=None,
) -> Tensor:  # fmt: skip
    """Zeros in the shape, the dtype and the order in memory of a tensor.

    >>> import chainrule as torch
    >>> torch.zeros_like(torch.tensor([1, 2]))
    tensor([0, 0])

    See https://docs.pytorch.org/docs/2.13/generated/torch.zeros_like.html
    """
    place = (device, layout, pin_memory)
    return _like(
        "zeros_like", numpy.zeros_like, input, dtype, place, requires_grad, memory_format
    )


@public
def ones_like(
    input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False,
    memory_format=None,
) -> Tensor:  # fmt: skip
    """Ones in the shape, the dtype and the order in memory of a tensor.

    >>> import chainrule as torch
    >>> torch.ones_like(torch.tensor([0.5, 2]))
    tensor([1., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.ones_like.html
    """
    place = (device, layout, pin_memory)
    return _like("ones_like", numpy.ones_like, input, dtype, place, requires_grad, memory_format)


@public
def empty_like(
    input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False,
    memory_format=None,
) -> Tensor:  # fmt: skip
    """Whatever the memory held before, in the shape, the dtype and the order of a tensor.

    >>> import chainrule as torch
    >>> torch.empty_like(torch.ones(2, 3)).shape
    torch.Size([2, 3])

    See https://docs.pytorch.org/docs/2.13/generated/torch.empty_like.html
    """
    place = (device, layout, pin_memory)
    return _like(
        "empty_like", numpy.empty_like, input, dtype, place, requires_grad, memory_format
    )


@public
def full_like(
    input, fill_value, *, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False, memory_format=None,
) -> Tensor:  # fmt: skip
    """One number in the shape, the dtype and the order in memory of a tensor.

    >>> import chainrule as torch
    >>> torch.full_like(torch.ones(2), 3)
    tensor([3., 3.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.full_like.html
    """
    value = number("full_like", "fill_value", 2, fill_value)

    def make(array, wanted, order):
        made = numpy.empty_like(array, wanted, order)
        call_quietly(made.fill, fitting(value, as_dtype(made.dtype)))
        return made

    place = (device, layout, pin_memory)
    return _like("full_like", make, input, dtype, place, requires_grad, memory_format)


# -------------------------------------------------------------------------- in another's type


def _new(name, make):
    def new(
        self, *sizes, size=None, dtype=None, device=None, layout=None, pin_memory=False,
        requires_grad=False,
    ):  # fmt: skip
        shape = shape_of(name, sizes, size)
        check_place(device, layout, pin_memory)
        wanted = self.dtype if dtype is None else as_dtype(dtype, name)
        return finished(name, make(shape, wanted.numpy), requires_grad)

    new.__name__ = new.__qualname__ = name
    new.__doc__ = (
        f"A tensor as torch.{name.removeprefix('new_')} makes it, in this tensor's dtype unless "
        "another is given.\n\n"
        f"See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.{name}.html"
    )
    return method(new)


new_zeros = _new("new_zeros", numpy.zeros)
new_ones = _new("new_ones", numpy.ones)
new_empty = _new("new_empty", numpy.empty)


@method
def new_full(
    self, size, fill_value, *, dtype=None, device=None, layout=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A tensor of one number, in this tensor's dtype unless another is given.

    >>> import chainrule as torch
    >>> torch.ones(1, dtype=torch.int64).new_full((2,), 2.5)
    tensor([2, 2])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.new_full.html
    """
    shape = shape_in_one("new_full", size)
    check_place(device, layout, pin_memory)
    wanted = self.dtype if dtype is None else as_dtype(dtype, "new_full")
    value = number("new_full", "fill_value", 2, fill_value)
    return finished("new_full", _full(shape, value, wanted), requires_grad)


@method
def new_empty_strided(
    self, size, stride, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
) -> Tensor:  # fmt: skip
    """A tensor as torch.empty_strided makes it, in this tensor's dtype unless another is given."""
    return empty_strided(
        size, stride, dtype=self.dtype if dtype is None else dtype, layout=layout, device=device,
        pin_memory=pin_memory, requires_grad=requires_grad,
    )  # fmt: skip
