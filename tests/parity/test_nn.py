"""Modules and optimizers do as PyTorch's, and the record of what PyTorch does is true."""

from __future__ import annotations

import pytest
import torch as pytorch
from tests.nn.outcome import all_programs, assert_same, outcome, recorded

import chainrule

PROGRAMS = {
    (group, name): program
    for group, programs in all_programs().items()
    for name, program in programs.items()
}


@pytest.mark.parametrize(("group", "name"), PROGRAMS)
def test_a_program_does_the_same(group, name):
    found = outcome(PROGRAMS[group, name], chainrule)
    expected = outcome(PROGRAMS[group, name], pytorch)

    assert_same(found, expected)


@pytest.mark.parametrize(("group", "name"), PROGRAMS)
def test_the_record_is_what_pytorch_does(group, name):
    found = outcome(PROGRAMS[group, name], pytorch)

    assert found == recorded()[group][name]
