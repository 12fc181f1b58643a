"""Data types, devices, sizes and their limits, without PyTorch beside them.

Apart from `parity/test_promotion.py`, which compares the same things with PyTorch.
"""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest

from chainrule._core import devices, layouts, promotion, types
from chainrule._core.devices import device
from chainrule._core.limits import finfo, iinfo
from chainrule._core.sizes import Size
from chainrule._core.types import DTYPES

NAMES = sorted({kind.name for kind in DTYPES.values()})
CONSTANTS = (
    layouts.strided,
    layouts.contiguous_format,
    layouts.preserve_format,
    layouts.channels_last,
)


@pytest.fixture
def default_dtype():
    before = types.get_default_dtype()
    yield types.set_default_dtype
    types.set_default_dtype(before)


def run_without_ml_dtypes(program):
    """Run a program in a process of its own, where ml_dtypes cannot be imported."""
    hidden = "import sys; sys.modules['ml_dtypes'] = None\n"
    hidden += "from chainrule._core import limits, promotion, types\nbfloat16 = types.DTYPES['bfloat16']\n"
    path = f"import sys; sys.path[:] = {sys.path!r}\n"
    return subprocess.run(
        [sys.executable, "-c", path + hidden + program], capture_output=True, text=True
    )


# ---- data types ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_dtype_survives_pickle_and_copy_as_the_same_object(name):
    kind = DTYPES[name]

    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(kind, protocol)) is kind
    assert copy.copy(kind) is kind
    assert copy.deepcopy([kind])[0] is kind


def test_users_cannot_make_dtypes():
    with pytest.raises(TypeError, match=r"cannot create 'torch\.dtype' instances"):
        types.dtype()
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("mine", (types.dtype,), {})


def test_a_dtype_cannot_be_changed():
    with pytest.raises(AttributeError):
        DTYPES["float32"].itemsize = 8


@pytest.mark.parametrize("letter", "?BbhilqefdFD")
def test_every_c_type_of_one_size_is_one_dtype(letter):
    assert types.as_dtype(np.dtype(letter)) is DTYPES[np.dtype(letter).name]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (float, "float64"),
        (int, "int64"),
        (bool, "bool"),
        (complex, "complex128"),
        (np.float32, "float32"),
        (np.longlong, "int64"),
        (np.dtype("int8"), "int8"),
    ],
)
def test_python_and_numpy_types_name_dtypes(given, name):
    assert types.as_dtype(given) is DTYPES[name]


@pytest.mark.parametrize("given", ["float32", 3, None, str, object, np.uint16, np.dtype("S3")])
def test_anything_else_is_refused_as_a_dtype(given):
    expected = r"zeros\(\): argument 'dtype' must be torch\.dtype, not"

    with pytest.raises(TypeError, match=expected):
        types.as_dtype(given, "zeros")


def test_complex32_is_refused_by_name():
    with pytest.raises(TypeError, match="complex32"):
        DTYPES["float16"].to_complex()
    with pytest.raises(TypeError, match="complex32"):
        promotion.result_type((DTYPES["float16"], 1), 1j)


@pytest.mark.parametrize(
    ("array", "named"),
    [
        (np.array([None]), "numpy.object_"),
        (np.array(["a"]), "numpy.str_"),
        (np.zeros(1, "u2"), "numpy.uint16"),
        (np.zeros(1, "M8[s]"), "numpy.datetime64"),
        (np.zeros(1, "V4"), "numpy.void"),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
def test_arrays_of_other_types_are_refused_by_name(array, named):
    expected = rf"can't convert np\.ndarray of type {named}\. The only supported types are: float64"
    with pytest.raises(TypeError, match=expected):
        types.dtype_of(array)


def test_arrays_of_the_other_byte_order_are_refused():
    with pytest.raises(ValueError, match="byte order different from the native byte order"):
        types.dtype_of(np.zeros(1, ">f4"))


# ---- bfloat16 --------------------------------------------------------------------------------


def test_numpy_takes_the_type_behind_bfloat16():
    ml_dtypes = pytest.importorskip("ml_dtypes", reason="bfloat16 needs ml_dtypes")

    assert np.zeros(2, DTYPES["bfloat16"].numpy).dtype == ml_dtypes.bfloat16
    assert types.as_dtype(ml_dtypes.bfloat16) is DTYPES["bfloat16"]
    assert DTYPES["bfloat16"].typenum >= 24
    assert np.zeros(2, DTYPES["bfloat16"].numpy).dtype == ml_dtypes.bfloat16


def test_ml_dtypes_is_imported_only_when_bfloat16_is_used():
    program = (
        "assert 'ml_dtypes' not in sys.modules\n"
        "bfloat16.itemsize, limits.finfo(bfloat16), promotion.promote_types(bfloat16, int)\n"
        "assert 'ml_dtypes' not in sys.modules\n"
    )

    found = run_without_ml_dtypes("del sys.modules['ml_dtypes']\n" + program)

    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize(
    "use",
    [
        "types.as_dtype(bfloat16)",
        "types.set_default_dtype(bfloat16)",
        "bfloat16.numpy.kind",
        "import numpy; numpy.zeros(2, bfloat16.numpy)",
    ],
)
def test_bfloat16_without_ml_dtypes_names_the_package(use):
    found = run_without_ml_dtypes(use)

    assert found.returncode == 1
    assert "needs the package ml_dtypes" in found.stderr.splitlines()[-1]


# ---- promotion -------------------------------------------------------------------------------


def test_promotion_does_not_depend_on_the_order_of_operands():
    kinds = [DTYPES[name] for name in NAMES]

    for a in kinds:
        for b in kinds:
            assert promotion.promote_types(a, b) is promotion.promote_types(b, a)


def test_numpy_scalars_promote_as_python_numbers():
    narrow = (DTYPES["int8"], 1)

    assert promotion.result_type(narrow, np.int64(3)) is DTYPES["int8"]
    assert promotion.result_type(narrow, np.float64(3)) is DTYPES["float32"]
    assert promotion.result_type(narrow, np.float16(3)) is DTYPES["float32"]
    assert promotion.result_type(narrow, np.complex128(3)) is DTYPES["complex64"]


def test_an_imaginary_part_is_kept_from_a_numpy_complex64():
    """PyTorch drops it, with a warning from NumPy."""
    assert promotion.result_type((DTYPES["float32"], 1), np.complex64(1j)) is DTYPES["complex64"]


@pytest.mark.parametrize("operand", ["a", None, [1.0], np.ones(2)])
def test_an_operand_that_is_no_number_is_refused(operand):
    with pytest.raises(TypeError, match="expected a tensor or a number"):
        promotion.result_type(operand)


def test_no_operand_has_no_type():
    with pytest.raises(TypeError, match="at least one"):
        promotion.result_type()


def test_the_default_type_is_that_of_python_floats(default_dtype):
    default_dtype(DTYPES["float64"])

    assert types.get_default_dtype() is DTYPES["float64"]
    assert promotion.result_type((DTYPES["int32"], 1), 1.0) is DTYPES["float64"]
    assert promotion.result_type((DTYPES["int32"], 1), 1j) is DTYPES["complex128"]
    assert promotion.result_type((DTYPES["float32"], 1), 1.0) is DTYPES["float32"]


@pytest.mark.parametrize("given", [DTYPES["int32"], DTYPES["complex64"], "float32", float, None])
def test_only_a_floating_dtype_can_be_the_default(given):
    with pytest.raises(TypeError, match="only floating-point types are supported as the default"):
        types.set_default_dtype(given)

    assert types.get_default_dtype() is DTYPES["float32"]


# ---- limits ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["float16", "float32", "float64", "complex64", "complex128"])
def test_finfo_says_what_numpy_says(name):
    found, expected = finfo(DTYPES[name]), np.finfo(name)

    assert (found.bits, found.eps, found.max, found.min, found.resolution, found.tiny) == (
        expected.bits, expected.eps, expected.max, expected.min,
        float(str(expected.resolution)), expected.tiny,
    )  # fmt: skip


def test_finfo_without_a_type_is_of_the_default(default_dtype):
    default_dtype(DTYPES["float64"])

    assert finfo() == finfo(DTYPES["float64"]) != finfo(DTYPES["float32"])


def test_limits_are_not_for_every_type():
    with pytest.raises(TypeError, match="requires a floating point input type"):
        finfo(DTYPES["int32"])
    with pytest.raises(TypeError, match="requires an integer input type"):
        iinfo(DTYPES["float32"])
    with pytest.raises(TypeError, match=r"torch\.bool is not supported by torch\.iinfo"):
        iinfo(DTYPES["bool"])
    with pytest.raises(
        TypeError, match=r"iinfo\(\): argument 'type' must be torch\.dtype, not int"
    ):
        iinfo(3)


# ---- devices ---------------------------------------------------------------------------------


def test_devices_compare_by_type_and_index():
    assert device("cuda:1") == device("cuda", 1) == device(device("cuda:1"))
    assert device("cpu") != device("cpu:0")
    assert device("cpu") != "cpu"
    assert len({device("cpu"), device("cpu"), device("cpu", 0)}) == 2


@pytest.mark.parametrize("made", [device("cpu"), device("cuda:3"), device("meta")])
def test_a_device_survives_pickle_and_copy(made):
    assert pickle.loads(pickle.dumps(made)) == made
    assert copy.deepcopy(made) == made


def test_new_tensors_are_on_the_innermost_device():
    with device("meta"):
        with device("cuda"):
            assert devices.get_default_device() == device("cuda")
        assert devices.get_default_device() == device("meta")
    assert devices.get_default_device() == device("cpu")


def test_a_device_context_is_that_of_its_thread():
    found = []

    with device("meta"):
        thread = threading.Thread(target=lambda: found.append(devices.get_default_device()))
        thread.start()
        thread.join()

    assert found == [device("cpu")]


def test_the_default_device_can_be_set_and_unset():
    devices.set_default_device("cuda:1")
    try:
        assert devices.get_default_device() == device("cuda:1")
    finally:
        devices.set_default_device(None)

    assert devices.get_default_device() == device("cpu")


# ---- sizes -----------------------------------------------------------------------------------


def test_a_size_is_a_tuple_of_ints():
    size = Size([2, 3])

    assert size == (2, 3)
    assert hash(size) == hash((2, 3))
    assert isinstance(size, tuple)
    assert {(2, 3): "found"}[size] == "found"
    assert "%d x %d" % size == "2 x 3"  # noqa: UP031
    assert (lambda *sizes: sizes)(*size) == (2, 3)


def test_sizes_give_sizes():
    size = Size((2, 3, 4))

    for part in (size[1:], size + (5,), (5,) + size, size * 2, 2 * size, size[::-1], size[:0]):
        assert type(part) is Size
    assert (5, *size) == (5,) + size == Size([5, 2, 3, 4])


@pytest.mark.parametrize("items", [[np.int64(3)], [True], [np.array(3)]])
def test_integers_of_any_kind_become_ints(items):
    assert type(Size(items)[0]) is int


def test_a_size_survives_pickle_and_copy():
    size = Size([2, 3])

    for found in (pickle.loads(pickle.dumps(size)), copy.copy(size), copy.deepcopy(size)):
        assert type(found) is Size
        assert found == size


def test_a_size_that_failed_to_be_made_leaves_its_items_alone():
    item = object()
    before = sys.getrefcount(item)

    for _ in range(100):
        with pytest.raises(TypeError, match=r"item 1 is 'object'"):
            Size([1000, item])

    assert sys.getrefcount(item) == before


def test_a_size_has_the_methods_and_errors_of_tuples():
    size = Size([2, 3])

    assert size.index(3) == 1
    assert size[-1] == size[np.int64(1)] == 3
    with pytest.raises(IndexError, match="tuple index out of range"):
        size[2]
    with pytest.raises(AttributeError):
        size.extra = 1
    with pytest.raises(TypeError, match="can only concatenate tuple"):
        size + [1]
    with pytest.raises(TypeError, match="can't multiply sequence"):
        size * 1.5


# ---- constants -------------------------------------------------------------------------------


@pytest.mark.parametrize("constant", CONSTANTS, ids=repr)
def test_a_constant_survives_pickle_and_copy_as_the_same_object(constant):
    assert pickle.loads(pickle.dumps(constant)) is constant
    assert copy.deepcopy(constant) is constant
    with pytest.raises(TypeError, match=r"cannot create 'torch\.\w+' instances"):
        type(constant)()
