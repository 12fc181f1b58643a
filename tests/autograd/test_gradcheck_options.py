"""Every option of gradcheck and gradgradcheck does what it says.

Apart from test_gradcheck, where the options are left alone.
"""

import itertools

import pytest
from tests.autograd.derivatives import custom, double, points

import chainrule as torch
from chainrule.autograd import gradcheck, gradgradcheck

MODES = pytest.mark.parametrize("fast_mode", [False, True], ids=["slow", "fast"])


def drifting():
    """x * x, whose backward gives a little more each time."""
    runs = itertools.count()
    return custom(lambda x: x * x, lambda g, x: (2 * x + 1e-9 * next(runs)) * g)


@MODES
def test_tolerances_decide(fast_mode):
    Nearly = custom(lambda x: x * 2, lambda g, x: g * 2.01)
    x = (double(1.0, 2.0),)

    assert not gradcheck(Nearly.apply, x, raise_exception=False, fast_mode=fast_mode)
    assert gradcheck(Nearly.apply, x, atol=0.1, fast_mode=fast_mode)
    assert gradcheck(Nearly.apply, x, rtol=0.1, fast_mode=fast_mode)


def test_eps_is_the_step():
    seen = []
    gradcheck(lambda x: seen.append(x.item()) or x * 2, (double(1.0),), eps=0.25)

    assert {0.75, 1.25} <= set(seen)


@MODES
def test_a_backward_that_drifts_is_found(fast_mode):
    with pytest.raises(RuntimeError, match=r"Backward is not reentrant, i\.e\., running backward"):
        gradcheck(drifting().apply, (double(1.0, 2.0),), fast_mode=fast_mode)


@MODES
def test_nondet_tol_allows_for_drifting(fast_mode):
    assert gradcheck(drifting().apply, (double(1.0, 2.0),), nondet_tol=1e-5, fast_mode=fast_mode)


def test_fast_mode_says_when_single_elements_are_close():
    row = torch.tensor([1e4, -3063.5], dtype=torch.float64)  # all but cancels in the projection
    nearly = torch.tensor([1.0005, 1.0], dtype=torch.float64)
    function = custom(lambda x: (row * x).sum(), lambda g, x: g * row * nearly).apply

    assert gradcheck(function, (double(1.0, 1.0),))
    with pytest.raises(RuntimeError, match="element-wise differences are small"):
        gradcheck(function, (double(1.0, 1.0),), fast_mode=True)


@pytest.mark.parametrize("check_undefined_grad", [True, False])
def test_cotangents_of_zeros_must_give_zeros(check_undefined_grad):
    Constant = custom(lambda x: x * 2, lambda g, x: g * 2 + (g == 0).all() * 1.0)

    with pytest.raises(RuntimeError, match="backward not multiplied by grad_output"):
        gradcheck(Constant.apply, (double(1.0, 2.0),), check_undefined_grad=check_undefined_grad)


def refuse(g, x):
    if g is None:
        raise RuntimeError("no cotangent")
    return g * 2


def make_something(g, x):
    return torch.ones_like(x) if g is None else g * 2


@pytest.mark.parametrize(
    ("backward", "message"),
    [
        (refuse, "Expected backward function to handle undefined output grads"),
        (make_something, "Expected all input grads to be undefined or zero"),
    ],
)
def test_undefined_cotangents_are_tried(backward, message):
    function = custom(lambda x: x * 2, backward, materialize=False).apply

    with pytest.raises(RuntimeError, match=message):
        gradcheck(function, (double(1.0, 2.0),))
    assert gradcheck(function, (double(1.0, 2.0),), check_undefined_grad=False)


def test_each_cotangent_alone_is_left_out():
    def backward(g, h, x):
        if g is None and h is not None and not h.any():
            return torch.ones_like(x)
        return sum(k * c for k, c in ((2, g), (3, h)) if c is not None) + torch.zeros_like(x)

    function = custom(lambda x: (x * 2, x * 3), backward, materialize=False).apply

    with pytest.raises(RuntimeError, match="without the cotangent of output 0 that of argument 0"):
        gradcheck(function, (double(1.0, 2.0),))


def test_grad_dtypes_are_those_of_the_inputs():
    Narrow = custom(lambda x: x * 2, lambda g, x: (g * 2).float())

    assert gradcheck(Narrow.apply, (double(1.0, 2.0),), check_grad_dtypes=True)


@pytest.mark.parametrize("masked", [True, False, None])
def test_masked_changes_nothing_for_dense_tensors(masked):
    assert gradcheck(lambda x: x * 2, (double(1.0),), masked=masked)


@pytest.mark.parametrize(
    "cotangents", [double(0.5, -1.0), (double(0.5, -1.0),), [double(0.5, -1.0).detach()]]
)
def test_cotangents_may_be_given(cotangents):
    assert gradgradcheck(lambda x: x**3, (double(1.0, 2.0),), cotangents)


@pytest.mark.parametrize("strided", [True, False])
@pytest.mark.parametrize("point", [double(1.0, 2.0), points(1 + 2j, 2.0)])
def test_cotangents_are_strided_on_demand(strided, point):
    seen = []
    Identity = custom(lambda x: x * 1, lambda g, x: seen.append(g) or g)
    gradgradcheck(
        Identity.apply, (point,), gen_non_contig_grad_outputs=strided, check_undefined_grad=False
    )

    assert {g.is_contiguous() for g in seen[:1]} == {not strided}


def test_a_function_without_differentiable_outputs_has_no_second_derivatives():
    assert gradgradcheck(lambda x: x.long(), (double(1.2, 2.2),))
