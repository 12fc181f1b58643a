"""The Python examples of the documentation print what it says they print."""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def examples_of(page):
    """The examples of a page, as doctests: later ones see the names of earlier ones."""
    text = page.read_text()
    names = {}
    for block in EXAMPLE.finditer(text):
        line = text.count("\n", 0, block.start(1))
        name = f"{page.name}-{line}"
        test = doctest.DocTestParser().get_doctest(block[1], names, name, str(page), line)
        test.globs = names
        yield test


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_hold(page):
    report = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for test in examples_of(page):
        runner.run(test, out=report.append, clear_globs=False)

    assert "".join(report) == ""
