"""The graph behaves as PyTorch's: programs print and end alike on both."""

import pytest

torch = pytest.importorskip("torch")

from tests.samples.semantics import programs  # noqa: E402
from tests.semantics import outcome  # noqa: E402

import chainrule  # noqa: E402


@pytest.mark.parametrize(("title", "source"), programs(), ids=[t for t, _ in programs()])
def test_program_prints_and_ends_as_on_torch(title, source):
    expected = outcome(torch, source)

    assert outcome(chainrule, source) == expected
