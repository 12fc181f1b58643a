"""The sample tables tell the truth about PyTorch, and so does what is recorded beside them."""

import pytest
import torch as pytorch
from tests.samples import CASES, DIFFERENTIABLE
from tests.samples.drive import arrays, call, differentiated, parts, tensors
from tests.samples.record import dtypes_of, node_of
from tests.samples.recorded import RECORDED

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_recorded_is_what_pytorch_gives(case):
    letters, node = RECORDED[str(case)]

    assert " ".join(letters.values()) == dtypes_of(pytorch, case)
    assert node == node_of(pytorch, case)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_derivative_is_claimed_where_pytorch_has_one(case):
    values = arrays(case)
    inputs = tensors(pytorch, values, differentiated(case, values))
    if case.operation.name == "floor_divide":
        pytest.skip(
            "PyTorch marks floor_divide as differentiable and then refuses to differentiate it"
        )

    results = parts(call(pytorch, case, inputs))

    found = any(getattr(result, "requires_grad", False) for result in results)
    assert found == (case in DIFFERENTIABLE and bool(differentiated(case, values)))


@pytest.mark.parametrize("case", [case for case in CASES if case.operation.view], ids=str)
def test_a_view_is_claimed_where_pytorch_gives_one(case):
    inputs = tensors(pytorch, arrays(case))
    address = inputs[0].untyped_storage().data_ptr()

    for result in parts(call(pytorch, case, inputs)):
        assert result.untyped_storage().data_ptr() == address
