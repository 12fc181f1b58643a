"""Unedited PyTorch programs print on chainrule what their tutorials show and PyTorch prints."""

import re
from pathlib import Path

import pytest

from tests.printed import printed

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))
ENDS_IN_ERROR = re.compile(r"^\w+Error: .*\n\Z", re.MULTILINE)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_prints_what_its_tutorial_shows(program):
    found = printed("-m", "chainrule", program)
    expected = program.with_suffix(".txt").read_text(encoding="utf-8")
    if ENDS_IN_ERROR.search(expected):
        found = found[: len(expected) - 1] + "\n"  # more may be said after PyTorch's words

    assert found == expected


def test_every_text_belongs_to_a_program():
    texts = {path.stem for path in PROGRAMS[0].parent.glob("*.txt")}

    assert texts == {program.stem for program in PROGRAMS}
