"""gradcheck passes, fails and refuses as PyTorch's, in the same words.

Apart from tests/autograd, which says what it finds: here the same calls are made on both.
"""

import warnings

import pytest

pytorch = pytest.importorskip("torch")

import chainrule  # noqa: E402

# So many characters of a message are PyTorch's at least; what follows may say more.
KEY_PHRASE = 40


def custom(torch, value, backward, jvp=None, materialize=True):
    """A Function of one tensor with this backward(g, x) and, perhaps, this jvp(t)."""

    class Custom(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(materialize)
            ctx.save_for_backward(x)
            return value(x)

        @staticmethod
        def backward(ctx, *g):
            return backward(*g, *ctx.saved_tensors)

    if jvp is not None:
        Custom.jvp = staticmethod(lambda ctx, t: jvp(t))
    return Custom.apply


def function(name):
    return lambda torch: getattr(torch, name)


def formula(of):
    return lambda torch: of


def derivative(value, backward, **facts):
    return lambda torch: custom(torch, value, backward, **facts)


def refuse_none(g, x):
    if g is None:
        raise RuntimeError("no cotangent")
    return g * 2


TWICE = formula(lambda x: x * 2)
REAL, COMPLEX, KINK = [1.0, 2.0], [1 + 2j, 2 - 1j], [0.0, 2.0]
TOO_LARGE = derivative(lambda x: x * x, lambda g, x: 3 * x * g)
FUNCTIONS = {
    "twice": (TWICE, REAL),
    "twice of complex": (TWICE, COMPLEX),
    "exp": (function("exp"), REAL),
    "exp of complex": (function("exp"), COMPLEX),
    "abs of complex": (function("abs"), COMPLEX),
    "abs at its kink": (function("abs"), KINK),
    "sqrt where it is nan": (function("sqrt"), [-1.0, 2.0]),
    "log where it is infinite": (function("log"), KINK),
    "complex of real": (formula(lambda x: x * (1 + 2j)), REAL),
    "several outputs": (formula(lambda x: [x * x, x.sum(), x.detach()]), REAL),
    "halves": (formula(lambda z: (z.real, z * z, z.imag)), COMPLEX),
    "the input itself": (formula(lambda x: x), REAL),
    "in place": (formula(lambda x: x.clone().mul_(2)), REAL),
    "in place on the input": (formula(lambda x: x.mul_(2)), REAL),
    "detached": (formula(lambda x: x.detach() * 2), REAL),
    "integers": (formula(lambda x: (x + 0.2).long()), REAL),
    "a number": (formula(lambda x: 3.0), REAL),
    "nothing": (formula(lambda x: None), REAL),
    "a number beside a tensor": (formula(lambda x: (x, 3)), REAL),
    "a missing dimension": (formula(lambda x: x.sum(7)), REAL),
    "too large": (TOO_LARGE, REAL),
    "right in forward mode": (
        derivative(lambda x: x * 2, lambda g, x: 2 * g, jvp=lambda t: t * 2),
        REAL,
    ),
    "too large in forward mode": (
        derivative(lambda x: x * 2, lambda g, x: 2 * g, jvp=lambda t: t * 3),
        REAL,
    ),
    "conjugated in forward mode": (
        derivative(lambda x: x * 2, lambda g, x: 2 * g, jvp=lambda t: (t * 2).conj()),
        COMPLEX,
    ),
    "too large for complex": (TOO_LARGE, COMPLEX),
    "no gradient": (derivative(lambda x: x * x, lambda g, x: None), REAL),
    "not conjugated": (derivative(lambda z: z * z, lambda g, z: 2 * z * g), COMPLEX),
    "no second derivative": (
        derivative(lambda x: x**3, lambda g, x: g * 3 * (x * x).detach()),
        REAL,
    ),
    "a constant added": (
        derivative(lambda x: x * 2, lambda g, x: g * 2 + (g == 0).all() * 1.0),
        REAL,
    ),
    "nothing for zeros": (
        derivative(lambda x: x * 2, lambda g, x: None if (g == 0).all() else g * 2),
        REAL,
    ),
    "undefined refused": (
        derivative(lambda x: x * 2, refuse_none, materialize=False),
        REAL,
    ),
    "something of the undefined": (
        derivative(lambda x: x * 2, lambda g, x: x * 0 + 1 if g is None else g * 2, materialize=False),
        REAL,
    ),
}  # fmt: skip
OPTIONS = [
    {},
    {"fast_mode": True},
    {"check_undefined_grad": False},
    {"raise_exception": False},
    {"eps": 1e-2, "atol": 1e-1},
    {"atol": 0.0, "rtol": 0.0},
    {"masked": True, "check_grad_dtypes": True},
    {"check_batched_grad": True},
]


# Not all of these functions have a derivative in forward mode; what is missing is asked for as well.
FORWARD_OPTIONS = [
    {"check_forward_ad": True},
    {"check_forward_ad": True, "check_backward_ad": False},
    {"check_forward_ad": True, "fast_mode": True},
    {"check_forward_ad": True, "check_batched_forward_grad": True},
]


def result(torch, check, name, **options):
    """What the check returns, or the type and words of what it raises."""
    make, numbers = FUNCTIONS[name]
    kind = torch.complex128 if isinstance(numbers[0], complex) else torch.float64
    x = torch.tensor(numbers, dtype=kind, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return getattr(torch.autograd, check)(make(torch), (x,), **options)
        except Exception as error:
            return [kind.__name__ for kind in type(error).__mro__], str(error)


# Where PyTorch's own gradcheck stumbles: over an output that was detached, and over no gradient.
STUMBLES = (IndexError.__name__, "You must implement the jvp function")


def assert_alike(found, expected):
    if found is True and any(words in str(expected) for words in STUMBLES):
        pytest.skip("PyTorch's gradcheck fails itself where there is nothing to check")
    if isinstance(expected, bool):
        assert found == expected
        return
    names, words = expected

    assert found[0][0] == names[0]
    assert found[1][:KEY_PHRASE] == words[:KEY_PHRASE] or found[1].startswith(words)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradcheck(name, options):
    assert_alike(
        result(chainrule, "gradcheck", name, **options),
        result(pytorch, "gradcheck", name, **options),
    )


@pytest.mark.parametrize("options", FORWARD_OPTIONS, ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradcheck_in_forward_mode(name, options):
    assert_alike(
        result(chainrule, "gradcheck", name, **options),
        result(pytorch, "gradcheck", name, **options),
    )


@pytest.mark.parametrize(
    "options",
    [*OPTIONS, {"check_fwd_over_rev": True}, {"gen_non_contig_grad_outputs": True}],
    ids=str,
)
@pytest.mark.parametrize("name", [one for one in FUNCTIONS if one not in ("detached", "integers")])
def test_gradgradcheck(name, options):
    assert_alike(
        result(chainrule, "gradgradcheck", name, **options),
        result(pytorch, "gradgradcheck", name, **options),
    )


@pytest.mark.parametrize("name", ["too large", "not conjugated", "too large for complex"])
def test_the_jacobians_are_shown_alike(name):
    found, expected = (result(torch, "gradcheck", name)[1] for torch in (chainrule, pytorch))

    assert found.startswith(expected)
