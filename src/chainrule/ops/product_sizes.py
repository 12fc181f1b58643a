"""Which sizes and types of matrices may be multiplied, and what is said when they may not.

Apart from the products, whose direct way to BLAS checks the sizes itself: only what does not
fit, or needs NumPy's slower way, comes here.
"""

from __future__ import annotations

import math

from chainrule._core.types import dtype_of

# PyTorch's names of types in the message about two matrices.
C_NAMES = {
    "bool": "bool", "uint8": "unsigned char", "int8": "signed char", "int16": "short",
    "int32": "int", "int64": "long int", "float16": "c10::Half", "bfloat16": "c10::BFloat16",
    "float32": "float", "float64": "double", "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}  # fmt: skip


# ------------------------------------------------------------------------------------ products


def check_matrices(x, y) -> None:
    check_inner_sizes(x, y)
    a, b = dtype_of(x), dtype_of(y)
    if a is not b:
        raise RuntimeError(
            "expected m1 and m2 to have the same dtype, but got: "
            f"{C_NAMES[a.name]} != {C_NAMES[b.name]}"
        )
    refuse_bool(a, "addmm_impl_cpu_")


def check_inner_sizes(x, y) -> None:
    if x.shape[1] != y.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({_sizes(x)} and {_sizes(y)})"
        )


def check_matrix_vector(x, y) -> None:
    _check_vector_size(x.shape[0], x, y)
    _check_vector_types(y, x, y)


def _check_vector_size(rows: int, y, z) -> None:
    if y.shape[1] != z.shape[0] or rows not in (y.shape[0], 1):
        raise RuntimeError(
            f"size mismatch, got input ({rows}), mat ({_sizes(y)}), vec ({z.shape[0]})"
        )


def _check_vector_types(x, y, z) -> None:
    found = [dtype_of(x), dtype_of(y), dtype_of(z)]
    if not found[0] is found[1] is found[2]:
        raise RuntimeError(
            "addmv input tensors must have the same dtype, but got "
            f"{found[0].legacy}, {found[1].legacy}, and {found[2].legacy}"
        )
    refuse_bool(found[0], "addmv_impl_cpu")


def check_vectors(x, y) -> None:
    a, b = dtype_of(x), dtype_of(y)
    if a is not b:
        raise RuntimeError(
            f"dot : expected both vectors to have same dtype, but found {a.legacy} and {b.legacy}"
        )
    if x.shape != y.shape:
        m, n = x.size, y.size
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{m}] and src [{n}] to have the same "
            f"number of elements, but got {m} and {n} elements respectively"
        )
    refuse_bool(a, "dot")


def check_batches(x, y) -> None:
    check_batch_sizes(x, y)
    check_types(x, y, "bmm")


def check_types(x, y, kernel: str) -> None:
    """Two operands of one type, which is not bool."""
    a, b = dtype_of(x), dtype_of(y)
    if a is not b:
        raise RuntimeError(f"expected scalar type {a.legacy} but found {b.legacy}")
    refuse_bool(a, kernel)


def check_batch_sizes(x, y) -> None:
    if x.shape[:-2] != y.shape[:-2] or x.shape[-1] != y.shape[-2]:
        raise RuntimeError(
            "Expected size for first two dimensions of batch2 tensor to be: "
            f"{[math.prod(x.shape[:-2]), x.shape[-1]]} but got: "
            f"{[math.prod(y.shape[:-2]), y.shape[-2]]}."
        )


# ------------------------------------------------------------------- sums: x + y @ z, x expanded


def check_sum(x, y, z) -> None:
    for name, matrix in (("mat1", y), ("mat2", z)):
        if matrix.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix, got {matrix.ndim}-D tensor")
    _check_types("self", x, z)
    _check_types("mat1", y, z)
    check_inner_sizes(y, z)
    check_expands(x, (y.shape[0], z.shape[1]))
    refuse_bool(dtype_of(x), "addmm_impl_cpu_")


def _check_types(name: str, x, z) -> None:
    a, b = dtype_of(x), dtype_of(z)
    if a is not b:
        raise RuntimeError(
            f"{name} and mat2 must have the same dtype, but got {a.legacy} and {b.legacy}"
        )


def check_vector_sum(x, y, z) -> None:
    if x.ndim > 1 or y.ndim != 2 or z.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {x.ndim}, {y.ndim}, {z.ndim}")
    _check_vector_size(x.size, y, z)
    _check_vector_types(x, y, z)


def check_batch_total(x, y, z) -> None:
    _check_three_dimensions(y, z)
    if y.shape[0] != z.shape[0]:
        raise RuntimeError(
            f"batch1 and batch2 must have same number of batches, got {y.shape[0]} and {z.shape[0]}"
        )
    if y.shape[2] != z.shape[1]:
        raise RuntimeError(
            f"Incompatible matrix sizes for bmm ({y.shape[1]}x{y.shape[2]} and "
            f"{z.shape[1]}x{z.shape[2]})"
        )
    _check_types("self", x, z)
    _check_types("mat1", y, z)
    check_expands(x, (y.shape[1], z.shape[2]))
    refuse_bool(dtype_of(x), "addmm_impl_cpu_")


def check_batch_sum(x, y, z) -> None:
    _check_three_dimensions(y, z)
    check_batch_sizes(y, z)
    check_expands(x, (*y.shape[:2], z.shape[2]))
    found = [dtype_of(x), dtype_of(y), dtype_of(z)]
    if not found[0] is found[1] is found[2]:
        names = [C_NAMES[kind.name] for kind in found]
        raise RuntimeError(
            f"Input dtypes must be the same, got: input {names[0]}, batch1: {names[1]}, "
            f"batch2: {names[2]}"
        )
    refuse_bool(found[0], "baddbmm")


def _check_three_dimensions(y, z) -> None:
    for name, batch in (("batch1", y), ("batch2", z)):
        if batch.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor, got {batch.ndim}D")


def check_expands(x, target: tuple[int, ...]) -> None:
    """Whether x can be expanded to a shape."""
    if x.ndim > len(target):
        raise RuntimeError(
            f"expand(torch.{dtype_of(x).legacy}Tensor{{{list(x.shape)}}}, size={list(target)}): "
            f"the number of sizes provided ({len(target)}) must be greater or equal to the "
            f"number of dimensions in the tensor ({x.ndim})"
        )
    lead = len(target) - x.ndim
    for axis in reversed(range(x.ndim)):
        have, want = x.shape[axis], target[axis + lead]
        if have not in (want, 1):
            raise RuntimeError(
                f"The expanded size of the tensor ({want}) must match the existing size ({have}) "
                f"at non-singleton dimension {axis + lead}.  Target sizes: {list(target)}.  "
                f"Tensor sizes: {list(x.shape)}"
            )


def refuse_bool(dtype, kernel: str) -> None:
    if dtype.category == 0:
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Bool'")


def _sizes(x) -> str:
    return "x".join(map(str, x.shape))
