"""Real and complex operands of one operation: values, types and both gradients are PyTorch's.

Apart from test_ops_gradient, where all operands of a case are of one type. The gradient in a real
operand is real, whatever it met.
"""

import itertools

import numpy as np
import pytest
import torch as pytorch
from tests.parity.comparison import assert_same_outcome, on_both
from tests.samples import DIFFERENTIABLE
from tests.samples.differences import weights
from tests.samples.drive import array_of, arrays, call, parts, tensors, variable

import chainrule

# What PyTorch says where it has a value, and cannot differentiate for types that are mixed.
REFUSALS_TO_MIX = (
    "isFloatingType(grad.scalar_type())",
    "must have the same dtype",
    "Converting complex Scalar to non-complex type",
)


def mixtures():
    """Each case with more than one operand, in each way to make some of them complex."""
    for case in DIFFERENTIABLE:
        places = variable(case)
        if len(places) > 3 or not all(array.size for array in arrays(case)):
            continue
        for kinds in itertools.product("rc", repeat=len(places)):
            if len(set(kinds)) > 1:
                yield pytest.param(case, places, kinds, id=f"{case}-{''.join(kinds)}")


def mixed(case, places, kinds):
    """The case's arrays, of these kinds at these places."""
    real, turned = arrays(case, "float64"), arrays(case, "complex128")
    for place, kind in zip(places, kinds, strict=True):
        if kind == "c":
            real[place] = turned[place]
    return real


def results(library, case, values, places):
    """The values, and the gradients in each operand of the results weighed at random."""
    inputs = tensors(library, values, places)
    outputs = parts(call(library, case, inputs))
    kept = [y for y in outputs if y.requires_grad]
    seeds = weights([array_of(y) for y in kept], case.seed)
    chosen = [inputs[place] for place in places if inputs[place].requires_grad]
    found = library.autograd.grad(
        kept, chosen, [library.from_numpy(w) for w in seeds], allow_unused=True
    )
    gradients = [
        np.zeros_like(array_of(x)) if one is None else one
        for x, one in zip(chosen, found, strict=True)
    ]
    return outputs + gradients


@pytest.mark.parametrize(("case", "places", "kinds"), list(mixtures()))
def test_real_and_complex_operands_mix(case, places, kinds):
    values = mixed(case, places, kinds)

    found, expected = on_both(
        chainrule, pytorch, lambda library: results(library, case, values, places)
    )

    if any(words in str(expected.error) for words in REFUSALS_TO_MIX) and found.error is None:
        pytest.skip("PyTorch cannot differentiate, or even compute, this mixture")
    assert_same_outcome(found, expected)
