"""Mistakes: products of matrices whose sizes or dtypes do not fit.

Apart because their messages speak of matrices and inner sizes.
"""

from __future__ import annotations

from tests.samples.mistakes.mistake import mistake

MISTAKES = (
    mistake(
        "matmul of inner sizes",
        lambda torch: torch.ones(3, 4) @ torch.ones(5, 6),
        RuntimeError,
        "mat1 and mat2 shapes cannot be multiplied (3x4 and 5x6)",
    ),
    mistake(
        "matmul of a vector and a matrix",
        lambda torch: torch.ones(3) @ torch.ones(4, 2),
        RuntimeError,
        "mat1 and mat2 shapes cannot be multiplied (1x3 and 4x2)",
    ),
    mistake(
        "matmul of a matrix and a vector",
        lambda torch: torch.ones(3, 4) @ torch.ones(3),
        RuntimeError,
        "size mismatch, got input (3), mat (3x4), vec (3)",
    ),
    mistake(
        "matmul of vectors",
        lambda torch: torch.ones(3) @ torch.ones(4),
        RuntimeError,
        "inconsistent tensor size, expected tensor [3] and src [4] to have the same number",
    ),
    mistake(
        "matmul of batches",
        lambda torch: torch.ones(2, 3, 4) @ torch.ones(3, 4, 5),
        RuntimeError,
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton",
    ),
    mistake(
        "matmul of a scalar",
        lambda torch: torch.ones(2, 3) @ torch.tensor(1.0),
        RuntimeError,
        "both arguments to matmul need to be at least 1D, but they are 2D and 0D",
    ),
    mistake(
        "matmul of two dtypes",
        lambda torch: torch.ones(2, 2) @ torch.ones(2, 2, dtype=torch.float64),
        RuntimeError,
        "expected m1 and m2 to have the same dtype, but got: ",
    ),
    mistake(
        "matmul of a float and an integer matrix",
        lambda torch: torch.ones(2, 2) @ torch.ones(2, 2, dtype=torch.int64),
        RuntimeError,
        "expected m1 and m2 to have the same dtype, but got: ",
    ),
    mistake(
        "mm of a vector",
        lambda torch: torch.mm(torch.ones(3), torch.ones(3, 2)),
        RuntimeError,
        "self must be a matrix",
    ),
    mistake(
        "mm of inner sizes",
        lambda torch: torch.mm(torch.ones(3, 4), torch.ones(5, 6)),
        RuntimeError,
        "mat1 and mat2 shapes cannot be multiplied (3x4 and 5x6)",
    ),
    mistake(
        "bmm of a matrix",
        lambda torch: torch.bmm(torch.ones(3, 4), torch.ones(4, 5)),
        RuntimeError,
        "batch1 must be a 3D tensor",
    ),
    mistake(
        "bmm of batches",
        lambda torch: torch.bmm(torch.ones(2, 3, 4), torch.ones(3, 4, 5)),
        RuntimeError,
        "Expected size for first two dimensions of batch2 tensor to be: [2, 4] but got:",
    ),
    mistake(
        "mv of a matrix",
        lambda torch: torch.mv(torch.ones(3, 4), torch.ones(4, 1)),
        RuntimeError,
        "vector + matrix @ vector expected, got 1, 2, 2",
    ),
    mistake(
        "mv of sizes",
        lambda torch: torch.mv(torch.ones(3, 4), torch.ones(3)),
        RuntimeError,
        "size mismatch, got input (3), mat (3x4), vec (3)",
    ),
    mistake(
        "dot of matrices",
        lambda torch: torch.dot(torch.ones(2, 2), torch.ones(2, 2)),
        RuntimeError,
        "1D tensors expected, but got 2D and 2D tensors",
    ),
    mistake(
        "dot of sizes",
        lambda torch: torch.dot(torch.ones(2), torch.ones(3)),
        RuntimeError,
        "inconsistent tensor size, expected tensor [2] and src [3] to have the same number",
    ),
    mistake(
        "dot of dtypes",
        lambda torch: torch.dot(torch.ones(2), torch.ones(2, dtype=torch.float64)),
        RuntimeError,
        "dot : expected both vectors to have same dtype, but found Float and Double",
    ),
    mistake(
        "outer of matrices",
        lambda torch: torch.outer(torch.ones(2, 2), torch.ones(2)),
        RuntimeError,
        "outer: Expected 1-D argument self, but got 2-D",
    ),
    mistake(
        "addmm of sizes",
        lambda torch: torch.addmm(torch.ones(2, 2), torch.ones(2, 3), torch.ones(4, 2)),
        RuntimeError,
        "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x2)",
    ),
    mistake(
        "addmm of a misshapen summand",
        lambda torch: torch.addmm(torch.ones(3, 5), torch.ones(2, 3), torch.ones(3, 2)),
        RuntimeError,
        "The expanded size of the tensor (2) must match the existing size (5) at",
    ),
    mistake(
        "einsum with an unknown subscript",
        lambda torch: torch.einsum("ij->k", torch.ones(2, 2)),
        RuntimeError,
        "output subscript k does not appear in the equation for any input operand",
    ),
    mistake(
        "einsum with too few operands",
        lambda torch: torch.einsum("ij,jk->ik", torch.ones(2, 2)),
        RuntimeError,
        "fewer operands were provided than specified in the equation",
    ),
    mistake(
        "einsum of sizes",
        lambda torch: torch.einsum("ij,jk->ik", torch.ones(2, 3), torch.ones(4, 2)),
        RuntimeError,
        "subscript j has size 4 for operand 1 which does not broadcast with previously",
    ),
    mistake(
        "einsum of ranks",
        lambda torch: torch.einsum("ijk->i", torch.ones(2, 3)),
        RuntimeError,
        "the number of subscripts in the equation (3) does not match the number of",
    ),
    mistake(
        "tensordot of sizes",
        lambda torch: torch.tensordot(torch.ones(2, 3), torch.ones(4, 5), dims=1),
        RuntimeError,
        "contracted dimensions need to match, but first has size 3 in dim -1 and second",
    ),
    mistake(
        "linear of sizes",
        lambda torch: torch.nn.functional.linear(torch.ones(2, 3), torch.ones(4, 5)),
        RuntimeError,
        "mat1 and mat2 shapes cannot be multiplied (2x3 and 5x4)",
    ),
)
