"""gradcheck finds wrong derivatives, and only those.

Apart from the tests that use it: here it is the one to be judged.
"""

import pytest
from tests.autograd.derivatives import custom, double, points

import chainrule as torch
from chainrule.autograd import gradcheck, gradgradcheck

Right = custom(lambda x: x * x, lambda g, x: 2 * x * g)
TooLarge = custom(lambda x: x * x, lambda g, x: 3 * x * g)
NoSecond = custom(lambda x: x**3, lambda g, x: g * 3 * (x * x).detach())
NotConjugated = custom(lambda z: z * z, lambda g, z: 2 * z * g)

MODES = pytest.mark.parametrize("fast_mode", [False, True], ids=["slow", "fast"])
RIGHT = [
    torch.exp,
    torch.sin,
    lambda x: x @ x,
    lambda x: (x, x * 2),
    lambda x: [x * 2, x * 3],
    lambda x: x.sum() * x,
    lambda x: (x * 3, (x * 2).detach()),
    lambda x: x * (1 + 2j),
    lambda x: x[:0],
    Right.apply,
]


@MODES
@pytest.mark.parametrize("function", RIGHT)
def test_right_derivatives_pass(function, fast_mode):
    assert gradcheck(function, (double(0.5, -1.0, 2.0),), fast_mode=fast_mode)
    assert gradgradcheck(function, (double(0.5, -1.0, 2.0),), fast_mode=fast_mode)


@MODES
def test_a_wrong_derivative_is_found(fast_mode):
    with pytest.raises(
        RuntimeError, match="Jacobian mismatch for output 0 with respect to input 0"
    ):
        gradcheck(TooLarge.apply, (double(1.0, 2.0),), fast_mode=fast_mode)


@MODES
def test_without_raise_exception_a_wrong_derivative_is_false(fast_mode):
    assert not gradcheck(
        TooLarge.apply, (double(1.0, 2.0),), raise_exception=False, fast_mode=fast_mode
    )


@MODES
def test_output_and_input_are_told_apart(fast_mode):
    def function(x, y, constant):
        return x * constant, x.detach(), TooLarge.apply(y)

    inputs = (double(1.0, 2.0), double(1.0, 2.0), 3)

    with pytest.raises(RuntimeError, match="output 1 with respect to input 1"):
        gradcheck(function, inputs, fast_mode=fast_mode)


def test_the_report_says_where_the_largest_difference_is():
    with pytest.raises(
        RuntimeError, match=r"d output\[0, 1\] / d input\[0, 1\]: .* measured, 6.0 computed"
    ):
        gradcheck(TooLarge.apply, (double(1.0, 2.0).reshape(1, 2),))


@MODES
def test_a_wrong_second_derivative_is_found(fast_mode):
    assert gradcheck(NoSecond.apply, (double(1.0, 2.0),), fast_mode=fast_mode)
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        gradgradcheck(NoSecond.apply, (double(1.0, 2.0),), fast_mode=fast_mode)


@MODES
@pytest.mark.parametrize(
    "function",
    [
        lambda z: z * z,
        lambda z: z.abs(),
        lambda z: (z.real, z.conj() * z, torch.view_as_real(z)),
        lambda z: z.exp(),
    ],
)
def test_right_complex_derivatives_pass(function, fast_mode):
    assert gradcheck(function, (points(1 + 2j, -0.5j),), fast_mode=fast_mode)
    assert gradgradcheck(function, (points(1 + 2j, -0.5j),), fast_mode=fast_mode)


@MODES
def test_real_and_complex_inputs_are_checked_together(fast_mode):
    inputs = (points(1 + 2j, -0.5j), double(1.5, 2.0))

    assert gradcheck(lambda z, x: (z * x, z.imag, x**2), inputs, fast_mode=fast_mode)
    assert gradgradcheck(lambda z, x: (z * x, z.imag, x**2), inputs, fast_mode=fast_mode)


@MODES
def test_a_gradient_that_is_not_conjugated_is_found(fast_mode):
    with pytest.raises(RuntimeError, match="imaginary part of complex outputs only, Jacobian"):
        gradcheck(NotConjugated.apply, (points(1 + 2j, 2 - 1j),), fast_mode=fast_mode)


def test_a_wrong_real_half_is_found():
    with pytest.raises(RuntimeError, match="real part of complex outputs only, Jacobian"):
        gradcheck(lambda z: TooLarge.apply(z.real) + 1j * z.imag, (points(1 + 2j),))


@MODES
def test_an_output_that_was_detached_is_found(fast_mode):
    with pytest.raises(RuntimeError, match="Numerical gradient for function expected to be zero"):
        gradcheck(lambda x: x.detach() * 2, (double(1.0, 2.0),), fast_mode=fast_mode)


@MODES
def test_an_output_that_depends_on_nothing_passes(fast_mode):
    assert gradcheck(lambda x: double(1.0).detach(), (double(1.0, 2.0),), fast_mode=fast_mode)


def test_an_integer_output_is_not_checked():
    assert gradcheck(lambda x: (x * 2, (x * 2).long()), (double(1.2),))


def test_a_tensor_given_twice_moves_in_both_places():
    x = double(1.0, 2.0)

    assert gradcheck(lambda a, b: a * b, (x, x))


def test_a_parameter_that_the_function_holds_is_moved():
    layer = torch.nn.Linear(2, 3).double()
    x = double(1.0, 2.0)

    assert gradcheck(lambda *parameters: layer(x), tuple(layer.parameters()))


@MODES
@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1,), (2, 1, 2)])
def test_inputs_of_every_shape_are_checked(shape, fast_mode):
    x = torch.ones(shape, dtype=torch.float64, requires_grad=True)

    assert gradcheck(lambda x: x * 2, (x,), fast_mode=fast_mode)


def test_inputs_in_every_layout_are_checked():
    x = double(1.0, 2.0, 3.0, 4.0).detach().reshape(2, 2)

    assert gradcheck(lambda x: x * x, (x.t().requires_grad_(),))
    assert gradcheck(lambda x: x * x, (x[:, ::2].requires_grad_(),))


@MODES
def test_checking_leaves_the_inputs_alone(fast_mode):
    x = double(1.0, 2.0)
    gradcheck(torch.exp, (x,), fast_mode=fast_mode)

    assert x.grad is None
    assert x.tolist() == [1.0, 2.0]
    assert x._version == 0


def test_a_function_that_fails_leaves_the_inputs_alone():
    x, calls = double(1.0, 2.0), []

    def function(x):
        calls.append(x)
        if len(calls) == 3:
            raise KeyError
        return x * 2

    with pytest.raises(KeyError):
        gradcheck(function, (x,))

    assert x.tolist() == [1.0, 2.0]
