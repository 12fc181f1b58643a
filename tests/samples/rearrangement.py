"""Samples of what copies numbers to other places: joining, repeating, turning, cutting away."""

from __future__ import annotations

import itertools

import numpy as np
import scipy.linalg

from tests.samples.arrays import index, real
from tests.samples.reference import shape as reference
from tests.samples.sample import (
    EVERY_FORM,
    FUNCTION,
    FUNCTION_AND_OUT,
    METHOD,
    PLAIN,
    WITHOUT_IN_PLACE,
    operation,
    sample,
)

_MATRIX, _BLOCK = real(3, 4), real(2, 3, 4)

JOINS = (
    operation(
        "cat",
        reference.cat,
        (
            sample((_MATRIX, real(2, 4))),
            sample([_MATRIX, real(3, 1), real(3, 2)], dim=1),
            sample((_MATRIX, _MATRIX), -1),
            sample((real(2), real(0))),
            sample((real(0), _MATRIX, real(3, 1)), dim=1),
            sample((_MATRIX,)),
        ),
        FUNCTION_AND_OUT,
        aliases="concat concatenate",
    ),
    operation(
        "hstack",
        np.hstack,
        (sample((_MATRIX, real(3, 1))), sample((real(2), real(3))), sample((real(), real()))),
        FUNCTION_AND_OUT,
    ),
    operation(
        "vstack",
        np.vstack,
        (sample((_MATRIX, real(1, 4))), sample((real(2), real(2))), sample((real(), real()))),
        FUNCTION_AND_OUT,
        aliases="row_stack",
    ),
    operation(
        "block_diag",
        scipy.linalg.block_diag,
        (sample(real(2, 3), real(1, 2)), sample(real(2), real(), real(2, 2))),
        FUNCTION,
    ),
    operation(
        "stack",
        lambda tensors, dim=0: np.stack(tensors, axis=dim),
        (
            sample((_MATRIX, _MATRIX)),
            sample([_MATRIX, _MATRIX, _MATRIX], dim=1),
            sample((_MATRIX, _MATRIX), -1),
            sample((real(), real())),
        ),
        FUNCTION_AND_OUT,
    ),
)

GRIDS = (
    operation(
        "meshgrid",
        lambda *arrays, indexing="ij": tuple(np.meshgrid(*arrays, indexing=indexing)),
        (
            sample(real(3), real(2), indexing="ij"),
            sample(real(3), real(2), indexing="xy"),
            sample(real(3), real(), indexing="ij"),
        ),
        FUNCTION,
    ),
    operation(
        "cartesian_prod",
        lambda *arrays: np.stack(np.meshgrid(*arrays, indexing="ij"), -1).reshape(-1, len(arrays)),
        (sample(real(3), real(2)), sample(real(2), real(2), real(2))),
        FUNCTION,
    ),
    operation(
        "combinations",
        lambda x, r=2: np.array(list(itertools.combinations(x, r))),
        (sample(real(4)), sample(real(4), 3)),
        FUNCTION,
    ),
    operation("atleast_1d", np.atleast_1d, (sample(real()), sample(_MATRIX)), FUNCTION),
    operation("atleast_2d", np.atleast_2d, (sample(real()), sample(real(3))), FUNCTION),
)

REPEATS = (
    operation(
        "repeat",
        reference.repeat,
        (sample(_MATRIX, 2, 1), sample(_MATRIX, 2, 1, 3), sample(real(3), (2,)), sample(real(), 3)),
        METHOD,
    ),
    operation(
        "tile",
        reference.tile,
        (
            sample(_MATRIX, (2,)),
            sample(_MATRIX, (2, 1, 2)),
            sample(real(), (2,)),
            sample(_MATRIX, dims=(1, 2)),
        ),
        PLAIN,
    ),
    operation(
        "repeat_interleave",
        reference.repeat_interleave,
        (
            sample(_MATRIX, 2),
            sample(_MATRIX, 2, dim=0),
            sample(_MATRIX, index([1, 0, 2]), dim=0),
            sample(real(3), index([2, 1, 0])),
            sample(_MATRIX, 3, dim=-1),
            sample(_MATRIX, index([2]), dim=1),
            sample(real(0, 2), 2, 0),
        ),
        PLAIN,
    ),
)

REARRANGEMENTS = (
    operation(
        "flip",
        reference.flip,
        (
            sample(_MATRIX, (0,)),
            sample(_MATRIX, (0, 1)),
            sample(_BLOCK, (-1,)),
            sample(real(), ()),
            sample(_BLOCK, dims=[0, 2]),
        ),
        PLAIN,
    ),
    operation("fliplr", np.fliplr, (sample(_MATRIX), sample(_BLOCK)), PLAIN),
    operation("flipud", np.flipud, (sample(_MATRIX), sample(real(3))), PLAIN),
    operation(
        "rot90",
        lambda x, k=1, dims=(0, 1): np.rot90(x, k, dims),
        (
            sample(_MATRIX),
            sample(_MATRIX, 2),
            sample(_BLOCK, -1, (1, 2)),
            sample(_MATRIX, k=4),
            sample(_BLOCK, 3, dims=(-1, 0)),
        ),
        PLAIN,
    ),
    operation("Tensor.flip", reference.flip, (sample(_MATRIX, 0), sample(_MATRIX, 0, 1)), METHOD),
    operation(
        "roll",
        reference.roll,
        (
            sample(_MATRIX, 1),
            sample(_MATRIX, 1, 0),
            sample(_MATRIX, shifts=(1, -2), dims=(0, 1)),
            sample(_MATRIX, -5, -1),
            sample(real(0), 1),
        ),
        PLAIN,
    ),
)

TRIANGLES = (
    operation(
        "diag_embed",
        reference.diag_embed,
        (sample(real(3)), sample(_MATRIX), sample(real(3), 1), sample(_MATRIX, offset=-1)),
        PLAIN,
    ),
    operation(
        "tril",
        lambda x, diagonal=0: np.tril(x, diagonal),
        (sample(_MATRIX), sample(_MATRIX, 1), sample(_BLOCK, diagonal=-1)),
        EVERY_FORM,
    ),
    operation(
        "triu",
        lambda x, diagonal=0: np.triu(x, diagonal),
        (sample(_MATRIX), sample(_MATRIX, 1), sample(_BLOCK, diagonal=-1)),
        EVERY_FORM,
    ),
    operation(
        "diag",
        lambda x, diagonal=0: np.diag(x, diagonal),
        (sample(real(3)), sample(real(3), 1), sample(_MATRIX), sample(_MATRIX, diagonal=-1)),
        WITHOUT_IN_PLACE,
    ),
)

COPIES = (
    operation("clone", np.copy, (sample(_MATRIX), sample(real())), PLAIN),
    operation("contiguous", np.copy, (sample(_MATRIX),), METHOD),
)

OPERATIONS = JOINS + GRIDS + REPEATS + REARRANGEMENTS + TRIANGLES + COPIES
