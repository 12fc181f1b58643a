"""All parameters as one vector, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule.functions import cat

if TYPE_CHECKING:
    from collections.abc import Iterable


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The elements of all parameters, one after the other.

    >>> import chainrule as torch
    >>> torch.nn.utils.parameters_to_vector([torch.zeros(1), torch.ones(1, 2)])
    tensor([0., 1., 1.])
    """
    return cat([parameter.view(-1) for parameter in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Let the parameters share the memory of consecutive parts of a vector.

    >>> import chainrule as torch
    >>> p = torch.nn.Parameter(torch.zeros(2))
    >>> torch.nn.utils.vector_to_parameters(torch.tensor([1.0, 2.0]), [p])
    >>> p.data
    tensor([1., 2.])
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec).__name__}")
    begin = 0
    for parameter in parameters:
        end = begin + parameter.numel()
        parameter.data = vec[begin:end].view(parameter.shape).data
        begin = end
