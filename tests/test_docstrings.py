"""The examples in docstrings print what they say they print."""

import doctest
import importlib
import pkgutil

import pytest

import chainrule

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
# Importing this one runs the command line.
NOT_IMPORTED = {"chainrule.__main__"}


def modules():
    """The names of all modules of the package."""
    found = pkgutil.walk_packages(chainrule.__path__, "chainrule.")
    return sorted({"chainrule", *(module.name for module in found)} - NOT_IMPORTED)


@pytest.mark.parametrize("name", modules())
def test_the_examples_of_a_module_hold(name):
    report = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for test in doctest.DocTestFinder().find(importlib.import_module(name)):
        runner.run(test, out=report.append)

    assert "".join(report) == ""
