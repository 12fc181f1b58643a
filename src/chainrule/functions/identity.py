"""What a tensor is: its place in the graph, its extents, its kind.

Apart from memory.py, which says where the values lie, and from copies.py, which makes the same
tensor anew.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from chainrule._core.apply import is_transformed, wrap_array
from chainrule._core.core import Tensor, bind_method, blank, source_of
from chainrule._core.cuts import mark
from chainrule._core.devices import device
from chainrule._core.modes import in_transform
from chainrule._core.operation import bind_late
from chainrule._core.writes import cut_off, detach_in_place, replace_array, share
from chainrule.functions.declare import method, public
from chainrule.functions.expressions import line_text

if TYPE_CHECKING:
    from chainrule._core.sizes import Size

# --------------------------------------------------------------------------------- the graph


@method
def detach(self) -> Tensor:
    """The same values, in the same memory, as a constant.

    Writes to either are seen by both, and by a backward that saved the values.

    >>> import chainrule as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> (x * 2).detach()
    tensor([2., 2.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.detach.html
    """
    kind = type(self)
    plain = kind is Tensor or getattr(kind, "_plain_results", False)
    return cut_off(blank(Tensor if plain else kind), self, "detach")


def without_history(x: Tensor) -> Tensor:
    """The same values, in the same memory, as a constant that keeps its tangents."""
    return share(blank(Tensor), x)


def constant_array(x: Tensor) -> Any:
    """A tensor's array without tangents, for what is cut off forward mode too."""
    if not is_transformed(x):
        return x._array
    from chainrule.transforms.levels import without_tangents

    return without_tangents(x._array)


@method
def detach_(self) -> Tensor:
    """Cut this tensor off the graph it came from, in place; RuntimeError for a view.

    >>> import chainrule as torch
    >>> x = torch.ones(2, requires_grad=True) * 2
    >>> x.detach_().requires_grad
    False

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.detach_.html
    """
    return detach_in_place(self)


def _get_data(self):
    """The same memory as a constant whose writes no backward notices."""
    return mark(wrap_array(constant_array(self)), self, "data")


def _set_data(self, value):
    if not isinstance(value, Tensor):
        raise TypeError(f"Variable data has to be a tensor, but got {value.__class__.__name__}")
    if self.is_sparse != value.is_sparse:
        raise RuntimeError(
            "Attempted to call `variable.set_data(tensor)`, but `variable` and `tensor` have "
            f"incompatible tensor type: {self.type()} and {value.type()}."
        )
    if self.requires_grad and not (value.dtype.is_floating_point or value.dtype.is_complex):
        raise RuntimeError(
            "data set to a tensor that requires gradients must be floating point or complex "
            f"dtype, but got {value.dtype}"
        )
    replace_array(self, value._array)
    if not (self.requires_grad and self.is_leaf):  # an optimizer's step marks no parameter
        mark(self, value, "data")


bind_method("data", property(_get_data, _set_data))


@method
def requires_grad_(self, requires_grad: bool = True) -> Tensor:
    """Ask (or stop asking) for a gradient of this leaf; returns the tensor.

    >>> import chainrule as torch
    >>> torch.ones(2).requires_grad_()
    tensor([1., 1.], requires_grad=True)

    See https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.requires_grad_.html
    """
    if not isinstance(requires_grad, bool):
        raise TypeError(
            "requires_grad_(): argument 'requires_grad' (position 1) must be bool, not "
            f"{requires_grad.__class__.__name__}"
        )
    refuse_in_transform("requires_grad_", "(or perhaps using torch.autograd.functional.* APIs) ")
    set_requires_grad(self, requires_grad)
    return self


def refuse_in_transform(name: str, perhaps: str = "") -> None:
    """RuntimeError in a function that is being transformed: its tensors are not its own."""
    if in_transform():
        raise RuntimeError(
            f"You are attempting to call Tensor.{name}() {perhaps}inside of a function being "
            "transformed by a functorch transform. This is unsupported, please attempt to use the "
            "functorch transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or call "
            f"{name}() outside of a function being transformed instead."
        )


def set_requires_grad(self, value: bool) -> None:
    """Let a leaf ask for a gradient, or not; RuntimeError for results, and types without one."""
    if not isinstance(value, bool):
        raise RuntimeError(f"requires_grad must be a bool; got {value.__class__.__name__}")
    if not self.is_leaf:
        if value:
            return
        raise RuntimeError(
            "you can only change requires_grad flags of leaf variables. This one came from "
            f"{self.grad_fn.name()}; its detach() does not require grad."
        )
    if value and self.dtype.category < 2:
        raise RuntimeError(
            "only Tensors of floating point dtype can require gradients; this one is of "
            f"{self.dtype}"
        )
    self._set_needs_grad(value)


def _check_grad(self, value):
    """Whether `value` may be this tensor's .grad."""
    if value is None:
        return
    if not isinstance(value, Tensor):
        raise TypeError(
            "assigned grad expected to be a Tensor or None but got grad of type "
            f"{value.__class__.__name__}"
        )
    if value is self:
        raise RuntimeError("can't assign Variable as its own grad")
    if value.shape != self.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(value.shape)}' to a tensor of size "
            f"'{list(self.shape)}'. Please ensure that the gradient and the tensor are the same "
            "size"
        )
    if value.dtype is not self.dtype:
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{value.dtype.legacy}' to a tensor "
            f"with grad_dtype '{self.dtype.legacy}'. The two must be the same."
        )


def _warn_grad_of_non_leaf(self):
    node = self.grad_fn
    warnings.warn(
        "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad "
        "attribute won't be populated during autograd.backward(): it is the result of "
        f"{node.name()} at {line_text(source_of(node))}. Use .retain_grad() on it before the "
        "backward if its gradient is wanted, or read the .grad of the leaf that it came from.",
        stacklevel=3,
    )


bind_late(
    {
        "set_requires_grad": set_requires_grad,
        "check_grad": _check_grad,
        "grad_of_non_leaf": _warn_grad_of_non_leaf,
    }
)

# --------------------------------------------------------------------------------- the shape


def checked_dim(dim: int, ndim: int) -> int:
    """A dimension counted from the front; IndexError where there is none such."""
    bound = max(ndim, 1)
    if not -bound <= dim < bound:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-bound}, {bound - 1}], but "
            f"got {dim})"
        )
    return dim + bound if dim < 0 else dim


@method
def size(self, dim: int | None = None) -> Size | int:
    """The shape, or the extent of one dimension."""
    if dim is None:
        return self.shape
    if self.ndim == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return self._array.shape[checked_dim(dim, self.ndim)]


@method
def dim(self) -> int:
    """The number of dimensions."""
    return self.ndim


method(dim, name="ndimension")


@public
@method
def numel(input: Tensor) -> int:
    """The number of elements."""
    return input._array.size


method(numel, name="nelement")


# ------------------------------------------------------------------------- what kind it is


@public
def is_tensor(obj) -> bool:
    """Whether obj is a Tensor."""
    return isinstance(obj, Tensor)


@public
@method
def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is a real floating-point type."""
    return input.dtype.is_floating_point


@public
@method
def is_complex(input: Tensor) -> bool:
    """Whether the dtype is complex."""
    return input.dtype.is_complex


@method
def is_signed(self) -> bool:
    """Whether the dtype has negative numbers."""
    return self.dtype.is_signed


@method
def is_same_size(self, other: Tensor) -> bool:
    """Whether both have the same shape."""
    return self.shape == other.shape


@method
def get_device(self) -> int:
    """-1: the tensor is on the CPU."""
    return -1


for name, value in {
    "device": property(lambda self: device("cpu")),
    "is_cuda": False,
    "is_cpu": True,
    "is_quantized": False,
    "is_mkldnn": False,
    "is_meta": False,
    "is_mps": False,
    "is_nested": False,
    "name": None,
}.items():
    bind_method(name, value)
