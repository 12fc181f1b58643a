"""The text that programs and examples are expected to print is PyTorch's own."""

from pathlib import Path

import pytest
from tests.printed import printed

TESTS = Path(__file__).parent.parent
PROGRAMS = sorted((TESTS / "programs").glob("*.py"))
EXAMPLES = sorted((TESTS.parent / "examples" / "expected").glob("*.txt"))

# Examples say `import chainrule as torch`: here that is PyTorch.
ON_PYTORCH = """
import runpy, sys, torch
sys.modules["chainrule"] = torch
runpy.run_path(sys.argv[1], run_name="__main__")
"""


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_prints_on_pytorch_what_is_expected_of_it(program):
    found = printed(program)
    expected = program.with_suffix(".txt").read_text(encoding="utf-8")

    assert found == expected


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_prints_on_pytorch_what_is_expected_of_it(text):
    example = text.parent.parent / f"{text.stem}.py"

    found = printed("-c", ON_PYTORCH, example)

    assert found == text.read_text(encoding="utf-8")
