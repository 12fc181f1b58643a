"""A method that ends in an underscore writes what the function returns into its own tensor."""

import numpy as np
import pytest
from tests.samples import CASES, DIFFERENTIABLE
from tests.samples.derivatives import check_gradients
from tests.samples.drive import array_of, arrays, call, differentiated, parts, reference, tensors

import chainrule as torch


def keeps_its_shape(case):
    """Whether the result has room in the first input."""
    values = arrays(case)
    return reference(case, values)[0].shape == values[0].shape


IN_PLACE = [
    case
    for case in CASES
    if "in_place" in case.operation.forms and hasattr(case.sample.inputs[0], "draw")
]
RESHAPING = [case for case in IN_PLACE if case.operation.view]
WRITING = [
    case
    for case in IN_PLACE
    if not case.operation.view and not case.operation.random and keeps_its_shape(case)
]
OUTGROWING = [
    case
    for case in IN_PLACE
    if not case.operation.view and not case.operation.random and not keeps_its_shape(case)
]
VARYING = [case for case in WRITING if case in DIFFERENTIABLE]
FIRST = [case for case in VARYING if case.number == 0]


@pytest.mark.parametrize("case", WRITING + RESHAPING, ids=str)
def test_it_returns_its_own_tensor_with_the_functions_numbers(case):
    values = arrays(case)
    inputs = tensors(torch, values)
    expected = call(torch, case, tensors(torch, values))
    x = inputs[0]
    version, dtype = x._version, x.dtype

    result = call(torch, case, inputs, "in_place")

    assert result is x
    assert x._version == version + 1
    assert x.dtype == dtype
    np.testing.assert_array_equal(array_of(x), array_of(expected).astype(array_of(x).dtype))


@pytest.mark.parametrize("case", RESHAPING, ids=str)
def test_a_reshaping_leaves_the_memory_alone(case):
    values = arrays(case)
    x = tensors(torch, values)[0]
    memory = array_of(x)

    call(torch, case, [x], "in_place")

    assert np.shares_memory(array_of(x), memory)


@pytest.mark.parametrize("case", VARYING, ids=str)
def test_gradients_flow_through_what_is_overwritten(case):
    def program(inputs):
        x, *rest = inputs
        return parts(call(torch, case, [x.clone(), *rest], "in_place"))

    values = arrays(case)
    check_gradients(torch, program, values, differentiated(case, values), case.seed)


@pytest.mark.parametrize("case", VARYING, ids=str)
def test_gradients_flow_through_a_write_into_part_of_a_tensor(case):
    def program(inputs):
        x, *rest = inputs
        whole = torch.stack([x, x])
        call(torch, case, [whole[1], *rest], "in_place")
        return [whole]

    values = arrays(case)
    check_gradients(torch, program, values, differentiated(case, values), case.seed)


@pytest.mark.parametrize("case", FIRST, ids=str)
def test_a_leaf_that_requires_grad_is_refused_and_left_alone(case):
    values = arrays(case)
    inputs = tensors(torch, values, [0])

    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        call(torch, case, inputs, "in_place")

    assert inputs[0]._version == 0
    np.testing.assert_array_equal(array_of(inputs[0]), values[0])


@pytest.mark.parametrize("case", FIRST, ids=str)
def test_a_leaf_may_be_written_to_without_recording(case):
    values = arrays(case)
    inputs = tensors(torch, values, [0])

    with torch.no_grad():
        call(torch, case, inputs, "in_place")

    assert inputs[0].requires_grad
    assert inputs[0].is_leaf
    assert inputs[0]._version == 1


@pytest.mark.parametrize("case", OUTGROWING, ids=str)
def test_a_result_that_outgrows_its_tensor_is_refused_and_changes_nothing(case):
    values = arrays(case)
    inputs = tensors(torch, values)

    with pytest.raises(RuntimeError, match="doesn't match the broadcast shape"):
        call(torch, case, inputs, "in_place")

    assert inputs[0]._version == 0
    np.testing.assert_array_equal(array_of(inputs[0]), values[0])


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda x: x.fill_(2), [2.0, 2.0, 2.0]),
        (lambda x: x.zero_(), [0.0, 0.0, 0.0]),
        (lambda x: x.copy_(torch.tensor([4, 5, 6])), [4.0, 5.0, 6.0]),
        (lambda x: x.copy_(torch.tensor(7.0)), [7.0, 7.0, 7.0]),
    ],
    ids=["fill_", "zero_", "copy_", "copy_ broadcast"],
)
def test_what_overwrites_everything_counts_as_one_write(write, expected):
    x = torch.tensor([1.0, 2.0, 3.0])

    result = write(x)

    assert result is x
    assert x._version == 1
    assert x.tolist() == expected


def test_copy_passes_the_gradient_to_its_source_and_none_to_what_it_overwrites():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = torch.tensor([3.0, 4.0], dtype=torch.float64, requires_grad=True)
    z = x * 2

    z.copy_(y)
    (z * torch.tensor([1.0, 10.0])).sum().backward()

    assert x.grad.tolist() == [0.0, 0.0]
    assert y.grad.tolist() == [1.0, 10.0]
    assert y.grad.dtype == torch.float64
