"""`python -m chainrule PROGRAM` runs a program as `python PROGRAM` does, with `torch` answered.

Python itself is the judge: output, standard error and exit status are the same.
"""

from __future__ import annotations

import importlib.metadata
import zipfile
from pathlib import Path

import pytest

from chainrule.version import TorchVersion, __version__, release
from tests.printed import run

PRINTS_ITS_SURROUNDINGS = """
import sys
print(__name__, __file__, __package__, __spec__, __doc__, sys.argv, sys.path[0])
print(sys.modules["__main__"].__dict__ is globals())
"""
FAILS_DEEP_DOWN = """
def outer():
    inner()

def inner():
    return 1 / 0

outer()
"""
HAS_ITS_OWN_HOOK = """
import sys, traceback
def report(kind, error, tb):
    print("mine:", kind.__name__, error, [frame.name for frame in traceback.extract_tb(tb)])
sys.excepthook = report
raise ValueError("told to my own hook")
"""
FAILS_WITH_A_CAUSE = """
try:
    {}["missing"]
except KeyError as error:
    raise RuntimeError("nothing there") from error
"""
PICKLES_ITS_OWN_CLASS = """
import pickle
class Point:
    def __init__(self, x): self.x = x
print(pickle.loads(pickle.dumps(Point(3))).x)
"""
PROGRAMS = {
    "prints its surroundings": PRINTS_ITS_SURROUNDINGS,
    "fails deep down": FAILS_DEEP_DOWN,
    "fails with a cause": FAILS_WITH_A_CAUSE,
    "has its own hook": HAS_ITS_OWN_HOOK,
    "pickles its own class": PICKLES_ITS_OWN_CLASS,
    "has a syntax error": "x = 1\ny = (2,\n",
    "is in latin-1": "# -*- coding: latin-1 -*-\nprint(ascii('\xe9'))\n",
    "exits with a number": "import sys\nprint('before')\nsys.exit(3)\n",
    "exits with a sentence": "import sys\nsys.exit('no data')\n",
    "exits with nothing": "raise SystemExit\n",
    "fails in an exit handler": "import atexit\natexit.register(lambda: print('bye'))\n1 / 0\n",
    "is interrupted": "raise KeyboardInterrupt\n",
    "has no __future__ of ours": "def f(x: int): pass\nprint(f.__annotations__)\n",
    "fails in a module it imports": "import json\njson.loads('{')\n",
    "warns of something deprecated": "import warnings\nwarnings.warn('old', DeprecationWarning)\n",
}


def on_chainrule(*arguments: str, folder: Path, text: str = "") -> tuple[int, str, str]:
    return run("-m", "chainrule", *arguments, folder=folder, text=text)


def outcome_of(source: str, folder: Path) -> tuple[int, str, str]:
    """What a program of these lines does on chainrule."""
    (folder / "program.py").write_text(source)
    return on_chainrule("program.py", folder=folder)


# ---- as Python does --------------------------------------------------------------------------


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_script_runs_as_python_runs_it(source: str, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(source, encoding="latin-1")

    found = on_chainrule("program.py", "--epochs", "3", folder=tmp_path)
    expected = run("program.py", "--epochs", "3", folder=tmp_path)

    assert found == expected


def test_a_script_elsewhere_imports_what_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "beside.py").write_text("print(__name__, __file__)\n")
    (tmp_path / "sub" / "program.py").write_text("import beside\n" + PRINTS_ITS_SURROUNDINGS)

    found = on_chainrule("sub/program.py", folder=tmp_path)
    expected = run("sub/program.py", folder=tmp_path)

    assert found == expected


@pytest.mark.parametrize("source", [PRINTS_ITS_SURROUNDINGS.replace("__file__, ", ""), "1 / 0"])
@pytest.mark.parametrize("option", ["-c", "-"])
def test_text_runs_as_python_runs_it(option: str, source: str, tmp_path: Path) -> None:
    arguments = ["-c", source, "a", "-b"] if option == "-c" else ["-", "a", "-b"]
    text = source if option == "-" else ""

    status, output, errors = on_chainrule(*arguments, folder=tmp_path, text=text)
    expected = run(*arguments, folder=tmp_path, text=text)

    # The loader of text is Python's own; a spec of None is what programs look for.
    assert (status, output) == expected[:2]
    assert errors.splitlines()[-1:] == expected[2].splitlines()[-1:]


def test_a_module_runs_as_python_runs_it(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("print('package', __name__)\n")
    (tmp_path / "package" / "__main__.py").write_text(PRINTS_ITS_SURROUNDINGS)
    (tmp_path / "package" / "part.py").write_text("from . import __name__ as n\nprint(n)\n")

    for name in ("package", "package.part", "json.tool"):
        found = on_chainrule("-m", name, "-", folder=tmp_path, text="[1]")
        expected = run("-m", name, "-", folder=tmp_path, text="[1]")

        assert found[0] == expected[0]
        assert _without_addresses(found[1]) == _without_addresses(expected[1])


def _without_addresses(text: str) -> str:
    return "".join(part.partition(">")[2] or part for part in text.split(" object at 0x"))


@pytest.mark.parametrize("kind", ["folder", "zip file"])
def test_a_program_in_a_folder_or_a_zip_file_runs(kind: str, tmp_path: Path) -> None:
    source = "import beside, sys\nprint(__name__, sys.argv, sys.path[0])\n"
    place = tmp_path / "program"
    if kind == "folder":
        place.mkdir()
        (place / "__main__.py").write_text(source)
        (place / "beside.py").write_text("")
    else:
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("__main__.py", source)
            archive.writestr("beside.py", "")

    assert on_chainrule("program", "a", folder=tmp_path) == run("program", "a", folder=tmp_path)


def test_a_script_that_is_not_there_is_reported_with_status_2(tmp_path: Path) -> None:
    status, _, errors = on_chainrule("nowhere.py", folder=tmp_path)

    assert status == 2
    assert "can't open file" in errors
    assert "[Errno 2] No such file or directory" in errors
    assert "Traceback" not in errors


def test_a_module_that_is_not_there_is_reported_with_status_1(tmp_path: Path) -> None:
    status, _, errors = on_chainrule("-m", "nowhere.at_all", folder=tmp_path)

    assert status == 1
    assert "No module named nowhere.at_all" in errors


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_without_a_program_the_usage_is_shown(arguments: list[str], tmp_path: Path) -> None:
    status, output, _ = on_chainrule(*arguments, folder=tmp_path)

    assert status == 0
    assert output.startswith("usage: python -m chainrule SCRIPT")


@pytest.mark.parametrize("arguments", [["-c"], ["-m"], ["-x"]])
def test_a_wrong_command_line_exits_with_2(arguments: list[str], tmp_path: Path) -> None:
    status, _, errors = on_chainrule(*arguments, folder=tmp_path)

    assert status == 2
    assert "usage: python -m chainrule SCRIPT" in errors


# ---- torch is chainrule ----------------------------------------------------------------------


def test_every_way_to_import_torch_gives_the_modules_of_chainrule(tmp_path: Path) -> None:
    source = """
import torch, torch.nn as nn, torch.nn.functional as F, torch.optim
from torch import nn as nn2, Tensor
from torch.autograd import Variable, Function
from torch.nn import functional as F2, Linear
import torch.backends.cudnn as cudnn
import importlib, importlib.util
import chainrule, chainrule.nn.functional
print(torch is chainrule, nn is nn2 is chainrule.nn, F is F2 is chainrule.nn.functional)
print(torch.optim is chainrule.optim, Linear is chainrule.nn.Linear, Tensor is chainrule.Tensor)
print(importlib.import_module("torch.nn.functional") is F, cudnn is torch.backends.cudnn)
print(F.__name__, F.__spec__.name, importlib.util.find_spec("torch.nn").name)
"""
    status, output, errors = outcome_of(source, tmp_path)

    assert (status, errors) == (0, "")
    assert output.splitlines()[:3] == ["True True True", "True True True", "True True"]
    assert output.splitlines()[3] == (
        "chainrule.nn.functional chainrule.nn.functional chainrule.nn"
    )


def test_an_installed_pytorch_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("raise AssertionError('the other one')\n")

    status, output, errors = outcome_of("import torch\nprint(torch.__name__)\n", tmp_path)

    assert (status, output, errors) == (0, "chainrule\n", "")


def test_a_test_suite_that_imports_torch_runs(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import torch\ndef test_it(): assert torch.ones(2).sum() == 2\n"
    )

    status, output, _ = on_chainrule("-m", "pytest", "-q", "test_it.py", folder=tmp_path)

    assert status == 0
    assert "1 passed" in output


# ---- what is missing -------------------------------------------------------------------------

MISSING = {
    "import torch.nothing": (
        "ModuleNotFoundError: No module named 'torch.nothing'",
        "chainrule has no torch.nothing (asked for at {program}, line 2)",
    ),
    "import torch.nn.nothing as n": (
        "ModuleNotFoundError: No module named 'torch.nn.nothing'",
        "chainrule has no torch.nn.nothing (asked for at {program}, line 2)",
    ),
    "import torch.cuda.amp.nothing": (
        "ModuleNotFoundError: No module named 'torch.cuda.amp'",
        "chainrule has no torch.cuda.amp (asked for at {program}, line 2)",
    ),
    "from torch import nothing": (
        "ImportError: cannot import name 'nothing' from 'torch'",
        "chainrule has no torch.nothing (asked for at {program}, line 2)",
    ),
    "from torch.nn import Linear, Nothing": (
        "ImportError: cannot import name 'Nothing' from 'torch.nn'",
        "chainrule has no torch.nn.Nothing (asked for at {program}, line 2)",
    ),
    "import torch; torch.nothing(3)": (
        "AttributeError: module 'torch' has no attribute 'nothing'",
        "chainrule has no torch.nothing (asked for at {program}, line 2)",
    ),
    "import torch; torch.nn.functional.nothing": (
        "AttributeError: module 'torch.nn.functional' has no attribute 'nothing'",
        "chainrule has no torch.nn.functional.nothing (asked for at {program}, line 2)",
    ),
    "import torch; torch.ones(2).nothing()": (
        "Tensor' object has no attribute 'nothing'",
        "chainrule has no Tensor.nothing (asked for at {program}, line 2)",
    ),
}


@pytest.mark.parametrize("statement", MISSING)
def test_what_is_missing_is_named_with_the_line_that_asked(statement: str, tmp_path: Path) -> None:
    error, sentence = MISSING[statement]

    status, _, errors = outcome_of(f"# line 1\n{statement}\n", tmp_path)

    assert status == 1
    assert error in errors
    assert sentence.format(program=tmp_path / "program.py") in errors
    assert "_script.py" not in errors
    assert "_alias.py" not in errors.partition("Error: ")[0].rpartition("line 2")[0]


def test_a_program_can_ask_for_what_is_missing_and_go_on(tmp_path: Path) -> None:
    source = """
import torch
try:
    import torch.nothing
except ImportError as error:
    print(type(error).__name__, error.name)
try:
    from torch import nothing
except ImportError as error:
    print(type(error).__name__, error.name)
print(hasattr(torch, "nothing"), getattr(torch, "nothing", 7))
"""
    status, output, errors = outcome_of(source, tmp_path)

    assert (status, errors) == (0, "")
    assert output.split() == "ModuleNotFoundError torch.nothing ImportError torch False 7".split()


# ---- without a GPU ---------------------------------------------------------------------------


def test_what_scripts_call_on_a_machine_without_a_gpu_is_harmless(tmp_path: Path) -> None:
    source = """
import torch
import torch.backends.cudnn as cudnn
torch.cuda.manual_seed(0); torch.cuda.manual_seed_all(0)
torch.cuda.synchronize(); torch.cuda.empty_cache()
cudnn.deterministic = True; cudnn.benchmark = False; cudnn.enabled = False
torch.backends.cuda.matmul.allow_tf32 = True
torch.set_num_threads(1); torch.set_float32_matmul_precision("high")
torch.use_deterministic_algorithms(True)
print(torch.cuda.is_available(), torch.cuda.device_count(), torch.backends.mps.is_available())
print(torch.accelerator.is_available(), torch.xpu.is_available(), torch.version.cuda)
print(cudnn.deterministic, cudnn.benchmark, cudnn.enabled, cudnn.version())
print(torch.get_num_threads(), torch.get_float32_matmul_precision())
print(torch.are_deterministic_algorithms_enabled(), torch.cuda.memory_allocated())
print(torch.__version__ >= "2.9", torch.__version__.split("+")[0])
try:
    torch.cuda.current_device()
except AssertionError as error:
    print(str(error).partition(":")[0])
"""
    status, output, errors = outcome_of(source, tmp_path)

    assert (status, errors) == (0, "")
    assert output.splitlines() == [
        "False 0 False",
        "False False None",
        "True False False None",
        "1 high",
        "True 0",
        "True 2.13.0",
        "Torch not compiled with CUDA enabled",
    ]


@pytest.mark.parametrize(
    ("statement", "error", "phrase"),
    [
        ("torch.backends.cudnn.benchmark = 5", RuntimeError, "expects a bool, but got int"),
        ("torch.backends.cuda.matmul.nothing = 1", AttributeError, "Unknown attribute nothing"),
        ("torch.set_num_threads(0)", RuntimeError, "expects a positive integer"),
        ("torch.set_num_threads(2.5)", RuntimeError, "expects an int, but got float"),
        ("torch.use_deterministic_algorithms(1)", TypeError, "must be bool, not int"),
        ("torch.set_deterministic_debug_mode('x')", RuntimeError, "invalid value of debug_mode"),
        ("torch.cuda.get_device_name(0)", AssertionError, "not compiled with CUDA enabled"),
        ("torch.cuda.FloatTensor([1.0])", TypeError, "torch.cuda.FloatTensor not available"),
        ("torch.cuda.Event()", RuntimeError, "dummy base class Event"),
    ],
)
def test_what_pytorch_refuses_is_refused(statement: str, error: type, phrase: str) -> None:
    import chainrule as torch

    with pytest.raises(error, match=phrase):
        exec(statement, {"torch": torch})


def test_an_unknown_precision_warns_and_changes_nothing() -> None:
    import chainrule as torch

    before = torch.get_float32_matmul_precision()
    with pytest.warns(UserWarning, match="is not one of 'highest', 'high', or 'medium'"):
        torch.set_float32_matmul_precision("low")

    assert torch.get_float32_matmul_precision() == before


# ---- versions --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lower", "higher"),
    [
        ("2.13.0+cpu", ["2.9", "2.13.0rc1", "2.13", (2, 12, 9), (2,)], ["2.13.1", "3", (2, 14)]),
        ("2.13.0", ["2.13.0.dev20260101", "2.13.0a1", "1.99"], ["2.13.0+cpu", "2.13.0.post1"]),
    ],
)
def test_versions_compare_by_their_numbers(text: str, lower: list, higher: list) -> None:
    version = TorchVersion(text)

    assert all(version > other and version >= other and version != other for other in lower)
    assert all(version < other and version <= other and version != other for other in higher)
    assert version == text
    assert hash(version) == hash(text)


def test_a_version_is_not_compared_with_a_number() -> None:
    with pytest.raises(TypeError, match="not supported between instances"):
        assert __version__ > 2.0  # type: ignore[operator]


def test_the_installed_version_is_the_one_the_package_names() -> None:
    try:
        installed = importlib.metadata.version("chainrule")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("chainrule is used from its sources, not installed")

    assert installed == release
