"""Sparse tensors are their dense counterparts, by places and values."""

from __future__ import annotations

import copy
import io
import pickle

import numpy as np
import pytest

import chainrule as torch


def sparse(**options):
    """Two places in order and one of them again: not coalesced."""
    return torch.sparse_coo_tensor([[0, 1, 1], [2, 0, 0]], [3.0, 4.0, 5.0], (2, 3), **options)


def table():
    """Rows of a table, as an embedding's gradient has them."""
    return torch.sparse_coo_tensor([[3, 0, 3]], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], (4, 2))


def same(found, expected):
    np.testing.assert_array_equal(found.to_dense().numpy(), expected)
    return True


def test_it_says_what_it_is():
    s = table()

    assert (s.layout, s.is_sparse, s.type()) == (torch.sparse_coo, True, "torch.sparse.FloatTensor")
    assert (s.shape, s.dtype, s.ndim, s.numel(), len(s)) == ((4, 2), torch.float32, 2, 8, 4)
    assert (s.sparse_dim(), s.dense_dim(), s._nnz(), s.is_coalesced()) == (1, 1, 3, False)


def test_a_dense_tensor_says_that_it_is_none():
    d = torch.ones(2, 3)

    assert (d.layout, d.is_sparse, d.sparse_dim(), d.dense_dim()) == (torch.strided, False, 0, 2)
    assert d.to_dense() is d


def test_values_at_one_place_are_added():
    assert sparse().to_dense().tolist() == [[0, 0, 3], [9, 0, 0]]
    assert table().to_dense().tolist() == [[3, 4], [0, 0], [0, 0], [6, 8]]


def test_coalescing_puts_places_in_order_and_once():
    s = table().coalesce()

    assert s.indices().tolist() == [[0, 3]]
    assert s.values().tolist() == [[3, 4], [6, 8]]
    assert s.coalesce() is s


@pytest.mark.parametrize("part", ["indices", "values"])
def test_parts_of_what_is_not_coalesced_are_asked_for_by_their_other_names(part):
    with pytest.raises(RuntimeError, match=f"Cannot get {part} on an uncoalesced tensor"):
        getattr(sparse(), part)()
    assert getattr(sparse(), "_" + part)().shape[-1] == 3


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 0), (2, 3, 4)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool", "complex64"])
def test_to_sparse_and_back_is_the_same(shape, dtype, rng):
    dense = torch.tensor(rng.integers(0, 2, shape)).to(getattr(torch, dtype))
    for dims in range(min(1, len(shape)), len(shape) + 1):
        s = dense.to_sparse(dims)

        assert s.is_coalesced()
        assert s.sparse_dim() == dims
        assert same(s, dense.numpy())


@pytest.mark.parametrize("dtype", ["int8", "float16", "bool"])
def test_sums_of_values_stay_in_their_type(dtype):
    s = torch.sparse_coo_tensor([[0, 0]], [100, 100], (2,), dtype=getattr(torch, dtype))
    expected = np.array([100, 100]).astype(dtype)

    assert s.coalesce().dtype is s.to_dense().dtype is s.dtype
    assert s.to_dense()[0].item() == np.add.reduce(expected, dtype=dtype)


# Programs on a tensor, another one, and one that is always dense.
ARITHMETIC = {
    "x + x": lambda x, y, d: x + x,
    "x + y": lambda x, y, d: x + y,
    "x - y": lambda x, y, d: x - y,
    "d + x": lambda x, y, d: d + x,
    "d - x": lambda x, y, d: d - x,
    "2.5 * x": lambda x, y, d: 2.5 * x,
    "x * tensor(2)": lambda x, y, d: x * torch.tensor(2),
    "x * d": lambda x, y, d: x * d,
    "row * x": lambda x, y, d: d[0] * x,
    "x / 2": lambda x, y, d: x / 2,
    "-x": lambda x, y, d: -x,
    "clone": lambda x, y, d: x.clone(),
    "double": lambda x, y, d: x.double(),
    "add with alpha": lambda x, y, d: torch.add(x, y, alpha=3),
    "deepcopy": lambda x, y, d: copy.deepcopy(x),
    "pickle": lambda x, y, d: pickle.loads(pickle.dumps(x)),
    "save": lambda x, y, d: saved_and_loaded(x),
    "mul_": lambda x, y, d: x.mul_(3),
    "div_": lambda x, y, d: x.div_(2),
    "neg_": lambda x, y, d: x.neg_(),
    "add_": lambda x, y, d: x.add_(y, alpha=2),
    "sub_": lambda x, y, d: x.sub_(y),
    "d.add_": lambda x, y, d: d.add_(x),
    "copy_": lambda x, y, d: x.copy_(y),
    "zero_": lambda x, y, d: x.zero_(),
}


def saved_and_loaded(x):
    file = io.BytesIO()
    torch.save({"x": x}, file)
    file.seek(0)
    return torch.load(file)["x"]


@pytest.mark.parametrize("make", [sparse, table, lambda: sparse().coalesce()])
@pytest.mark.parametrize("name", ARITHMETIC)
def test_arithmetic_is_that_of_dense_tensors(name, make, rng):
    s = make()
    other = torch.tensor(rng.integers(0, 3, s.shape), dtype=torch.float32)
    dense = torch.tensor(rng.normal(size=s.shape), dtype=torch.float32)
    expected = ARITHMETIC[name](s.to_dense(), other.clone(), dense.clone())

    found = ARITHMETIC[name](s, other.to_sparse(s.sparse_dim()), dense)

    assert found.dtype is expected.dtype
    np.testing.assert_allclose(found.to_dense().numpy(), expected.numpy(), 1e-6)


def test_saving_keeps_what_a_sparse_tensor_is():
    found = saved_and_loaded(table().coalesce().requires_grad_())

    assert found.is_coalesced()
    assert found.requires_grad


def test_values_of_a_mask_are_taken_from_its_places():
    dense = torch.arange(6.0).reshape(2, 3)

    assert dense.sparse_mask(sparse())._values().tolist() == [2, 3, 3]
    assert dense.to_sparse().sparse_mask(sparse())._values().tolist() == [2, 3, 3]


def test_values_share_memory_with_the_tensor():
    s = table()
    s._values().fill_(1)

    assert s.to_dense().tolist() == [[1, 1], [0, 0], [0, 0], [2, 2]]


def test_a_write_in_place_is_counted():
    s = table()
    s.mul_(2)

    assert s._version == 1


def test_the_checking_of_places_can_be_asked_about():
    switch = torch.sparse.check_sparse_tensor_invariants
    with switch():
        assert switch.is_enabled()
        with switch(False):
            assert not switch.is_enabled()
    assert not switch.is_enabled()
    assert switch()(switch.is_enabled)()
