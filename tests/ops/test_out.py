"""`out=` receives what the function returns, without a graph."""

import numpy as np
import pytest
from tests.samples import CASES
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

import chainrule as torch

# Forms of a call that PyTorch knows without out= only.
WITHOUT = {
    "median(5)",
    "median(3x4)",
    "std(2x3x4,False)",
    "std(5,unbiased=False)",
    "var(2x3x4,False)",
    "var(5,unbiased=False)",
    "where(bool[1 0 1 0 0 1],2x3,0.5)",
    "where(bool[1 0 1 0 0 1],2,2x3)",
}
# Where PyTorch lets out= pass although an input requires grad.
UNGUARDED = {"diag", "softmax"}


def takes_out(case):
    kwargs = case.sample.kwargs
    return (
        "out" in case.operation.forms
        and str(case) not in WITHOUT
        and not kwargs.get("as_tuple", False)
        and not case.operation.random
    )


TAKING_OUT = [case for case in CASES if takes_out(case)]
FIRST = {case.operation.name: case for case in reversed(TAKING_OUT)}
DIFFERENTIABLE = [
    case
    for case in FIRST.values()
    if case.operation.differentiable and case.operation.name not in UNGUARDED
]


def call_out(case, inputs, outs):
    args, kwargs = arguments(torch, case, inputs)
    out = outs[0] if len(outs) == 1 else tuple(outs)
    return caller(torch, case.operation, "out")(*args, **kwargs, out=out)


@pytest.mark.parametrize("case", TAKING_OUT, ids=str)
def test_the_result_is_written_into_out(case):
    inputs = tensors(torch, arrays(case))
    expected = parts(call(torch, case, inputs))
    outs = [torch.empty(one.shape, dtype=one.dtype) for one in expected]

    result = parts(call_out(case, inputs, outs))

    for one, out, other in zip(result, outs, expected, strict=True):
        assert one is out
        np.testing.assert_allclose(array_of(out), array_of(other), rtol=1e-13)


@pytest.mark.parametrize("case", FIRST.values(), ids=str)
def test_an_empty_out_is_given_the_shape_of_the_result(case):
    inputs = tensors(torch, arrays(case))
    expected = parts(call(torch, case, inputs))
    outs = [torch.empty(0, dtype=one.dtype) for one in expected]

    call_out(case, inputs, outs)

    for out, other in zip(outs, expected, strict=True):
        assert out.shape == other.shape
        np.testing.assert_allclose(array_of(out), array_of(other), rtol=1e-13)


@pytest.mark.parametrize("case", FIRST.values(), ids=str)
def test_an_out_with_gaps_keeps_them(case):
    inputs = tensors(torch, arrays(case))
    expected = parts(call(torch, case, inputs))
    blocks = [
        torch.from_numpy(np.full((*one.shape, 2), 7, array_of(one).dtype)) for one in expected
    ]

    call_out(case, inputs, [block[..., 1] for block in blocks])

    for block, other in zip(blocks, expected, strict=True):
        np.testing.assert_allclose(array_of(block)[..., 1], array_of(other), rtol=1e-13)
        np.testing.assert_array_equal(array_of(block)[..., 0], np.full_like(array_of(other), 7))


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_out_does_not_record(case):
    values = arrays(case)
    inputs = tensors(torch, values, differentiated(case, values))
    with torch.no_grad():
        outs = [torch.empty(one.shape, dtype=one.dtype) for one in parts(call(torch, case, inputs))]

    if differentiated(case, values):
        with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
            call_out(case, inputs, outs)
    with torch.no_grad():
        call_out(case, inputs, outs)

    assert not any(out.requires_grad for out in outs)


def test_an_out_of_another_shape_is_resized_with_a_warning():
    out = torch.empty(5)

    with pytest.warns(UserWarning, match="An output with one or more elements was resized"):
        torch.add(torch.ones(2, 3), 1, out=out)

    assert out.shape == (2, 3)


@pytest.mark.parametrize(
    ("call", "phrase"),
    [
        (
            lambda: torch.exp(torch.ones(2), out=torch.empty(2, dtype=torch.int64)),
            "result type Float can't be cast to the desired output type Long",
        ),
        (
            lambda: torch.add(torch.ones(2), 1, out=torch.empty(2, dtype=torch.bool)),
            "result type Float can't be cast to the desired output type Bool",
        ),
        (
            lambda: torch.add(torch.ones(2), 1j, out=torch.empty(2)),
            "result type ComplexFloat can't be cast to the desired output type Float",
        ),
    ],
)
def test_an_out_that_cannot_hold_the_result_is_refused(call, phrase):
    with pytest.raises(RuntimeError, match=phrase):
        call()


def test_an_out_of_a_wider_dtype_receives_the_result_of_the_narrower_one():
    out = torch.empty(2, dtype=torch.float64)

    torch.add(torch.tensor([1, 2]), torch.tensor([0.1, 0.2]), out=out)

    np.testing.assert_allclose(out.numpy(), [1.1, 2.2], rtol=1e-7)


def test_an_out_that_requires_grad_is_refused():
    out = torch.empty(2, requires_grad=True)

    with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
        torch.add(torch.ones(2), 1, out=out)
