"""`python -m chainrule --explain PROGRAM` says what would help, and nothing where nothing would."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.explain.watched import LOOP, PAIRS, RIGHT
from tests.printed import ADDRESS, run

ROOT = Path(__file__).parent.parent.parent
NOTHING = "explain: nothing to report"
PROGRAMS = [
    *sorted((ROOT / "tests" / "programs").glob("*.py")),
    *sorted(path for path in (ROOT / "examples").glob("*.py") if path.stem != "digits"),
]


def explained(source: str, folder: Path) -> tuple[int, str, str]:
    """What a program of these lines does under --explain."""
    (folder / "program.py").write_text(source)
    return run("-m", "chainrule", "--explain", "program.py", folder=folder)


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())
def test_what_is_wrong_is_found(pair, tmp_path):
    _, _, errors = explained(pair.wrong, tmp_path)

    assert [words for words in pair.expected if words not in errors] == []
    assert "not seen" not in errors


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())
def test_the_same_done_right_gives_nothing_to_report(pair, tmp_path):
    status, _, errors = explained(pair.right, tmp_path)

    assert (status, errors.strip().partition(" (")[0]) == (0, NOTHING)


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT.keys())
def test_what_only_looks_wrong_is_not_reported_and_prints_the_same(source, tmp_path):
    status, output, errors = explained(source, tmp_path)
    plain = run("-m", "chainrule", "program.py", folder=tmp_path)

    assert errors.strip().partition(" (")[0] == NOTHING
    assert (status, output) == plain[:2]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_programs_and_examples_print_the_same_and_nothing_is_found(program):
    status, output, errors = run("-m", "chainrule", "--explain", program)
    expected = run("-m", "chainrule", program)

    report = errors.removeprefix(expected[2])
    assert status == expected[0]
    assert ADDRESS.sub("0x...", output) == ADDRESS.sub("0x...", expected[1])
    assert report.strip().partition(" (")[0] == NOTHING


# ---- how a run ends --------------------------------------------------------------------------

ENDS = {
    "with an error": ("raise ValueError('no')", 1, "ValueError: no"),
    "by sys.exit": ("import sys\nsys.exit(3)", 3, ""),
    "with a sentence": ("import sys\nsys.exit('no data')", 1, "no data"),
    "interrupted": ("raise KeyboardInterrupt", -2, "KeyboardInterrupt"),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_the_report_comes_after_all_else_and_the_status_is_the_programs(end, tmp_path):
    statement, expected, words = end
    status, _, errors = explained(f"{PAIRS['zero_grad is forgotten'].wrong}\n{statement}", tmp_path)

    before, _, report = errors.partition("explain: 1 thing to look at")
    assert status == expected
    assert before.strip().endswith(words)
    assert "not cleared" in report


def test_a_traceback_shows_nothing_of_the_watch(tmp_path):
    source = "import torch\ntorch.ones(2, requires_grad=True).backward()\n"
    _, _, errors = explained(source, tmp_path)
    expected = run("-m", "chainrule", "program.py", folder=tmp_path)[2]

    assert errors.startswith(expected)


def test_arguments_options_and_names_are_the_programs_own(tmp_path):
    source = "import sys\nprint(__name__, sys.argv)\n"
    (tmp_path / "program.py").write_text(source)

    for arguments in (["program.py", "--explain", "3"], ["-c", source, "3"], ["-m", "program"]):
        found = run("-m", "chainrule", "--explain", *arguments, folder=tmp_path)
        expected = run("-m", "chainrule", *arguments, folder=tmp_path)

        assert found[:2] == expected[:2]


@pytest.mark.parametrize("arguments", [[], ["--version"], ["--explain"], ["-c"]])
def test_explain_without_a_program_exits_with_2(arguments, tmp_path):
    status, _, errors = run("-m", "chainrule", "--explain", *arguments, folder=tmp_path)

    assert status == 2
    assert "usage: python -m chainrule SCRIPT" in errors


# ---- what it costs ---------------------------------------------------------------------------


def test_without_the_option_nothing_of_it_is_imported(tmp_path):
    source = "import torch, sys\nprint([n for n in sys.modules if 'explain' in n])\n"
    (tmp_path / "program.py").write_text(source)

    assert run("-m", "chainrule", "program.py", folder=tmp_path)[1] == "[]\n"


def test_a_long_run_keeps_nothing_alive(tmp_path):
    source = LOOP.replace("12", "600").replace(
        "    optimizer.step()",
        "    optimizer.step()\n    if step in (299, 599): counts.append(len(gc.get_objects()))",
    )
    source = f"import gc\ncounts = []\n{source}\nprint(counts[1] - counts[0])\n"

    _, output, errors = explained(source, tmp_path)

    assert int(output) < 100
    assert NOTHING in errors
