"""Imports inside the package go one way: from the top of the architecture down to the core."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def check_layers(monkeypatch, tmp_path):
    """The checker, and a function that lays out a package of `{file: text}` for it."""
    spec = importlib.util.spec_from_file_location("check_layers", ROOT / "tools/check_layers.py")
    checker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(checker)

    def lay_out(files):
        monkeypatch.setattr(checker, "SOURCES", tmp_path)
        for name, text in files.items():
            path = tmp_path / "chainrule" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return [
            problem.removeprefix(f"{tmp_path.name}/chainrule/") for problem in checker.problems()
        ]

    checker.lay_out = lay_out
    return checker


def test_the_package_imports_one_way(check_layers):
    found = check_layers.problems()

    assert found == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("ops/sums.py", "from chainrule.functions import declare"),
        ("ops/sums.py", "import chainrule.functions.declare"),
        ("ops/sums.py", "from chainrule import functions"),
        ("ops/sums.py", "from ..functions import declare"),
        ("ops/sums.py", "def rule():\n    from chainrule import Tensor"),
        ("ops/__init__.py", "from ..functions import declare"),
        ("_core/core.pyx", "from chainrule.ops.kinds cimport Kind"),
        ("backends/numpy.py", "from chainrule.ops import kinds"),
        ("functions/sums.py", "from chainrule.testing import assert_close"),
    ],
)
def test_an_import_upwards_is_found(check_layers, file, text):
    found = check_layers.lay_out(
        {"functions/__init__.py": "", "functions/declare.py": "", file: text}
    )

    assert len(found) == 1
    assert found[0].startswith(f"{file}:{text.count(chr(10)) + 1}: imports chainrule")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "functions/sums.py",
            "from chainrule.ops import sums\nfrom chainrule._core.core import Tensor",
        ),
        ("nn/linear.py", "from chainrule.autograd import Function"),
        (
            "ops/sums.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import chainrule",
        ),
        ("ops/sums.py", "import numpy\nfrom chainrule.backends import numpy as kernels"),
        ("testing/comparison.py", "import chainrule"),
        ("_core/core.pyx", "from chainrule._core.loops cimport LoopTable"),
    ],
)
def test_an_import_downwards_is_right(check_layers, file, text):
    found = check_layers.lay_out({file: text})

    assert found == []


def test_a_part_without_a_layer_is_found(check_layers):
    found = check_layers.lay_out({"shiny.py": ""})

    assert found == ["chainrule.shiny: in no layer of tools/check_layers.py"]


def test_an_exception_that_nobody_needs_is_found(check_layers):
    check_layers.ALLOWED[("chainrule.ops.sums", "chainrule.functions")] = "no longer true"

    found = check_layers.lay_out({"ops/sums.py": ""})

    assert found == ["('chainrule.ops.sums', 'chainrule.functions'): allowed, but not there"]
