"""gradcheck in forward mode finds wrong tangents, and only those.

Apart from test_gradcheck, which judges backward.
"""

import pytest
from tests.autograd.derivatives import custom, double, points

import chainrule as torch
from chainrule.autograd import Function, gradcheck, gradgradcheck

MODES = pytest.mark.parametrize("fast_mode", [False, True], ids=["slow", "fast"])
POINTS = pytest.mark.parametrize("point", [double(0.5, 2.0), points(1 + 2j, 2.0)], ids=str)
TooLarge = custom(lambda x: x * x, lambda g, x: 2 * x.conj() * g, lambda t, x: 3 * x * t)
Conjugated = custom(lambda z: z * 2, lambda g, z: g * 2, lambda t, z: (t * 2).conj())
Silent = custom(lambda x: x * 2, lambda g, x: g * 2)


@MODES
@POINTS
@pytest.mark.parametrize(
    "function", [torch.exp, torch.prod, torch.abs, lambda x: (x**3, x.real), lambda x: x.sum() * x]
)
def test_right_tangents_pass(function, point, fast_mode):
    options = {"check_forward_ad": True, "check_backward_ad": False, "fast_mode": fast_mode}

    assert gradcheck(function, (point,), **options)


@POINTS
def test_the_gradient_passes_in_forward_mode(point):
    assert gradgradcheck(lambda x: x**3, (point,), check_fwd_over_rev=True)
    assert gradgradcheck(
        torch.exp,
        (point,),
        check_fwd_over_rev=True,
        check_rev_over_rev=False,
        check_undefined_grad=False,
    )


@MODES
@pytest.mark.parametrize(
    ("function", "point", "message"),
    [
        (TooLarge.apply, double(1.0, 2.0), "^Jacobian computed with forward mode mismatch for"),
        (
            Conjugated.apply,
            points(1 + 2j, 2.0),
            "imaginary part of complex inputs only, Jacobian computed with forward mode mismatch",
        ),
    ],
)
def test_a_wrong_tangent_is_found(function, point, message, fast_mode):
    assert gradcheck(function, (point,), fast_mode=fast_mode)
    with pytest.raises(RuntimeError, match=message):
        gradcheck(function, (point,), check_forward_ad=True, fast_mode=fast_mode)


def test_a_function_without_a_jvp_is_refused():
    with pytest.raises(NotImplementedError, match="You must implement the jvp function"):
        gradcheck(Silent.apply, (double(1.0, 2.0),), check_forward_ad=True)


class OfTwo(Function):
    """x * 2 and y * 3; the jvp is given below."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.set_materialize_grads(False)
        return x * 2, y * 3

    @staticmethod
    def backward(ctx, g, h):
        return g * 2 if g is not None else None, h * 3 if h is not None else None


def test_undefined_tangents_are_tried():
    class Right(OfTwo):
        @staticmethod
        def jvp(ctx, t, u):
            nothing = torch.zeros(1, dtype=torch.float64)
            return nothing if t is None else t * 2, nothing if u is None else u * 3

    class Wrong(Right):
        @staticmethod
        def jvp(ctx, t, u):
            first, second = Right.jvp(ctx, t, u)
            return first + (t is None), second

    inputs = (double(1.0), double(2.0))

    assert gradcheck(Right.apply, inputs, check_forward_ad=True)
    assert gradcheck(Wrong.apply, inputs, check_forward_ad=True, check_undefined_grad=False)
    with pytest.raises(RuntimeError, match="Mismatch in tangent values for output with index: 0"):
        gradcheck(Wrong.apply, inputs, check_forward_ad=True)
