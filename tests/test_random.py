"""Random numbers: repeatable, in step with their seed, rightly distributed, and safe in threads.

Apart from tests/parity/test_random.py, which compares every bit with PyTorch where that is
installed; the few numbers that stand here are PyTorch's.
"""

from __future__ import annotations

import copy
import math
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest

import chainrule as torch
from chainrule.ops import distributions
from chainrule.ops.random_stream import Stream


def numbers(tensor):
    return tensor.numpy().tolist()


# ------------------------------------------------------------------------------- the numbers


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("torch.rand(3)", [0.4962565899, 0.7682217956, 0.0884774327]),
        ("torch.rand(2, dtype=torch.float64)", [0.9700530320, 0.7078312110]),
        ("torch.randn(3)", [1.5409960747, -0.2934289575, -2.1787893772]),
        ("torch.randn(17)[:3]", [-1.1258398294, -1.6959311962, 0.5666506290]),
        ("torch.randint(10, (3,))", [4, 9, 3]),
        ("torch.randperm(5)", [4, 0, 1, 3, 2]),
        ("torch.empty(3).exponential_()", [3.5083, 1.2304, 0.6150]),
        ("torch.empty(2).cauchy_()", [10.5977, 0.7648]),
        ("torch.empty(3).geometric_(0.5)", [1, 1, 2]),
        ("torch.empty(3).log_normal_(0, 1)", [4.6692390, 0.7457022, 0.1131785]),
        ("torch.multinomial(torch.tensor([0.1, 0.2, 0.7]), 2)", [2, 1]),
    ],
)
def test_seed_zero_gives_pytorchs_numbers(call, expected):
    torch.manual_seed(0)
    found = numbers(eval(call, {"torch": torch}))

    assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("n", [5, 16, 1000])
def test_the_same_seed_gives_the_same_numbers(n):
    first = torch.randn(n, generator=torch.Generator().manual_seed(3))
    again = torch.randn(n, generator=torch.Generator().manual_seed(3))

    assert numbers(first) == numbers(again)


def test_the_second_of_a_pair_of_normal_numbers_waits():
    torch.manual_seed(0)
    one_by_one = [torch.randn(1).item() for _ in range(4)]
    torch.manual_seed(0)

    assert numbers(torch.randn(4)) == one_by_one


def test_only_the_low_half_of_a_seed_counts():
    torch.manual_seed(2**32 + 5)
    first = torch.rand(3)
    torch.manual_seed(5)

    assert numbers(first) == numbers(torch.rand(3))


# ------------------------------------------------------------------------------ distributions


def moments(values):
    return float(np.mean(values)), float(np.var(values))


@pytest.mark.parametrize(
    ("fill", "mean", "variance"),
    [
        (lambda x: x.uniform_(-1, 3), 1, 16 / 12),
        (lambda x: x.normal_(2, 3), 2, 9),
        (lambda x: x.exponential_(0.5), 2, 4),
        (lambda x: x.geometric_(0.25), 4, 12),
        (lambda x: x.bernoulli_(0.3), 0.3, 0.21),
        (lambda x: x.random_(10), 4.5, 99 / 12),
        (lambda x: x.log_normal_(0, 0.5), math.exp(0.125), math.exp(0.25) * math.expm1(0.25)),
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_mean_and_variance_are_those_of_the_distribution(fill, mean, variance, dtype):
    values = numbers(fill(torch.empty(100_000, dtype=dtype)))

    assert moments(values) == pytest.approx((mean, variance), rel=0.05)


def test_the_median_of_cauchy_numbers_is_theirs():
    values = numbers(torch.empty(100_000).cauchy_(5, 2))

    assert np.median(values) == pytest.approx(5, abs=0.05)


def test_uniform_numbers_reach_low_but_not_high():
    values = torch.empty(100_000, dtype=torch.float16).uniform_(1, 2).numpy()

    assert values.min() == 1
    assert values.max() < 2


def test_permutations_have_every_number_once():
    for n in (0, 1, 2, 1000, 70_000):
        assert np.array_equal(np.sort(torch.randperm(n).numpy()), np.arange(n))


def test_permutations_are_the_swaps_in_turn():
    n = 500
    stream, again = Stream(seed=9), Stream(seed=9)
    expected = list(range(n))
    for place, word in enumerate(again.words(n - 1).tolist()):
        target = place + word % (n - place)
        expected[place], expected[target] = expected[target], expected[place]

    assert distributions.permutation(stream, n, np.dtype(int)).tolist() == expected


@pytest.mark.parametrize("replacement", [False, True])
def test_multinomial_draws_by_weight(replacement):
    weights = torch.tensor([[1.0, 0.0, 3.0]]).expand(20_000, 3)
    first = torch.multinomial(weights, 2, replacement).numpy()[:, 0]

    assert np.bincount(first, minlength=3) / first.size == pytest.approx([0.25, 0, 0.75], abs=0.01)


def test_without_replacement_nothing_is_drawn_twice():
    drawn = torch.multinomial(torch.ones(1000, 7), 7).numpy()

    assert (np.sort(drawn, axis=1) == np.arange(7)).all()


@pytest.mark.parametrize(("factor", "offset"), [(1.7, 0.3), (-2.2, 1e-3), (1e-5, 7.0)])
def test_scaling_is_rounded_once(factor, offset):
    x = np.random.default_rng(0).normal(size=1000)
    found = distributions.scaled(x, factor, offset)
    exact = [_exactly(value, factor, offset) for value in x.tolist()]

    assert found.tolist() == exact


def _exactly(x, factor, offset):
    from fractions import Fraction

    return float(Fraction(x) * Fraction(factor) + Fraction(offset))


# ------------------------------------------------------------------------ tensors and the graph


def test_filling_writes_through_views_and_counts_as_a_write():
    base = torch.zeros(4)
    base[1:3].uniform_(1, 2)

    assert [value > 0 for value in numbers(base)] == [False, True, True, False]
    assert base._version == 1


def test_a_leaf_that_requires_grad_is_filled_only_without_grad():
    leaf = torch.zeros(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        leaf.uniform_()
    with torch.no_grad():
        leaf.uniform_(1, 2)

    assert min(numbers(leaf.detach())) >= 1


def test_a_refused_fill_draws_nothing():
    torch.manual_seed(0)
    with pytest.raises(RuntimeError, match="a leaf Variable"):
        torch.zeros(3, requires_grad=True).normal_()

    assert torch.rand(1).item() == pytest.approx(0.4962565899)


def test_no_gradient_flows_through_what_is_drawn():
    x = torch.ones(3, requires_grad=True)
    y = (x * 2).normal_()
    (y * 3 + x).sum().backward()

    assert type(y.grad_fn).__name__ == "NormalBackward0"
    assert numbers(x.grad) == [1, 1, 1]


@pytest.mark.parametrize("function", ["rand", "randn"])
def test_requires_grad_makes_a_leaf(function):
    made = getattr(torch, function)(2, 3, requires_grad=True)

    assert made.requires_grad
    assert made.is_leaf


def test_like_takes_shape_dtype_and_strides():
    like = torch.rand_like(torch.zeros(2, 3, dtype=torch.float64).t())

    assert (like.dtype, tuple(like.shape), like.stride()) == (torch.float64, (3, 2), (1, 3))


def test_default_dtype_is_followed():
    torch.set_default_dtype(torch.float64)

    assert torch.rand(1).dtype is torch.randn(1).dtype is torch.float64


# --------------------------------------------------------------------------------- generators


def test_states_round_trip_in_the_midst_of_a_pair():
    generator = torch.Generator().manual_seed(1)
    torch.randn(3, generator=generator)
    state = generator.get_state()
    first = torch.randn(5, generator=generator)
    generator.set_state(state)

    assert tuple(state.shape) == (5056,)
    assert numbers(torch.randn(5, generator=generator)) == numbers(first)


@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        lambda g: pickle.loads(pickle.dumps(g)),
        lambda g: g.clone_state(),
    ],
)
def test_a_copy_of_a_generator_goes_its_own_way(copied):
    generator = torch.Generator().manual_seed(1)
    torch.rand(3, generator=generator)
    other = copied(generator)
    first = torch.rand(5, generator=generator)

    assert other.initial_seed() == 1
    assert numbers(torch.rand(5, generator=other)) == numbers(first)


def test_a_given_generator_leaves_the_default_one_alone():
    torch.manual_seed(0)
    torch.rand(5, generator=torch.Generator())

    assert torch.rand(1).item() == pytest.approx(0.4962565899)


def test_fork_rng_puts_the_numbers_back():
    with torch.random.fork_rng():
        inside = torch.rand(3)

    assert numbers(torch.rand(3)) == numbers(inside)


def test_seed_is_a_new_one_each_time():
    assert torch.seed() != torch.seed()
    assert torch.initial_seed() == torch.default_generator.initial_seed()


def test_a_new_generator_has_pytorchs_first_seed():
    assert torch.Generator().initial_seed() == 67280421310721
    assert torch.Generator().device == torch.device("cpu")


def test_threads_share_a_generator_without_losing_or_repeating_words():
    generator, drawn = torch.Generator().manual_seed(0), []
    threads = [
        threading.Thread(
            target=lambda: drawn.extend(
                torch.rand(100, generator=generator, dtype=torch.float64) for _ in range(50)
            )
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = torch.rand(20_000, generator=generator.manual_seed(0), dtype=torch.float64)

    assert np.array_equal(np.sort(np.concatenate([d.numpy() for d in drawn])), np.sort(expected))


def test_importing_does_not_import_numpys_random_numbers():
    program = (
        "import sys, chainrule; chainrule.manual_seed(0); print('numpy.random' in sys.modules)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert printed == "False\n"


# ----------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("call", "error", "phrase"),
    [
        ("torch.rand(2, -1)", RuntimeError, "negative dimension -1"),
        ("torch.rand(2, dtype=torch.int64)", NotImplementedError, "not implemented for 'Long'"),
        ("torch.randint(5, 5, (2,))", RuntimeError, "random_ expects 'from' to be less than 'to'"),
        ("torch.randint(300, (2,), dtype=torch.uint8)", RuntimeError, "to - 1 is out of bounds"),
        ("torch.randperm(-1)", RuntimeError, "negative dimension -1"),
        ("torch.normal(0.0, -1.0, (2,))", RuntimeError, r"normal expects std >= 0\.0"),
        ("torch.bernoulli(torch.tensor([1.5]))", RuntimeError, "p_in >= 0 && p_in <= 1"),
        ("torch.zeros(2).bernoulli_(1.5)", RuntimeError, r"p to be in \[0, 1\]"),
        ("torch.multinomial(torch.ones(3), 5)", RuntimeError, "without replacement"),
        ("torch.multinomial(torch.zeros(3), 1)", RuntimeError, "sum of probabilities <= 0"),
        ("torch.Generator().manual_seed(2**64)", ValueError, "Overflow when unpacking long long"),
        ("torch.Generator('cuda')", RuntimeError, "Cannot get CUDA generator"),
        ("torch.rand(2, generator=5)", TypeError, "must be a torch.Generator"),
        ("torch.set_rng_state(torch.zeros(9))", TypeError, "RNG state must be a torch.ByteTensor"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, error, phrase):
    with pytest.raises(error, match=phrase):
        eval(call, {"torch": torch})
