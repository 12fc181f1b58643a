"""A view shares memory, has NumPy's strides, and lets writes and gradients through."""

import numpy as np
import pytest
from tests.samples import CASES, DIFFERENTIABLE
from tests.samples.derivatives import check_gradients
from tests.samples.drive import arrays, call, differentiated, parts, reference, tensors

import chainrule as torch

VIEWS = [case for case in CASES if case.operation.view]
SEVERAL = ("split", "split_with_sizes", "chunk", "unbind")
OVERLAPPING = ("expand", "expand_as", "broadcast_to", "as_strided", "unfold")
SINGLE = [case for case in VIEWS if case.operation.name not in SEVERAL and case in DIFFERENTIABLE]
WRITABLE = [case for case in SINGLE if case.operation.name not in OVERLAPPING]
FILLED = [case for case in VIEWS if arrays(case)[0].size]


@pytest.mark.parametrize("case", VIEWS, ids=str)
def test_a_view_knows_its_base_and_shares_its_version(case):
    inputs = tensors(torch, arrays(case))
    x = inputs[0]

    results = parts(call(torch, case, inputs))

    for result in results:
        assert result._base is x
        assert result._version == x._version
    x.add_(1)
    assert {result._version for result in results} == {1}


@pytest.mark.parametrize("case", FILLED, ids=str)
def test_a_view_shares_memory_with_its_base(case):
    inputs = tensors(torch, arrays(case))

    for result in parts(call(torch, case, inputs)):
        if result.numel():
            assert np.shares_memory(result.numpy(), inputs[0].numpy())


@pytest.mark.parametrize("case", FILLED, ids=str)
def test_a_view_has_the_strides_of_numpys_view(case):
    values = arrays(case)

    found = parts(call(torch, case, tensors(torch, values)))

    for result, expected in zip(found, reference(case, values), strict=True):
        if np.shares_memory(values[0], expected):
            assert strides_that_count(result.shape, result.stride()) == strides_that_count(
                expected.shape, [stride // expected.itemsize for stride in expected.strides]
            )


@pytest.mark.parametrize("case", WRITABLE, ids=str)
def test_gradients_flow_through_a_write_into_the_view(case):
    def program(inputs):
        x, *rest = inputs
        whole = x * 2
        view = call(torch, case, [whole, *rest])
        view.tanh_()
        return [whole]

    values = arrays(case)
    check_gradients(torch, program, values, differentiated(case, values), case.seed)


@pytest.mark.parametrize("case", SINGLE, ids=str)
def test_gradients_flow_through_a_write_into_the_base(case):
    def program(inputs):
        x, *rest = inputs
        whole = x * 2
        views = parts(call(torch, case, [whole, *rest]))
        whole.tanh_()
        return views

    values = arrays(case)
    check_gradients(torch, program, values, differentiated(case, values), case.seed)


@pytest.mark.parametrize(
    "case", [case for case in VIEWS if case.operation.name in SEVERAL], ids=str
)
def test_one_of_several_views_may_not_be_written_to_while_recording(case):
    x = tensors(torch, arrays(case), [0])[0]
    views = call(torch, case, [x * 2])

    with pytest.raises(
        RuntimeError, match="This view is the output of a function that returns multiple views"
    ):
        views[0].mul_(2)


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.expand(3, 2),
        lambda x: x.broadcast_to(3, 2),
        lambda x: x.as_strided((2, 2), (0, 1)),
    ],
    ids=["expand", "broadcast_to", "as_strided"],
)
def test_a_view_with_shared_places_may_not_be_written_to(view):
    x = torch.tensor([1.0, 2.0])

    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor"):
        view(x).add_(1)

    assert x.tolist() == [1.0, 2.0]


def test_a_view_made_without_recording_may_not_be_written_to_while_recording():
    x = torch.ones(2, requires_grad=True) * 1
    with torch.no_grad():
        view = x.view(2)

    with pytest.raises(RuntimeError, match="A view was created in no_grad mode"):
        view.mul_(2)


def test_a_view_of_a_leaf_may_not_be_written_to():
    x = torch.ones(2, requires_grad=True)

    with pytest.raises(RuntimeError, match="a view of a leaf Variable that requires grad"):
        x[0].mul_(2)


def test_a_constant_becomes_part_of_the_graph_when_a_result_is_written_into_its_view():
    x = torch.tensor(3.0, requires_grad=True)
    whole = torch.zeros(3)

    whole[1] = x * 2
    whole.sum().backward()

    assert not whole.is_leaf
    assert type(whole.grad_fn).__name__ == "CopySlices"
    assert x.grad.item() == 2.0


@pytest.mark.parametrize(
    "identity",
    [
        lambda x: x.to(torch.float32),
        lambda x: x.float(),
        lambda x: x.cpu(),
        lambda x: x.contiguous(),
        lambda x: x.flatten(),
        lambda x: x.conj(),
        lambda x: torch.real(x),
        lambda x: torch.positive(x),
    ],
    ids=["to", "float", "cpu", "contiguous", "flatten", "conj", "real", "positive"],
)
def test_what_changes_nothing_returns_its_own_tensor(identity):
    x = torch.ones(3)

    assert identity(x) is x


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.view(3),
        lambda x: x.reshape(3),
        lambda x: x.expand(3),
        lambda x: x.squeeze(),
        lambda x: x[...],
        lambda x: x.detach(),
    ],
    ids=["view", "reshape", "expand", "squeeze", "getitem", "detach"],
)
def test_what_makes_a_view_makes_a_new_tensor(view):
    x = torch.ones(3)
    result = view(x)

    assert result is not x
    assert result.data_ptr() == x.data_ptr()


def strides_that_count(shape, strides):
    """Strides, but for dimensions of one place or of none, where they say nothing."""
    return [stride for size, stride in zip(shape, strides, strict=True) if size > 1]


def test_resizing_keeps_the_order_of_the_memory():
    x = torch.arange(6.0).reshape(2, 3).t()
    assert x.resize_(6).tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    with pytest.raises(RuntimeError, match="must not be negative"):
        torch.zeros(4).resize_(-1)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_numpy_and_the_tensor_share_memory_and_nothing_else():
    """Guards t.numpy(), whose shape and flags could be set, and with them the tensor's."""
    x = torch.arange(4.0)
    array = x.numpy()
    array[0] = 7.0
    array.flags.writeable = False
    assert x.add_(1).tolist() == [8.0, 2.0, 3.0, 4.0]
    matrix = np.matrix([[1.0, 2.0], [3.0, 4.0]])
    assert (torch.from_numpy(matrix) ** 3).tolist() == [[1.0, 8.0], [27.0, 64.0]]
