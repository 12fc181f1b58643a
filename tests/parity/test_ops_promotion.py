"""Operands of two dtypes, tensors or numbers, of any rank: the result has PyTorch's dtype."""

import itertools

import numpy as np
import pytest
import torch as pytorch
from tests.parity.comparison import assert_same_outcome, on_both
from tests.samples.arrays import cast
from tests.samples.recorded import LETTERS

import chainrule

NUMBERS = (True, 2, 2.5, 2.5 + 1j)
RANKS = ((1, 1), (1, 0), (0, 1), (0, 0))
VALUES = np.array([1.0, 2.0, 3.0])

BINARY = {
    "add": lambda torch, x, y: torch.add(x, y),
    "sub": lambda torch, x, y: torch.sub(x, y),
    "mul": lambda torch, x, y: x * y,
    "div": lambda torch, x, y: x / y,
    "floor_divide": lambda torch, x, y: x // y,
    "remainder": lambda torch, x, y: x % y,
    "pow": lambda torch, x, y: x**y,
    "eq": lambda torch, x, y: x == y,
    "lt": lambda torch, x, y: x < y,
    "logical_and": lambda torch, x, y: torch.logical_and(x, y),
    "bitwise_and": lambda torch, x, y: x & y,
    "maximum": lambda torch, x, y: torch.maximum(x, y),
    "where": lambda torch, x, y: torch.where(torch.tensor(True), x, y),
    "atan2": lambda torch, x, y: torch.atan2(x, y),
    "logaddexp": lambda torch, x, y: torch.logaddexp(x, y),
    "cat": lambda torch, x, y: torch.cat([x, y]),
    "stack": lambda torch, x, y: torch.stack([x, y]),
    "matmul": lambda torch, x, y: x @ y,
    "lerp": lambda torch, x, y: torch.lerp(x, y, 0.5),
    "clamp": lambda torch, x, y: torch.clamp(x, y),
    "add_": lambda torch, x, y: x.add_(y),
    "mul_": lambda torch, x, y: x.mul_(y),
    "div_": lambda torch, x, y: x.div_(y),
    "copy_": lambda torch, x, y: x.copy_(y),
    "setitem": lambda torch, x, y: _assigned(x, y),
    "result_type": lambda torch, x, y: torch.result_type(x, y),
}
WITH_NUMBERS = [
    name
    for name in BINARY
    if name not in ("maximum", "atan2", "logaddexp", "cat", "stack", "matmul", "lerp", "copy_")
]


def _assigned(x, y):
    x[...] = y
    return x


# Drawn once: NumPy would blame its own conversions for flags that PyTorch's kernels leave behind.
ARRAYS = {
    (dtype, rank): cast(VALUES if rank else VALUES[1], dtype)
    for dtype in LETTERS
    for rank in (0, 1)
}


def _tensor(library, dtype, rank):
    return library.from_numpy(ARRAYS[dtype, rank].copy())


def _comparable(result):
    """A dtype compares by name, so that either library's can be compared."""
    return result if hasattr(result, "shape") else str(result).rpartition(".")[2]


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize(("left", "right"), list(itertools.product(LETTERS, LETTERS)))
def test_two_tensors(name, left, right):
    for rank, other_rank in RANKS:

        def run(library, rank=rank, other_rank=other_rank):
            x, y = _tensor(library, left, rank), _tensor(library, right, other_rank)
            return [_comparable(BINARY[name](library, x, y))]

        found, expected = on_both(chainrule, pytorch, run)

        assert_same_outcome(found, expected)


@pytest.mark.parametrize("name", WITH_NUMBERS)
@pytest.mark.parametrize("number", NUMBERS, ids=repr)
@pytest.mark.parametrize("dtype", LETTERS)
def test_a_tensor_and_a_number(name, dtype, number):
    for rank, reflected in itertools.product((1, 0), (False, True)):

        def run(library, rank=rank, reflected=reflected):
            x = _tensor(library, dtype, rank)
            operands = (number, x) if reflected else (x, number)
            return [_comparable(BINARY[name](library, *operands))]

        if reflected and (name.endswith("_") or name in ("setitem", "clamp", "add", "sub")):
            continue
        found, expected = on_both(chainrule, pytorch, run)

        assert_same_outcome(found, expected)
