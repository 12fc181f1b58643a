"""Random numbers beside PyTorch's: after the same seed the same bits, and the same place after.

Apart from tests/test_random.py, which needs no PyTorch. Every call is written once, as text, and
evaluated with `torch` standing for either library.
"""

from __future__ import annotations

import random
import re
import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="compares with PyTorch")

import chainrule  # noqa: E402

if torch.backends.cpu.get_cpu_capability() == "DEFAULT":
    pytest.skip("without AVX2, PyTorch's own normal numbers differ", allow_module_level=True)


def intel() -> bool:
    """Whether PyTorch draws bernoulli_(p) by the generator of Intel's library."""
    generator = torch.Generator().manual_seed(0)
    torch.empty(8).bernoulli_(0.5, generator=generator)
    return generator.get_state()[8].item() != 625 - 16 & 0xFF


ON_INTEL = pytest.mark.skipif(intel(), reason="PyTorch draws otherwise on Intel processors")


def bits(result):
    """A result in a form that is equal only where every bit is."""
    if isinstance(result, (tuple, list)):
        return [bits(part) for part in result]
    if not hasattr(result, "detach"):
        return result
    result = result.detach()
    name = str(result.dtype).removeprefix("torch.")
    shape, strides = tuple(result.shape), tuple(result.stride())
    array = (result.float() if name == "bfloat16" else result).numpy()
    return name, shape, strides if result.numel() > 1 else (), array.tobytes("C")


def outcome(library, call, seed=0):
    """What a call gives after a seed, and where the stream then stands."""
    library.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = bits(eval(call, {"torch": library}))
    return result, library.get_rng_state().numpy().tobytes()


def assert_same(call, seed=0):
    found, place = outcome(chainrule, call, seed)
    expected, expected_place = outcome(torch, call, seed)

    assert found == expected
    assert place == expected_place


FLOATS = ("float16", "bfloat16", "float32", "float64")
INTEGERS = ("uint8", "int8", "int16", "int32", "int64")
SIZES = (0, 1, 2, 3, 15, 16, 17, 31, 32, 40, 625, 4097, 70000)

NEW = """
torch.rand({n}, dtype=torch.{dtype})
torch.randn({n}, dtype=torch.{dtype})
torch.empty({n}, dtype=torch.{dtype}).uniform_(-1.5, 0.7)
torch.empty({n}, dtype=torch.{dtype}).normal_(0.3, 1.7)
torch.empty({n}, dtype=torch.{dtype}).exponential_(2.5)
torch.empty({n}, dtype=torch.{dtype}).log_normal_(0.3, 1.2)
torch.empty({n}, dtype=torch.{dtype}).cauchy_(0.3, 1.7)
torch.empty({n}, dtype=torch.{dtype}).geometric_(0.123)
torch.empty({n}, dtype=torch.{dtype}).random_()
torch.randint(-100, 101, ({n},), dtype=torch.{dtype})
torch.bernoulli(torch.linspace(0, 1, {n}).to(torch.{dtype}))
""".split("\n")[1:-1]


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("call", NEW)
def test_floating_point_numbers_are_the_same(call, dtype, n):
    assert_same(call.format(dtype=dtype, n=n), seed=n)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("call", [*NEW[:3], NEW[3]])
def test_complex_numbers_are_the_same(call, dtype, n):
    assert_same(call.format(dtype=dtype, n=n), seed=n)


@pytest.mark.parametrize("n", [3, 1000])
@pytest.mark.parametrize("dtype", [*INTEGERS, "bool"])
@pytest.mark.parametrize(
    "call",
    [
        "torch.empty({n}, dtype=torch.{dtype}).random_()",
        "torch.empty({n}, dtype=torch.{dtype}).random_(0, None)",
        "torch.randint(2, ({n},), dtype=torch.{dtype})",
    ],
)
def test_integers_are_the_same(call, dtype, n):
    assert_same(call.format(dtype=dtype, n=n))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_geometric_integers_are_the_same(dtype):
    assert_same(f"torch.empty(1000, dtype=torch.{dtype}).geometric_(0.2)")


@pytest.mark.parametrize(
    ("low", "high", "dtype"),
    [
        (0, 2**28 - 1, "int64"),
        (0, 2**28, "int64"),
        (-(2**31), 2**31, "int64"),
        (0, 2**32 + 1, "int64"),
        (-(2**63), 2**63 - 1, "int64"),
        (0, 256, "uint8"),
        (-128, 128, "int8"),
        (0, 2**24 + 1, "float32"),
        (0, 2**24 + 2, "float32"),
        (0, 2**25, "float32"),
        (-(2**25), 2**25, "float32"),
        (2**24 + 1, 2**24 + 2, "float32"),
        (-(2**62), 2**62 + 5, "float64"),
        (-(2**62), 2**62 + 5, "float32"),
        (0, 5000, "float16"),
        (0, 300, "bfloat16"),
    ],
)
def test_integers_of_a_range_are_the_same(low, high, dtype):
    assert_same(f"torch.randint({low}, {high}, (500,), dtype=torch.{dtype})")


@pytest.mark.parametrize(
    "call",
    [
        "torch.empty(300, dtype=torch.int64).random_(-2**63, None)",
        "torch.empty(300, dtype=torch.int64).random_(3, None)",
        "torch.empty(300, dtype=torch.int32).random_(-2**31, None)",
        "torch.empty(300).random_(5, None)",
        "torch.empty(300).random_(50)",
        "torch.empty(300).random_(3, 40)",
        "torch.empty(300).random_(2**24 + 1)",
    ],
)
def test_bounds_of_random_are_pytorchs(call):
    assert_same(call)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 257, 60000, 70000])
@pytest.mark.parametrize("dtype", ["int64", "int32", "float32", "float64"])
def test_permutations_are_the_same(n, dtype):
    assert_same(f"torch.randperm({n}, dtype=torch.{dtype})", seed=n)


@ON_INTEL
@pytest.mark.parametrize("dtype", [*FLOATS, *INTEGERS, "bool"])
@pytest.mark.parametrize("p", [0, 0.3, 1])
def test_bernoulli_with_one_probability_is_the_same(dtype, p):
    assert_same(f"torch.empty(1000, dtype=torch.{dtype}).bernoulli_({p})")


@ON_INTEL
def test_dropout_drops_the_same():
    assert_same("torch.nn.functional.dropout(torch.ones(1000), 0.3)")


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("rows", ["", "4, "])
@pytest.mark.parametrize("how", ["1", "5", "1, True", "5, True", "200, replacement=True"])
def test_multinomial_draws_the_same(how, rows, dtype):
    assert_same(f"torch.multinomial(torch.rand({rows}50, dtype=torch.{dtype}) + 0.01, {how})")


@pytest.mark.parametrize("n", [5, 100])
@pytest.mark.parametrize(
    "call",
    [
        "torch.normal(0.3, 1.7, ({n},))",
        "torch.normal(0.3, 1.7, ({n},), dtype=torch.float64)",
        "torch.normal(torch.rand({n}), torch.rand({n}))",
        "torch.normal(torch.rand({n}), 1.7)",
        "torch.normal(torch.rand({n}))",
        "torch.normal(0.3, torch.rand({n}))",
        "torch.normal(torch.rand({n}, 1), torch.rand(3))",
        "torch.normal(torch.rand(7, {n}).t(), torch.rand({n}, 7))",
        "torch.normal(torch.rand({n}), torch.rand({n}, dtype=torch.float64))",
        "torch.normal(torch.rand({n}, dtype=torch.float64), torch.rand({n}))",
        "torch.normal(torch.rand({n}, dtype=torch.complex64), 1.5)",
        "torch.normal(torch.rand({n}), 1.5, out=torch.empty({n}, dtype=torch.float64))",
        "torch.bernoulli(torch.rand({n}), out=torch.empty({n}, dtype=torch.int64))",
        "torch.empty(2, {n}).bernoulli_(torch.rand({n}))",
        "torch.empty({n}, dtype=torch.int64).bernoulli_(torch.rand({n}, dtype=torch.float64))",
        "torch.rand({n}).bernoulli()",
    ],
)
def test_parameters_of_each_element_are_met(call, n):
    assert_same(call.format(n=n))


@pytest.mark.parametrize(
    "call",
    [
        "torch.empty(5, 7).t().uniform_()",
        "torch.empty(5, 7).t().normal_()",
        "torch.empty(20)[::2].normal_()",
        "torch.empty(40)[::2].normal_()",
        "torch.empty(3, 4, 5).permute(1, 2, 0).uniform_()",
        "torch.empty(6, 8)[::2, 1:5].uniform_()",
        "torch.empty(6, 8)[:, :4].t().normal_()",
        "torch.empty(3, 4, 5).permute(2, 0, 1).bernoulli_(torch.rand(5, 3, 4))",
        "torch.multinomial(torch.rand(6, 4).t(), 2)",
        "torch.bernoulli(torch.rand(4, 6).t())",
        "torch.rand_like(torch.zeros(5, 7).t())",
        "torch.randn_like(torch.zeros(5, 7).t())",
        "torch.randint_like(torch.zeros(5, 7).t(), 100)",
        "torch.rand_like(torch.zeros(5, 7).t(), memory_format=torch.contiguous_format)",
        "torch.rand(5, 7, out=torch.zeros(7, 5).t())",
        "torch.randn(5, 7, out=torch.zeros(7, 5).t())",
        "torch.randn(5, 7, out=torch.zeros(3))",
    ],
)
def test_tensors_are_filled_in_the_order_of_their_memory(call):
    assert_same(call)


MIXED = (
    "torch.rand({n})",
    "torch.rand({n}, dtype=torch.float64)",
    "torch.randn({n})",
    "torch.randn({n}, dtype=torch.float64)",
    "torch.randint(10, ({n},))",
    "torch.randint(2**40, ({n},))",
    "torch.randperm({n})",
    "torch.empty({n}).exponential_()",
    "torch.empty({n}).log_normal_()",
    "torch.empty({n}).random_()",
    "torch.bernoulli(torch.full(({n},), 0.5))",
    "torch.multinomial(torch.ones({n} + 1), 1)",
)


@pytest.mark.parametrize("seed", range(40))
def test_mixtures_of_calls_stay_in_step(seed):
    chance = random.Random(seed)
    calls = [chance.choice(MIXED).format(n=chance.choice((1, 2, 3, 7, 16, 21))) for _ in range(30)]

    assert_same(f"[{', '.join(calls)}]", seed)


@pytest.mark.parametrize("seed", [0, 1, 42, 2**31, 2**32 - 1, 2**32, 2**64 - 1, -1, -(2**63)])
def test_seeds_mean_the_same(seed):
    assert_same("torch.rand(5), torch.initial_seed()", seed)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_million_normal_numbers_are_the_same(dtype):
    assert_same(f"torch.randn(1_000_003, dtype=torch.{dtype})", seed=123)


def test_states_can_be_exchanged():
    ours, theirs = chainrule.Generator().manual_seed(5), torch.Generator()
    chainrule.randn(700, 3, generator=ours)
    chainrule.randn(3, generator=ours)
    theirs.set_state(torch.from_numpy(ours.get_state().numpy()))
    expected = torch.randn(40, generator=theirs).numpy()

    assert np.array_equal(chainrule.randn(40, generator=ours).numpy(), expected)

    ours.set_state(chainrule.from_numpy(theirs.get_state().numpy()))

    assert np.array_equal(
        chainrule.randn(3, generator=ours).numpy(), torch.randn(3, generator=theirs).numpy()
    )


# Each of these raises in PyTorch; ours raises the same type, and says the same to begin with.
REFUSED = """
torch.rand(2.5)
torch.rand('a')
torch.rand(True)
torch.rand(2, -1)
torch.rand(2, dtype=torch.int64)
torch.randn(2, dtype=torch.int64)
torch.rand(2, device='cuda')
torch.rand(2, out=torch.empty(2, dtype=torch.float64), dtype=torch.float32)
torch.rand_like(5)
torch.rand_like(torch.zeros(2, dtype=torch.int64))
torch.randint(10)
torch.randint(10, 2)
torch.randint(2.5, (2,))
torch.randint(0, 2**63, (2,))
torch.randint(5, 5, (2,))
torch.randint(5, 3, (0,))
torch.randint(5, (2,), low=1)
torch.randint(300, (2,), dtype=torch.uint8)
torch.randint(-1, 5, (2,), dtype=torch.uint8)
torch.randint(0, 3, (2,), dtype=torch.bool)
torch.randint(0, 2**25, (2,), dtype=torch.int16)
torch.randint(0, 100000, (2,), dtype=torch.float16)
torch.randint(0, 5, (2,), dtype=torch.complex64)
torch.randint(0, 5, (2,), requires_grad=True)
torch.randint_like(torch.zeros(3))
torch.randint_like(torch.zeros(3), 5, 3)
torch.randperm(-1)
torch.randperm(2.5)
torch.randperm(True)
torch.randperm(5, dtype=torch.bool)
torch.randperm(5, dtype=torch.complex64)
torch.randperm(129, dtype=torch.int8)
torch.randperm(3000, dtype=torch.float16)
torch.normal(0., 1.)
torch.normal(0., 1., 3)
torch.normal(0., -1., (3,))
torch.normal(0., float('nan'), (3,))
torch.normal(torch.zeros(3), torch.ones(2))
torch.normal(torch.zeros(3), -torch.ones(3))
torch.normal(torch.zeros(3), -1.)
torch.normal(torch.zeros(3, dtype=torch.int64))
torch.normal(0., torch.ones(3, dtype=torch.complex64))
torch.bernoulli(.5)
torch.bernoulli(torch.tensor([1.5]))
torch.bernoulli(torch.tensor([float('nan')]))
torch.bernoulli(torch.tensor([1, 0]))
torch.bernoulli(torch.tensor([.5]), 1.5)
torch.empty(3).bernoulli_(-.5)
torch.empty(3).bernoulli_(torch.tensor([.5, .5, 2]))
torch.empty(3).bernoulli_(torch.tensor([.5, .5]))
torch.empty(3, dtype=torch.complex64).bernoulli_(.5)
torch.empty(3).uniform_(1, 0)
torch.empty(3).uniform_(0, 1e39)
torch.empty(3).uniform_(float('nan'), 1)
torch.empty(3).uniform_(-3e38, 3e38)
torch.empty(3).uniform_('a')
torch.empty(3).uniform_(a=0)
torch.empty(3, dtype=torch.int64).uniform_()
torch.empty(3, requires_grad=True).uniform_()
torch.empty(1).expand(3).uniform_()
torch.empty(3).normal_(0, -1)
torch.empty(3).normal_('a')
torch.empty(3, dtype=torch.bool).normal_()
torch.empty(3).random_(5, 5)
torch.empty(3).random_(-3)
torch.empty(3).random_(2**24, None)
torch.empty(3, dtype=torch.uint8).random_(300)
torch.empty(3, dtype=torch.complex64).random_()
torch.empty(3).exponential_(0)
torch.empty(3).exponential_(float('nan'))
torch.empty(3, dtype=torch.int64).exponential_()
torch.empty(3).cauchy_(0, -1)
torch.empty(3, dtype=torch.int64).cauchy_()
torch.empty(3).log_normal_(0, 0)
torch.empty(3, dtype=torch.int64).log_normal_()
torch.empty(3).geometric_(1)
torch.empty(3, dtype=torch.bool).geometric_(.3)
torch.multinomial([.5, .5], 1)
torch.multinomial(torch.rand(3), 5)
torch.multinomial(torch.rand(3), 0)
torch.multinomial(torch.rand(3), 1.5)
torch.multinomial(torch.tensor([1, 2]), 1)
torch.multinomial(torch.rand(2, 2, 2), 1)
torch.multinomial(torch.tensor([.5, -.5]), 1)
torch.multinomial(torch.tensor([.5, -.5]), 2, True)
torch.multinomial(torch.tensor([.5, float('inf')]), 1)
torch.multinomial(torch.tensor([.5, float('inf')]), 2, True)
torch.multinomial(torch.tensor([0., 0.]), 1)
torch.multinomial(torch.tensor([0., 0.]), 2, True)
torch.multinomial(torch.rand(3), 1, out=torch.empty(1))
torch.Generator().manual_seed(1.5)
torch.Generator().manual_seed(2**64)
torch.manual_seed('a')
torch.Generator().get_offset()
torch.Generator().set_state(5)
torch.set_rng_state(torch.zeros(10, dtype=torch.uint8))
torch.set_rng_state(torch.zeros(5056, dtype=torch.uint8))
torch.set_rng_state(torch.zeros(5056))
""".split("\n")[1:-1]


def refusal(library, call):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            eval(call, {"torch": library})
        except Exception as error:
            return type(error).__name__, str(error).split("\n")[0]
    return "nothing", ""


@pytest.mark.parametrize("call", REFUSED)
def test_what_pytorch_refuses_is_refused_in_its_words(call):
    kind, text = refusal(torch, call)
    found = refusal(chainrule, call)
    key_phrase = re.split(r" - got|\. | but got false|, but got \(|[:(] ?'?\d|: nan|: inf|$", text)[
        0
    ]

    assert kind != "nothing"
    assert found[0] == kind
    assert found[1].startswith(key_phrase)


@pytest.mark.parametrize(
    "bounds", [(0, 2**24 + 2), (-(2**25), 2**25), (2**24 + 1, 2**24 + 2), (0, 2**24 + 1)]
)
def test_gaps_between_numbers_are_warned_of(bounds):
    def warned(library):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            library.randint(*bounds, (2,), dtype=library.float32)
        return [str(warning.message).split(" (Triggered")[0] for warning in caught]

    # PyTorch warns of each once in a process only.
    torch.set_warn_always(True)
    expected = warned(torch)
    torch.set_warn_always(False)

    assert warned(chainrule) == expected


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("x.uniform_()", "UniformBackward0"),
        ("x.normal_()", "NormalBackward0"),
        ("x.log_normal_()", "LogNormalBackward0"),
        ("x.exponential_()", "ExponentialBackward0"),
        ("x.cauchy_()", "CauchyBackward0"),
        ("x.geometric_(0.5)", "GeometricBackward0"),
        ("x.random_(1, 3)", "RandomBackward0"),
        ("x.random_(3)", "RandomBackward1"),
        ("x.random_()", "RandomBackward2"),
        ("x.bernoulli_()", "BernoulliBackward2"),
        ("x.bernoulli_(torch.full((3,), 0.5))", "BernoulliBackward1"),
        ("torch.bernoulli(x)", "BernoulliBackward0"),
        ("torch.normal(x)", "NormalBackward1"),
        ("torch.normal(0.0, x)", "NormalBackward2"),
        ("torch.normal(x, x)", "NormalBackward3"),
    ],
)
def test_what_is_drawn_is_a_constant_on_the_graph(call, name):
    def found(library):
        leaf = library.full((3,), 0.5, requires_grad=True)
        result = eval(call, {"torch": library, "x": leaf * 1})
        result.sum().backward()
        return result.grad_fn.name(), leaf.grad.tolist()

    assert found(chainrule) == found(torch) == (name, [0.0, 0.0, 0.0])
