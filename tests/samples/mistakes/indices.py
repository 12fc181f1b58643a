"""Mistakes: indices out of range, of unfit dtype or shape, and what is assigned through them.

Apart because PyTorch tells IndexError, TypeError and RuntimeError apart here.
"""

from __future__ import annotations

from tests.samples.mistakes.mistake import leaf, mistake

MISTAKES = (
    mistake(
        "index out of range",
        lambda torch: torch.ones(3)[5],
        IndexError,
        "index 5 is out of bounds for dimension 0 with size 3",
    ),
    mistake(
        "negative index out of range",
        lambda torch: torch.ones(3)[-4],
        IndexError,
        "index -4 is out of bounds for dimension 0 with size 3",
    ),
    mistake(
        "index of the second dim out of range",
        lambda torch: torch.ones(2, 3)[0, 5],
        IndexError,
        "index 5 is out of bounds for dimension 1 with size 3",
    ),
    mistake(
        "too many indices",
        lambda torch: torch.ones(3)[0, 0],
        IndexError,
        "too many indices for tensor of dimension 1",
    ),
    mistake(
        "index of a scalar",
        lambda torch: torch.tensor(1.0)[0],
        IndexError,
        "invalid index of a 0-dim tensor",
    ),
    mistake(
        "a float index",
        lambda torch: torch.ones(3)[1.5],
        IndexError,
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables",
    ),
    mistake(
        "a text index",
        lambda torch: torch.ones(3)["a"],
        TypeError,
        "invalid data type 'str'",
    ),
    mistake(
        "a negative step",
        lambda torch: torch.ones(3)[::-1],
        ValueError,
        "step must be greater than zero",
    ),
    mistake(
        "a float tensor as index",
        lambda torch: torch.ones(3)[torch.tensor([0.0])],
        IndexError,
        "tensors used as indices must be long, int, byte or bool tensors",
    ),
    mistake(
        "a mask of the wrong size",
        lambda torch: torch.ones(3)[torch.tensor([True, False])],
        IndexError,
        "The shape of the mask [2] at index 0 does not match the shape of the indexed",
    ),
    mistake(
        "an index tensor out of range",
        lambda torch: torch.ones(3)[torch.tensor([5])],
        IndexError,
        "index 5 is out of bounds for dimension 0 with size 3",
    ),
    mistake(
        "index tensors that do not broadcast",
        lambda torch: torch.ones(3, 3)[torch.tensor([0, 1]), torch.tensor([0, 1, 2])],
        IndexError,
        "shape mismatch: indexing tensors could not be broadcast together with shapes [2],",
    ),
    mistake(
        "assign a value of the wrong shape",
        lambda torch: torch.ones(3).__setitem__(slice(None), torch.ones(4)),
        RuntimeError,
        "The expanded size of the tensor (3) must match the existing size (4) at",
    ),
    mistake(
        "assign text",
        lambda torch: torch.ones(3).__setitem__(0, "a"),
        TypeError,
        "can't assign a str to a torch.FloatTensor",
    ),
    mistake(
        "assign with an index out of range",
        lambda torch: torch.ones(3).__setitem__(5, 1.0),
        IndexError,
        "index 5 is out of bounds for dimension 0 with size 3",
    ),
    mistake(
        "delete an element",
        lambda torch: torch.ones(3).__delitem__(0),
        TypeError,
        "Tensor does not support deleting items",
    ),
    mistake(
        "gather with an index out of range",
        lambda torch: torch.ones(3).gather(0, torch.tensor([5])),
        RuntimeError,
        "index 5 is out of bounds for dimension 0 with size 3",
    ),
    mistake(
        "gather with a negative index",
        lambda torch: torch.ones(3).gather(0, torch.tensor([-1])),
        RuntimeError,
        "index -1 is out of bounds for dimension 0 with size 3",
    ),
    mistake(
        "gather with indices that are floats",
        lambda torch: torch.ones(3).gather(0, torch.tensor([1.0])),
        RuntimeError,
        "gather(): Expected dtype int32/int64 for index",
    ),
    mistake(
        "gather with an index of another rank",
        lambda torch: torch.ones(3).gather(0, torch.tensor([[1]])),
        RuntimeError,
        "Index tensor must have the same number of dimensions as input tensor",
    ),
    mistake(
        "gather with a larger index",
        lambda torch: torch.ones(2, 3).gather(0, torch.zeros(1, 5, dtype=torch.int64)),
        RuntimeError,
        "Size does not match at dimension 1 expected index [1, 5] to be no larger than",
    ),
    mistake(
        "scatter with an index out of range",
        lambda torch: torch.ones(3).scatter(0, torch.tensor([5]), 1.0),
        RuntimeError,
        "index 5 is out of bounds for dimension 0 with size 3",
    ),
    mistake(
        "scatter with a larger index",
        lambda torch: torch.ones(3).scatter(0, torch.tensor([0, 1]), torch.ones(1)),
        RuntimeError,
        "Expected index [2] to be no larger than self [3] apart from dimension 0 and to be",
    ),
    mistake(
        "scatter of a number with a larger index",
        lambda torch: torch.ones(2, 3).scatter(0, torch.zeros(1, 5, dtype=torch.int64), 1.0),
        RuntimeError,
        "Expected index [1, 5] to be no larger than self [2, 3] apart from dimension 0",
    ),
    mistake(
        "scatter by an unknown reduction",
        lambda torch: torch.ones(3).scatter(0, torch.tensor([0]), 1.0, reduce="mean"),
        RuntimeError,
        "reduce argument must be either add or multiply.",
    ),
    mistake(
        "backward of scatter by a reduction",
        lambda torch: (
            leaf(torch, 3).scatter(0, torch.tensor([0]), 2.0, reduce="add").sum().backward()
        ),
        RuntimeError,
        "derivative for aten::scatter is not implemented",
    ),
    mistake(
        "scatter of another dtype",
        lambda torch: torch.ones(3).scatter(
            0, torch.tensor([0]), torch.ones(1, dtype=torch.float64)
        ),
        RuntimeError,
        "scatter(): Expected self.dtype to be equal to src.dtype",
    ),
    mistake(
        "scatter_add of another dtype",
        lambda torch: torch.ones(3).scatter_add(
            0, torch.tensor([0]), torch.ones(1, dtype=torch.float64)
        ),
        RuntimeError,
        "scatter(): Expected self.dtype to be equal to src.dtype",
    ),
    mistake(
        "index_select out of range",
        lambda torch: torch.ones(3).index_select(0, torch.tensor([5])),
        IndexError,
        "index out of range in self",
    ),
    mistake(
        "index_select of a scalar by two",
        lambda torch: torch.tensor(1.0).index_select(0, torch.tensor([0, 0])),
        RuntimeError,
        "index_select(): Index to scalar can have only 1 value, got 2 value(s)",
    ),
    mistake(
        "index_select of a matrix of indices",
        lambda torch: torch.ones(3).index_select(0, torch.tensor([[0]])),
        IndexError,
        "index_select(): Index is supposed to be a vector",
    ),
    mistake(
        "index_select with floats",
        lambda torch: torch.ones(3).index_select(0, torch.tensor([0.0])),
        RuntimeError,
        "index_select(): Expected dtype int32 or int64 for index",
    ),
    mistake(
        "index_add of another dtype",
        lambda torch: torch.ones(3).index_add(
            0, torch.tensor([0]), torch.ones(1, dtype=torch.float64)
        ),
        RuntimeError,
        "index_add_(): self (Float) and source (Double) must have the same scalar type",
    ),
    mistake(
        "index_add of the wrong size",
        lambda torch: torch.ones(3).index_add(0, torch.tensor([0]), torch.ones(2)),
        RuntimeError,
        "index_add_(): Number of indices (1) should be equal to source.size(dim): (2), for",
    ),
    mistake(
        "index_add out of range",
        lambda torch: torch.ones(3, 2).index_add(0, torch.tensor([3]), torch.ones(1, 2)),
        RuntimeError,
        "index 3 is out of bounds for dimension 0 with size 3",
    ),
    mistake(
        "index_copy of another dtype",
        lambda torch: torch.ones(3).index_copy(
            0, torch.tensor([0]), torch.ones(1, dtype=torch.float64)
        ),
        RuntimeError,
        "index_copy_(): self and source expected to have the same dtype, but got (self) Float",
    ),
    mistake(
        "index_copy of the wrong size",
        lambda torch: torch.ones(3).index_copy(0, torch.tensor([0]), torch.ones(2)),
        IndexError,
        "index_copy_(): Number of indices (1) should be equal to source.size(dim) (2)",
    ),
    mistake(
        "index_fill with a vector",
        lambda torch: torch.ones(3).index_fill(0, torch.tensor([0]), torch.ones(1)),
        RuntimeError,
        "index_fill_ only supports a 0-dimensional value tensor, but got tensor with 1",
    ),
    mistake(
        "put of the wrong size",
        lambda torch: torch.ones(3).put(torch.tensor([0, 1]), torch.ones(1)),
        IndexError,
        "put_(): Expected source and index to have the same number of elements, but got",
    ),
    mistake(
        "index_put of another dtype",
        lambda torch: torch.ones(3).index_put(
            (torch.tensor([0]),), torch.ones(1, dtype=torch.float64)
        ),
        RuntimeError,
        "Index put requires the source and destination dtypes match, got Float for the",
    ),
    mistake(
        "take out of range",
        lambda torch: torch.ones(3).take(torch.tensor([3])),
        IndexError,
        "out of range: tried to access index 3 on a tensor of 3 elements",
    ),
    mistake(
        "take_along_dim with floats",
        lambda torch: torch.ones(3).take_along_dim(torch.tensor([0.0]), 0),
        RuntimeError,
        "torch.take_along_dim(): dtype of indices should be Long but got Float",
    ),
    mistake(
        "masked_fill with numbers",
        lambda torch: torch.ones(3).masked_fill(torch.tensor([0, 1, 0]), 1.0),
        RuntimeError,
        "masked_fill_ only supports boolean masks, but got mask with dtype",
    ),
    mistake(
        "masked_fill with a vector",
        lambda torch: torch.ones(3).masked_fill(torch.tensor([True, False, True]), torch.ones(2)),
        RuntimeError,
        "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with 1",
    ),
    mistake(
        "masked_fill with a number that does not fit",
        lambda torch: torch.ones(3, dtype=torch.uint8).masked_fill(
            torch.tensor([True, False, True]), 300
        ),
        RuntimeError,
        "value cannot be converted to type uint8_t without overflow",
    ),
    mistake(
        "masked_scatter of another dtype",
        lambda torch: torch.ones(2).masked_scatter(
            torch.tensor([True, False]), torch.ones(1, dtype=torch.float64)
        ),
        RuntimeError,
        "masked_scatter: expected self and source to have same dtypes but got",
    ),
    mistake(
        "masked_scatter of too few",
        lambda torch: torch.ones(2).masked_scatter(torch.tensor([True, True]), torch.ones(1)),
        RuntimeError,
        "Number of elements of source < number of ones in mask",
    ),
    mistake(
        "masked_select with numbers",
        lambda torch: torch.ones(3).masked_select(torch.tensor([0, 1, 0])),
        RuntimeError,
        "masked_select: expected BoolTensor for mask",
    ),
    mistake(
        "masked_select of the wrong size",
        lambda torch: torch.ones(3).masked_select(torch.tensor([True, False])),
        RuntimeError,
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton",
    ),
    mistake(
        "topk of too many",
        lambda torch: torch.ones(3).topk(5),
        RuntimeError,
        "selected index k out of range",
    ),
    mistake(
        "sort of a dim out of range",
        lambda torch: torch.ones(3).sort(1),
        IndexError,
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
    ),
    mistake(
        "sort of complex numbers",
        lambda torch: torch.ones(3, dtype=torch.complex64).sort(),
        RuntimeError,
        "Sort does not support complex dtypes",
    ),
    mistake(
        "embedding out of range",
        lambda torch: torch.nn.functional.embedding(torch.tensor([5]), torch.ones(3, 2)),
        IndexError,
        "index out of range in self",
    ),
    mistake(
        "embedding with floats",
        lambda torch: torch.nn.functional.embedding(torch.tensor([1.0]), torch.ones(3, 2)),
        RuntimeError,
        "Expected tensor for argument #1 'indices' to have one of the following scalar",
    ),
    mistake(
        "one_hot of floats",
        lambda torch: torch.nn.functional.one_hot(torch.tensor([1.0])),
        RuntimeError,
        "one_hot is only applicable to index tensor of type LongTensor",
    ),
    mistake(
        "one_hot with too few classes",
        lambda torch: torch.nn.functional.one_hot(torch.tensor([5]), 3),
        RuntimeError,
        "Class values must be smaller than num_classes",
    ),
    mistake(
        "one_hot of a negative class",
        lambda torch: torch.nn.functional.one_hot(torch.tensor([-1])),
        RuntimeError,
        "Class values must be non-negative",
    ),
)
