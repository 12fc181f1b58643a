"""vmap gives, prints and refuses what PyTorch's does: small programs, run on both."""

import warnings

import numpy as np
import pytest

pytorch = pytest.importorskip("torch")

from tests.parity.comparison import assert_same_outcome, on_both  # noqa: E402

import chainrule  # noqa: E402

# So many characters of a message are PyTorch's at least; what follows may say more.
KEY_PHRASE = 60

numbers = np.random.default_rng(0)
VALUES = {
    "x": numbers.standard_normal((3, 4)),
    "y": numbers.standard_normal((3, 4)),
    "a": numbers.standard_normal((3, 4, 4)),
    "p": numbers.dirichlet(np.ones(4), 3),
    "m": numbers.random((3, 4)) > 0.5,
    "i": np.array([[0, 1], [1, 2], [2, 3]]),
    "s": np.array([1, 0, 3]),
}


def written(x, index, value):
    x = x.clone()
    x[index] = value
    return x


def through_a_view(x):
    x = x.clone()
    x[1:].mul_(2)
    return x


def smoothed(t, x, s, **options):
    return t.nn.functional.cross_entropy(x, s, label_smoothing=0.1, **options)


# Of (torch, the members of some of the values); the names say which.
PROGRAMS = {
    "x index s": lambda t, x, s: x[s],
    "x index i": lambda t, x, i: x[i],
    "a index columns i": lambda t, a, i: a[:, i],
    "a index pairs i": lambda t, a, i: a[i[:, None], i],
    "i reads what is not batched": lambda t, i: t.arange(4.0)[i],
    "x i write": lambda t, x, i: written(x, i, x[:2]),
    "x i write a number": lambda t, x, i: written(x, i, 1.0),
    "x write a slice": lambda t, x: written(x, slice(1, 3), x[:2]),
    "x write through a view": lambda t, x: through_a_view(x),
    "x y in place": lambda t, x, y: x.clone().mul_(y).add_(1),
    "x zeros_like": lambda t, x: t.zeros_like(x).add_(x),
    "x new_zeros": lambda t, x: x.new_zeros(4).add_(x),
    "x m masked_fill": lambda t, x, m: x.masked_fill(m, 2.0),
    "x m y masked_scatter": lambda t, x, m, y: x.masked_scatter(m, y),
    "x m masked_scatter from one": lambda t, x, m: x.masked_scatter(m, t.arange(4.0).double()),
    "x m y masked_scatter_": lambda t, x, m, y: x.clone().masked_scatter_(m, y),
    "x i index_fill": lambda t, x, i: x.index_fill(0, i, 5.0),
    "a i index_fill": lambda t, a, i: a.index_fill(1, i, 5.0),
    "i index_fill": lambda t, i: t.zeros(4).index_fill(0, i, 5.0),
    "x i index_fill_": lambda t, x, i: x.clone().index_fill_(0, i, x[0]),
    "x sort": lambda t, x: tuple(x.sort()),
    "x topk": lambda t, x: tuple(x.topk(2)),
    "x max": lambda t, x: tuple(x.max(0)),
    "x y searchsorted": lambda t, x, y: t.searchsorted(x.sort().values, y),
    "a x einsum": lambda t, a, x: t.einsum("ij,j->i", a, x),
    "a power": lambda t, a: t.matrix_power(a, 3),
    "x s cross_entropy": lambda t, x, s: t.nn.functional.cross_entropy(x, s),
    "x s p cross_entropy": lambda t, x, s, p: t.nn.functional.cross_entropy(x, s, p),
    "p cross_entropy": lambda t, p: t.nn.functional.cross_entropy(
        t.eye(4).double(), t.tensor([0, 2, 1, 1]), p
    ),
    "p binary_cross_entropy": lambda t, p: t.nn.functional.binary_cross_entropy(
        t.tensor([0.1, 0.2, 0.3, 0.4]).double(), t.ones(4).double(), p
    ),
    "p pos_weight": lambda t, p: t.nn.functional.binary_cross_entropy_with_logits(
        t.zeros(4).double(), t.ones(4).double() / 2, pos_weight=p
    ),
    "x s smoothed": lambda t, x, s: smoothed(t, x, s),
    "x s p smoothed": lambda t, x, s, p: smoothed(t, x, s, weight=p),
    "x s ignored": lambda t, x, s: smoothed(t, x, s, ignore_index=3, reduction="sum"),
    "x module": lambda t, x: t.nn.Softplus()(x),
    "x elu of a number": lambda t, x: t.nn.functional.elu(x, t.tensor(2.0)),
    "s one_hot": lambda t, s: t.nn.functional.one_hot(s, 4),
    "x gradient": lambda t, x: t.func.grad(lambda x: (x**3).sum())(x),
    # ------------------------------------------------------------------------------ refused
    "x m read by mask": lambda t, x, m: x[m],
    "x m write by mask": lambda t, x, m: written(x, m, 0.0),
    "x m masked_select": lambda t, x, m: x.masked_select(m),
    "x nonzero": lambda t, x: x.nonzero(),
    "x unique": lambda t, x: x.unique(),
    "x item": lambda t, x: x.sum().item(),
    "x branch": lambda t, x: x if x.sum() > 0 else -x,
    "x float": lambda t, x: float(x.sum()),
    "x numpy": lambda t, x: x.numpy(),
    "x tolist": lambda t, x: x.tolist(),
    "x data_ptr": lambda t, x: x.data_ptr(),
    "x elu of a batch": lambda t, x: t.nn.functional.elu(t.ones(4), x[0]),
    "x elu of many": lambda t, x: t.nn.functional.elu(x, x),
    "x copy into what is not batched": lambda t, x: t.zeros(4).double().copy_(x),
    "x write into what is not batched": lambda t, x: written(t.zeros(4).double(), 0, x[0]),
    "s one_hot of unknown": lambda t, s: t.nn.functional.one_hot(s),
    "x a number": lambda t, x: 1.0,
    "x requires_grad_": lambda t, x: x.requires_grad_(),
    "x backward": lambda t, x: x.sum().backward(),
}


def arguments(torch, name):
    return [torch.from_numpy(VALUES[word].copy()) for word in name.split() if word in VALUES]


def flat(results):
    return list(results) if isinstance(results, tuple) else [results]


def check(run):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found, expected = on_both(chainrule, pytorch, run)
    assert_same_outcome(found, expected)
    if expected.error is not None:
        assert str(expected.error)[:KEY_PHRASE] in str(found.error)


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_of_a_batch(name):
    program = PROGRAMS[name]
    check(
        lambda torch: flat(
            torch.func.vmap(lambda *members: program(torch, *members))(*arguments(torch, name))
        )
    )


# ------------------------------------------------------------------------------- what is batched

FORMS = {
    "another dimension": (lambda x: x * 2, "x", {"in_dims": 1}),
    "counted from the back": (lambda x: x.sum(), "x", {"in_dims": -1}),
    "one argument of two": (lambda x, y: x + y, "x y", {"in_dims": (0, None)}),
    "different dimensions": (lambda x, a: a @ x, "x a", {"in_dims": (0, 2)}),
    "out at the end": (lambda x: x, "x", {"out_dims": 1}),
    "out from the back": (lambda a: a, "a", {"out_dims": -1}),
    "out by result": (lambda x, y: (x, y), "x y", {"out_dims": (0, 1)}),
    "out not batched": (lambda x: (x, x.new_ones(2).sum() * 0), "x", {"out_dims": 0}),
    "in parts": (lambda x: x.cumsum(0), "x", {"chunk_size": 2}),
    "in parts, elsewhere": (lambda x: x * 2, "x", {"chunk_size": 2, "in_dims": 1, "out_dims": 1}),
    "out too far": (lambda x: x, "x", {"out_dims": 3}),
    "in too far": (lambda x: x, "x", {"in_dims": 4}),
    "in of another structure": (lambda x: x, "x", {"in_dims": (0, 0)}),
    "in of another type": (lambda x: x, "x", {"in_dims": "a"}),
    "in nowhere": (lambda x: x, "x", {"in_dims": None}),
    "in nowhere, nested": (lambda x: x, "x", {"in_dims": (None,)}),
    "sizes differ": (lambda x, y: x, "x y", {"in_dims": (0, 1)}),
    "no parts": (lambda x: x, "x", {"chunk_size": 0}),
    "unknown randomness": (lambda x: x, "x", {"randomness": "z"}),
    "batched, but not said": (lambda x: x, "x", {"out_dims": None}),
    "no arguments": (lambda: 1, "", {}),
}


@pytest.mark.parametrize("name", FORMS)
def test_dimensions(name):
    program, given, options = FORMS[name]
    check(lambda torch: flat(torch.func.vmap(program, **options)(*arguments(torch, given))))


def test_dictionaries_and_keywords():
    def run(torch):
        (x,) = arguments(torch, "x")
        found = torch.func.vmap(lambda d, *, k: {"b": d["a"] * k}, in_dims=({"a": 1},))(
            {"a": x}, k=3
        )
        return [found["b"]]

    check(run)


def test_three_batches_in_one_another():
    def run(torch):
        (a,) = arguments(torch, "a")
        vmap = torch.func.vmap
        inner = vmap(lambda x, y: x * y + x.sum(), in_dims=(0, None))
        return [vmap(vmap(inner, in_dims=(0, None), out_dims=1), in_dims=(2, None))(
            a.unsqueeze(-1), torch.arange(3.0)
        )]  # fmt: skip

    check(run)


# ------------------------------------------------------------------------------- random numbers

DRAWS = {
    "rand": lambda t, x: t.rand(2),
    "randn": lambda t, x: t.randn(2, 2),
    "randint": lambda t, x: t.randint(10, (3,)),
    "randperm": lambda t, x: t.randperm(5),
    "rand_like": lambda t, x: t.rand_like(x),
    "bernoulli": lambda t, x: t.bernoulli(x),
    "bernoulli of a number": lambda t, x: t.bernoulli(x, 0.5),
    "bernoulli, not batched": lambda t, x: t.bernoulli(t.zeros(4) + 0.5),
    "normal of a mean": lambda t, x: t.normal(x, 1.0),
    "normal of a deviation": lambda t, x: t.normal(0.0, x),
    "normal of both": lambda t, x: t.normal(x, x),
    "normal, not batched": lambda t, x: t.normal(t.zeros(3), 1.0),
    "multinomial": lambda t, x: t.multinomial(x, 2),
    "multinomial of rows": lambda t, x: t.multinomial(t.stack([x, x]), 3),
    "multinomial with replacement": lambda t, x: t.multinomial(x, 5, True),
    "multinomial, not batched": lambda t, x: t.multinomial(t.ones(4), 2),
    "dropout": lambda t, x: t.nn.functional.dropout(x, 0.5),
    "dropout without training": lambda t, x: t.nn.functional.dropout(x, 0.5, False),
    "gumbel_softmax": lambda t, x: t.nn.functional.gumbel_softmax(x),
    "normal_": lambda t, x: x.clone().normal_(),
    "uniform_": lambda t, x: x.clone().uniform_(),
    "bernoulli_": lambda t, x: x.clone().bernoulli_(),
    "bernoulli_ of a batch": lambda t, x: x.clone().bernoulli_(x),
    "exponential_": lambda t, x: x.clone().exponential_(),
    "random_": lambda t, x: x.clone().random_(10),
    "new_zeros": lambda t, x: x.new_zeros(3).uniform_(),
    "not batched, in place": lambda t, x: t.zeros(3).uniform_(),
    "init": lambda t, x: t.nn.init.normal_(t.zeros(2, 2)),
    "init of a batch": lambda t, x: t.nn.init.xavier_uniform_(x.reshape(2, 2).clone()),
    "generator": lambda t, x: t.rand(2, generator=t.Generator().manual_seed(3)),
    "nested": lambda t, x: t.func.vmap(lambda y: t.rand(2) + y, randomness="different")(x),
    "nested, the same": lambda t, x: t.func.vmap(lambda y: t.rand(2) + y, randomness="same")(x),
}


@pytest.mark.parametrize("randomness", ["same", "different", "error"])
@pytest.mark.parametrize("name", DRAWS)
def test_the_same_seed_gives_the_same_numbers(name, randomness):
    def run(torch):
        torch.manual_seed(0)
        x = torch.from_numpy(VALUES["p"]).float()
        drawn = torch.func.vmap(lambda x: DRAWS[name](torch, x), randomness=randomness)(x)
        return [drawn, torch.rand(1)]

    check(run)


@pytest.mark.parametrize("randomness", ["same", "different"])
def test_parts_draw_as_the_whole_does(randomness):
    def run(torch):
        torch.manual_seed(0)
        x = torch.zeros(3)
        draw = lambda x: torch.rand(2) + x  # noqa: E731
        drawn = torch.func.vmap(draw, randomness=randomness, chunk_size=2)(x)
        return [drawn, torch.rand(1)]

    check(run)


@pytest.mark.parametrize("inner", ["same", "different"])
@pytest.mark.parametrize("outer", ["same", "different"])
@pytest.mark.parametrize("given", ["outer", "inner", "both"])
def test_random_numbers_of_batches_in_one_another(outer, inner, given):
    def run(torch):
        torch.manual_seed(0)
        vmap, half = torch.func.vmap, torch.full((3, 2), 0.5)
        chances = {"outer": lambda x, y: x, "inner": lambda x, y: y, "both": lambda x, y: x * y}
        draw = lambda x, y: torch.bernoulli(chances[given](x, y))  # noqa: E731
        within = lambda x: vmap(lambda y: draw(x, y), randomness=inner)(half)  # noqa: E731
        return [vmap(within, randomness=outer)(half), torch.rand(1)]

    check(run)


# ------------------------------------------------------------------------------------- printing


def test_a_member_prints_as_its_batch():
    def run(torch):
        said = []
        x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
        torch.func.vmap(torch.func.vmap(lambda x: (said.append(repr(x)), x)[1]))(x)
        torch.func.vmap(lambda x: (said.append(f"{x.shape} {x.stride()} {x.ndim}"), x)[1])(x)
        return said

    assert run(chainrule) == run(pytorch)
