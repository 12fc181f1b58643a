"""Modules, functions and optimizers do what PyTorch was recorded to do."""

from __future__ import annotations

import pytest

import chainrule
from tests.nn.outcome import all_programs, assert_same, outcome, recorded

PROGRAMS = {
    (group, name): program
    for group, programs in all_programs().items()
    for name, program in programs.items()
}
RECORDED = recorded()


@pytest.mark.parametrize(("group", "name"), PROGRAMS)
def test_a_program_does_what_was_recorded(group, name):
    found = outcome(PROGRAMS[group, name], chainrule)

    assert_same(found, RECORDED[group][name])


def test_everything_recorded_is_a_program_still():
    found = {(group, name) for group, names in RECORDED.items() for name in names}

    assert found == set(PROGRAMS)
