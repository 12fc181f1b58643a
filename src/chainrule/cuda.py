"""torch.cuda as it is on a machine without a GPU: there, harmless, and saying so.

Apart, because nothing in it computes. What only asks or prepares (`is_available`,
`manual_seed_all`, `synchronize`, `empty_cache`) does nothing; what needs a device raises, as on
PyTorch's CPU build.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "BFloat16Tensor",
    "BoolTensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "Event",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "OutOfMemoryError",
    "ShortTensor",
    "Stream",
    "can_device_access_peer",
    "current_device",
    "current_stream",
    "default_stream",
    "device_count",
    "empty_cache",
    "get_arch_list",
    "get_device_capability",
    "get_device_name",
    "get_device_properties",
    "get_rng_state",
    "get_rng_state_all",
    "init",
    "initial_seed",
    "ipc_collect",
    "is_available",
    "is_bf16_supported",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
    "max_memory_allocated",
    "max_memory_reserved",
    "mem_get_info",
    "memory_allocated",
    "memory_reserved",
    "memory_stats",
    "reset_peak_memory_stats",
    "seed",
    "seed_all",
    "set_device",
    "set_rng_state_all",
    "synchronize",
]


class OutOfMemoryError(RuntimeError):
    """What PyTorch raises when a GPU is full; here so that `except` clauses can name it."""


# ---- asked before any work is done: answered -------------------------------------------------


def is_available() -> bool:
    """Whether there is a GPU to compute on: False.

    >>> import chainrule as torch
    >>> torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device(type='cpu')
    """
    return False


def is_initialized() -> bool:
    """Whether a GPU has been set up: False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """Whether the GPU computes in bfloat16: False, as there is none."""
    return False


def device_count() -> int:
    """The number of GPUs: 0."""
    return 0


def get_arch_list() -> list[str]:
    """The GPU architectures compiled for: none."""
    return []


def memory_allocated(device: object = None) -> int:
    """Bytes that tensors hold on the GPU: 0."""
    return 0


max_memory_allocated = memory_reserved = max_memory_reserved = memory_allocated


def memory_stats(device: object = None) -> OrderedDict[str, int]:
    """The allocator's counters: none."""
    return OrderedDict()


def get_rng_state_all() -> list[object]:
    """The random states of all GPUs: an empty list."""
    return []


# ---- preparations: nothing to prepare --------------------------------------------------------


def manual_seed(seed: int) -> None:
    """Seeds the GPU's random numbers: nothing to do; `torch.manual_seed` seeds the CPU's."""


manual_seed_all = manual_seed


def seed() -> None:
    """Seeds the GPU's random numbers from chance: nothing to do."""


seed_all = seed


def set_rng_state_all(new_states: object) -> None:
    """Sets the random states of all GPUs: nothing to do."""


def empty_cache() -> None:
    """Gives the allocator's free blocks back: nothing to do."""


def synchronize(device: object = None) -> None:
    """Waits for the GPU: nothing to wait for, all work is done when a call returns.

    PyTorch's CPU build raises here; a program that measures itself should not have to ask first.
    """


def reset_peak_memory_stats(device: object = None) -> None:
    """Forgets the highest memory use so far: nothing to do."""


# ---- what needs a device ---------------------------------------------------------------------


def _absent(name: str, *arguments: object) -> AssertionError:
    shown = ", ".join(map(repr, arguments))
    return AssertionError(
        f"Torch not compiled with CUDA enabled: torch.cuda.{name}({shown}) needs a GPU, "
        f"and chainrule computes on the CPU; ask torch.cuda.is_available() first"
    )


def _needs_device(name: str, meaning: str) -> Callable[..., object]:
    """A function that PyTorch has and that means something only where there is a GPU."""

    def function(*arguments: object, **options: object) -> object:
        raise _absent(name, *arguments)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{meaning}: raises AssertionError, there is no GPU."
    return function


init = _needs_device("init", "Sets the GPU up")
current_device = _needs_device("current_device", "The index of the selected GPU")
get_device_name = _needs_device("get_device_name", "The name of a GPU")
get_device_capability = _needs_device("get_device_capability", "What a GPU is able to do")
get_device_properties = _needs_device("get_device_properties", "The properties of a GPU")
can_device_access_peer = _needs_device("can_device_access_peer", "Whether one GPU sees another")
current_stream = _needs_device("current_stream", "The stream in use")
default_stream = _needs_device("default_stream", "The stream used unless another is named")
initial_seed = _needs_device("initial_seed", "The seed of a GPU's random numbers")
get_rng_state = _needs_device("get_rng_state", "The state of a GPU's random numbers")
mem_get_info = _needs_device("mem_get_info", "The free and total memory of a GPU")
ipc_collect = _needs_device("ipc_collect", "Frees memory shared with another process")


def set_device(device: object) -> None:
    """Selects a GPU: raises AssertionError, except for a negative index, which selects none."""
    if not isinstance(device, int) or device >= 0:
        raise _absent("set_device", device)


class Stream:
    """A queue of a GPU's work: cannot be made here."""

    def __init__(self, *arguments: object, **options: object) -> None:
        raise RuntimeError("torch.cuda.Stream requires CUDA support: chainrule computes on the CPU")


class Event:
    """A mark in a GPU's queue: cannot be made here."""

    def __init__(self, *arguments: object, **options: object) -> None:
        raise RuntimeError(
            "Tried to instantiate dummy base class Event: chainrule computes on the CPU; "
            "time.perf_counter() measures time there"
        )


class _TensorOnDevice:
    """The type of a tensor on a GPU: no object is one, and none can be made."""

    def __new__(cls, *arguments: object, **options: object) -> _TensorOnDevice:
        raise TypeError(
            f"type torch.cuda.{cls.__name__} not available. Torch not compiled with CUDA enabled: "
            f"torch.{cls.__name__} makes the same tensor on the CPU"
        )


class FloatTensor(_TensorOnDevice):
    """A float32 tensor on a GPU: for `isinstance`, which is never true."""


class DoubleTensor(_TensorOnDevice):
    """A float64 tensor on a GPU: for `isinstance`, which is never true."""


class HalfTensor(_TensorOnDevice):
    """A float16 tensor on a GPU: for `isinstance`, which is never true."""


class BFloat16Tensor(_TensorOnDevice):
    """A bfloat16 tensor on a GPU: for `isinstance`, which is never true."""


class ByteTensor(_TensorOnDevice):
    """A uint8 tensor on a GPU: for `isinstance`, which is never true."""


class CharTensor(_TensorOnDevice):
    """An int8 tensor on a GPU: for `isinstance`, which is never true."""


class ShortTensor(_TensorOnDevice):
    """An int16 tensor on a GPU: for `isinstance`, which is never true."""


class IntTensor(_TensorOnDevice):
    """An int32 tensor on a GPU: for `isinstance`, which is never true."""


class LongTensor(_TensorOnDevice):
    """An int64 tensor on a GPU: for `isinstance`, which is never true."""


class BoolTensor(_TensorOnDevice):
    """A bool tensor on a GPU: for `isinstance`, which is never true."""
