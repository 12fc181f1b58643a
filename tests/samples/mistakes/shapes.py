"""Mistakes: reshaping, joining and splitting into what the elements do not fill.

Apart because nothing here depends on values or dtypes.
"""

from __future__ import annotations

from tests.samples.mistakes.mistake import mistake

MISTAKES = (
    mistake(
        "reshape to another number of elements",
        lambda torch: torch.ones(2, 3).reshape(4),
        RuntimeError,
        "shape '[4]' is invalid for input of size 6",
    ),
    mistake(
        "reshape with two unknown sizes",
        lambda torch: torch.ones(2, 3).reshape(-1, -1),
        RuntimeError,
        "only one dimension can be inferred",
    ),
    mistake(
        "reshape with a size that does not divide",
        lambda torch: torch.ones(2, 3).reshape(4, -1),
        RuntimeError,
        "shape '[4, -1]' is invalid for input of size 6",
    ),
    mistake(
        "reshape with a negative size",
        lambda torch: torch.ones(2, 3).reshape(-2, 3),
        RuntimeError,
        "invalid shape dimension -2 at index 0 of shape [-2, 3]",
    ),
    mistake(
        "view to another number of elements",
        lambda torch: torch.ones(2, 3).view(4),
        RuntimeError,
        "shape '[4]' is invalid for input of size 6",
    ),
    mistake(
        "view of a transposed tensor",
        lambda torch: torch.ones(2, 3).t().view(6),
        RuntimeError,
        "view size is not compatible with input tensor's size and stride (at least one",
    ),
    mistake(
        "view of an ambiguous size",
        lambda torch: torch.ones(0).view(-1, 0),
        RuntimeError,
        "cannot reshape tensor of 0 elements into shape [-1, 0] because the unspecified",
    ),
    mistake(
        "unflatten to the wrong sizes",
        lambda torch: torch.ones(6).unflatten(0, (4, 2)),
        RuntimeError,
        "unflatten: Provided sizes [4, 2] don't multiply up to the size of dim 0 (6) in",
    ),
    mistake(
        "flatten with dims in the wrong order",
        lambda torch: torch.ones(2, 3, 4).flatten(2, 1),
        RuntimeError,
        "flatten() has invalid args: start_dim cannot come after end_dim",
    ),
    mistake(
        "t of three dimensions",
        lambda torch: torch.ones(2, 3, 4).t(),
        RuntimeError,
        "t() expects a tensor with <= 2 dimensions, but self is 3D",
    ),
    mistake(
        "transpose of a dim out of range",
        lambda torch: torch.ones(2, 3).transpose(0, 2),
        IndexError,
        "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
    ),
    mistake(
        "permute with too few dims",
        lambda torch: torch.ones(2, 3).permute(0),
        RuntimeError,
        "number of dimensions in the tensor input does not match",
    ),
    mistake(
        "permute with a dim twice",
        lambda torch: torch.ones(2, 3).permute(0, 0),
        RuntimeError,
        "duplicate dims are not allowed",
    ),
    mistake(
        "movedim of unequal lengths",
        lambda torch: torch.ones(2, 3).movedim((0, 1), (0,)),
        RuntimeError,
        "movedim: Invalid source or destination dims: source ([0, 1] dims) should contain",
    ),
    mistake(
        "squeeze of a dim out of range",
        lambda torch: torch.ones(2).squeeze(3),
        IndexError,
        "Dimension out of range (expected to be in range of [-1, 0], but got 3)",
    ),
    mistake(
        "unsqueeze of a dim out of range",
        lambda torch: torch.ones(2).unsqueeze(3),
        IndexError,
        "Dimension out of range (expected to be in range of [-2, 1], but got 3)",
    ),
    mistake(
        "expand of a size other than one",
        lambda torch: torch.ones(2, 3).expand(4, 3),
        RuntimeError,
        "The expanded size of the tensor (4) must match the existing size (2) at",
    ),
    mistake(
        "expand to fewer dimensions",
        lambda torch: torch.ones(2, 3).expand(3),
        RuntimeError,
        "must be greater or equal to the number of dimensions in the tensor",
    ),
    mistake(
        "expand with an unknown leading size",
        lambda torch: torch.ones(3).expand(-1, 3),
        RuntimeError,
        "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing",
    ),
    mistake(
        "broadcast_to an incompatible shape",
        lambda torch: torch.ones(2, 3).broadcast_to(3, 2),
        RuntimeError,
        "The expanded size of the tensor (2) must match the existing size (3) at",
    ),
    mistake(
        "repeat with too few repeats",
        lambda torch: torch.ones(2, 3).repeat(2),
        RuntimeError,
        "Number of dimensions of repeat dims can not be smaller than number of dimensions",
    ),
    mistake(
        "repeat_interleave with a negative count",
        lambda torch: torch.ones(2).repeat_interleave(-1),
        RuntimeError,
        "Repeats must be non-negative",
    ),
    mistake(
        "repeat_interleave with the wrong number of repeats",
        lambda torch: torch.ones(3).repeat_interleave(torch.tensor([1, 2])),
        RuntimeError,
        "repeats must have the same size as input along dim, but got repeats.size(0) = 2",
    ),
    mistake(
        "cat of nothing",
        lambda torch: torch.cat([]),
        ValueError,
        "torch.cat(): expected a non-empty list of Tensors",
    ),
    mistake(
        "cat of sizes",
        lambda torch: torch.cat([torch.ones(2, 3), torch.ones(2, 4)]),
        RuntimeError,
        "Sizes of tensors must match except in dimension 0",
    ),
    mistake(
        "cat of ranks",
        lambda torch: torch.cat([torch.ones(2, 3), torch.ones(2)]),
        RuntimeError,
        "Tensors must have same number of dimensions: got 2 and 1",
    ),
    mistake(
        "cat of scalars",
        lambda torch: torch.cat([torch.tensor(1.0), torch.tensor(2.0)]),
        RuntimeError,
        "zero-dimensional tensor (at position 0) cannot be concatenated",
    ),
    mistake(
        "cat of a dim out of range",
        lambda torch: torch.cat([torch.ones(2)], dim=1),
        IndexError,
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
    ),
    mistake(
        "cat of one tensor",
        lambda torch: torch.cat(torch.ones(2)),
        TypeError,
        "cat(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor",
    ),
    mistake(
        "stack of nothing",
        lambda torch: torch.stack([]),
        RuntimeError,
        "stack expects a non-empty TensorList",
    ),
    mistake(
        "stack of sizes",
        lambda torch: torch.stack([torch.ones(2), torch.ones(3)]),
        RuntimeError,
        "stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at",
    ),
    mistake(
        "split into sizes that do not add up",
        lambda torch: torch.ones(5).split([1, 2]),
        RuntimeError,
        "split_with_sizes expects split_sizes to sum exactly to 5 (input tensor's size at",
    ),
    mistake(
        "split by a negative size",
        lambda torch: torch.ones(5).split(-1),
        RuntimeError,
        "split expects split_size be non-negative, but got split_size=-1",
    ),
    mistake(
        "chunk into no chunks",
        lambda torch: torch.ones(5).chunk(0),
        RuntimeError,
        "chunk expects `chunks` to be greater than 0, got: 0",
    ),
    mistake(
        "unbind of a scalar",
        lambda torch: torch.tensor(1.0).unbind(),
        IndexError,
        "Dimension specified as 0 but tensor has no dimensions",
    ),
    mistake(
        "narrow past the end",
        lambda torch: torch.ones(3).narrow(0, 1, 5),
        RuntimeError,
        "start (1) + length (5) exceeds dimension size (3)",
    ),
    mistake(
        "narrow by a negative length",
        lambda torch: torch.ones(3).narrow(0, 0, -1),
        RuntimeError,
        "narrow(): length must be non-negative",
    ),
    mistake(
        "select of an index out of range",
        lambda torch: torch.ones(3).select(0, 5),
        IndexError,
        "select(): index 5 out of range for tensor of size [3] at dimension 0",
    ),
    mistake(
        "diagonal of one dim twice",
        lambda torch: torch.ones(2, 2).diagonal(0, 0, 0),
        RuntimeError,
        "diagonal dimensions cannot be identical 0, 0",
    ),
    mistake(
        "diagonal of a vector",
        lambda torch: torch.ones(2).diagonal(),
        IndexError,
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
    ),
    mistake(
        "diag of three dimensions",
        lambda torch: torch.ones(2, 2, 2).diag(),
        RuntimeError,
        "diag(): Supports 1D or 2D tensors. Got 3D",
    ),
    mistake(
        "tril of a vector",
        lambda torch: torch.ones(2).tril(),
        RuntimeError,
        "tril: input tensor must have at least 2 dimensions",
    ),
    mistake(
        "flip of a dim twice",
        lambda torch: torch.ones(2, 2).flip(0, 0),
        RuntimeError,
        "dim 0 appears multiple times in the list of dims",
    ),
    mistake(
        "as_strided past the end",
        lambda torch: torch.ones(3).as_strided((4,), (1,)),
        RuntimeError,
        "out of bounds for storage of size 12",
    ),
    mistake(
        "as_strided with a negative stride",
        lambda torch: torch.ones(3).as_strided((2,), (-1,)),
        RuntimeError,
        "as_strided: Negative strides are not supported at the moment, got strides: [-1]",
    ),
    mistake(
        "as_strided of unequal lengths",
        lambda torch: torch.ones(3).as_strided((2,), (1, 1)),
        RuntimeError,
        "mismatch in length of strides and shape",
    ),
    mistake(
        "unfold past the end",
        lambda torch: torch.ones(3).unfold(0, 4, 1),
        RuntimeError,
        "maximum size for tensor at dimension 0 is 3 but size is 4",
    ),
    mistake(
        "unfold with no step",
        lambda torch: torch.ones(3).unfold(0, 2, 0),
        RuntimeError,
        "step is 0 but must be > 0",
    ),
)
