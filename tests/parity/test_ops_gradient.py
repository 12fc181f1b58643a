"""Every operation's first and second gradients, node names and flags are PyTorch's."""

import numpy as np
import pytest
import torch as pytorch
from tests.parity.comparison import assert_same_outcome, on_both
from tests.samples import CASES, DIFFERENTIABLE, LAID_OUT
from tests.samples.differences import weights
from tests.samples.drive import array_of, arrays, call, differentiated, parts, tensors

import chainrule

LAID_OUT_AND_DIFFERENTIABLE = [
    (case, layout) for case, layout in LAID_OUT if case in DIFFERENTIABLE and layout != "contiguous"
]


def first_gradients(library, case, values, create_graph=False):
    """The differentiable inputs, and the gradients of the results in them, weighed at random."""
    places = differentiated(case, values)
    inputs = tensors(library, values, places)
    outputs = parts(call(library, case, inputs))
    seeds = weights([array_of(output) for output in outputs], case.seed)
    kept = [
        (y, library.from_numpy(w)) for y, w in zip(outputs, seeds, strict=True) if y.requires_grad
    ]
    chosen = [inputs[place] for place in places]
    return chosen, library.autograd.grad(
        [y for y, _ in kept],
        chosen,
        [w for _, w in kept],
        create_graph=create_graph,
        allow_unused=True,
    )


def shown(gradients):
    """None compares as None, a tensor as its numbers."""
    return ["none" if one is None else one for one in gradients]


def compare_first(case, dtype, layout="contiguous"):
    values = arrays(case, dtype, layout)

    found, expected = on_both(
        chainrule, pytorch, lambda library: shown(first_gradients(library, case, values)[1])
    )

    assert_same_outcome(found, expected)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "complex128"])
@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_gradients_in_every_dtype(case, dtype):
    compare_first(case, dtype)


@pytest.mark.parametrize(("case", "layout"), LAID_OUT_AND_DIFFERENTIABLE, ids=str)
def test_gradients_in_every_layout(case, layout):
    compare_first(case, "float32", layout)


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_second_gradients(case, dtype):
    values = arrays(case, dtype)

    def run(library):
        chosen, first = first_gradients(library, case, values, create_graph=True)
        kept = [one for one in first if one is not None and one.requires_grad]
        seeds = weights([array_of(one) for one in kept], case.seed + 1)
        found = [None] * len(chosen)
        if kept:
            seeds = list(map(library.from_numpy, seeds))
            found = library.autograd.grad(kept, chosen, seeds, allow_unused=True)
        return [
            np.zeros_like(array_of(x)) if one is None else one
            for one, x in zip(found, chosen, strict=True)
        ]

    found, expected = on_both(chainrule, pytorch, run)

    assert_same_outcome(found, expected, rtol=1e-7)  # PyTorch's log of a base has few digits


@pytest.mark.parametrize("case", CASES, ids=str)
def test_flags_and_nodes(case):
    values = arrays(case)

    def run(library):
        inputs = tensors(library, values, differentiated(case, values))
        return [describe(part) for part in parts(call(library, case, inputs))]

    if case.operation.name == "floor_divide":
        pytest.skip(
            "PyTorch marks floor_divide as differentiable and then refuses to differentiate it"
        )
    found, expected = on_both(chainrule, pytorch, run)

    assert found.results == expected.results


def describe(part):
    if not hasattr(part, "grad_fn"):
        return part
    node = part.grad_fn and part.grad_fn.name()
    return part.requires_grad, part.is_leaf, node, part.output_nr
