"""Tensors filled at random: the records behind uniform_, bernoulli(p), normal(mean, std), ...

Apart from the distributions themselves, which know streams and flat arrays: these are ops, so that
what is filled keeps its place in the graph. No gradient flows through a fresh random number:
every partial derivative is 0.
"""

from __future__ import annotations

import math

from chainrule.ops import distributions
from chainrule.ops.distributions import in_memory_order, memory_order
from chainrule.ops.kinds import elementwise


def filled(name, distribution, node=None):
    """An op that puts draws in the place of x: `distribution(stream, size, dtype, *arguments)`."""

    def kernel(xp, x, *, stream, arguments):
        return in_memory_order(x, distribution(stream, x.size, x.dtype, *arguments))

    return elementwise(name, kernel, 0, node=node)


def normal_filled(xp, x, *, stream, arguments):
    """Normal deviates in the place of x: in blocks where its memory is one run."""
    mean, std = arguments
    blocks = x.flags.c_contiguous
    draws = distributions.normal(stream, x.size, x.dtype, mean, std, blocks)
    return in_memory_order(x, draws)


uniform = filled("uniform", distributions.uniform)
normal = elementwise("normal", normal_filled, 0)
log_normal = filled("log_normal", distributions.log_normal)
exponential = filled("exponential", distributions.exponential)
cauchy = filled("cauchy", distributions.cauchy)
geometric = filled("geometric", distributions.geometric)
integers = filled("random", distributions.integers)
integers_from_zero = integers.named("RandomBackward1")
any_integers = filled("random", distributions.any_value, node="RandomBackward2")
permutation = filled("permutation", distributions.permutation)
bernoulli = filled("bernoulli", distributions.bernoulli, node="BernoulliBackward2")


# ------------------------------------------------------------------- one parameter per element


def bernoulli_filled(xp, x, y, *, stream):
    """1 with the probabilities y in the place of x, which has their shape."""
    chances = y.transpose(memory_order(x)).reshape(-1)
    return in_memory_order(x, distributions.bernoulli_each(stream, chances, x.dtype))


def bernoulli_from(xp, x, *, stream, dtype):
    """1 with the probabilities x, drawn in the order of the elements."""
    return distributions.bernoulli_each(stream, x.reshape(-1), dtype).reshape(x.shape)


def normal_of_mean(xp, x, *, stream, dtype, std):
    """Normal deviates of means x and one standard deviation."""
    draws = distributions.normal(stream, x.size, dtype, 0.0, std).reshape(x.shape)
    draws += x
    return draws


def normal_of_std(xp, x, *, stream, dtype, mean):
    """Normal deviates of one mean and standard deviations x."""
    draws = distributions.normal(stream, x.size, dtype).reshape(x.shape)
    xp.multiply(draws, x, out=draws, casting="unsafe")
    draws += mean
    return draws


def normal_of_both(xp, x, y, *, stream, dtype):
    """Normal deviates of means x and standard deviations y."""
    shape = xp.broadcast_shapes(x.shape, y.shape)
    draws = distributions.normal(stream, math.prod(shape), dtype).reshape(shape)
    xp.multiply(draws, y, out=draws, casting="unsafe")
    xp.add(draws, x, out=draws, casting="unsafe")
    return draws


bernoulli_each = elementwise(
    "bernoulli", bernoulli_filled, 0, 0, node="BernoulliBackward1", promotes=False
)
bernoulli_of = elementwise("bernoulli", bernoulli_from, 0)
normal_around = elementwise("normal", normal_of_mean, 0, node="NormalBackward1")
normal_scaled = elementwise("normal", normal_of_std, 0, node="NormalBackward2")
normal_each = elementwise("normal", normal_of_both, 0, 0, node="NormalBackward3", promotes=False)
