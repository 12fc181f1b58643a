"""torch.save and torch.load: what goes in comes out, and nothing else is ever loaded."""

from __future__ import annotations

import io
import json
import math
import pickle
import subprocess
import sys
import zipfile
from collections import Counter, OrderedDict, defaultdict

import numpy as np
import pytest

import chainrule as torch

DTYPES = (
    "float16", "float32", "float64", "complex64", "complex128", "bool", "uint8", "int8", "int16",
    "int32", "int64",
)  # fmt: skip


def round_trip(value):
    file = io.BytesIO()
    torch.save(value, file)
    file.seek(0)
    return torch.load(file)


def assert_same(found, expected):
    assert type(found) is type(expected)
    if isinstance(expected, torch.Tensor):
        assert found.dtype is expected.dtype
        assert found.requires_grad is expected.requires_grad
        assert found.shape == expected.shape
        np.testing.assert_array_equal(found.detach().numpy(), expected.detach().numpy())
    elif isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
    elif isinstance(expected, dict):
        assert list(found) == list(expected)
        for key, value in expected.items():
            assert_same(found[key], value)
    elif isinstance(expected, (list, tuple)):
        assert len(found) == len(expected)
        for one, two in zip(found, expected, strict=True):
            assert_same(one, two)
    else:
        assert found == expected or (math.isnan(found) and math.isnan(expected))


# ------------------------------------------------------------------------------- what goes in


@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 3)])
def test_tensors_of_every_dtype(name, shape):
    expected = torch.ones(shape, dtype=getattr(torch, name))

    assert_same(round_trip(expected), expected)


def test_bfloat16():
    pytest.importorskip("ml_dtypes", reason="bfloat16 needs ml_dtypes")
    expected = torch.tensor([1.5, -2.0], dtype=torch.bfloat16)

    found = round_trip([expected, expected[1:]])

    assert found[0].dtype is torch.bfloat16
    assert found[0].float().tolist() == [1.5, -2.0]
    assert found[1].float().tolist() == [-2.0]


PLAIN = [
    None, True, False, 3, -(10**30), 2.5, 0.1, float("inf"), -float("inf"), float("nan"), 1 + 2j,
    complex(float("inf"), -0.0), "", "text \u00e9 \"quoted\" \n", b"\x00\xff", [], (), {},
    [1, [2, (3, "x")]], {"a": {"b": [None]}}, {1: "int", (2, 3): "tuple", None: 0, 2.5: 1},
    {1, 2}, frozenset({"a"}), OrderedDict(b=1, a=2), Counter({2: 2, 5: 1}),
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_values(value):
    found = round_trip(value)

    assert_same(found, value)


def test_values_of_the_library():
    value = [torch.Size([2, 3]), torch.float16, torch.device("cpu")]

    found = round_trip(value)

    assert found == value
    assert found[1] is torch.float16
    assert type(found[0]) is torch.Size


def test_numpy_arrays_and_numbers():
    value = [np.arange(6).reshape(2, 3), np.float32(2.5), np.int64(3), np.bool_(True)]

    found = round_trip(value)

    assert_same(found, value)


def test_a_defaultdict_comes_back_as_a_dict():
    found = round_trip(defaultdict(list, a=[1]))

    assert type(found) is dict
    assert found == {"a": [1]}


def test_parameters_and_gradient_flags():
    leaf = torch.ones(2, requires_grad=True)
    value = [
        torch.nn.Parameter(torch.zeros(2)),
        torch.nn.Parameter(torch.zeros(2), requires_grad=False),
        leaf,
        torch.nn.Buffer(torch.ones(1)),
    ]

    found = round_trip([*value, leaf * 2])

    assert_same(found[:4], value)
    assert found[4].is_leaf  # a saved result is a leaf, as in PyTorch
    assert found[4].requires_grad


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.arange(12).reshape(3, 4).t(),
        lambda: torch.arange(12)[::3],
        lambda: torch.ones(3).expand(2, 3),
        lambda: torch.arange(12).reshape(3, 4)[1:, 2],
    ],
)
def test_views(make):
    expected = make()

    assert_same(round_trip(expected), expected)


# ------------------------------------------------------------------------------------ sharing


def test_a_tensor_met_twice_is_one_tensor():
    x = torch.ones(2)

    found = round_trip({"a": x, "b": [x]})

    assert found["a"] is found["b"][0]


def test_memory_that_was_shared_is_shared_again():
    x = torch.arange(6.0).reshape(2, 3)

    whole, row, column = round_trip([x, x[1], x.t()[0]])
    row.zero_()

    assert whole.tolist() == [[0, 1, 2], [0, 0, 0]]
    assert column.tolist() == [0, 0]


def test_tied_weights_are_written_once():
    layer = torch.nn.Linear(100, 100, bias=False)
    file, twice = io.BytesIO(), io.BytesIO()

    torch.save(torch.nn.Sequential(layer).state_dict(), file)
    torch.save(torch.nn.Sequential(layer, layer).state_dict(), twice)

    assert twice.getbuffer().nbytes < 1.1 * file.getbuffer().nbytes


def test_a_part_is_saved_without_the_rest():
    file = io.BytesIO()

    torch.save(torch.zeros(100_000)[:3], file)

    assert file.getbuffer().nbytes < 2000


def test_what_is_loaded_may_be_written_to():
    found = round_trip(torch.zeros(3))

    found += 1

    assert found.tolist() == [1, 1, 1]


# ---------------------------------------------------------------------- networks, optimizers


def network():
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))


def train(net, optimizer, steps):
    losses = []
    for step in range(steps):
        torch.manual_seed(step)
        loss = (net(torch.randn(8, 3)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
def test_training_goes_on_from_a_checkpoint(name, tmp_path):
    settings = {"momentum": 0.9, "lr": 0.1} if name == "SGD" else {"lr": 0.1, "amsgrad": True}
    net = network()
    optimizer = getattr(torch.optim, name)(net.parameters(), **settings)
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [1, 2])
    train(net, optimizer, 3)
    schedule.step()
    path = tmp_path / "checkpoint.pt"
    torch.save(
        {
            "net": net.state_dict(),
            "optimizer": optimizer.state_dict(),
            "schedule": schedule.state_dict(),
            "epoch": 3,
        },
        path,
    )
    expected = train(net, optimizer, 3)

    checkpoint = torch.load(path, weights_only=True)
    other = network()
    other.load_state_dict(checkpoint["net"])
    resumed = getattr(torch.optim, name)(other.parameters(), **settings)
    resumed_schedule = torch.optim.lr_scheduler.MultiStepLR(resumed, [1, 2])
    resumed.load_state_dict(checkpoint["optimizer"])
    resumed_schedule.load_state_dict(checkpoint["schedule"])

    assert train(other, resumed, 3) == expected
    assert resumed_schedule.state_dict() == schedule.state_dict()


def test_a_state_dict_keeps_its_order_and_versions():
    state = network().state_dict()

    found = round_trip(state)

    assert_same(found, state)
    assert found._metadata == state._metadata


# -------------------------------------------------------------------------------------- files


def test_paths_and_open_files(tmp_path):
    path = tmp_path / "weights.pt"
    for target in (path, str(path)):
        torch.save([1], target)
        assert torch.load(target) == [1]
    with path.open("wb") as file:
        torch.save([2], file)
    with path.open("rb") as file:
        assert torch.load(file) == [2]


def test_the_arrays_are_npy_files(tmp_path):
    path = tmp_path / "weights.pt"
    torch.save({"w": torch.arange(3)}, path)

    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["0.npy", "chainrule.json"]
        assert np.load(io.BytesIO(archive.read("0.npy"))).tolist() == [0, 1, 2]
        assert json.loads(archive.read("chainrule.json"))["chainrule"] == 1


@pytest.mark.parametrize("location", [None, "cpu", lambda storage, place: storage, {"cuda": "cpu"}])
def test_locations_on_the_cpu(location):
    file = io.BytesIO()
    torch.save(torch.ones(1), file)
    file.seek(0)

    assert torch.load(file, map_location=location).tolist() == [1]


def test_safetensors(tmp_path):
    safetensors = pytest.importorskip("safetensors.numpy", reason="an extra")
    path = tmp_path / "weights.safetensors"
    state = {**network().state_dict(), "scalar": torch.tensor(2.0), "t": torch.ones(2, 3).t()}

    torch.save(state, path)

    assert_same(torch.load(path), dict(sorted(state.items())) | {})
    assert safetensors.load_file(path)["scalar"].shape == ()


def test_safetensors_hold_tensors_with_names_only(tmp_path):
    path = tmp_path / "weights.safetensors"

    with pytest.raises(TypeError, match="holds a dict of tensors with names"):
        torch.save({"step": 3}, path)

    assert not path.exists()


def test_safetensors_that_are_not_installed(tmp_path):
    program = (
        "import sys; sys.modules['safetensors'] = None\n"
        "import chainrule as torch\n"
        f"torch.save({{'x': torch.ones(1)}}, {str(tmp_path / 'x.safetensors')!r})"
    )
    path = f"import sys; sys.path[:] = {sys.path!r}\n"

    found = subprocess.run([sys.executable, "-c", path + program], capture_output=True, text=True)

    assert "pip install safetensors" in found.stderr


# ----------------------------------------------------------------------------------- refusals


class Anything:
    pass


@pytest.mark.parametrize(
    ("make", "phrase"),
    [
        (lambda: network(), "save its state_dict"),
        (lambda: torch.optim.SGD([torch.ones(1)]), "save its state_dict"),
        (lambda: Anything(), "cannot save a .*Anything"),
        (lambda: [1, {"a": print}], "cannot save a builtins.builtin_function_or_method"),
        (lambda: np.array([object()]), "can't convert"),
    ],
)
def test_what_cannot_be_saved_is_refused_before_the_file_is_touched(make, phrase, tmp_path):
    path = tmp_path / "weights.pt"
    path.write_bytes(b"precious")

    with pytest.raises(TypeError, match=phrase):
        torch.save(make(), path)

    assert path.read_bytes() == b"precious"


def test_a_list_that_contains_itself():
    endless = []
    endless.append(endless)

    with pytest.raises(ValueError, match="contains itself"):
        round_trip(endless)


def pytorch_checkpoint():
    """What a file of PyTorch's looks like: a zip with a pickle in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"a": 1}))
        archive.writestr("archive/data/0", b"....")
    return file.getvalue()


def plain_zip():
    file = io.BytesIO()
    np.savez(file, a=np.ones(3))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "error", "phrase"),
    [
        (pytorch_checkpoint(), pickle.UnpicklingError, r"is a pickle.*safetensors.torch.save_file"),
        (pickle.dumps({"a": 1}), pickle.UnpicklingError, "Weights only load failed.*is a pickle"),
        (plain_zip(), pickle.UnpicklingError, "Weights only load failed.*was not written by"),
        (b"text", pickle.UnpicklingError, "Weights only load failed.*was not written by"),
        (b"", EOFError, "Ran out of input"),
    ],
    ids=["pytorch", "pickle", "npz", "text", "empty"],
)
def test_what_is_not_ours_is_refused(content, error, phrase, tmp_path):
    path = tmp_path / "weights.pt"
    path.write_bytes(content)

    with pytest.raises(error, match=phrase):
        torch.load(path)
    with pytest.raises(error, match=phrase):
        torch.load(io.BytesIO(content), weights_only=False)


class Bomb:
    def __reduce__(self):
        return exec, ("raise SystemExit('it ran')",)


def test_a_pickle_is_never_run():
    bomb = pickle.dumps(Bomb())
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", bomb)

    for content in (bomb, file.getvalue()):
        with pytest.raises(pickle.UnpicklingError):
            torch.load(io.BytesIO(content), weights_only=False)


def test_arrays_of_objects_inside_our_format_are_never_unpickled():
    array = io.BytesIO()
    np.lib.format.write_array(array, np.array([Bomb()], dtype=object), allow_pickle=True)
    file = io.BytesIO()
    form = {"type": "Tensor", "dtype": "float32", "requires_grad": False, "array": 0}
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "chainrule.json",
            json.dumps({"chainrule": 1, "value": {"tensor": 0}, "tensors": [form]}),
        )
        archive.writestr("0.npy", array.getvalue())
    file.seek(0)

    with pytest.raises(ValueError, match="allow_pickle=False"):
        torch.load(file)


def test_a_newer_format_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("chainrule.json", json.dumps({"chainrule": 99}))
    file.seek(0)

    with pytest.raises(RuntimeError, match="newer chainrule"):
        torch.load(file)


@pytest.mark.parametrize(
    ("call", "error", "phrase"),
    [
        (lambda: torch.save(1, 3), AttributeError, "file-like object with a 'write' attribute"),
        (lambda: torch.load(3), AttributeError, "expected 'f' to be string, path"),
        (lambda: torch.load("nowhere.pt"), FileNotFoundError, "nowhere.pt"),
        (lambda: torch.save(1, "no/where.pt"), RuntimeError, "Parent directory no does not exist"),
        (lambda: torch.load("x", map_location="cuda"), RuntimeError, "no such device"),
    ],
)
def test_files_that_are_not_there(call, error, phrase):
    with pytest.raises(error, match=phrase):
        call()
