"""Type promotion, limits, devices and sizes beside PyTorch's, over every combination there is.

Apart from the operations, because all of them rest on this.
"""

from __future__ import annotations

import itertools

import pytest

torch = pytest.importorskip("torch", reason="compares with PyTorch")

from chainrule._core import devices, layouts, limits, promotion, sizes, types  # noqa: E402
from chainrule._core.types import DTYPES  # noqa: E402

NAMES = list(dict.fromkeys(kind.name for kind in DTYPES.values()))
NUMBERS = (True, 2, 2.5, 1j)
DEFAULTS = ("float16", "bfloat16", "float32", "float64")


@pytest.fixture(params=DEFAULTS)
def default(request):
    if request.param == "bfloat16":
        pytest.importorskip("ml_dtypes", reason="bfloat16 needs ml_dtypes")
    torch.set_default_dtype(getattr(torch, request.param))
    types.set_default_dtype(DTYPES[request.param])
    yield request.param
    torch.set_default_dtype(torch.float32)
    types.set_default_dtype(DTYPES["float32"])


def outcome(call, *arguments):
    """What a call gives, as text; or the type of its exception."""
    try:
        return repr(call(*arguments))
    except Exception as error:
        return type(error).__name__


def ours(operand):
    name, ndim = operand
    return (DTYPES[name], ndim)


def theirs(operand):
    name, ndim = operand
    return torch.empty((1,) * ndim, dtype=getattr(torch, name))


def expected_type(*operands):
    return refused_or(torch.result_type(*operands))


def refused_or(expected):
    # NumPy has no complex32: it is refused where it would be the result.
    return "TypeError" if expected is torch.complex32 else repr(expected)


@pytest.mark.parametrize("name", NAMES)
def test_dtypes_describe_themselves_alike(name):
    mine, other = DTYPES[name], getattr(torch, name)

    for attribute in ("itemsize", "is_floating_point", "is_complex", "is_signed", "abbr"):
        assert getattr(mine, attribute) == getattr(other, attribute)
    assert str(mine) == str(other)
    assert repr(mine.to_real()) == repr(other.to_real())
    if name != "float16":
        assert outcome(mine.to_complex) == outcome(other.to_complex)


def test_aliases_are_the_same():
    found = {name: repr(kind) for name, kind in DTYPES.items()}

    assert found == {name: repr(getattr(torch, name)) for name in DTYPES}


def test_promote_types_and_can_cast_agree():
    for a, b in itertools.product(NAMES, repeat=2):
        mine = (DTYPES[a], DTYPES[b])
        other = (getattr(torch, a), getattr(torch, b))

        assert repr(promotion.promote_types(*mine)) == repr(torch.promote_types(*other)), (a, b)
        assert promotion.can_cast(*mine) == torch.can_cast(*other), (a, b)


def test_tensors_promote_alike(default):
    for a, b in itertools.product(itertools.product(NAMES, (0, 1)), repeat=2):
        found = outcome(promotion.result_type, ours(a), ours(b))

        assert found == expected_type(theirs(a), theirs(b)), (a, b)


def test_tensors_and_numbers_promote_alike(default):
    for a, number in itertools.product(itertools.product(NAMES, (0, 1)), NUMBERS):
        expected = expected_type(theirs(a), number)

        assert outcome(promotion.result_type, ours(a), number) == expected, (a, number)
        assert outcome(promotion.result_type, number, ours(a)) == expected, (a, number)


def test_numbers_promote_alike(default):
    for a, b in itertools.product(NUMBERS, repeat=2):
        assert outcome(promotion.result_type, a, b) == expected_type(a, b), (a, b)


@pytest.mark.filterwarnings("ignore:ComplexHalf")
def test_three_tensors_promote_alike():
    """`addcmul` takes three tensors of any type but bool."""
    kinds = itertools.product([name for name in NAMES if name != "bool"], (0, 1))
    for others in itertools.product(kinds, repeat=2):
        operands = (("int8", 1), *others)
        try:
            expected = refused_or(torch.addcmul(*map(theirs, operands)).dtype)
        except NotImplementedError:  # complex32 has no multiplication
            expected = "TypeError"

        assert outcome(promotion.result_type, *map(ours, operands)) == expected, operands


@pytest.mark.parametrize("name", NAMES)
def test_limits_print_alike(name):
    mine, other = DTYPES[name], getattr(torch, name)

    assert outcome(limits.finfo, mine) == outcome(torch.finfo, other)
    assert outcome(limits.iinfo, mine) == outcome(torch.iinfo, other)


@pytest.mark.parametrize("name", [name for name in NAMES if DTYPES[name].category >= 2])
def test_limits_of_floating_types_agree(name):
    mine, other = limits.finfo(DTYPES[name]), torch.finfo(getattr(torch, name))

    for attribute in (
        "bits",
        "dtype",
        "eps",
        "max",
        "min",
        "resolution",
        "smallest_normal",
        "tiny",
    ):
        assert getattr(mine, attribute) == getattr(other, attribute)


@pytest.mark.parametrize("name", [name for name in NAMES if DTYPES[name].category == 1])
def test_limits_of_integers_agree(name):
    mine, other = limits.iinfo(DTYPES[name]), torch.iinfo(getattr(torch, name))

    for attribute in ("bits", "dtype", "max", "min"):
        assert getattr(mine, attribute) == getattr(other, attribute)


@pytest.mark.parametrize(
    "arguments",
    [
        ("cpu",), ("cpu:0",), ("cpu", 0), ("cuda",), ("cuda:1",), ("cuda", 1), ("cuda", None),
        ("meta",), ("mps:0",), ("xpu",), ("privateuseone:1",), ("foo",), ("",), ("cpu:",),
        ("cpu:a",), ("cpu:-1",), ("cuda:01",), ("cuda:1:2",), ("CPU",), (" cpu",), ("cuda1",),
        ("cuda:1", 2), ("cuda", -1), ("cpu", "0"), (0,), (-1,), (None,), (1.5,), (True,), (),
    ],
    ids=repr,
)  # fmt: skip
def test_devices_are_read_and_printed_alike(arguments):
    mine = outcome(devices.device, *arguments)

    assert mine == outcome(torch.device, *arguments)
    if mine.startswith("device"):
        assert str(devices.device(*arguments)) == str(torch.device(*arguments))
        assert devices.device(*arguments).index == torch.device(*arguments).index


@pytest.mark.parametrize("arguments", [("foo",), ("",), ("cpu:a",), ("cuda:1", 2), (0,)], ids=repr)
def test_devices_fail_with_the_same_words(arguments):
    with pytest.raises(RuntimeError) as expected:
        torch.device(*arguments)
    with pytest.raises(RuntimeError) as found:
        devices.device(*arguments)

    assert str(found.value) == str(expected.value)


@pytest.mark.parametrize(
    "use",
    [
        lambda Size: Size(),
        lambda Size: Size([2, 3]),
        lambda Size: Size(range(3)),
        lambda Size: Size(3),
        lambda Size: Size([2.5]),
        lambda Size: Size([2, "a"]),
        lambda Size: Size([True]),
        lambda Size: Size([2, 3, 4])[1:],
        lambda Size: Size([2, 3, 4])[::-1],
        lambda Size: Size([2, 3, 4])[5],
        lambda Size: Size([2, 3]) + (4,),
        lambda Size: (4,) + Size([2, 3]),
        lambda Size: Size([2, 3]) + [4],
        lambda Size: Size([2, 3]) + ("a",),
        lambda Size: Size([2, 3]) * 2,
        lambda Size: 0 * Size([2, 3]),
        lambda Size: Size([2, 3]) * 1.5,
        lambda Size: Size([2, 3]).numel(),
        lambda Size: Size([]).numel(),
        lambda Size: Size([2, 3]) == (2, 3),
        lambda Size: Size([2, 3]) == [2, 3],
        lambda Size: f"{Size([2, 3])}",
        lambda Size: Size,
        lambda Size: type("mine", (Size,), {}),
    ],
)
def test_sizes_behave_and_print_alike(use):
    assert outcome(use, sizes.Size) == outcome(use, torch.Size)


@pytest.mark.parametrize(
    "name", ["strided", "contiguous_format", "preserve_format", "channels_last", "channels_last_3d"]
)
def test_constants_print_alike(name):
    mine, other = getattr(layouts, name), getattr(torch, name)

    assert (repr(mine), str(mine), repr(type(mine))) == (repr(other), str(other), repr(type(other)))
