"""functionalize and debug_unwrap: what shows, or hides, how transforms are made.

Apart from the transforms: both exist for programs written for PyTorch, whose insides differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.modes import in_transform
from chainrule.func._reverse import constant
from chainrule.transforms.levels import WrappedArray

if TYPE_CHECKING:
    from collections.abc import Callable


def functionalize(func: Callable[..., Any], *, remove: str = "mutations") -> Callable[..., Any]:
    """func as it is: its results are those that it would have without writing in place.

    In PyTorch it runs without operations that write in place (or, with
    `remove="mutations_and_views"`, views), which matters to those who trace it. Nothing traces
    here, and results show no difference. RuntimeError for another `remove`.

    >>> import chainrule as torch
    >>> torch.func.functionalize(lambda x: x.clone().add_(1))(torch.zeros(2))
    tensor([1., 1.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.functionalize.html
    """
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(
            "functionalize(f, remove='mutations'): received invalid argument for "
            f"remove={remove}. Valid options are: remove='mutations', "
            "remove='mutations_and_views'"
        )
    return func


def debug_unwrap(tensor: Tensor, *, recurse: bool = True) -> Tensor:
    """What a tensor inside a transform is made of: all members of a batch, the primal of a dual.

    For a look at its numbers while a transform runs, and nothing else: what is computed from the
    result, the transforms do not see. Without `recurse`, only the innermost transform is taken off.
    Outside transforms a tensor is returned as it is.

    >>> import chainrule as torch
    >>> def f(x):
    ...     print(torch.func.debug_unwrap(x))
    ...     return x.sum()
    >>> torch.func.vmap(f)(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[1., 2.],
            [3., 4.]])
    tensor([3., 7.])

    See https://docs.pytorch.org/docs/2.13/generated/torch.func.debug_unwrap.html
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"debug_unwrap(): expected a Tensor, got {type(tensor).__name__}")
    array: Any = tensor._array
    if isinstance(array, WrappedArray):
        array = array.inner
        while recurse and isinstance(array, WrappedArray):
            array = array.inner
        return wrap_array(array)
    return constant(tensor) if in_transform() and tensor.requires_grad else tensor
