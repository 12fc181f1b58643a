"""Samples of views: reshaping, permuting, expanding, splitting and selecting."""

from __future__ import annotations

import numpy as np

from tests.samples.arrays import real
from tests.samples.reference import shape as reference
from tests.samples.sample import (
    FUNCTION,
    METHOD,
    PLAIN,
    WITHOUT_OUT,
    operation,
    sample,
)

_MATRIX, _BLOCK = real(3, 4), real(2, 3, 4)


RESHAPES = (
    operation(
        "reshape",
        reference.reshape,
        (
            sample(_MATRIX, (4, 3)),
            sample(_MATRIX, (-1,)),
            sample(_BLOCK, (2, -1)),
            sample(real(), (1, 1)),
            sample(real(0, 3), (3, 0)),
            sample(real(1), ()),
            sample(_MATRIX, shape=(2, 6)),
        ),
        PLAIN,
        view=True,
    ),
    operation(
        "Tensor.reshape",
        reference.reshape,
        (sample(_MATRIX, 4, 3), sample(_MATRIX, -1), sample(_BLOCK, shape=(2, -1))),
        METHOD,
        view=True,
    ),
    operation(
        "view",
        reference.reshape,
        (
            sample(_MATRIX, 4, 3),
            sample(_MATRIX, -1),
            sample(_BLOCK, (2, -1)),
            sample(real(), 1, 1),
            sample(real(0, 3), 3, 0),
        ),
        METHOD,
        view=True,
        any_layout=False,
    ),
    operation(
        "view_as",
        lambda x, y: x.reshape(y.shape),
        (sample(_MATRIX, real(2, 6)),),
        METHOD,
        view=True,
        any_layout=False,
    ),
    operation(
        "reshape_as",
        lambda x, y: x.reshape(y.shape),
        (sample(_MATRIX, real(2, 6)),),
        METHOD,
        view=True,
    ),
    operation(
        "flatten",
        reference.flatten,
        (
            sample(_BLOCK),
            sample(_BLOCK, 1),
            sample(_BLOCK, start_dim=0, end_dim=1),
            sample(_BLOCK, -2),
            sample(real()),
            sample(real(0, 3)),
        ),
        PLAIN,
        view=True,
    ),
    operation("ravel", np.ravel, (sample(_BLOCK), sample(real())), PLAIN, view=True),
    operation(
        "unflatten",
        reference.unflatten,
        (
            sample(real(2, 6), 1, (2, 3)),
            sample(real(6, 2), 0, (-1, 3)),
            sample(real(2, 6), -1, (3, 2)),
        ),
        PLAIN,
        view=True,
    ),
    operation(
        "squeeze",
        reference.squeeze,
        (
            sample(real(1, 3, 1)),
            sample(real(1, 3, 1), 0),
            sample(real(1, 3, 1), dim=-1),
            sample(real(1, 3, 1), 1),
            sample(real(1, 3, 1, 2), (0, 2)),
            sample(real(1, 3, 1, 2), dim=(0, 1)),
            sample(real()),
        ),
        WITHOUT_OUT,
        view=True,
    ),
    operation(
        "unsqueeze",
        lambda x, dim: np.expand_dims(x, dim),
        (sample(_MATRIX, 0), sample(_MATRIX, dim=1), sample(_MATRIX, -1), sample(real(), 0)),
        WITHOUT_OUT,
        view=True,
    ),
)

PERMUTATIONS = (
    operation(
        "transpose",
        reference.transpose,
        (
            sample(_BLOCK, 0, 2),
            sample(_BLOCK, -1, -2),
            sample(_MATRIX, dim0=0, dim1=1),
            sample(real(), 0, -1),
        ),
        WITHOUT_OUT,
        view=True,
    ),
    operation(
        "swapaxes",
        reference.transpose,
        (sample(_BLOCK, 0, 2), sample(_MATRIX, axis0=0, axis1=1)),
        WITHOUT_OUT,
        view=True,
    ),
    operation(
        "swapdims",
        reference.transpose,
        (sample(_BLOCK, 0, 2), sample(_MATRIX, dim0=0, dim1=1)),
        WITHOUT_OUT,
        view=True,
    ),
    operation(
        "t",
        np.transpose,
        (sample(_MATRIX), sample(real(3)), sample(real())),
        WITHOUT_OUT,
        view=True,
    ),
    operation(
        "permute",
        reference.permute,
        (
            sample(_BLOCK, (2, 0, 1)),
            sample(_BLOCK, (-1, 1, 0)),
            sample(real(), ()),
            sample(_BLOCK, dims=(1, 2, 0)),
        ),
        PLAIN,
        view=True,
    ),
    operation(
        "Tensor.permute",
        reference.permute,
        (sample(_BLOCK, 2, 0, 1), sample(_MATRIX, 1, 0)),
        METHOD,
        view=True,
    ),
    operation(
        "movedim",
        lambda x, source, destination: np.moveaxis(x, source, destination),
        (
            sample(_BLOCK, 0, 2),
            sample(_BLOCK, (0, 1), (2, 0)),
            sample(_BLOCK, source=-1, destination=0),
        ),
        PLAIN,
        aliases="moveaxis",
        view=True,
    ),
    operation(
        "adjoint",
        lambda x: np.conj(np.swapaxes(x, -1, -2)),
        (sample(_MATRIX), sample(_BLOCK)),
        PLAIN,
        view=True,
    ),
    operation("T", np.transpose, (sample(_MATRIX),), METHOD, call=lambda torch, x: x.T, view=True),
    operation(
        "mT",
        lambda x: np.swapaxes(x, -1, -2),
        (sample(_MATRIX), sample(_BLOCK)),
        METHOD,
        call=lambda torch, x: x.mT,
        view=True,
    ),
)

EXPANSIONS = (
    operation(
        "expand",
        reference.expand,
        (
            sample(real(3, 1), 3, 4),
            sample(real(3, 1), 2, -1, 4),
            sample(real(4), (3, 4)),
            sample(real(), 2, 2),
            sample(real(1, 3), 0, 3),
            sample(real(3, 1), size=(2, -1, 4)),
        ),
        METHOD,
        view=True,
    ),
    operation(
        "expand_as",
        lambda x, y: np.broadcast_to(x, y.shape),
        (sample(real(3, 1), real(3, 4)), sample(real(), real(2))),
        METHOD,
        view=True,
    ),
    operation(
        "broadcast_to",
        np.broadcast_to,
        (sample(real(3, 1), (3, 4)), sample(real(4), (2, 3, 4)), sample(real(), (2,))),
        PLAIN,
        view=True,
    ),
    operation(
        "broadcast_tensors",
        lambda *arrays: tuple(np.broadcast_arrays(*arrays)),
        (sample(real(3, 1), real(4)), sample(real(2), real())),
        FUNCTION,
    ),
)


SPLITS = (
    operation(
        "split",
        reference.split,
        (
            sample(real(5, 2), 2),
            sample(real(5, 2), [1, 4]),
            sample(_MATRIX, 3, dim=1),
            sample(_MATRIX, (1, 1, 2), -1),
            sample(_MATRIX, 10),
        ),
        PLAIN,
        view=True,
    ),
    operation(
        "split_with_sizes",
        reference.split,
        (sample(real(5, 2), [1, 4]), sample(_MATRIX, (1, 1, 2), dim=-1)),
        PLAIN,
        view=True,
    ),
    operation(
        "tensor_split",
        lambda x, parts, dim=0: tuple(np.array_split(x, parts, axis=dim)),
        (sample(real(5, 2), 3), sample(_MATRIX, (1, 3), dim=1), sample(_MATRIX, 2, -1)),
        PLAIN,
    ),
    operation(
        "chunk",
        reference.chunk,
        (sample(real(5, 2), 2), sample(_MATRIX, 3, dim=1), sample(_MATRIX, chunks=2, dim=-1)),
        PLAIN,
        view=True,
    ),
    operation(
        "unbind",
        reference.unbind,
        (sample(_MATRIX), sample(_MATRIX, 1), sample(_BLOCK, dim=-1)),
        PLAIN,
        view=True,
    ),
)


SELECTIONS = (
    operation(
        "narrow",
        reference.narrow,
        (
            sample(_MATRIX, 0, 1, 2),
            sample(_MATRIX, 1, 0, 4),
            sample(_MATRIX, dim=-1, start=1, length=1),
        ),
        PLAIN,
        view=True,
    ),
    operation(
        "select",
        lambda x, dim, index: np.take(x, index, axis=dim),
        (
            sample(_MATRIX, 0, 1),
            sample(_MATRIX, 1, -1),
            sample(_BLOCK, dim=-1, index=2),
            sample(real(3), 0, 0),
        ),
        PLAIN,
        view=True,
    ),
    operation(
        "diagonal",
        reference.diagonal,
        (
            sample(_MATRIX),
            sample(_MATRIX, 1),
            sample(_MATRIX, offset=-1),
            sample(_BLOCK, 0, 0, 2),
            sample(_BLOCK, offset=1, dim1=-2, dim2=-1),
            sample(_MATRIX, 7),
        ),
        PLAIN,
        view=True,
    ),
    operation(
        "as_strided",
        reference.as_strided,
        (
            sample(real(12), (3, 2), (4, 1)),
            sample(real(12), (3, 3), (2, 1)),
            sample(real(12), (2, 2), (1, 1), 3),
            sample(real(12), size=(4,), stride=(3,), storage_offset=1),
            sample(real(12), (2, 3), (0, 1)),
        ),
        WITHOUT_OUT,
        view=True,
        any_layout=False,
    ),
    operation(
        "unfold",
        reference.unfold,
        (
            sample(real(7), 0, 3, 2),
            sample(_MATRIX, 1, 2, 1),
            sample(_MATRIX, -1, 2, 2),
            sample(real(), 0, 1, 1),
            sample(real(), 0, 0, 2),
        ),
        METHOD,
        view=True,
    ),
)


OPERATIONS = RESHAPES + PERMUTATIONS + EXPANSIONS + SPLITS + SELECTIONS
