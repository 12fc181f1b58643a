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
    mistake(
        "argmax of booleans",
        lambda torch: torch.ones(2, dtype=torch.bool).argmax(),
        RuntimeError,
        "argmax(): does not support bool input",
    ),
    mistake(
        "max of complex numbers along a dim",
        lambda torch: torch.ones(2, dtype=torch.complex64).max(0),
        RuntimeError,
        "max(): does not support complex input",
    ),
    mistake(
        "topk of booleans",
        lambda torch: torch.ones(2, dtype=torch.bool).topk(1),
        RuntimeError,
        "topk does not support bool dtypes on CPU",
    ),
    mistake(
        "kthvalue of booleans",
        lambda torch: torch.ones(2, dtype=torch.bool).kthvalue(1),
        NotImplementedError,
        "\"kthvalue_cpu\" not implemented for 'Bool'",
    ),
    mistake(
        "kthvalue of nothing",
        lambda torch: torch.ones(0).kthvalue(1),
        IndexError,
        "kthvalue(): Expected reduction dim 0 to have non-zero size",
    ),
    mistake(
        "median of complex numbers",
        lambda torch: torch.ones(2, dtype=torch.complex64).median(),
        NotImplementedError,
        "\"median_cpu\" not implemented for 'ComplexFloat'",
    ),
    mistake(
        "nanmean of integers",
        lambda torch: torch.ones(2, dtype=torch.int64).nanmean(),
        RuntimeError,
        "nanmean(): expected input to have floating point or complex dtype but got Long",
    ),
    mistake(
        "nansum of complex numbers",
        lambda torch: torch.ones(2, dtype=torch.complex64).nansum(),
        RuntimeError,
        "nansum on CPU does not support complex inputs",
    ),
    mistake(
        "logcumsumexp of integers",
        lambda torch: torch.ones(2, dtype=torch.int64).logcumsumexp(0),
        NotImplementedError,
        "\"logcumsumexp_out_cpu\" not implemented for 'Long'",
    ),
    mistake(
        "cummax of complex numbers",
        lambda torch: torch.ones(2, dtype=torch.complex64).cummax(0),
        NotImplementedError,
        "\"cummax_cpu\" not implemented for 'ComplexFloat'",
    ),
    mistake(
        "cumsum in place in another dtype",
        lambda torch: torch.ones(2).cumsum_(0, dtype=torch.float64),
        RuntimeError,
        "Bad in-place call: input tensor dtype",
    ),
    mistake(
        "cumsum of booleans in place",
        lambda torch: torch.ones(2, dtype=torch.bool).cumsum_(0),
        NotImplementedError,
        "\"cumsum_out_cpu\" not implemented for 'Bool'",
    ),
    mistake(
        "aminmax of nothing",
        lambda torch: torch.ones(0).aminmax(),
        RuntimeError,
        "aminmax(): cannot compute aminmax over an empty dimension",
    ),
    mistake(
        "norm in a narrower dtype",
        lambda torch: torch.ones(2).double().norm(dtype=torch.float32),
        RuntimeError,
        "linalg.vector_norm: the dtype of the input (Double) should be convertible without narrowing",
    ),
    mistake(
        "norm of complex numbers in a real dtype",
        lambda torch: torch.ones(2, dtype=torch.complex64).norm(dtype=torch.float64),
        RuntimeError,
        "linalg.vector_norm: dtype should be complex for complex inputs, but got Double",
    ),
    mistake(
        "largest norm of nothing",
        lambda torch: torch.ones(0).norm(float("inf")),
        RuntimeError,
        "linalg.vector_norm cannot compute the inf norm on",
    ),
    mistake(
        "dist of integers",
        lambda torch: torch.dist(
            torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.int64)
        ),
        RuntimeError,
        "norm(): input dtype should be either floating point or complex. Got Long instead",
    ),
    mistake(
        "dist to a number",
        lambda torch: torch.dist(torch.ones(2), 1.0),
        TypeError,
        "dist(): argument 'other' (position 2) must be Tensor, not float",
    ),
    mistake(
        "sum of a list",
        lambda torch: torch.sum([1.0]),
        TypeError,
        "sum(): argument 'input' (position 1) must be Tensor, not list",
    ),
    mistake(
        "softmax without a dim that is one",
        lambda torch: torch.ones(2).softmax(None),
        TypeError,
        "softmax(): argument 'dim'",
    ),
    mistake(
        "mean in an integer dtype",
        lambda torch: torch.ones(2).mean(dtype=torch.int64),
        RuntimeError,
        "mean(): could not infer output dtype. Optional dtype must be",
    ),
    mistake(
        "var with both corrections",
        lambda torch: torch.ones(2).var(0, unbiased=True, correction=1),
        TypeError,
        "var() received an invalid combination of arguments",
    ),
)
