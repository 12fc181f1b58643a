"""Moving a module's tensors to another dtype or device, in place.

Apart from Module, because all of it is one idea: `_apply(fn)` puts `fn(tensor)` under every
parameter, gradient and buffer without making new objects of the parameters, so that an
optimizer which holds them keeps working.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule._core.devices import device as Device
from chainrule._core.types import dtype as Dtype

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Self

    from chainrule.nn.parameter import Parameter


class Conversion:
    """What Module can do to the data it owns."""

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    children: Callable[[], Iterator[Any]]

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        if recurse:
            for module in self.children():
                module._apply(fn)
        for parameter in self._parameters.values():
            if parameter is not None:
                parameter.data = fn(parameter.data)
                if parameter.grad is not None:
                    gradient = parameter.grad
                    parameter.grad = None
                    gradient.data = fn(gradient.data)
                    parameter.grad = gradient
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Bring parameters and buffers to a device, a dtype, or those of a tensor, in place.

        `to(device=None, dtype=None, non_blocking=False)`, `to(dtype)` or `to(tensor)`. Only
        floating point and complex tensors change their dtype; TypeError where `dtype` is
        neither.

        >>> import chainrule as torch
        >>> torch.nn.Linear(1, 1).to(torch.float64).weight.dtype
        torch.float64
        """
        device, dtype = requested(*args, **kwargs)
        if dtype is not None:
            check_parameter_dtype(dtype)

        def convert(tensor: Tensor) -> Tensor:
            if device is not None:
                tensor = tensor.to(device)
            changes = dtype is not None and (tensor.is_floating_point() or tensor.is_complex())
            return tensor.to(dtype) if changes else tensor

        return self._apply(convert)

    def type(self, dst_type: Dtype | str) -> Self:
        """Bring all parameters and buffers, integers too, to a dtype."""
        return self._apply(lambda tensor: tensor.type(dst_type))

    def float(self) -> Self:
        """Bring floating point parameters and buffers to float32."""
        return self._apply(lambda t: t.float() if t.is_floating_point() else t)

    def double(self) -> Self:
        """Bring floating point parameters and buffers to float64."""
        return self._apply(lambda t: t.double() if t.is_floating_point() else t)

    def half(self) -> Self:
        """Bring floating point parameters and buffers to float16."""
        return self._apply(lambda t: t.half() if t.is_floating_point() else t)

    def bfloat16(self) -> Self:
        """Bring floating point parameters and buffers to bfloat16."""
        return self._apply(lambda t: t.bfloat16() if t.is_floating_point() else t)

    def cpu(self) -> Self:
        """Bring parameters and buffers to the CPU, where they are already."""
        return self._apply(lambda tensor: tensor.cpu())

    def cuda(self, device: int | Device | None = None) -> Self:
        """Fail as PyTorch does on a machine without CUDA."""
        return self._apply(lambda tensor: tensor.cuda(device))


def requested(
    *args: Any,
    device: Any = None,
    dtype: Dtype | None = None,
    non_blocking: bool = False,
    memory_format: object = None,
    tensor: Tensor | None = None,
) -> tuple[Device | None, Dtype | None]:
    """The device and dtype that the arguments of `to` ask for."""
    for position, argument in enumerate(args):
        if isinstance(argument, Tensor):
            tensor = argument
        elif isinstance(argument, Dtype):
            dtype = argument
        elif isinstance(argument, bool) and position > 0:
            continue  # non_blocking, copy: nothing to wait for on a CPU
        elif argument is not None:
            device = argument
    if tensor is not None:
        device, dtype = tensor.device, tensor.dtype
    return (None if device is None else Device(device)), dtype


def check_parameter_dtype(dtype: Dtype) -> None:
    if not (dtype.is_floating_point or dtype.is_complex):
        raise TypeError(
            "nn.Module.to only accepts floating point or complex dtypes, "
            f"but got desired dtype={dtype}"
        )
    if dtype.is_complex:
        warnings.warn(
            "Complex modules are a new feature under active development whose design may "
            "change, and some modules might not work as expected when using complex tensors "
            "as parameters or buffers.",
            stacklevel=3,
        )
