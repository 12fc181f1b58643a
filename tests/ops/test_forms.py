"""A method, an alias and an operator do exactly what the function does."""

from operator import attrgetter

import numpy as np
import pytest
from tests.samples import CASES
from tests.samples.arrays import Array, Given
from tests.samples.drive import arguments, array_of, arrays, call, parts, tensors
from tests.samples.operators import OPERATORS, OPERATORS_IN_PLACE, operands
from tests.samples.recorded import recorded_node

import chainrule as torch

DETERMINISTIC = [case for case in CASES if not case.operation.random]
METHODS = [
    case
    for case in DETERMINISTIC
    if case.operation.forms >= {"function", "method"}
    and isinstance(case.sample.inputs[0], (Array, Given))
]
ALIASES = [(case, alias) for case in DETERMINISTIC for alias in case.operation.aliases]


def same(found, expected):
    for one, other in zip(parts(found), parts(expected), strict=True):
        assert getattr(one, "dtype", type(one)) == getattr(other, "dtype", type(other))
        np.testing.assert_array_equal(array_of(one), array_of(other))


def as_tensors(drawn, requires_grad=False):
    made = [torch.from_numpy(x.copy()) if isinstance(x, np.ndarray) else x for x in drawn]
    return [
        x.requires_grad_()
        if requires_grad and isinstance(x, torch.Tensor) and x.is_floating_point()
        else x
        for x in made
    ]


@pytest.mark.parametrize("case", METHODS, ids=str)
def test_a_method_does_what_the_function_does(case):
    inputs = tensors(torch, arrays(case))

    found = call(torch, case, inputs, "method")

    same(found, call(torch, case, inputs, "function"))


@pytest.mark.parametrize(("case", "alias"), ALIASES, ids=str)
def test_an_alias_does_what_the_function_does(case, alias):
    inputs = tensors(torch, arrays(case))
    args, kwargs = arguments(torch, case, inputs)

    found = attrgetter(alias)(torch)(*args, **kwargs)

    same(found, call(torch, case, inputs))


@pytest.mark.parametrize("alias", sorted({alias for _, alias in ALIASES}))
def test_an_alias_has_the_forms_of_the_function(alias):
    operation = next(case.operation for case, name in ALIASES if name == alias)

    if "." not in alias and "method" in operation.forms:
        assert hasattr(torch.Tensor, alias)
    if "." not in alias and "in_place" in operation.forms:
        assert hasattr(torch.Tensor, f"{alias}_")


@pytest.mark.parametrize("record", OPERATORS, ids=str)
def test_an_operator_gives_the_numbers_of_numpy(record):
    drawn = operands(record)

    found = record.apply(*as_tensors(drawn))

    np.testing.assert_allclose(array_of(found), record.apply(*drawn), rtol=1e-12)


@pytest.mark.parametrize("record", [one for one in OPERATORS if one.node], ids=str)
def test_an_operator_leaves_the_node_that_pytorch_leaves(record):
    result = record.apply(*as_tensors(operands(record), requires_grad=True))

    assert result.grad_fn.name() == record.node


@pytest.mark.parametrize("record", OPERATORS_IN_PLACE, ids=str)
def test_an_operator_in_place_writes_into_its_left_operand(record):
    drawn = operands(record)
    x, *rest = as_tensors(drawn)
    written = x

    x = record.apply(x, *rest)

    assert x is written
    np.testing.assert_allclose(array_of(x), record.apply(drawn[0].copy(), *drawn[1:]), rtol=1e-12)


@pytest.mark.parametrize("record", [one for one in OPERATORS_IN_PLACE if one.node], ids=str)
def test_an_operator_in_place_leaves_the_node_that_pytorch_leaves(record):
    x, *rest = as_tensors(operands(record), requires_grad=True)

    result = record.apply(x.clone(), *rest)

    assert result.grad_fn.name() == record.node


@pytest.mark.parametrize("case", [case for case in CASES if recorded_node(case)], ids=str)
def test_the_node_has_the_name_that_pytorch_gives_it(case):
    from tests.samples.record import node_of

    assert node_of(torch, case) == recorded_node(case)
