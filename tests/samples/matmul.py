"""Samples of products of matrices, vectors and batches of them."""

from __future__ import annotations

import numpy as np

from tests.samples.arrays import real
from tests.samples.sample import (
    EVERY_FORM,
    FUNCTION,
    PLAIN,
    WITHOUT_IN_PLACE,
    operation,
    sample,
)


def _linear(x, weight, bias=None):
    return x @ weight.T + (0 if bias is None else bias)


def _addmm(x, left, right, beta=1, alpha=1):
    return beta * x + alpha * (left @ right)


def _einsum(equation, *operands):
    operands = operands[0] if isinstance(operands[0], list) else operands
    return np.einsum(equation, *operands)


def _tensordot(x, y, dims=2):
    return np.tensordot(x, y, axes=dims)


PRODUCTS = (
    operation(
        "matmul",
        np.matmul,
        (
            sample(real(3, 4), real(4, 2)),
            sample(real(4), real(4)),
            sample(real(3, 4), real(4)),
            sample(real(3), real(3, 4)),
            sample(real(2, 3, 4), real(2, 4, 5)),
            sample(real(2, 3, 4), real(4, 5)),
            sample(real(3, 4), real(2, 4, 5)),
            sample(real(2, 1, 3, 4), real(5, 4, 2)),
            sample(real(2, 3, 4), real(4)),
            sample(real(4), real(2, 4, 3)),
            sample(real(0, 4), real(4, 2)),
            sample(real(3, 0), real(0, 2)),
            sample(real(1, 1), real(1, 1)),
        ),
        WITHOUT_IN_PLACE,
    ),
    operation(
        "mm",
        np.matmul,
        (
            sample(real(3, 4), real(4, 2)),
            sample(real(3, 0), real(0, 2)),
            sample(real(0, 4), real(4, 2)),
        ),
        WITHOUT_IN_PLACE,
    ),
    operation(
        "bmm",
        np.matmul,
        (sample(real(2, 3, 4), real(2, 4, 5)), sample(real(0, 3, 4), real(0, 4, 5))),
        WITHOUT_IN_PLACE,
    ),
    operation(
        "mv",
        np.matmul,
        (sample(real(3, 4), real(4)), sample(real(3, 0), real(0))),
        WITHOUT_IN_PLACE,
    ),
    operation(
        "dot", np.dot, (sample(real(4), real(4)), sample(real(0), real(0))), WITHOUT_IN_PLACE
    ),
    operation(
        "outer",
        np.outer,
        (sample(real(3), real(4)), sample(real(0), real(2))),
        WITHOUT_IN_PLACE,
        aliases="ger",
    ),
)

OTHER_PRODUCTS = (
    operation(
        "inner",
        np.inner,
        (sample(real(4), real(4)), sample(real(2, 4), real(3, 4)), sample(real(2, 3), real())),
        WITHOUT_IN_PLACE,
    ),
    operation("vdot", np.vdot, (sample(real(4), real(4)),), WITHOUT_IN_PLACE),
    operation(
        "kron",
        np.kron,
        (sample(real(2, 3), real(2, 2)), sample(real(3), real(2)), sample(real(2, 2), real(3))),
        WITHOUT_IN_PLACE,
        any_layout=False,  # PyTorch refuses transposed factors of different ranks
    ),
    operation(
        "cross",
        lambda x, y, dim=-1: np.cross(x, y, axis=dim),
        (sample(real(2, 3), real(2, 3), dim=1), sample(real(3), real(3), dim=0)),
        WITHOUT_IN_PLACE,
    ),
    operation(
        "trace", np.trace, (sample(real(3, 3)), sample(real(2, 4)), sample(real(0, 2))), PLAIN
    ),
    operation(
        "matrix_power",
        np.linalg.matrix_power,
        (sample(real(3, 3), 2), sample(real(2, 3, 3), 3), sample(real(3, 3), 0)),
        WITHOUT_IN_PLACE,
    ),
)

SUMS_OF_PRODUCTS = (
    operation(
        "addmv",
        _addmm,
        (
            sample(real(3), real(3, 4), real(4)),
            sample(real(3), real(3, 4), real(4), beta=0.5, alpha=2),
        ),
        EVERY_FORM,
    ),
    operation(
        "addr",
        lambda x, left, right, beta=1, alpha=1: beta * x + alpha * np.outer(left, right),
        (sample(real(3, 4), real(3), real(4)), sample(real(3, 4), real(3), real(4), beta=0.5)),
        EVERY_FORM,
    ),
    operation(
        "addbmm",
        lambda x, left, right, beta=1, alpha=1: beta * x + alpha * (left @ right).sum(0),
        (
            sample(real(3, 5), real(2, 3, 4), real(2, 4, 5)),
            sample(real(3, 5), real(2, 3, 4), real(2, 4, 5), alpha=-1),
        ),
        EVERY_FORM,
    ),
    operation(
        "addmm",
        _addmm,
        (
            sample(real(3, 2), real(3, 4), real(4, 2)),
            sample(real(3, 2), real(3, 4), real(4, 2), beta=0.5, alpha=2),
            sample(real(3, 2), real(3, 4), real(4, 2), beta=0),
            sample(real(3, 2), real(3, 0), real(0, 2)),
        ),
        EVERY_FORM,
    ),
    operation(
        "baddbmm",
        _addmm,
        (
            sample(real(2, 3, 5), real(2, 3, 4), real(2, 4, 5)),
            sample(real(2, 3, 5), real(2, 3, 4), real(2, 4, 5), beta=0.5, alpha=-1),
        ),
        EVERY_FORM,
    ),
    operation(
        "nn.functional.linear",
        _linear,
        (
            sample(real(3, 4), real(2, 4)),
            sample(real(3, 4), real(2, 4), real(2)),
            sample(real(4), real(2, 4), real(2)),
            sample(real(2, 3, 4), real(5, 4), real(5)),
            sample(real(2, 3, 4), real(5, 4)),
            sample(real(3, 4), real(2, 4), bias=real(2)),
        ),
        FUNCTION,
    ),
)

CONTRACTIONS = (
    operation(
        "einsum",
        _einsum,
        (
            sample("ij,jk->ik", real(3, 4), real(4, 2)),
            sample("ij,jk", real(3, 4), real(4, 2)),
            sample("bij,bjk->bik", real(2, 3, 4), real(2, 4, 2)),
            sample("ij->ji", real(3, 4)),
            sample("ij->", real(3, 4)),
            sample("ij->j", real(3, 4)),
            sample("ii->i", real(3, 3)),
            sample("ii", real(3, 3)),
            sample("i,j->ij", real(3), real(4)),
            sample("i,i", real(3), real(3)),
            sample("...ij,...jk->...ik", real(2, 3, 4), real(4, 2)),
            sample("ij,kj,k->i", real(3, 4), real(2, 4), real(2)),
            sample("bi , oij, bj -> bo", real(2, 3), real(4, 3, 5), real(2, 5)),
            sample("ij,ij->ij", [real(3, 4), real(3, 4)]),
            sample("i,->i", real(3), real()),
        ),
        FUNCTION,
    ),
    operation(
        "tensordot",
        _tensordot,
        (
            sample(real(2, 3, 4), real(3, 4, 5)),
            sample(real(2, 3, 4), real(4, 5), dims=1),
            sample(real(2, 3, 4), real(4, 3, 5), dims=([1, 2], [1, 0])),
            sample(real(3), real(2), dims=0),
        ),
        FUNCTION,
    ),
)

OPERATIONS = PRODUCTS + OTHER_PRODUCTS + SUMS_OF_PRODUCTS + CONTRACTIONS
