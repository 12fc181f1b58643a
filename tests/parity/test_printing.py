"""What tensors print is PyTorch's text, to the character, over random tensors of every dtype."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import chainrule  # noqa: E402

KINDS = "float32 float64 float16 int64 int32 int16 int8 uint8 bool complex64 complex128".split()


def shape_of(random):
    if random.random() < 0.05:
        return (int(random.integers(900, 1200)),)
    if random.random() < 0.05:
        return (30, 40)
    ndim = int(random.integers(0, 5))
    return tuple(int(n) for n in random.integers(random.random() > 0.1, 6, size=ndim))


def values_of(random, shape, kind):
    """Numbers of mixed magnitudes, some of them whole, zero, infinite or NaN."""
    size = 10.0 ** random.uniform(-12, 12) if random.random() < 0.5 else 1.0
    values = random.normal(size=shape) * size
    if random.random() < 0.3:
        values = np.round(values)
    if random.random() < 0.2:
        values = values * (random.random(shape) > 0.5)
    if random.random() < 0.1:
        values = values * 10.0 ** random.uniform(-6, 6, size=shape)
    if kind.startswith("complex"):
        values = values + 1j * random.normal(size=shape) * size
    if kind.startswith(("int", "uint")):
        low = 0 if kind.startswith("u") else -100
        return np.asarray(np.clip(values, low, 100)).astype(kind)
    for special in (np.nan, np.inf, -np.inf):
        if random.random() < 0.1:
            values = np.where(random.random(shape) > 0.8, special, values)
    with np.errstate(all="ignore"):
        return np.asarray(values).astype(kind)


def as_tensor(library, array, asks, result):
    tensor = library.from_numpy(array.copy())
    if asks:
        tensor.requires_grad_()
    return tensor * 1 if result else tensor


@pytest.mark.parametrize("seed", range(300))
def test_random_tensors_print_alike(seed):
    random = np.random.default_rng(seed)
    kind = KINDS[seed % len(KINDS)]
    array = values_of(random, shape_of(random), kind)
    asks = kind.startswith(("float", "complex")) and random.random() < 0.3
    result = asks and random.random() < 0.5

    found = repr(as_tensor(chainrule, array, asks, result))

    assert found == repr(as_tensor(torch, array, asks, result))


OPTIONS = [
    {"precision": 2},
    {"precision": 8, "sci_mode": True},
    {"sci_mode": False},
    {"threshold": 5, "edgeitems": 1},
    {"linewidth": 40},
    {"profile": "short"},
    {"profile": "full"},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_print_options_mean_the_same(options):
    arrays = [values_of(np.random.default_rng(k), (3, 7), "float32") for k in range(10)]
    try:
        for library in (torch, chainrule):
            library.set_printoptions(**options)
        for array in arrays:
            assert repr(chainrule.from_numpy(array)) == repr(torch.from_numpy(array))
    finally:
        for library in (torch, chainrule):
            library.set_printoptions(profile="default")


@pytest.mark.parametrize("spec", ["", ".2f", "10.3e", ">12"])
def test_a_number_is_formatted_as_one(spec):
    assert format(chainrule.tensor(3.14159), spec) == format(torch.tensor(3.14159), spec)


def test_lists_and_numbers():
    array = np.arange(6.0).reshape(2, 3)

    assert chainrule.from_numpy(array).tolist() == torch.from_numpy(array).tolist()
    assert chainrule.tensor(2.5).item() == torch.tensor(2.5).item()
