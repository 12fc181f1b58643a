"""Random tensors have the shape and dtype asked for, keep within bounds, and can be repeated."""

import numpy as np
import pytest
from tests.samples import CASES
from tests.samples.drive import array_of, arrays, call, dtype_name, parts, tensors

import chainrule as torch

RANDOM = [case for case in CASES if case.operation.random]
DRAWING = [case for case in RANDOM if "empty" not in case.operation.name]


def draw(case):
    return array_of(call(torch, case, tensors(torch, arrays(case, "float32"))))


@pytest.mark.parametrize("case", DRAWING, ids=str)
def test_the_same_seed_draws_the_same_numbers(case):
    torch.manual_seed(7)
    first = draw(case)
    second = draw(case)
    torch.manual_seed(7)

    np.testing.assert_array_equal(draw(case), first)
    np.testing.assert_array_equal(draw(case), second)


@pytest.mark.parametrize("case", RANDOM, ids=str)
def test_a_keyword_decides_the_dtype(case):
    expected = case.sample.kwargs.get("dtype")

    results = parts(call(torch, case, tensors(torch, arrays(case, "float32"))))

    if expected is not None:
        assert [dtype_name(result) for result in results] == [expected.name]


def test_a_generator_has_a_stream_of_its_own():
    generator = torch.Generator().manual_seed(3)
    torch.manual_seed(3)
    first = torch.rand(4, generator=generator)
    torch.rand(10)

    assert torch.rand(4, generator=generator).tolist() != first.tolist()
    assert torch.rand(4, generator=generator.manual_seed(3)).tolist() == first.tolist()


def test_the_state_of_the_stream_can_be_kept_and_put_back():
    state = torch.get_rng_state()
    first = torch.randn(5)

    torch.set_rng_state(state)

    assert torch.randn(5).tolist() == first.tolist()


@pytest.mark.parametrize(
    ("make", "low", "high", "mean", "deviation"),
    [
        (lambda n: torch.rand(n), 0, 1, 0.5, 12**-0.5),
        (lambda n: torch.randn(n), -7, 7, 0.0, 1.0),
        (lambda n: torch.randint(2, 7, (n,)), 2, 6, 4.0, 2**0.5),
        (lambda n: torch.normal(3.0, 2.0, (n,)), -11, 17, 3.0, 2.0),
        (lambda n: torch.full((n,), 0.3).bernoulli(), 0, 1, 0.3, 0.21**0.5),
        (lambda n: torch.empty(n).uniform_(-2, 4), -2, 4, 1.0, 3**0.5),
        (lambda n: torch.empty(n).normal_(1, 0.5), -3, 5, 1.0, 0.5),
        (lambda n: torch.empty(n).exponential_(2.0), 0, 12, 0.5, 0.5),
        (lambda n: torch.empty(n).geometric_(0.5), 1, 40, 2.0, 2**0.5),
        (lambda n: torch.empty(n).log_normal_(0.0, 0.25), 0, 5, np.exp(1 / 32), 0.26),
        (lambda n: torch.empty(n).cauchy_().atan(), -1.6, 1.6, 0.0, np.pi / 12**0.5),
        (lambda n: torch.empty(n).random_(2, 7), 2, 6, 4.0, 2**0.5),
        (lambda n: torch.empty(n).bernoulli_(0.3), 0, 1, 0.3, 0.21**0.5),
        (lambda n: torch.rrelu(-torch.ones(n), 0.1, 0.5, True), -0.5, -0.1, -0.3, 0.4 / 12**0.5),
    ],
    ids=[
        "rand",
        "randn",
        "randint",
        "normal",
        "bernoulli",
        "uniform_",
        "normal_",
        "exponential_",
        "geometric_",
        "log_normal_",
        "cauchy_",
        "random_",
        "bernoulli_",
        "rrelu",
    ],
)
def test_many_numbers_have_the_moments_of_their_distribution(make, low, high, mean, deviation):
    torch.manual_seed(0)

    x = make(20_000).numpy().astype(np.float64)

    assert low <= x.min()
    assert x.max() <= high
    assert abs(x.mean() - mean) < 0.05 * max(deviation, 1)
    assert abs(x.std() - deviation) < 0.05 * deviation


def test_a_permutation_holds_every_number_once():
    assert sorted(torch.randperm(50).tolist()) == list(range(50))


def test_a_multinomial_draw_without_replacement_repeats_nothing_and_avoids_weights_of_zero():
    weights = torch.tensor([1.0, 0.0, 2.0, 3.0])

    drawn = torch.multinomial(weights, 3).tolist()

    assert sorted(drawn) == [0, 2, 3]


def test_the_seed_can_be_asked_for_and_drawn_afresh():
    torch.manual_seed(7)

    assert torch.initial_seed() == torch.default_generator.initial_seed() == 7
    assert torch.seed() == torch.initial_seed()
    assert isinstance(torch.default_generator, torch.Generator)
