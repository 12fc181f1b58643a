"""Generators of random numbers, the one that is used by default, and the functions that seed it.

Apart from random.py, which draws from them. This is what PyTorch has as `torch.random` too.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.devices import device as device_type
from chainrule._core.modes import count_batches
from chainrule.functions.conversion import check_device
from chainrule.functions.declare import PUBLIC, public
from chainrule.ops.random_stream import Stream, new_seed

if TYPE_CHECKING:
    from collections.abc import Iterator


class Generator:
    """A stream of random numbers with a seed of its own, to be given as `generator=`.

    It is PyTorch's Mersenne Twister: after the same seed, the same calls draw the same numbers as
    in PyTorch on the CPU, and states can be exchanged with it. Draws from several threads do not
    mix. Raises RuntimeError for any device but the CPU.

    >>> import chainrule as torch
    >>> g = torch.Generator().manual_seed(0)
    >>> torch.rand(2, generator=g)
    tensor([0.4963, 0.7682])

    See https://docs.pytorch.org/docs/2.13/generated/torch.Generator.html
    """

    def __init__(self, device="cpu"):
        self._device = device_type(device)
        if self._device.type != "cpu":
            raise RuntimeError(
                f"Cannot get {self._device.type.upper()} generator: chainrule draws on the CPU"
            )
        self._stream = Stream()

    @property
    def device(self) -> device_type:
        """The device it draws on: the CPU."""
        return self._device

    def manual_seed(self, seed: int) -> Generator:
        """Start again from a seed; returns the generator. Of the seed, 32 bits count.

        Raises ValueError for seeds outside [-2 ** 63, 2 ** 64); -1 is 2 ** 64 - 1.
        """
        if not isinstance(seed, int):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
        if not -(2**63) <= seed < 2**64:
            raise ValueError(
                f"Overflow when unpacking long long: the seed {seed} is not in [-2**63, 2**64)"
            )
        self._stream.reseed(int(seed) % 2**64)
        return self

    def seed(self) -> int:
        """Start again from a seed of the operating system's, and return it."""
        seed = new_seed()
        self._stream.reseed(seed)
        return seed

    def initial_seed(self) -> int:
        """The seed it started from."""
        return self._stream.seed

    def get_state(self) -> Tensor:
        """Where it stands, as 5056 bytes (uint8) in PyTorch's format.

        >>> import chainrule as torch
        >>> g = torch.Generator()
        >>> state = g.get_state()
        >>> a = torch.rand(2, generator=g)
        >>> torch.equal(a, torch.rand(2, generator=g.set_state(state)))
        True
        """
        return wrap_array(numpy.frombuffer(self._stream.state(), numpy.uint8).copy())

    def set_state(self, new_state: Tensor) -> Generator:
        """Go where get_state() was; returns the generator.

        Raises TypeError for what is no tensor of uint8, RuntimeError for what is no state.
        """
        if not isinstance(new_state, Tensor):
            raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
        if new_state.dtype.name != "uint8":
            raise TypeError(
                f"RNG state must be a torch.ByteTensor, but its dtype is {new_state.dtype}"
            )
        self._stream.set_state(new_state._array.tobytes())
        return self

    def clone_state(self) -> Generator:
        """A new generator that stands where this one does."""
        return Generator(self._device).set_state(self.get_state())

    def get_offset(self) -> int:
        """Refused: only generators on other devices count their draws."""
        raise RuntimeError("CPU Generator does not use offset")

    def set_offset(self, offset: int) -> Generator:
        """Refused: only generators on other devices count their draws."""
        raise RuntimeError("CPU Generator does not use offset")

    def __repr__(self):
        return f"<torch._C.Generator object at {id(self):#x}>"

    def __reduce__(self):
        return type(self), (self._device,), (self.initial_seed(), None, self.get_state())

    def __setstate__(self, state):
        self.set_state(state[2])


def _unseeded() -> Generator:
    generator = Generator()
    generator._stream = Stream(seed=None)
    return generator


PUBLIC["Generator"] = Generator
PUBLIC["default_generator"] = default_generator = _unseeded()  # type: ignore[assignment]


def stream_of(name: str, generator: Generator | None) -> Stream:
    """The stream to draw from: the default one unless a generator is given."""
    if count_batches():
        from chainrule.transforms.chance import check_allowed

        check_allowed()
    if generator is None:
        return default_generator._stream
    if not isinstance(generator, Generator):
        raise TypeError(
            f"{name}() received an invalid combination of arguments: 'generator' must be a "
            f"torch.Generator, not {type(generator).__name__}"
        )
    return generator._stream


@public
def manual_seed(seed: int) -> Generator:
    """Seed the default generator, and return it: from here on, the numbers are PyTorch's.

    Raises ValueError for seeds outside [-2 ** 63, 2 ** 64).

    >>> import chainrule as torch
    >>> torch.manual_seed(0)
    <torch._C.Generator object at 0x...>
    >>> torch.rand(2)
    tensor([0.4963, 0.7682])

    See https://docs.pytorch.org/docs/2.13/generated/torch.manual_seed.html
    """
    return default_generator.manual_seed(int(seed))


@public
def seed() -> int:
    """Seed the default generator from the operating system, and return the seed.

    See https://docs.pytorch.org/docs/2.13/generated/torch.seed.html
    """
    return default_generator.seed()


@public
def initial_seed() -> int:
    """The seed that the default generator started from.

    >>> import chainrule as torch
    >>> torch.manual_seed(7).initial_seed() == torch.initial_seed() == 7
    True

    See https://docs.pytorch.org/docs/2.13/generated/torch.initial_seed.html
    """
    return default_generator.initial_seed()


@public
def get_rng_state() -> Tensor:
    """Where the default generator stands: 5056 bytes.

    >>> import chainrule as torch
    >>> torch.get_rng_state().shape
    torch.Size([5056])

    See https://docs.pytorch.org/docs/2.13/generated/torch.get_rng_state.html
    """
    return default_generator.get_state()


@public
def set_rng_state(new_state: Tensor) -> None:
    """Let the default generator go where get_rng_state() was.

    See https://docs.pytorch.org/docs/2.13/generated/torch.set_rng_state.html
    """
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(
    devices=None,
    enabled: bool = True,
    _caller: str = "fork_rng",
    _devices_kw: str = "devices",
    device_type: str | None = None,
) -> Iterator[None]:
    """A context after which the default generator stands where it stood before.

    >>> import chainrule as torch
    >>> _ = torch.manual_seed(0)
    >>> with torch.random.fork_rng():
    ...     a = torch.rand(2)
    >>> torch.equal(a, torch.rand(2))
    True

    See https://docs.pytorch.org/docs/2.13/random.html
    """
    for named in devices or ():
        check_device("cuda" if isinstance(named, int) else named)
    if device_type is not None:
        check_device(device_type)
    if not enabled:
        yield
        return
    state = default_generator.get_state()
    try:
        yield
    finally:
        default_generator.set_state(state)
