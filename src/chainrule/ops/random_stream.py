"""The stream of random bits: PyTorch's Mersenne Twister on the CPU, word for word.

Apart from the distributions, because a stream only knows where it stands: every distribution
takes words from it in the order and number in which PyTorch does, so that the two stay in step.
"""

from __future__ import annotations

import os
import struct
from _thread import RLock

import numpy

BLOCK = 32768  # words drawn at a time: they stay in cache while they are converted
STATE_WORDS = 624
SEED_OF_A_NEW_STREAM = 67280421310721
WORD = 0xFFFFFFFF

# PyTorch's layout of a saved state: seed, words left before the next 624 are made (plus one),
# seeded, position, the 624 words, and the second normal deviate of a pair if it is waiting.
HEADER = struct.Struct("<QiiQ")
FOOTER = struct.Struct("<8xd8xi12x")
STATE_BYTES = HEADER.size + 8 * STATE_WORDS + FOOTER.size


class Stream:
    """A seeded sequence of 32-bit words. Take `lock` around every use.

    `waiting_normal` is the second of two normal deviates made together, or None. numpy.random is
    imported when the first word is asked for: it takes as long to import as half of NumPy.
    """

    def __init__(self, seed: int | None = SEED_OF_A_NEW_STREAM):
        self.lock = RLock()
        self.waiting_normal: float | None = None
        self._seed = seed
        self._twister = None

    # ------------------------------------------------------------------------------- seeds

    @property
    def seed(self) -> int:
        """The seed it was given last; one from the operating system if it was given none."""
        with self.lock:
            if self._seed is None:
                self._seed = new_seed()
            return self._seed

    def reseed(self, seed: int) -> None:
        """Start again. Only the low 32 bits of the seed count, as in PyTorch."""
        with self.lock:
            self._seed = seed
            self._twister = self.waiting_normal = None

    @property
    def twister(self):
        """NumPy's bit generator, made when it is first needed."""
        if self._twister is None:
            self._twister = _seeded_twister(self.seed & WORD)
        return self._twister

    # ------------------------------------------------------------------------------- words

    def words(self, count: int) -> numpy.ndarray:
        """The next 32-bit words, as uint64."""
        return self.twister.random_raw(count)

    def long_words(self, count: int) -> numpy.ndarray:
        """The next 64-bit words; of two 32-bit words the first is the high half."""
        words = self.words(2 * count)
        result = words[0::2] << 32
        result |= words[1::2]
        return result

    def floats(self, count: int) -> numpy.ndarray:
        """Uniform in [0, 1), float32: the low 24 bits of a word."""
        return self._converted(self.words, count, numpy.float32, 24)

    def doubles(self, count: int) -> numpy.ndarray:
        """Uniform in [0, 1), float64: the low 53 bits of a 64-bit word."""
        return self._converted(self.long_words, count, numpy.float64, 53)

    def _converted(self, draw, count: int, dtype, bits: int) -> numpy.ndarray:
        if count <= BLOCK:
            words = draw(count)
            words &= (1 << bits) - 1
            result = words.view(numpy.int64).astype(dtype)  # signed integers convert faster
            result *= dtype(2.0**-bits)
            return result
        result = numpy.empty(count, dtype)
        for start in range(0, count, BLOCK):
            part = result[start : start + BLOCK]
            part[...] = self._converted(draw, part.size, dtype, bits)
        return result

    # ------------------------------------------------------------------------------- states

    def state(self) -> bytes:
        """The state in PyTorch's 5056 bytes, which PyTorch can take up too."""
        with self.lock:
            twister = self.twister.state["state"]
            position = twister["pos"]
            left = STATE_WORDS + 1 - position
            if position == STATE_WORDS and self._is_fresh(twister["key"]):
                position = 0
            header = HEADER.pack(self.seed, left, 1, position)
            waiting = self.waiting_normal
            footer = FOOTER.pack(waiting or 0.0, waiting is not None)
            return header + twister["key"].astype("<u8").tobytes() + footer

    def set_state(self, state: bytes) -> None:
        """Go to a state that `state()`, here or in PyTorch, gave."""
        if len(state) != STATE_BYTES:
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {STATE_BYTES} but found the input "
                f"RNG state size to be {len(state)}"
            )
        seed, left, seeded, position = HEADER.unpack_from(state)
        if not (seeded == 1 and 1 <= left <= STATE_WORDS and position <= STATE_WORDS):
            raise RuntimeError(
                f"Invalid mt19937 state: seeded is {seeded}, {left} words are left and the "
                f"position is {position}"
            )
        words = numpy.frombuffer(state, "<u8", STATE_WORDS, HEADER.size)
        waiting, is_waiting = FOOTER.unpack_from(state, STATE_BYTES - FOOTER.size)
        with self.lock:
            self.reseed(seed)
            self.twister.state = {
                "bit_generator": "MT19937",
                "state": {
                    "key": words.astype(numpy.uint32),
                    "pos": STATE_WORDS if left == 1 else position,
                },
            }
            self.waiting_normal = waiting if is_waiting else None

    def mark(self) -> tuple:
        """Where the stream stands, for `go_to`: cheap, and nearly free before the first word."""
        with self.lock:
            state = None if self._twister is None else self._twister.state
            return self.seed, state, self.waiting_normal

    def go_to(self, mark: tuple) -> None:
        """Go back to where `mark()` was taken."""
        with self.lock:
            seed, state, waiting = mark
            if state is None:
                self._twister = None
            else:
                self.twister.state = state
            self._seed, self.waiting_normal = seed, waiting

    def _is_fresh(self, key: numpy.ndarray) -> bool:
        """Whether no word has been drawn since the seed (PyTorch's position is 0 then)."""
        return numpy.array_equal(_seeded_twister(self.seed & WORD).state["state"]["key"], key)


def new_seed() -> int:
    """64 bits that nobody can foresee."""
    return int.from_bytes(os.urandom(8), "little")


def _seeded_twister(seed: int):
    """An MT19937 seeded as its authors did it in 2002, which is what PyTorch does."""
    from numpy.random import MT19937, RandomState

    twister = MT19937(0)
    RandomState(twister).seed(seed)
    return twister
