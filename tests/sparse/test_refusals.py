"""What cannot be done with a sparse tensor is refused by name; nothing gives a wrong result."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule as torch
import chainrule.nn.functional as functional
from chainrule.functions.declare import PUBLIC


def sparse(requires_grad=False):
    return torch.sparse_coo_tensor(
        [[0, 1, 1], [1, 0, 0]], [3.0, 4.0, 5.0], (2, 2), requires_grad=requires_grad
    )


def dense():
    return torch.ones(2, 2)


# What functions are called with: a sparse tensor at each place where they may take a tensor.
OPERANDS = {
    "s": lambda s: (s,),
    "s, s": lambda s: (s, s),
    "s, d": lambda s: (s, dense()),
    "d, s": lambda s: (dense(), s),
    "s, 1": lambda s: (s, 1),
    "s, 1, 1": lambda s: (s, 1, 1),
    "s, s, s": lambda s: (s, s, s),
    "d, s, d": lambda s: (dense(), s, dense()),
    "d, d, s": lambda s: (dense(), dense(), s),
    "s, 0, index": lambda s: (s, 0, torch.tensor([0, 1])),
    "d, 0, index, s": lambda s: (dense(), 0, torch.zeros(2, 2, dtype=torch.int64), s),
    "s, mask": lambda s: (s, dense() > 0),
    "mask, s, s": lambda s: (dense() > 0, s, s),
    "[s, s]": lambda s: ([s, s],),
    "[d, s]": lambda s: ([dense(), s],),
    "s.long()": lambda s: (s.long(),),
    "d, s.long()": lambda s: (dense(), s.long()),
    "s.bool(), s.bool()": lambda s: (s.bool(), s.bool()),
    "s.cfloat()": lambda s: (s.cfloat(),),
    "s.half()": lambda s: (s.half(),),
}
FUNCTIONS = {
    **{f"torch.{name}": function for name, function in PUBLIC.items()},
    **{
        f"functional.{name}": getattr(functional, name)
        for name in vars(functional)
        if not name.startswith("_") and callable(getattr(functional, name))
    },
    **{
        f"Tensor.{name}": getattr(torch.Tensor, name)
        for name in dir(torch.Tensor)
        if callable(getattr(torch.Tensor, name))
        and (not name.startswith("_") or name in ("__getitem__", "__iter__", "__contains__"))
    },
}
NOT_ASKED = {
    *("torch.set_printoptions", "torch.set_default_tensor_type", "torch.compile"),
    *("Tensor.coalesce", "Tensor.indices", "Tensor.values", "Tensor.sparse_mask"),
    *("Tensor.requires_grad_", "Tensor.new", "Tensor.new_empty"),
}
DRAWN = ("bernoulli", "dropout", "multinomial", "rand", "normal", "geometric", "cauchy")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize("operands", OPERANDS)
def test_every_function_refuses_sparse_tensors_or_takes_them_for_what_they_are(
    operands, requires_grad
):
    wrong = []
    for name, function in FUNCTIONS.items():
        if name in NOT_ASKED or isinstance(function, type):
            continue
        arguments = OPERANDS[operands](sparse(requires_grad))
        try:
            found = function(*arguments)
        except (NotImplementedError, RuntimeError, ValueError, IndexError, AssertionError):
            continue
        except (TypeError, AttributeError, BufferError, KeyError) as error:
            if "CooArray" in str(error) or "numpy.ndarray" in str(error):
                wrong.append((name, repr(error)))
            continue
        if is_value(found) and not any(word in name for word in DRAWN):
            expected = function(*OPERANDS[operands](sparse().to_dense()))
            if not agree(found, expected):
                wrong.append((name, found, expected))

    assert wrong == []


def is_value(found):
    return isinstance(found, torch.Tensor)


def agree(found, expected):
    if found.shape != expected.shape or found.dtype is not expected.dtype:
        return False
    one, two = (x.detach().to_dense().numpy() for x in (found, expected))
    return np.allclose(one, two, equal_nan=True)


@pytest.mark.parametrize(
    "program",
    [
        lambda s: s.exp(),
        lambda s: s.sum(),
        lambda s: s @ s,
        lambda s: s == s,
        lambda s: s[0],
        lambda s: s.reshape(4),
        lambda s: s.exp_(),
        lambda s: s.fill_(1),
        lambda s: torch.cat([s, s]),
        lambda s: torch.where(dense() > 0, s, dense()),
        lambda s: torch.nn.functional.linear(s, dense()),
        lambda s: s * s,
        lambda s: list(s),
        lambda s: torch.zeros_like(s),
    ],
)
def test_refusals_are_in_pytorchs_words_and_say_what_to_do(program):
    with pytest.raises(NotImplementedError, match=r"Could not run .* 'SparseCPU' .*to_dense"):
        program(sparse())


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (lambda s: s + dense(), r"add\(sparse, dense\) is not supported. Use add\(dense, sparse"),
        (lambda s: s - 1, r"add\(sparse, dense\) is not supported"),
        (lambda s: dense()[0] + s, "FYI: dense-sparse addition does not currently support"),
        (lambda s: s + s.to_dense().to_sparse(1), "to have same density, but 'self' has 2 sparse"),
        (lambda s: s / dense(), "Sparse division requires a scalar or zero-dim dense tensor"),
        (lambda s: s.copy_(dense()), "between dense and sparse Tensors is not implemented"),
        (lambda s: torch.add(s, s, out=dense()), "between dense and sparse Tensors"),
        (lambda s: setattr(dense(), "data", s), "incompatible tensor type"),
        (lambda s: s.data_ptr(), "Cannot access data pointer of Tensor that doesn't have storage"),
        (lambda s: s.nbytes, "nbytes is not defined for sparse tensors"),
        (lambda s: s.to_dense(dtype=torch.float64), "dtype argument is not supported"),
        (lambda s: s.to_sparse(1), "conversion from Sparse to Sparse"),
        (lambda s: dense().to_sparse(0), "sparse_dim argument must be in >0"),
        (lambda s: dense().to_sparse(3), r"sparse_dim argument must be in \[0,2\] range"),
        (lambda s: dense().values(), "values expected sparse tensor layout but got Strided"),
        (lambda s: dense().indices(), "indices expected sparse coordinate tensor layout"),
        (lambda s: dense().coalesce(), "coalesce expected sparse coordinate tensor layout"),
        (lambda s: torch.ones(3).sparse_mask(s), "operands have incompatible sizes"),
        (lambda s: s.requires_grad_().mul_(2), "a leaf Variable that requires grad"),
    ],
)
def test_what_pytorch_refuses_is_refused_in_its_words(program, words):
    with pytest.raises(RuntimeError, match=words):
        program(sparse())


@pytest.mark.parametrize("read", [lambda s: s.numpy(), np.asarray])
def test_a_sparse_tensor_is_no_numpy_array(read):
    with pytest.raises(TypeError, match="can't convert Sparse layout tensor to numpy"):
        read(sparse())


def test_a_sparse_tensor_is_not_assigned_to():
    with pytest.raises((TypeError, NotImplementedError)):
        sparse()[0] = 1


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        (([[0, 5]], [1.0, 2.0], (3,)), {}, RuntimeError, "size is inconsistent with indices"),
        (([[0, -1]], [1.0, 2.0]), {}, RuntimeError, "found negative index -1 for dim 0"),
        (([[0, 1, 2]], [1.0, 2.0]), {}, RuntimeError, "must have same nnz"),
        (([[0, 1]], [1.0, 2.0], (3, 3)), {}, RuntimeError, "== sparse_dim [+] dense_dim"),
        (([[0]], [[1.0]], (3, 3)), {}, RuntimeError, "values has incorrect size"),
        (([0, 1], [1.0, 2.0]), {}, RuntimeError, "indices must be sparse_dim x nnz"),
        (([[0]], [1.0], (-3,)), {}, RuntimeError, "negative dimension"),
        (([[0]], [1.0], 3), {}, TypeError, "must be tuple of ints"),
        (("text",), {}, TypeError, "must be tuple of ints"),
        (([[0]], [1]), {"requires_grad": True}, RuntimeError, "can require gradients"),
        (([[1, 1]], [1, 2]), {"is_coalesced": True}, RuntimeError, "cannot set is_coalesced"),
        (([[1, 0]], [1, 2]), {"is_coalesced": True}, RuntimeError, "cannot set is_coalesced"),
    ],
)
def test_parts_that_do_not_go_together_make_no_tensor(arguments, options, error, words):
    with pytest.raises(error, match=words):
        torch.sparse_coo_tensor(*arguments, **options)


def test_there_are_no_other_layouts_and_no_other_functions():
    with pytest.raises(NotImplementedError, match=r"the only sparse layout"):
        dense().to_sparse(layout=torch.strided)
    with pytest.raises(NotImplementedError, match=r"are made by sparse_coo_tensor"):
        torch.zeros(2, layout=torch.sparse_coo)
    with pytest.raises(AttributeError, match=r"'torch.sparse' has no attribute 'mm'"):
        torch.sparse.mm
