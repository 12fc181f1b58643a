"""COO arrays: an array by the places and values of those of its elements that are not zero.

Apart from the ops that take them (sparse.py): a COO array stands below a tensor where else one
of NumPy's does, and here is what it is, and that it refuses to be taken for one of those.

Note: a COO array runs ops itself. The core hands an op that meets an array which is none of NumPy's
to that array's `run`. KERNELS holds the kernels that take COO arrays, by the kernel of the op
for NumPy's arrays; whatever is not there is refused, by name.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy

from chainrule._core.kernels import call_quietly
from chainrule._core.types import dtype_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from chainrule._core.operation import Op

KERNELS: dict[object, Callable] = {}


def on_coo(op: Op) -> Callable[[Callable], Callable]:
    """Decorator: what `op` does where one of its operands is a COO array."""

    def register(kernel: Callable) -> Callable:
        KERNELS[op.kernel] = kernel
        return kernel

    return register


PURPOSE = (
    "Sparse tensors are there for gradients: they can be added, scaled and coalesced. Use "
    "to_dense() for a tensor that every operation takes."
)


def refusal(name: str) -> NotImplementedError:
    """What is raised where there is no way to do something with a sparse tensor."""
    return NotImplementedError(
        f"Could not run 'aten::{name}' with arguments from the 'SparseCPU' backend. {PURPOSE}"
    )


class CooArray:
    """`values[k]` at the place `indices[:, k]`; where a place comes twice, their sum.

    The first dimensions of `shape`, as many as `indices` has rows, are sparse; the rest are
    those of each value. `coalesced`: every place comes once, and they are in order.
    """

    __slots__ = ("_coalesced", "indices", "shape", "values")

    def __init__(
        self,
        indices: numpy.ndarray,
        values: numpy.ndarray,
        shape: tuple[int, ...],
        coalesced: bool = False,
    ) -> None:
        self.indices, self.values, self.shape = indices, values, tuple(shape)
        self._coalesced = coalesced

    # ---- what a tensor asks of the array below it

    @property
    def dtype(self) -> numpy.dtype:
        """Of the values."""
        return self.values.dtype

    @property
    def ndim(self) -> int:
        """The number of dimensions, sparse and dense."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many elements there would be, were it dense."""
        return math.prod(self.shape)

    @property
    def itemsize(self) -> int:
        """The bytes of one value."""
        return self.values.itemsize

    def copy(self, order: str = "C") -> CooArray:
        """The same, in memory of its own."""
        return CooArray(
            self.indices.copy(), self.values.copy(order="C"), self.shape, self._coalesced
        )

    def astype(self, dtype: numpy.dtype, copy: bool = True) -> CooArray:
        """The same with values of another type."""
        return self.with_values(self.values.astype(dtype, copy=copy))

    def fill(self, value: complex) -> None:
        """Be all zero, which is to hold nothing; other numbers are refused."""
        if value != 0:
            raise refusal("fill_.Scalar")
        nothing = slice(0, 0)
        self.indices, self.values = self.indices[:, nothing], self.values[nothing]

    def run(self, op: Op, arrays: tuple, parameters: dict | None) -> Any:
        """The result of an op one of whose operands is this array."""
        kernel = KERNELS.get(op.kernel)
        if kernel is None:
            raise refusal(op.name)
        return call_quietly(kernel, numpy, *arrays, **(parameters or {}))

    # ---- what only a COO array is asked

    @property
    def sparse_dim(self) -> int:
        """How many dimensions the places have."""
        return self.indices.shape[0]

    @property
    def nnz(self) -> int:
        """How many values it holds."""
        return self.indices.shape[1]

    @property
    def coalesced(self) -> bool:
        """Whether every place is known to come once, in order."""
        return self._coalesced or self.nnz < 2

    def with_values(self, values: numpy.ndarray) -> CooArray:
        """Other values at the same places."""
        return CooArray(self.indices, values, self.shape, self._coalesced)

    def become(self, other: CooArray) -> None:
        """Hold what `other` holds: what a write in place amounts to."""
        self.indices, self.values = other.indices, other.values
        self._coalesced = other._coalesced

    def keys(self) -> numpy.ndarray:
        """The places as numbers, in the order of the places."""
        if not self.sparse_dim:
            return numpy.zeros(self.nnz, numpy.int64)
        return numpy.ravel_multi_index(tuple(self.indices), self.shape[: self.sparse_dim])

    def coalesce(self) -> CooArray:
        """The same array with every place once, in order."""
        if self.coalesced:
            return self
        keys = self.keys()
        order = numpy.argsort(keys, kind="stable")
        keys = keys[order]
        starts = numpy.flatnonzero(numpy.concatenate(([True], keys[1:] != keys[:-1])))
        values = numpy.add.reduceat(self.values[order], starts, axis=0, dtype=self.dtype)
        return CooArray(self.indices[:, order[starts]], values, self.shape, True)

    def dense(self) -> numpy.ndarray:
        """All elements, as one of NumPy's arrays."""
        out = numpy.zeros(self.shape, self.dtype)
        if self.nnz:
            once = self.coalesce()
            out[once.address] = once.parts
        return out

    @property
    def address(self) -> tuple:
        """The places as an index of a NumPy array."""
        return tuple(self.indices) or (...,)

    @property
    def parts(self) -> numpy.ndarray:
        """The values in the shape of what a dense array has at `address`."""
        return self.values if self.sparse_dim else self.values[0]

    # ---- NumPy's protocols, and what NumPy's arrays have and this has not

    def view(self, *arguments: object) -> NoReturn:
        """Refused: there is no memory of all elements to view."""
        raise TypeError("can't convert Sparse layout tensor to numpy. Use Tensor.to_dense() first.")

    __array__ = view

    @property
    def __array_interface__(self) -> NoReturn:
        raise RuntimeError(
            f"Cannot access data pointer of Tensor that doesn't have storage. {PURPOSE}"
        )

    def __array_ufunc__(self, ufunc: numpy.ufunc, *arguments: object, **keywords: Any) -> object:
        if ufunc is numpy.add and keywords.get("out"):
            return _add_into(*arguments[1:], *keywords["out"])
        raise refusal(ufunc.__name__)

    def __array_function__(
        self, function: Callable, types: object, arguments: tuple, keywords: dict
    ) -> None:
        if function is not numpy.copyto:
            raise refusal(function.__name__)
        target, source = arguments
        if not isinstance(target, CooArray) or not isinstance(source, CooArray):
            raise _unlike(target, source)
        target.become(source.astype(target.dtype, copy=False))

    def __len__(self) -> int:
        return self.shape[0]

    def __setitem__(self, place: object, source: object) -> None:
        if place is not ...:
            raise TypeError("Cannot assign to a sparse tensor")
        if not isinstance(source, CooArray):
            raise _unlike(self, source)
        self.become(source.copy())

    def __getitem__(self, place: object) -> NoReturn:
        raise refusal("index")

    def __getattr__(self, name: str) -> NoReturn:
        # Python and NumPy look for methods that this object does not have.
        if name.startswith("__") and not name.startswith("__dlpack"):
            raise AttributeError(name)
        raise NotImplementedError(
            "Could not run this function with arguments from the 'SparseCPU' backend: it asks for "
            f"`{name}`, which a sparse tensor does not have. {PURPOSE}"
        )

    def _not_compared(self, *others: object) -> NoReturn:
        raise refusal("eq")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _not_compared  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


def _add_into(x: object, y: CooArray, out: numpy.ndarray) -> numpy.ndarray:
    """out += y, where x is `out`: a dense gradient takes in a sparse one."""
    if x is not out or not isinstance(y, CooArray):
        raise refusal("add.out")
    once = y.coalesce()
    if once.nnz:
        out[once.address] += once.parts
    return out


def _unlike(target: Any, source: Any) -> RuntimeError:
    kinds = [
        f"torch.{'sparse.' if isinstance(x, CooArray) else ''}{dtype_of(x).legacy}Tensor"
        for x in (target, numpy.asarray(source) if not hasattr(source, "dtype") else source)
    ]
    return RuntimeError(
        "copy_() between dense and sparse Tensors is not implemented! Found self type = "
        f"{kinds[0]} and src type = {kinds[1]}"
    )
