"""jacrev and jacfwd give the Jacobian of finite differences, whatever the forms and chunks."""

import numpy as np
import pytest

import chainrule as torch
from tests.func.functions import FUNCTIONS, POINT, jacobian_by_differences, layer

JACOBIANS = {"jacrev": torch.func.jacrev, "jacfwd": torch.func.jacfwd}


def assert_close(found, expected):
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("jacobian", JACOBIANS)
def test_of_a_function(jacobian, name):
    found = JACOBIANS[jacobian](FUNCTIONS[name])(torch.tensor(POINT))

    assert_close(found, jacobian_by_differences(FUNCTIONS[name]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_hessian_is_the_jacobian_of_the_jacobian(name):
    found = torch.func.hessian(FUNCTIONS[name])(torch.tensor(POINT))

    assert_close(found, jacobian_by_differences(torch.func.jacrev(FUNCTIONS[name])))


@pytest.mark.parametrize("chunk_size", [1, 2, 3, 100])
def test_chunks_make_no_difference(chunk_size):
    found = torch.func.jacrev(lambda x: (layer(x), x), chunk_size=chunk_size)(torch.tensor(POINT))
    expected = torch.func.jacrev(lambda x: (layer(x), x))(torch.tensor(POINT))

    for one, other in zip(found, expected, strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("jacobian", JACOBIANS)
def test_trees_go_in_and_come_out(jacobian):
    x = {"a": torch.tensor(POINT), "b": (torch.ones(2, 2),)}
    found = JACOBIANS[jacobian](lambda x: [x["a"].sum() * x["b"][0], {"c": x["a"]}])(x)

    assert found[0]["a"].shape == (2, 2, 3)
    assert found[0]["b"][0].shape == (2, 2, 2, 2)
    assert torch.equal(found[1]["c"]["a"], torch.eye(3, dtype=torch.float64))
    assert found[1]["c"]["b"][0].count_nonzero() == 0


@pytest.mark.parametrize("jacobian", JACOBIANS)
def test_what_is_independent_is_zero_and_may_be_written_to(jacobian):
    found = JACOBIANS[jacobian](lambda x: torch.ones(2))(torch.ones(3))
    found[0, 0] = 5.0

    assert found.tolist() == [[5.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


@pytest.mark.parametrize("jacobian", JACOBIANS)
@pytest.mark.parametrize(("rows", "columns"), [(0, 2), (2, 0), (0, 0)])
def test_of_nothing(jacobian, rows, columns):
    found = JACOBIANS[jacobian](lambda x: torch.zeros(rows) + x.sum())(torch.ones(columns))

    assert found.shape == (rows, columns)
