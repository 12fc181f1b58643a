"""Mistakes: reductions over dims that are not there, of nothing, or of unfit dtypes.

Apart because dims are checked in one way for all of them.
"""

from __future__ import annotations

from tests.samples.mistakes.mistake import mistake

MISTAKES = (
    mistake(
        "sum of a dim out of range",
        lambda torch: torch.ones(2, 3).sum(5),
        IndexError,
        "Dimension out of range (expected to be in range of [-2, 1], but got 5)",
    ),
    mistake(
        "sum of a negative dim out of range",
        lambda torch: torch.ones(2, 3).sum(-3),
        IndexError,
        "Dimension out of range (expected to be in range of [-2, 1], but got -3)",
    ),
    mistake(
        "sum of a dim twice",
        lambda torch: torch.ones(2, 3).sum((0, 0)),
        RuntimeError,
        "dim 0 appears multiple times in the list of dims",
    ),
    mistake(
        "sum of a dim that is text",
        lambda torch: torch.ones(2, 3).sum("x"),
        TypeError,
        "sum()",
    ),
    mistake(
        "sum of a dim that is a float",
        lambda torch: torch.ones(2, 3).sum(1.5),
        TypeError,
        "sum()",
    ),
    mistake(
        "mean of integers",
        lambda torch: torch.ones(2, dtype=torch.int64).mean(),
        RuntimeError,
        "mean(): could not infer output dtype",
    ),
    mistake(
        "mean of booleans along a dim",
        lambda torch: torch.ones(2, dtype=torch.bool).mean(0),
        RuntimeError,
        "mean(): could not infer output dtype",
    ),
    mistake(
        "std of integers",
        lambda torch: torch.ones(2, dtype=torch.int64).std(),
        RuntimeError,
        "std and var only support floating point and complex dtypes",
    ),
    mistake(
        "var of integers",
        lambda torch: torch.ones(2, dtype=torch.int64).var(),
        RuntimeError,
        "std and var only support floating point and complex dtypes",
    ),
    mistake(
        "norm of integers",
        lambda torch: torch.ones(2, dtype=torch.int64).norm(),
        RuntimeError,
        "linalg.vector_norm: Expected a floating point or complex tensor as input",
    ),
    mistake(
        "softmax of integers",
        lambda torch: torch.ones(2, dtype=torch.int64).softmax(0),
        NotImplementedError,
        "not implemented for 'Long'",
    ),
    mistake(
        "softmax of a dim out of range",
        lambda torch: torch.ones(2).softmax(1),
        IndexError,
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
    ),
    mistake(
        "log_softmax of integers",
        lambda torch: torch.ones(2, dtype=torch.int64).log_softmax(0),
        NotImplementedError,
        "not implemented for 'Long'",
    ),
    mistake(
        "logsumexp of a dim out of range",
        lambda torch: torch.ones(2).logsumexp(1),
        IndexError,
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
    ),
    mistake(
        "max of nothing",
        lambda torch: torch.ones(0).max(),
        RuntimeError,
        "max(): Expected reduction dim to be specified for input.numel() == 0",
    ),
    mistake(
        "max along an empty dim",
        lambda torch: torch.ones(2, 0).max(1),
        IndexError,
        "max(): Expected reduction dim 1 to have non-zero size",
    ),
    mistake(
        "amax along an empty dim",
        lambda torch: torch.ones(2, 0).amax(1),
        IndexError,
        "amax(): Expected reduction dim 1 to have non-zero size",
    ),
    mistake(
        "argmax of nothing",
        lambda torch: torch.ones(0).argmax(),
        IndexError,
        "argmax(): Expected reduction dim to be specified for input.numel() == 0",
    ),
    mistake(
        "argmax along an empty dim",
        lambda torch: torch.ones(2, 0).argmax(1),
        IndexError,
        "argmax(): Expected reduction dim 1 to have non-zero size",
    ),
    mistake(
        "median along an empty dim",
        lambda torch: torch.ones(2, 0).median(1),
        IndexError,
        "median(): Expected reduction dim 1 to have non-zero size",
    ),
    mistake(
        "max of a dim out of range",
        lambda torch: torch.ones(2, 3).max(2),
        IndexError,
        "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
    ),
    mistake(
        "max of complex numbers",
        lambda torch: torch.ones(2, dtype=torch.complex64).max(),
        NotImplementedError,
        "not implemented for 'ComplexFloat'",
    ),
    mistake(
        "cumsum of a dim out of range",
        lambda torch: torch.ones(2).cumsum(1),
        IndexError,
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
    ),
    mistake(
        "cumsum without a dim",
        lambda torch: torch.ones(2).cumsum(),
        TypeError,
        "cumsum() missing 1 required positional",
    ),
    mistake(
        "prod of two dims",
        lambda torch: torch.ones(2, 3).prod((0, 1)),
        TypeError,
        "prod()",
    ),
)
