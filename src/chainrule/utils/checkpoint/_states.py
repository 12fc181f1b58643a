"""The state of random numbers that a recomputation must start from.

Apart from both ways of recomputing, which share it. Other devices than the CPU have no state here.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from chainrule.functions.generator import default_generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from chainrule._core.core import Tensor


class DefaultDeviceType:
    """The device type whose random state is kept where no argument names one.

    Accepted for programs that set it: all tensors are on the CPU.

    >>> from chainrule.utils.checkpoint import DefaultDeviceType
    >>> DefaultDeviceType.get_device_type()
    'cpu'

    See https://docs.pytorch.org/docs/2.13/checkpoint.html#torch.utils.checkpoint.DefaultDeviceType
    """

    _default_device_type = "cpu"

    @staticmethod
    def set_device_type(device: str = "cuda") -> None:
        """Name the default device type."""
        DefaultDeviceType._default_device_type = device

    @staticmethod
    def get_device_type() -> str:
        """The default device type."""
        return DefaultDeviceType._default_device_type


def get_device_states(*args: Any) -> tuple[list[int], list[Tensor]]:
    """(devices, random states) of the devices of the arguments other than the CPU: none.

    >>> import chainrule as torch
    >>> from chainrule.utils.checkpoint import get_device_states
    >>> get_device_states(torch.ones(2))
    ([], [])
    """
    return [], []


def set_device_states(
    devices: Sequence[int], states: Sequence[Tensor], *, device_type: str | None = None
) -> None:
    """Put back what get_device_states gave; raises RuntimeError where a device is named.

    >>> from chainrule.utils.checkpoint import set_device_states
    >>> set_device_states([], [])
    """
    if devices:
        raise RuntimeError(
            f"set_device_states: there is no device {devices[0]} whose state could be set; all "
            "tensors are on the CPU"
        )


def random_state(preserve: bool) -> tuple | None:
    """Where the default generator stands, None where that need not be kept."""
    return default_generator._stream.mark() if preserve else None


@contextlib.contextmanager
def random_numbers_from(state: tuple | None) -> Iterator[None]:
    """Draw the random numbers that follow `state`, and go on afterwards as if nothing was drawn."""
    if state is None:
        yield
        return
    stream = default_generator._stream
    before = stream.mark()
    stream.go_to(state)
    try:
        yield
    finally:
        stream.go_to(before)
