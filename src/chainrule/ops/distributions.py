"""The distributions: what PyTorch makes of a stream of random words, number by number.

Apart from the records of random.py, which write them into tensors: here a distribution is a
function from a stream (random_stream.py) to a flat array, in the order in which PyTorch draws.
Every digit is meant to be PyTorch's on an x86-64 CPU, and the stream to stand where PyTorch's
then stands.

Note: bernoulli_ on Intel. On Intel processors PyTorch hands bernoulli_(p) with one p for all
elements, and so dropout, to a generator of Intel's library; on all others it draws as is done
here. Ours is the same everywhere.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy

from chainrule.ops.box_muller import (
    blocks_of_doubles,
    blocks_of_singles,
    by_element,
    pair_of_doubles,
    pairs_of_doubles,
)

if TYPE_CHECKING:
    from chainrule.ops.random_stream import Stream

float32, float64 = numpy.dtype(numpy.float32), numpy.dtype(numpy.float64)
BLOCK = 16  # from so many normal deviates on they are made in blocks of as many
LONG_SPAN = 2**28  # from so many different integers on each takes a 64-bit word


def locked(distribution):
    """Decorator: hold the stream while drawing, so that threads take whole draws by turns."""

    def draw(stream: Stream, *arguments, **keywords):
        with stream.lock:
            return distribution(stream, *arguments, **keywords)

    draw.__name__, draw.__doc__ = distribution.__name__, distribution.__doc__
    draw.__wrapped__ = distribution
    return draw


def scaled(x: numpy.ndarray, factor: float, offset: float) -> numpy.ndarray:
    """offset + factor * x of a float32 or float64 array, rounded once, as a fused step does it."""
    if factor == 1 and offset == 0:
        return x
    if x.dtype == float32:
        exact = x.astype(float64)
        exact *= float(float32.type(factor))
        exact += float(float32.type(offset))
        return exact.astype(float32)
    if not abs(factor) < 1e290 or not abs(offset) < 1e290:
        return offset + factor * x
    return _fused(x, factor, offset)


def rounded(x: numpy.ndarray, dtype: numpy.dtype) -> numpy.ndarray:
    """Numbers in another type; 16-bit ones are rounded to float32 on the way, as in PyTorch."""
    if dtype.itemsize == 2 and x.dtype == float64:
        x = x.astype(float32)
    return x.astype(dtype, copy=False)


def _fused(x, y, z):
    """x * y + z in float64, rounded once: by Dekker's exact product and Knuth's exact sum."""
    (x_high, x_low), (y_high, y_low) = _halves(x), _halves(y)
    product = x * y
    lost = ((x_high * y_high - product) + x_high * y_low + x_low * y_high) + x_low * y_low
    total = product + z
    part = total - product
    return total + (((product - (total - part)) + (z - part)) + lost)


def _halves(x):
    """x as the sum of two numbers of 26 bits each."""
    shifted = 134217729.0 * x
    high = shifted - (shifted - x)
    return high, x - high


def in_memory_order(x: numpy.ndarray, draws: numpy.ndarray) -> numpy.ndarray:
    """A flat array laid out like x: PyTorch fills a tensor in the order of its memory."""
    if x.flags.c_contiguous:
        return draws.reshape(x.shape)
    order = memory_order(x)
    return draws.reshape([x.shape[axis] for axis in order]).transpose(numpy.argsort(order))


def memory_order(x: numpy.ndarray) -> list[int]:
    """The axes of x from the longest stride to the shortest."""
    return sorted(range(x.ndim), key=lambda axis: -x.strides[axis])


# --------------------------------------------------------------------------------- continuous


@locked
def uniform(stream: Stream, count: int, dtype, low: float = 0.0, high: float = 1.0):
    """Uniform in [low, high); a value that rounds to `high` becomes `low`."""
    if dtype.kind == "c":
        return uniform(stream, 2 * count, _real(dtype), low, high).view(dtype)
    draws = stream.doubles(count) if dtype == float64 else stream.floats(count)
    if (low, high) == (0, 1) and dtype in (float32, float64):
        return draws
    low, high = draws.dtype.type(low), draws.dtype.type(high)
    values = scaled(draws, high - low, low).astype(dtype, copy=False)
    values[values == high.astype(dtype)] = low
    return values


@locked
def normal(stream: Stream, count: int, dtype, mean=0.0, std=1.0, blocks: bool = True):
    """Normal deviates: in blocks of 16 where there are 16 and the memory is one run, else singly.

    A rest that fills no block is made by drawing the last 16 again.
    """
    if dtype.kind == "c":
        return normal(stream, 2 * count, _real(dtype), mean, std / math.sqrt(2), blocks).view(dtype)
    if count < BLOCK or not blocks:
        return rounded(scaled(one_by_one(stream, count), std, mean), dtype)
    if dtype == float64:
        values = _in_blocks(stream.doubles, blocks_of_doubles, count, count)
    else:
        first = count if dtype == float32 else count - count % BLOCK
        values = _in_blocks(stream.floats, blocks_of_singles, count, first)
    return scaled(values, std, mean).astype(dtype, copy=False)


def _in_blocks(draw, transform, count: int, first: int) -> numpy.ndarray:
    """`first` uniform draws to begin with, blocks of them made normal, and the last 16 anew."""
    values = draw(first)
    rest = count % BLOCK
    transform(values[: count - rest])
    if rest:
        values = numpy.concatenate((values[: count - BLOCK], transform(draw(BLOCK))))
    return values


def one_by_one(stream: Stream, count: int) -> numpy.ndarray:
    """Normal deviates in float64, made by pairs; an odd one out waits in the stream."""
    values = [] if stream.waiting_normal is None or not count else [stream.waiting_normal]
    missing = count - len(values)
    if values:
        stream.waiting_normal = None
    if count < BLOCK:
        words = stream.words(4 * ((missing + 1) // 2)).tolist()
        draws = [
            ((high << 32 | low) & 2**53 - 1) * 2.0**-53
            for high, low in zip(words[::2], words[1::2])
        ]
        for turns, draw in zip(draws[::2], draws[1::2]):
            values += pair_of_doubles(turns, draw)
        values = numpy.array(values, float64)
    else:
        pairs = pairs_of_doubles(stream.doubles(missing + missing % 2))
        values = numpy.concatenate((values, pairs))
    if len(values) > count:
        stream.waiting_normal = float(values[-1])
    return values[:count]


@locked
def exponential(stream: Stream, count: int, dtype, rate: float = 1.0) -> numpy.ndarray:
    """-log(1 - u) / rate."""
    draws = stream.doubles(count)
    numpy.negative(draws, out=draws)
    logs = by_element(math.log1p, draws) if dtype == float64 else numpy.log1p(draws, out=draws)
    logs *= -1 / rate
    return rounded(logs, dtype)


@locked
def cauchy(stream: Stream, count: int, dtype, median=0.0, sigma=1.0) -> numpy.ndarray:
    """median + sigma * tan(pi (u - 1/2))."""
    angles = math.pi * (stream.doubles(count) - 0.5)
    tangents = by_element(math.tan, angles) if dtype == float64 else numpy.tan(angles)
    return rounded(scaled(tangents, sigma, median), dtype)


@locked
def log_normal(stream: Stream, count: int, dtype, mean=1.0, std=2.0) -> numpy.ndarray:
    """exp of normal deviates, which are made one by one."""
    values = scaled(one_by_one(stream, count), std, mean)
    values = by_element(math.exp, values) if dtype == float64 else numpy.exp(values)
    return rounded(values, dtype)


def _real(dtype: numpy.dtype) -> numpy.dtype:
    return numpy.dtype(f"f{dtype.itemsize // 2}")


# ----------------------------------------------------------------------------------- discrete


@locked
def geometric(stream: Stream, count: int, dtype, p: float) -> numpy.ndarray:
    """The number of trials up to the first success: log(u) / log(1 - p), rounded up."""
    trials = numpy.ceil(numpy.log(stream.doubles(count)) / math.log1p(-p))
    return rounded(trials.astype(numpy.int64) if dtype.kind in "iu" else trials, dtype)


@locked
def integers(stream: Stream, count: int, dtype, low: int, span: int) -> numpy.ndarray:
    """Integers in [low, low + span): a word modulo the span, which favours small ones a little."""
    return _remainders(stream, count, dtype, low, span, long=span >= LONG_SPAN)


@locked
def any_value(stream: Stream, count: int, dtype, span: int) -> numpy.ndarray:
    """Integers in [0, span), where the dtype and not the span decides on the size of a word."""
    return _remainders(stream, count, dtype, 0, span, long=dtype.itemsize == 8)


def _remainders(stream: Stream, count: int, dtype, low: int, span: int, long: bool):
    if not long and span <= 0xFFFFFFFF:
        words = stream.words(count).astype(numpy.uint32)
        words -= words // span * numpy.uint32(span)  # three times as fast as words % span
        values = words.astype(numpy.int64)
    else:
        words = stream.long_words(count) if long else stream.words(count)
        values = (words if span == 2**64 else words % span).view(numpy.int64)
    if low and span != 2**64:
        values += low
    return values.astype(dtype, copy=False)


@locked
def permutation(stream: Stream, count: int, dtype) -> numpy.ndarray:
    """0 ... count - 1 shuffled: each place by turns is swapped with a random one not before it.

    Note: shuffling without a loop. Place i is swapped with place target[i] >= i. What a place
    holds at any time was brought by the latest swap that had it for its target, if any; and what
    swap k brings is what place k held at time k. So the value that leaves place k is found by
    following, from k, the latest earlier swap into the place, and so on to a place that none has
    touched; all chains are followed at once, in steps of doubled length.
    """
    places = numpy.arange(count)
    if count < 2:
        return places.astype(dtype)
    targets = places.copy()
    targets[:-1] += stream.words(count - 1).view(numpy.int64) % (places[:0:-1] + 1)
    earlier, latest = _swaps_into(places, targets)
    brought_by = numpy.where(targets == places, earlier, latest)
    leaving = numpy.where(brought_by < 0, places, brought_by)
    while True:
        further = leaving[leaving]
        if numpy.array_equal(further, leaving):
            break
        leaving = further
    return numpy.where(earlier < 0, targets, leaving[earlier]).astype(dtype, copy=False)


def _swaps_into(places, targets) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Per swap, the one before it with the same target; per place, the latest into it; or -1."""
    swaps = _order(targets)
    ordered = targets[swaps]
    repeats = ordered[1:] == ordered[:-1]
    earlier, latest = numpy.empty_like(places), numpy.full_like(places, -1)
    earlier[swaps[0]] = -1
    earlier[swaps[1:]] = numpy.where(repeats, swaps[:-1], -1)
    last = numpy.append(~repeats, True)
    latest[ordered[last]] = swaps[last]
    return earlier, latest


def _order(targets: numpy.ndarray) -> numpy.ndarray:
    """A stable argsort by 16 bits at a time, which NumPy does by counting: half the time."""
    order = numpy.argsort(targets.astype(numpy.uint16), kind="stable")
    for shift in range(16, int(targets.size).bit_length(), 16):
        digits = (targets >> shift).astype(numpy.uint16)[order]
        order = order[numpy.argsort(digits, kind="stable")]
    return order


@locked
def bernoulli(stream: Stream, count: int, dtype, p: float) -> numpy.ndarray:
    """1 with probability p: where a float64 draw is below it."""
    return (stream.doubles(count) < p).astype(dtype)


@locked
def bernoulli_each(stream: Stream, p: numpy.ndarray, dtype) -> numpy.ndarray:
    """1 with the probability that stands at each place of a flat array."""
    draws = stream.doubles(p.size) if p.dtype == float64 else stream.floats(p.size)
    return (draws < p).astype(dtype)


@locked
def multinomial(stream: Stream, weights: numpy.ndarray, samples: int) -> numpy.ndarray:
    """Without replacement, for each row: the largest ratios of weights to exponential draws.

    Where fewer than `samples` weights are positive, the rest are chosen in order.
    """
    times = in_memory_order(weights, exponential(stream, weights.size, weights.dtype))
    ratios = weights / times
    if samples == 1:
        return ratios.argmax(-1, keepdims=True)
    return numpy.argsort(-ratios, axis=-1, kind="stable")[..., :samples].copy()


@locked
def multinomial_with_replacement(stream: Stream, weights: numpy.ndarray, samples: int):
    """For each row, the places of uniform draws among the cumulated weights."""
    precision = float64 if weights.dtype == float64 else float32
    cumulated = numpy.cumsum(weights, axis=-1, dtype=precision)
    cumulated /= cumulated[..., -1:].copy()
    cumulated[..., -1] = 1
    draws = stream.doubles(math.prod(weights.shape[:-1]) * samples)
    draws = draws.reshape(-1, samples)
    rows = zip(cumulated.reshape(-1, weights.shape[-1]), draws)
    chosen = [numpy.searchsorted(row, draw) for row, draw in rows]
    return numpy.array(chosen, numpy.int64).reshape(*weights.shape[:-1], samples)
