"""Sparse gradients are the dense ones, by the rows that were met."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import chainrule as torch
import chainrule.nn.functional as functional

ROWS = [[1, 2], [1, 0]]


def loss(weight, sparse=True, rows=ROWS, **options):
    """Something that depends on every row met, and nowhere linearly."""
    found = functional.embedding(torch.tensor(rows), weight, sparse=sparse, **options)
    factors = torch.arange(1.0, 1 + found.numel()).to(weight.dtype)
    return (found**3 * factors.reshape(found.shape)).sum()


def weight(dtype="float64"):
    values = np.random.default_rng(0).normal(size=(5, 3))
    return torch.tensor(values, dtype=getattr(torch, dtype), requires_grad=True)


def dense(gradient):
    return gradient.detach().to_dense().numpy()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64"])
@pytest.mark.parametrize(
    "options", [{}, {"padding_idx": 1}, {"padding_idx": -3}, {"max_norm": 1.0}]
)
@pytest.mark.parametrize("rows", [ROWS, 1, [], [1, 1, 1]])
def test_the_gradient_is_that_of_a_dense_embedding(rows, options, dtype):
    if "max_norm" in options and dtype == "complex64":
        pytest.skip("rows of complex numbers are not brought to a norm")
    rows = np.array(rows, dtype=np.int64).tolist() or np.zeros((0,), np.int64)
    one, two = weight(dtype), weight(dtype)
    loss(one, True, rows, **options).abs().backward()
    loss(two, False, rows, **options).abs().backward()

    assert one.grad.is_sparse
    assert one.grad.dtype is one.dtype
    np.testing.assert_allclose(
        dense(one.grad), dense(two.grad), 2e-3 if dtype == "float16" else 1e-6
    )


def test_it_has_the_rows_met_in_their_order_and_padding_not():
    w = weight()
    loss(w, padding_idx=2).backward()

    assert w.grad._indices().tolist() == [[1, 1, 0]]
    assert not w.grad.is_coalesced()


def test_frequency_is_refused_when_the_gradient_is_asked_for():
    result = loss(weight(), scale_grad_by_freq=True)

    with pytest.raises(RuntimeError, match="scale_grad_by_freq not supported with sparse"):
        result.backward()


def test_numbers_changed_after_the_backward_leave_the_gradient_alone():
    w, rows = weight(), torch.tensor([1, 2])
    (gradient,) = torch.autograd.grad(functional.embedding(rows, w, sparse=True).sum(), w)
    rows.fill_(4)

    assert gradient._indices().tolist() == [[1, 2]]


# ------------------------------------------------------------------------------- accumulation


def test_a_second_gradient_is_added_to_the_same_object():
    w = weight()
    loss(w).backward()
    kept, once = w.grad, dense(w.grad).copy()
    loss(w, rows=[4, 1]).backward()
    other = weight()
    loss(other, rows=[4, 1]).backward()

    assert w.grad is kept
    assert kept.is_sparse
    assert kept._version == 1
    np.testing.assert_allclose(dense(kept), once + dense(other.grad))


@pytest.mark.parametrize("first", ["sparse", "dense"])
def test_sparse_and_dense_gradients_add_up_to_a_dense_one(first):
    w = weight()
    terms = [lambda: loss(w), lambda: (w**2).sum()]
    for term in terms if first == "sparse" else terms[::-1]:
        term().backward()
    expected = weight()
    (loss(expected, sparse=False) + (expected**2).sum()).backward()

    assert not w.grad.is_sparse
    np.testing.assert_allclose(w.grad.numpy(), expected.grad.numpy())


@pytest.mark.parametrize("swapped", [False, True])
def test_sparse_and_dense_gradients_of_one_backward_too(swapped):
    w, expected = weight(), weight()
    parts = [lambda: loss(w), lambda: (w**2).sum()]
    one, two = (part() for part in (parts[::-1] if swapped else parts))
    (one + two).backward()
    (loss(expected, sparse=False) + (expected**2).sum()).backward()

    np.testing.assert_allclose(w.grad.numpy(), expected.grad.numpy())


def test_a_dense_gradient_takes_in_a_sparse_one_in_place():
    w = weight()
    w.sum().backward()
    kept = w.grad
    loss(w).backward()

    assert w.grad is kept


def test_sparse_gradients_of_one_backward_stay_sparse():
    w, expected = weight(), weight()
    (loss(w) + loss(w, rows=[3, 3])).backward()
    (loss(expected, sparse=False) + loss(expected, sparse=False, rows=[3, 3])).backward()

    assert w.grad.is_sparse
    np.testing.assert_allclose(dense(w.grad), expected.grad.numpy())


def test_a_gradient_that_was_assigned_is_added_to():
    w = weight("float32")
    w.grad = torch.sparse_coo_tensor([[0]], [[1.0, 1.0, 1.0]], (5, 3))
    functional.embedding(torch.tensor([0]), w, sparse=True).sum().backward()

    assert dense(w.grad)[0].tolist() == [2, 2, 2]


def test_a_gradient_never_shares_memory_with_the_seed():
    w = torch.ones(5, requires_grad=True)
    seed = torch.sparse_coo_tensor([[0, 2]], [1.0, 2.0], (5,))
    w.backward(seed)
    w.grad._values().fill_(7)

    assert seed._values().tolist() == [1, 2]


@pytest.mark.parametrize("set_to_none", [False, True])
def test_zero_grad_empties_it(set_to_none):
    w = weight()
    loss(w).backward()
    torch.optim.SGD([w], 0.1).zero_grad(set_to_none)

    assert w.grad is None if set_to_none else w.grad._nnz() == 0


def test_hooks_and_retained_gradients_see_it():
    w, seen = weight(), []
    w.register_hook(lambda g: seen.append(g.is_sparse) or g * 2)
    double = w * 2
    double.retain_grad()
    loss(double).backward()
    other = weight()
    loss(other * 2, sparse=False).backward()

    assert seen == [True]
    assert double.grad.is_sparse
    np.testing.assert_allclose(dense(w.grad), 2 * other.grad.numpy())


@pytest.mark.parametrize(
    "on_the_way",
    [
        lambda w: w * 3,
        lambda w: -w / 2,
        lambda w: w + torch.ones(3, dtype=torch.float64),
        lambda w: 1 - w,
        lambda w: w * torch.arange(15.0, dtype=torch.float64).reshape(5, 3),
        lambda w: w.exp(),
        lambda w: w.tanh(),
        lambda w: w.clone(),
        lambda w: w.float().double(),
        lambda w: w.sparse_mask(torch.ones(5, 3).to_sparse(1)).to_dense(),
    ],
)
def test_it_flows_on_through_elementwise_operations(on_the_way):
    w, expected = weight(), weight()
    loss(on_the_way(w)).backward()
    loss(on_the_way(expected), sparse=False).backward()

    np.testing.assert_allclose(dense(w.grad), dense(expected.grad))


# ------------------------------------------------------------------------------ higher orders


def test_the_second_derivative_is_that_of_a_dense_embedding():
    def second(sparse):
        w = weight()
        (first,) = torch.autograd.grad(loss(w, sparse, padding_idx=2), w, create_graph=True)
        (found,) = torch.autograd.grad((first.to_dense() ** 2).sum(), w)
        return dense(found)

    np.testing.assert_allclose(second(True), second(False))


def test_a_gradient_with_a_graph_is_a_new_one_each_time():
    w = weight()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        loss(w).backward(create_graph=True)
        first = w.grad
        loss(w).backward(create_graph=True)

    assert w.grad is not first
    assert w.grad.requires_grad
    np.testing.assert_allclose(dense(w.grad), 2 * dense(first))


def test_tangents_go_through_an_embedding_and_its_gradient():
    forward_ad = torch.autograd.forward_ad
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(torch.ones(2, 1), torch.full((2, 1), 3.0)).requires_grad_()
        rows = functional.embedding(torch.tensor([0, 1]), dual, sparse=True)
        (gradient,) = torch.autograd.grad((rows**2).sum(), dual)

        assert forward_ad.unpack_dual(rows).tangent.tolist() == [[3], [3]]
        assert dense(forward_ad.unpack_dual(gradient).primal).tolist() == [[2], [2]]
        assert dense(forward_ad.unpack_dual(gradient).tangent).tolist() == [[6], [6]]


# ------------------------------------------------------------- sparse tensors within the graph

WITHIN = {
    "to_sparse": lambda x: x.to_sparse().to_dense(),
    "to_sparse(1)": lambda x: x.to_sparse(1).to_dense(),
    "values": lambda x: x.to_sparse(1).values() ** 2,
    "coalesce": lambda x: torch.sparse_coo_tensor([[3, 3, 0, 1, 1]], x, (4, 3)).coalesce().values(),
    "sparse_coo_tensor": lambda x: torch.sparse_coo_tensor([[3, 3, 0, 1, 1]], x, (4, 3)).to_dense(),
    "sparse_mask": lambda x: x.sparse_mask(mask()).to_dense(),
    "coalesced mask": lambda x: x.sparse_mask(mask().coalesce()).values(),
    "in place": lambda x: x.to_sparse().mul_(3).to_dense(),
    "dense + sparse": lambda x: x * 2 + x.to_sparse(),
    "sparse - sparse": lambda x: (
        x.to_sparse() * 3 - x.to_sparse(1).to_dense().to_sparse()
    ).to_dense(),
}


def mask():
    return torch.sparse_coo_tensor([[4, 1, 4]], torch.ones(3, 3, dtype=torch.float64), (5, 3))


@pytest.mark.parametrize("name", WITHIN)
def test_derivatives_are_those_of_finite_differences(name):
    factors = torch.arange(1.0, 16, dtype=torch.float64).reshape(5, 3)

    def scalar(x):
        found = WITHIN[name](x)
        return (found**2 * factors[: found.shape[0]]).sum()

    x = weight()
    scalar(x).backward()
    expected = np.zeros((5, 3))
    for place in np.ndindex(5, 3):
        ends = []
        for step in (1e-6, -1e-6):
            moved = x.detach().clone()
            moved[place] += step
            ends.append(scalar(moved).item())
        expected[place] = (ends[0] - ends[1]) / 2e-6

    np.testing.assert_allclose(dense(x.grad), expected, 1e-6, 1e-6)


def test_a_sparse_leaf_has_a_sparse_gradient():
    leaf = torch.sparse_coo_tensor([[0, 2]], [1.0, 2.0], (3,), requires_grad=True)
    for _ in range(2):
        (leaf.to_dense() * torch.tensor([1.0, 2.0, 3.0])).sum().backward()

    assert leaf.grad.is_sparse
    assert leaf.grad.to_dense().tolist() == [2, 0, 6]


def test_a_write_to_a_sparse_tensor_that_was_saved_is_noticed():
    leaf = torch.sparse_coo_tensor([[0, 2]], [1.0, 2.0], (3,), requires_grad=True)
    double = leaf * 2
    result = double.to_dense().sum()
    double.mul_(3)

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        result.backward()


def test_clipping_by_norm_is_refused_as_in_pytorch():
    w = weight()
    loss(w).backward()

    with pytest.raises(NotImplementedError, match="vector_norm"):
        torch.nn.utils.clip_grad_norm_([w], 1.0)
