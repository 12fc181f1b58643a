"""Programs with sparse tensors print and fail as PyTorch's: the same text from both."""

from __future__ import annotations

import warnings

import pytest
import torch as pytorch

import chainrule


def sparse(torch, **options):
    return torch.sparse_coo_tensor([[0, 2, 1]], [1.0, 2.0, 3.0], (5,), **options)


def other(torch):
    return torch.sparse_coo_tensor([[1, 1, 4]], [1.0, 2.0, 3.0], (5,))


def rows(torch):
    return torch.sparse_coo_tensor([[2, 0]], [[1.0, 2.0], [3.0, 4.0]], (5, 2))


def expanded(torch):
    return torch.sparse_coo_tensor([[2, 1]], torch.ones(2, 1).expand(2, 2), (5, 2))


def weight(torch):
    return torch.arange(15.0).reshape(5, 3).requires_grad_()


def embedded(torch, w, numbers=((1, 2), (1, 0)), **options):
    found = torch.nn.functional.embedding(torch.tensor(numbers), w, sparse=True, **options)
    return (found * torch.arange(1.0, 1 + found.numel()).reshape(found.shape)).sum()


def gradient(torch, *terms, create_graph=False):
    """.grad after a backward of each term."""
    w = weight(torch)
    for term in terms:
        term(torch, w).backward(create_graph=create_graph)
    return w.grad


def dense_term(torch, w):
    return w.sum()


def sum_term(torch, w):
    return torch.nn.functional.embedding(torch.tensor([4, 1]), w, sparse=True).sum()


def steps(torch, name, **settings):
    """The parameter and the state after three steps of an optimizer."""
    w = torch.ones(3, 2, requires_grad=True)
    optimizer = getattr(torch.optim, name)([w], **{"lr": 0.1, **settings})
    for numbers in ([1, 1, 2], [2, 0], [1, 1, 2]):
        optimizer.zero_grad()
        torch.nn.functional.embedding(torch.tensor(numbers), w, sparse=True).pow(2).sum().backward()
        optimizer.step()
    return w, dict(optimizer.state[w]), optimizer


PROGRAMS = {
    "printing": sparse,
    "printing rows": rows,
    "printing nothing": lambda t: t.sparse_coo_tensor((2, 3)),
    "printing no elements": lambda t: t.sparse_coo_tensor((2, 0, 3), dtype=t.float64),
    "printing ints": lambda t: t.sparse_coo_tensor([[0, 1]], [1, 2]),
    "printing bytes": lambda t: t.sparse_coo_tensor([[0, 1]], [1, 2], dtype=t.uint8),
    "printing complex": lambda t: t.sparse_coo_tensor([[0, 1]], [1j, 2]),
    "printing matrices": lambda t: t.sparse_coo_tensor([[0]], [[[1.0, 2], [3, 4]]], (3, 2, 2)),
    "printing a leaf": lambda t: sparse(t, requires_grad=True),
    "printing a result": lambda t: sparse(t, requires_grad=True) * 2,
    "printing a long line": lambda t: t.sparse_coo_tensor(
        [[0], [0], [0]], [1.0], (10000, 100000, 10000), requires_grad=True, dtype=t.float64
    ),
    "printing many": lambda t: t.sparse_coo_tensor(
        t.arange(2000).reshape(1, -1), t.arange(2000.0), (3000,)
    ),
    "printing a parameter": lambda t: t.nn.Parameter(sparse(t)),
    "printing without dimensions": lambda t: t.tensor(3.0).to_sparse(),
    "size from places": lambda t: t.sparse_coo_tensor([[0, 2], [3, 1]], [1.0, 2.0]),
    "places of floats": lambda t: t.sparse_coo_tensor([[0.0, 2.0]], [1, 2]),
    "one value": lambda t: t.sparse_coo_tensor([[0]], 3.0, (3,)),
    "no places": lambda t: t.sparse_coo_tensor([[], []], [], (2, 3)),
    "kind": lambda t: (sparse(t).layout, sparse(t).type(), sparse(t).is_sparse, sparse(t).shape),
    "counts": lambda t: (rows(t).sparse_dim(), rows(t).dense_dim(), rows(t)._nnz()),
    "flags": lambda t: [
        x.is_coalesced()
        for x in (
            *(sparse(t), sparse(t).coalesce(), sparse(t) * 2, sparse(t).coalesce() * 2),
            *(-sparse(t).coalesce(), sparse(t).coalesce().clone(), t.ones(3).to_sparse()),
            *(sparse(t).zero_(), t.sparse_coo_tensor([[0]], [1.0]), sparse(t).coalesce().double()),
            *(other(t) + other(t), sparse(t).coalesce() + other(t).coalesce()),
        )
    ],
    "coalesce": lambda t: other(t).coalesce(),
    "parts": lambda t: (other(t)._indices(), other(t).coalesce().values()),
    "to_dense": lambda t: (other(t).to_dense(), rows(t).to_dense()),
    "to_sparse": lambda t: t.tensor([[0.0, 0], [1, 2]]).to_sparse(),
    "to_sparse(1)": lambda t: t.tensor([[0.0, 0], [1, 2]]).to_sparse(1),
    "nodes of to_sparse": lambda t: (
        t.ones(2, requires_grad=True).to_sparse(),
        t.ones(2, requires_grad=True).to_sparse(1),
        t.ones(2, requires_grad=True).to_sparse().values(),
        t.ones(2, requires_grad=True).to_sparse().to_dense(),
        t.ones(5, requires_grad=True).sparse_mask(sparse(t)),
        sparse(t, requires_grad=True).coalesce(),
        t.sparse_coo_tensor([[0]], t.ones(1, requires_grad=True)),
    ),
    "sum": lambda t: sparse(t) + other(t),
    "sum of the same": lambda t: sparse(t) + sparse(t),
    "sum of expanded values": lambda t: (rows(t) + expanded(t), expanded(t) + rows(t)),
    "sum with alpha": lambda t: t.add(sparse(t), other(t), alpha=2),
    "sum with ints": lambda t: sparse(t) + t.sparse_coo_tensor([[0]], [1], (5,)),
    "difference": lambda t: sparse(t) - other(t),
    "dense + sparse": lambda t: t.ones(5) + sparse(t),
    "dense - sparse": lambda t: t.ones(5) - sparse(t),
    "sparse + dense": lambda t: sparse(t) + t.ones(5),
    "sparse + 1": lambda t: sparse(t) + 1,
    "1 - sparse": lambda t: 1 - sparse(t),
    "products": lambda t: (2 * sparse(t), sparse(t) * t.tensor(2.0), sparse(t) * t.arange(5.0)),
    "product of a row": lambda t: rows(t) * t.tensor([1.0, 10.0]),
    "quotients": lambda t: (sparse(t) / 2, t.sparse_coo_tensor([[0]], [3], (5,)) / 2),
    "quotient of dense": lambda t: sparse(t) / t.ones(5),
    "in place": lambda t: sparse(t).mul_(2).add_(other(t)).neg_().div_(2).sub_(other(t)),
    "zero_": lambda t: rows(t).zero_(),
    "exp": lambda t: sparse(t).exp(),
    "equal": lambda t: sparse(t) == sparse(t),
    "numpy": lambda t: sparse(t).numpy(),
    "indices of uncoalesced": lambda t: sparse(t).indices(),
    "values of dense": lambda t: t.ones(2).values(),
    "checked places": lambda t: t.sparse_coo_tensor(
        [[0, 5]], [1.0, 2.0], (3,), check_invariants=True
    ),
    "sizes": lambda t: t.sparse_coo_tensor([[0, 1]], [1.0, 2.0], (3, 3)),
    "numbers of values": lambda t: t.sparse_coo_tensor([[0, 1]], [1.0], (3,)),
    "gradient": lambda t: gradient(t, embedded),
    "gradient with padding": lambda t: gradient(t, lambda t, w: embedded(t, w, padding_idx=1)),
    "gradient of one row": lambda t: gradient(t, lambda t, w: embedded(t, w, 1)),
    "gradient by frequency": lambda t: gradient(
        t, lambda t, w: embedded(t, w, scale_grad_by_freq=True)
    ),
    "accumulated": lambda t: gradient(t, embedded, embedded),
    "accumulated, expanded": lambda t: gradient(t, embedded, sum_term),
    "accumulated, dense last": lambda t: gradient(t, embedded, dense_term),
    "accumulated, dense first": lambda t: gradient(t, dense_term, embedded),
    "joined": lambda t: gradient(t, lambda t, w: embedded(t, w) + sum_term(t, w)),
    "joined with dense": lambda t: gradient(t, lambda t, w: embedded(t, w) + w.sum()),
    "with a graph": lambda t: gradient(t, embedded, embedded, create_graph=True),
    "from a product": lambda t: gradient(t, lambda t, w: embedded(t, w * 2)),
    "from a dense factor": lambda t: gradient(t, lambda t, w: embedded(t, w * t.ones(5, 3))),
    "of a leaf": lambda t: of_a_leaf(t),
    "clipped": lambda t: t.nn.utils.clip_grad_norm_([with_gradient(t)], 1.0),
    "module": lambda t: t.nn.Embedding(3, 2, padding_idx=0, sparse=True),
    "SGD": lambda t: steps(t, "SGD"),
    "SGD, maximize": lambda t: steps(t, "SGD", maximize=True),
    "SGD, momentum": lambda t: steps(t, "SGD", momentum=0.9),
    "SGD, dampening": lambda t: steps(t, "SGD", momentum=0.9, dampening=0.5),
    "SGD, nesterov": lambda t: steps(t, "SGD", momentum=0.9, nesterov=True),
    "SGD, weight decay": lambda t: steps(t, "SGD", weight_decay=0.1),
    "SparseAdam": lambda t: steps(t, "SparseAdam"),
    "SparseAdam, maximize": lambda t: steps(t, "SparseAdam", maximize=True),
    "SparseAdam, betas": lambda t: steps(t, "SparseAdam", betas=(0.5, 0.6), eps=1e-3),
    "SparseAdam, lr": lambda t: steps(t, "SparseAdam", lr=t.tensor(0.5)),
    "SparseAdam, bad lr": lambda t: steps(t, "SparseAdam", lr=0.0),
    "SparseAdam, bad eps": lambda t: steps(t, "SparseAdam", eps=-1.0),
    "SparseAdam, bad beta": lambda t: steps(t, "SparseAdam", betas=(0.9, 1.0)),
    "SparseAdam, sparse": lambda t: t.optim.SparseAdam([sparse(t, requires_grad=True)]),
    "SparseAdam, dense": lambda t: t.optim.SparseAdam([with_dense_gradient(t)]).step(),
    "SparseAdam, named": lambda t: t.optim.SparseAdam([("w", weight(t))]).param_groups,
    "SparseAdam, state": lambda t: t.optim.SparseAdam([weight(t)]).state_dict(),
    "Adam": lambda t: steps(t, "Adam"),
    "AdamW": lambda t: steps(t, "AdamW"),
}


def of_a_leaf(torch):
    leaf = sparse(torch, requires_grad=True)
    for _ in range(2):
        (leaf.to_dense() * torch.arange(5.0)).sum().backward()
    return leaf.grad


def with_gradient(torch):
    w = weight(torch)
    embedded(torch, w).backward()
    return w


def with_dense_gradient(torch):
    w = weight(torch)
    w.sum().backward()
    return w


def outcome(program, torch):
    """What a program prints, or how it fails: the first words of the message."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return repr(program(torch))
        except Exception as error:
            return type(error).__name__, str(error)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_same_is_printed(name):
    found, expected = outcome(PROGRAMS[name], chainrule), outcome(PROGRAMS[name], pytorch)

    if isinstance(expected, str):
        assert found == expected
    else:
        assert found[0] == expected[0]
        assert key_phrase(found[1]) == key_phrase(expected[1])


def key_phrase(message):
    """What stands before either library's own explanation; operators are named alike."""
    start = message.partition("aten::")[0]
    return start.partition(". ")[0] if start == message else start
