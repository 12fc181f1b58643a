"""gradcheck finds wrong derivatives, and only those.

Apart from the tests that use it: here it is the one to be judged.
"""

import pytest

import chainrule as torch
from chainrule.autograd import Function, gradcheck, gradgradcheck


def double(*values):
    return torch.tensor(list(values), dtype=torch.float64, requires_grad=True)


class Times(Function):
    """x * x whose derivative is `factor` times too large, and whose second is right for 1."""

    @staticmethod
    def forward(ctx, x, factor):
        ctx.save_for_backward(x)
        ctx.factor = factor
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g * ctx.factor, None


@pytest.mark.parametrize(
    "function",
    [
        torch.exp,
        torch.sin,
        lambda x: x @ x,
        lambda x: (x, x * 2),
        lambda x: x.sum() * x,
        torch.sigmoid,
    ],
)
def test_right_derivatives_pass(function):
    assert gradcheck(function, (double(0.5, -1.0, 2.0),))
    assert gradgradcheck(function, (double(0.5, -1.0, 2.0),))


@pytest.mark.parametrize("factor", [1.01, 0.0, -1.0])
def test_a_wrong_derivative_is_found(factor):
    with pytest.raises(
        RuntimeError, match="Jacobian mismatch for output 0 with respect to input 0"
    ):
        gradcheck(lambda x: Times.apply(x, factor), (double(1.0, 2.0),))
    assert not gradcheck(
        lambda x: Times.apply(x, factor), (double(1.0, 2.0),), raise_exception=False
    )


def test_the_right_one_of_two_functions_passes():
    assert gradcheck(lambda x: Times.apply(x, 1.0), (double(1.0, 2.0),))


def test_a_wrong_second_derivative_is_found():
    class Once(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 3 * (x * x).detach()

    assert gradcheck(Once.apply, (double(1.0, 2.0),))
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        gradgradcheck(Once.apply, (double(1.0, 2.0),))


def test_several_inputs_and_constants_are_told_apart():
    assert gradcheck(lambda x, y, n: (x * y) ** n, (double(1.0, 2.0), double(3.0), 2))
    assert gradcheck(lambda x, y: x * y, (double(1.0), torch.ones(1, dtype=torch.float64)))


def test_complex_inputs_are_checked():
    z = torch.tensor([1 + 2j, -0.5j], dtype=torch.complex128, requires_grad=True)

    assert gradcheck(lambda z: z * z, (z,))
    assert gradcheck(lambda z: z.abs(), (z,))


def test_inputs_that_cannot_be_checked_are_refused():
    with pytest.raises(ValueError, match="at least one input tensor to require gradient"):
        gradcheck(torch.exp, (torch.ones(1),))
    with pytest.warns(UserWarning, match="not a double precision"):
        gradcheck(lambda x: x * 1, (torch.ones(1, requires_grad=True),), atol=1e-2, eps=1e-2)
    with pytest.raises(RuntimeError, match="stride 0"):
        gradcheck(torch.exp, (double(1.0).detach().expand(3).requires_grad_(),))


def test_checking_leaves_the_inputs_alone():
    x = double(1.0, 2.0)
    gradcheck(torch.exp, (x,))

    assert x.grad is None
    assert x.tolist() == [1.0, 2.0]
