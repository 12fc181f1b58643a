"""Every example runs, and prints what it prints on PyTorch."""

import re
from pathlib import Path

import pytest

from tests.printed import printed, run

EXAMPLES = Path(__file__).parent.parent / "examples"
ALL = sorted(EXAMPLES.glob("*.py"))
SHORT = [example for example in ALL if example.stem != "digits"]


@pytest.mark.parametrize("example", SHORT, ids=lambda path: path.stem)
def test_an_example_prints_what_it_prints_on_pytorch(example):
    found = printed(example)
    expected = (EXAMPLES / "expected" / f"{example.stem}.txt").read_text(encoding="utf-8")

    assert found == expected


@pytest.mark.parametrize("example", ALL, ids=lambda path: path.stem)
def test_an_example_needs_no_more_than_the_import_line_to_be_changed(example):
    source = example.read_text(encoding="utf-8")

    assert re.search(r"^import chainrule as torch$", source, re.MULTILINE)
    assert not re.search(r"\bchainrule\.", source)


def test_a_network_learns_to_read_handwritten_digits(tmp_path):
    for needed in ("matplotlib", "sklearn", "tqdm"):
        pytest.importorskip(needed, reason="the digits example uses it")
    picture = tmp_path / "loss.png"

    status, output, errors = run(EXAMPLES / "digits.py", "--picture", picture, folder=tmp_path)
    share, count = re.search(r"([\d.]+)% of (\d+) held-back digits", output).groups()
    graph = output.partition("the graph of one loss:\n")[2].splitlines()

    assert (status, count) == (0, "360")
    assert float(share) >= 97.0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "30/30" in errors
    assert graph[:3] == ["NllLossBackward0", "    LogSoftmaxBackward0", "        AddmmBackward0"]
    assert graph[3] == "            AccumulateGrad (10,)"
