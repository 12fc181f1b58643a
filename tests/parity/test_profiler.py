"""Profiles of one program by both libraries: the same events, in the same order and as often.

Operations that PyTorch is made of inside are not compared: only what stands at the top, and the
nodes of the backward.
"""

import pytest
import torch

import chainrule

# PyTorch makes the gradient that a backward begins with by an operation.
SEED = "aten::ones_like"


def arithmetic(torch, x, y):
    z = (x * y + 2).exp() / x - y
    (z * z).sum().backward()


def reductions(torch, x, y):
    z = x.sum(0) + y.mean() + x.max() - y.abs().amax(1)
    z.sum().backward()


def products(torch, x, y):
    z = torch.mm(x, y).tanh().mv(y.sum(0))
    torch.dot(z, z).backward()


def in_place(torch, x, y):
    z = x * 1
    z.mul_(2)
    z.add_(y)
    z.exp_().sum().backward()


def shapes(torch, x, y):
    z = x.transpose(0, 1) + y.view(9).view(3, 3) + x.permute(1, 0).unsqueeze(0).squeeze(0)
    z.sum().backward()


def activations(torch, x, y):
    z = torch.relu(x) * torch.sigmoid(y) + torch.nn.functional.softplus(x)
    z.sum().backward()


def named(torch, x, y):
    with torch.autograd.profiler.record_function("outer"):
        (x * y).sum().backward()
    torch.sin(x)


PROGRAMS = [arithmetic, reductions, products, in_place, shapes, activations, named]


def events_of(library, program, **options):
    x = library.arange(9.0).reshape(3, 3).add(1).requires_grad_()
    y = library.arange(9.0).reshape(3, 3).sub(4.5).requires_grad_()
    with library.autograd.profiler.profile(**options) as prof:
        program(library, x, y)
    return prof


def top(prof):
    return [
        event.name
        for event in prof.function_events
        if event.cpu_parent is None and event.name != SEED
    ]


def nodes(prof):
    return [(event.key, event.count) for event in prof.key_averages() if "Backward" in event.key]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_the_events_at_the_top_are_pytorchs(program):
    found, expected = events_of(chainrule, program), events_of(torch, program)

    assert top(found) == top(expected)
    assert sorted(nodes(found)) == sorted(nodes(expected))


def test_what_stands_inside_a_named_stretch_is_pytorchs():
    def inside(library):
        outer = events_of(library, named).function_events[0]
        return [child.name for child in outer.cpu_children if child.name != SEED]

    assert inside(chainrule) == inside(torch)


def test_shapes_of_operands_are_pytorchs():
    def shapes_of(library):
        prof = events_of(library, arithmetic, record_shapes=True)
        return [
            (event.name, [shape for shape in event.input_shapes if shape])
            for event in prof.function_events
            if event.cpu_parent is None and event.name in ("aten::mul", "aten::div", "aten::exp")
        ]

    assert shapes_of(chainrule) == shapes_of(torch)


def test_memory_of_an_operation_is_pytorchs():
    def memory_of(library):
        prof = events_of(library, arithmetic, profile_memory=True)
        return [
            (event.name, event.cpu_memory_usage)
            for event in prof.function_events
            if event.cpu_parent is None and event.name in ("aten::exp", "aten::div", "aten::sub")
        ]

    assert memory_of(chainrule) == memory_of(torch)


def test_a_table_has_pytorchs_columns():
    def columns_of(library):
        prof = events_of(library, named, record_shapes=True, profile_memory=True)
        table = prof.key_averages(group_by_input_shape=True).table(header="Title", row_limit=3)
        return [line for line in table.splitlines() if "CPU total %" in line or "Title" in line]

    found, expected = columns_of(chainrule), columns_of(torch)

    assert [line.split() for line in found] == [line.split() for line in expected]
