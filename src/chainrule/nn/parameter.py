"""Parameter and Buffer: tensors that a module counts as its own when they are set on it.

Apart from Module, because optimizers and saved files know parameters without knowing modules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule._core.core import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import SupportsIndex


class Parameter(Tensor):
    """A leaf of the graph that a module trains; shares the memory of `data`.

    RuntimeError where a gradient is asked of a dtype that has none.

    >>> import chainrule as torch
    >>> torch.nn.Parameter(torch.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.parameter.Parameter.html
    """

    _plain_results = True  # what is computed from a parameter is a Tensor

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        return _leaf(cls, data, requires_grad)  # type: ignore[return-value]

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict) -> Parameter:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return memo[id(self)]

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Callable, tuple]:
        arguments = (type(self), self.data, self.requires_grad, dict(self.__dict__))
        return _rebuild, arguments


class Buffer(Tensor):
    """A tensor that a module keeps beside its parameters; `persistent` ones are saved.

    >>> import chainrule as torch
    >>> net = torch.nn.Module()
    >>> net.mean = torch.nn.Buffer(torch.zeros(2))
    >>> list(net.state_dict())
    ['mean']

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.parameter.Buffer.html
    """

    _plain_results = True
    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Buffer:
        buffer = _leaf(cls, data, False if data is None else data.requires_grad)
        buffer.persistent = persistent  # type: ignore[attr-defined]
        return buffer  # type: ignore[return-value]


def _leaf(cls: type[Tensor], data: Tensor | None, requires_grad: bool) -> Tensor:
    """A leaf of class `cls` over the memory of `data`; over nothing where that is None."""
    if data is None:
        from chainrule.functions import empty

        data = empty(0)
    if not isinstance(data, Tensor):
        raise AttributeError(
            f"'{type(data).__name__}' object has no attribute 'detach': "
            f"{cls.__name__} is made from a Tensor"
        )
    if requires_grad and not (data.is_floating_point() or data.is_complex()):
        raise RuntimeError(
            "Only Tensors of floating point and complex dtype can require gradients; "
            f"found {data.dtype}"
        )
    return Tensor._make_subclass(cls, data, requires_grad)


def _rebuild(cls: type[Parameter], data: Tensor, requires_grad: bool, attributes: dict) -> Tensor:
    """What unpickling a parameter calls."""
    parameter = cls(data, requires_grad)
    parameter.__dict__.update(attributes)
    return parameter


def clear_gradient(parameter: Tensor, set_to_none: bool) -> None:
    """Forget a gradient, or make it zeros that no graph hangs on."""
    gradient = parameter.grad
    if gradient is None:
        return
    if set_to_none:
        parameter.grad = None
        return
    if gradient.grad_fn is not None:
        gradient.detach_()
    else:
        gradient.requires_grad_(False)
    gradient.zero_()
