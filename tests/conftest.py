"""What every test gets: one seed, and the settings of the package as they are at first."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

# Comparing with PyTorch needs PyTorch: `make parity` has it.
collect_ignore = [] if importlib.util.find_spec("torch") else ["parity"]


@pytest.fixture(autouse=True)
def fixed_seed_and_settings():
    """Seed the package before a test, and undo what the test set globally."""
    torch = sys.modules.get("chainrule")
    if torch is None:
        yield
        return
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(torch.float32)
    torch.set_printoptions(profile="default")
    torch.set_grad_enabled(True)


@pytest.fixture
def rng():
    """A NumPy generator with a fixed seed."""
    return np.random.default_rng(0)


def pytest_collection_modifyitems(items):
    """Mark what known_gaps.txt lists as expected to fail, with the reason given there."""
    gaps = known_gaps()
    for item in items:
        reason = gaps.get(item.nodeid)
        if reason:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))


def known_gaps():
    """Test -> reason, from the lines `reason: test` of known_gaps.txt."""
    lines = (Path(__file__).parent / "known_gaps.txt").read_text().splitlines()
    pairs = (line.split(": ", 1) for line in lines if line and not line.startswith("#"))
    return {test: reason for reason, test in pairs}
