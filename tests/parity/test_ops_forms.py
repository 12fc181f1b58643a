"""Methods in place, out= and operators do as PyTorch's do, and every form PyTorch has is there."""

from operator import attrgetter

import numpy as np
import pytest
import torch as pytorch
from tests.parity.comparison import assert_same_outcome, on_both
from tests.samples import CASES, OPERATIONS
from tests.samples.differences import weights
from tests.samples.drive import (
    arguments,
    array_of,
    arrays,
    call,
    caller,
    differentiated,
    parts,
    tensors,
)
from tests.samples.operators import OPERATORS, OPERATORS_IN_PLACE, operands
from tests.samples.recorded import LETTERS

import chainrule

DETERMINISTIC = [case for case in CASES if not case.operation.random]
IN_PLACE = [
    case
    for case in DETERMINISTIC
    if "in_place" in case.operation.forms and hasattr(case.sample.inputs[0], "draw")
]
TAKING_OUT = [
    case
    for case in DETERMINISTIC
    if "out" in case.operation.forms and "as_tuple" not in case.sample.kwargs
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_the_forms_of_an_operation_are_those_of_pytorch(operation):
    name = operation.name.rpartition(".")[2]
    found = {
        "function": has(chainrule, operation.name) or operation.call is not None,
        "method": hasattr(chainrule.Tensor, name),
        "in_place": hasattr(chainrule.Tensor, f"{name}_"),
    }

    expected = {
        "function": has(pytorch, operation.name) or operation.call is not None,
        "method": hasattr(pytorch.Tensor, name),
        "in_place": hasattr(pytorch.Tensor, f"{name}_"),
    }

    assert found == expected
    assert operation.call or all(expected[form] for form in operation.forms - {"out"})


@pytest.mark.parametrize("dtype", LETTERS)
@pytest.mark.parametrize("case", IN_PLACE, ids=str)
def test_in_place_in_every_dtype(case, dtype):
    values = arrays(case, dtype)

    def run(library):
        inputs = tensors(library, values)
        before = array_of(inputs[0]).copy()
        try:
            result = call(library, case, inputs, "in_place")
        except Exception:
            np.testing.assert_array_equal(array_of(inputs[0]), before)  # a refusal changes nothing
            raise
        return [result, result is inputs[0], result._version, str(tuple(result.stride()))]

    found, expected = on_both(chainrule, pytorch, run)

    assert_same_outcome(found, expected)


@pytest.mark.parametrize(
    "case", [case for case in IN_PLACE if case.operation.differentiable], ids=str
)
def test_gradients_in_place(case):
    values = arrays(case)

    def run(library):
        places = differentiated(case, values)
        inputs = tensors(library, values, places)
        y = call(library, case, [inputs[0].clone(), *inputs[1:]], "in_place")
        (seed,) = weights([array_of(y)], case.seed)
        chosen = [inputs[place] for place in places]
        found = library.autograd.grad(y, chosen, library.from_numpy(seed), allow_unused=True)
        node = "" if case.operation.view else y.grad_fn.name()  # views in place have names apart
        return [node, *("none" if one is None else one for one in found)]

    found, expected = on_both(chainrule, pytorch, run)

    assert_same_outcome(found, expected)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
@pytest.mark.parametrize("case", TAKING_OUT, ids=str)
def test_out_of_every_dtype(case, dtype):
    values = arrays(case)

    def run(library):
        inputs = tensors(library, values)
        shapes = [part.shape for part in parts(call(library, case, inputs))]
        outs = [library.zeros(shape, dtype=getattr(library, dtype)) for shape in shapes]
        args, kwargs = arguments(library, case, inputs)
        out = outs[0] if len(outs) == 1 else tuple(outs)
        results = parts(caller(library, case.operation, "out")(*args, **kwargs, out=out))
        return [*results, all(one is other for one, other in zip(results, outs, strict=True))]

    found, expected = on_both(chainrule, pytorch, run)

    if expected.error is not None and "can't be cast" not in str(expected.error):
        pytest.skip("this kernel of PyTorch's writes into its own dtype only")
    if dtype == "int64" and expected.error is None and case.operation.name in ("cumsum", "cumprod"):
        pytest.skip("PyTorch would sum in the dtype of out, fractions cut off")
    assert_same_outcome(found, expected)


@pytest.mark.parametrize("dtype", LETTERS)
@pytest.mark.parametrize("record", OPERATORS + OPERATORS_IN_PLACE, ids=str)
def test_operators_in_every_dtype(record, dtype):
    drawn = operands(record, dtype)

    def run(library):
        made = [library.from_numpy(x.copy()) if isinstance(x, np.ndarray) else x for x in drawn]
        return [record.apply(*made)]

    found, expected = on_both(chainrule, pytorch, run)

    assert_same_outcome(found, expected)


def has(library, name):
    try:
        attrgetter(name)(library)
    except AttributeError:
        return False
    return True
