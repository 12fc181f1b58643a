"""Which sizes and types of matrices may be multiplied, and what is said when they may not.

Apart from the products, whose direct way to BLAS checks the sizes itself: only what does not
fit, or needs NumPy's slower way, comes here.
"""

from __future__ import annotations

from chainrule._core.types import dtype_of

C_NAMES = {
    "bool": "bool", "uint8": "unsigned char", "int8": "signed char", "int16": "short",
    "int32": "int", "int64": "long int", "float16": "c10::Half", "bfloat16": "c10::BFloat16",
    "float32": "float", "float64": "double", "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}  # fmt: skip


def check_matrices(x, y) -> None:
    """x @ y of two matrices."""
    if x.shape[1] != y.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({_sizes(x)} and {_sizes(y)})"
        )
    a, b = dtype_of(x), dtype_of(y)
    if a is not b:
        raise RuntimeError(
            "expected m1 and m2 to have the same dtype, but got: "
            f"{C_NAMES[a.name]} != {C_NAMES[b.name]}"
        )
    refuse_bool(a, "addmm_impl_cpu_")


def check_matrix_vector(x, y) -> None:
    if x.shape[1] != y.shape[0]:
        raise RuntimeError(
            f"size mismatch, got input ({x.shape[0]}), mat ({_sizes(x)}), vec ({y.shape[0]})"
        )
    a, b = dtype_of(x), dtype_of(y)
    if a is not b:
        raise RuntimeError(
            "addmv input tensors must have the same dtype, but got "
            f"{b.legacy}, {a.legacy}, and {b.legacy}"
        )
    refuse_bool(a, "addmv_impl_cpu")


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
    expected = [*x.shape[:-2], x.shape[-1]]
    found = list(y.shape[:-1])
    if expected != found:
        if len(expected) > 2:
            expected, found = [_count(x), x.shape[-1]], [_count(y), y.shape[-2]]
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: {expected} but got: "
            f"{found}."
        )
    a, b = dtype_of(x), dtype_of(y)
    if a is not b:
        raise RuntimeError(f"expected scalar type {a.legacy} but found {b.legacy}")
    refuse_bool(a, "bmm")


def check_sum(x, y, z) -> None:
    """x + y @ z, x expanded."""
    a, b, c = dtype_of(x), dtype_of(y), dtype_of(z)
    if y.shape[1] != z.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({_sizes(y)} and {_sizes(z)})"
        )
    if b is not c:
        raise RuntimeError(
            f"mat1 and mat2 must have the same dtype, but got {b.legacy} and {c.legacy}"
        )
    if a is not b:
        raise RuntimeError(
            f"self and mat2 must have the same dtype, but got {a.legacy} and {c.legacy}"
        )
    check_expands(x, (y.shape[0], z.shape[1]))
    refuse_bool(a, "addmm_impl_cpu_")


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
        if have != want and have != 1:
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


def _count(x) -> int:
    count = 1
    for extent in x.shape[:-2]:
        count *= extent
    return count
